"""Measure with Forge which lines, statements, branches and functions of the contracts tests reach.

Anything below all of them fails, by name.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORGE = ROOT / "assurance/node_modules/.bin/forge"


def main() -> int:
    """Print the table per file, then what is missing."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "lcov.info"
        done = subprocess.run(
            [str(FORGE), "coverage", *arguments(report)],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode or not report.exists():
            print(done.stdout)
            print("coverage  a test failed, or nothing was measured", file=sys.stderr)
            return 1
        missing = list(find_missing(report.read_text()))
    print(done.stdout[done.stdout.index("| File") :].partition("╰")[0])
    for place in missing:
        print(f"coverage  {place}", file=sys.stderr)
    return 0 if not missing and is_complete(done.stdout) else 1


def arguments(report: Path) -> Iterator[str]:
    """Yield what Forge is told."""
    yield from ("--report", "summary", "--report", "lcov", "--report-file", str(report))


def environment() -> dict[str, str]:
    """Choose the profile, and let Forge's launcher find node."""
    path = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return os.environ | {"PATH": path, "FOUNDRY_PROFILE": "coverage"}


def find_missing(lcov: str) -> Iterator[str]:
    """Yield each line, branch and function that nothing reached."""
    source = ""
    for line in lcov.splitlines():
        kind, _, rest = line.partition(":")
        fields = rest.split(",")
        if kind == "SF":
            source = rest
        elif kind == "DA" and fields[1] == "0":
            yield f"{source}:{fields[0]}: no test reaches this line"
        elif kind == "BRDA" and fields[3] in ("0", "-"):
            yield f"{source}:{fields[0]}: no test takes branch {fields[2]}"
        elif kind == "FNDA" and fields[0] == "0":
            yield f"{source}: no test calls {fields[1]}"


def is_complete(table: str) -> bool:
    """Whether the last row says that all of everything was reached.

    Statements stand in no other report: two of them can share a line.
    """
    total = next((line for line in table.splitlines() if line.startswith("| Total")), "")
    shares = re.findall(r"\((\d+)/(\d+)\)", total)
    return bool(shares) and all(reached == all_ for reached, all_ in shares)


if __name__ == "__main__":
    sys.exit(main())
