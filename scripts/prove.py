"""Prove with Halmos what tests/proofs says, for all values at once; fail on anything less.

Arguments go to Halmos: `scripts/prove.py --contract LifecycleProof` proves one file.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "build/assurance/venv/bin"
# The paths on which Halmos finds forge, and forge's launcher finds node.
PATHS = [TOOLS, ROOT / "assurance/node_modules/.bin", ROOT / ".venv/bin"]
OPTIONS = {
    "--root": str(ROOT),
    "--forge-build-out": "build/forge/proofs",
    "--solver": "yices",
    # A loop may end after any number of rounds up to this one; a word has 64 states.
    "--loop": "64",
    # How long bytes may be in the proofs that take any.
    "--default-bytes-lengths": "1,32,44,46,65",
    "--solver-timeout-assertion": "120s",
    # The default of 1 ms leaves dead paths open whenever the machine is busy, and they multiply.
    "--solver-timeout-branching": "500ms",
}


def main() -> int:
    """Run the proofs, and judge the report rather than the exit code alone."""
    started_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = subprocess.run(
            [str(TOOLS / "halmos"), *arguments(report), *sys.argv[1:]],
            cwd=ROOT,
            env=environment(),
            check=False,
            # Far more than all proofs take; a prover that hangs must not hang whoever waits for it.
            timeout=900,
        )
        if not report.exists():
            print("proofs  nothing was proved", file=sys.stderr)
            return 1
        results = json.loads(report.read_text())["test_results"]
    shortcomings = list(find_shortcomings(results))
    for shortcoming in shortcomings:
        print(f"proofs  {shortcoming}", file=sys.stderr)
    count = sum(len(proofs) for proofs in results.values())
    print(f"proofs  {count} in {time.monotonic() - started_s:.0f} s")
    return 1 if shortcomings or done.returncode or not count else 0


def arguments(report: Path) -> Iterator[str]:
    """Yield what Halmos is told."""
    for option, value in OPTIONS.items():
        yield option
        yield value
    yield from ("--no-status", "--json-output", str(report))


def environment() -> dict[str, str]:
    """Put the tools first, and keep the settings of another profile away."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOUNDRY_")}
    paths = [*map(str, PATHS), os.environ.get("PATH", "")]
    return kept | {"PATH": os.pathsep.join(paths)}


def find_shortcomings(results: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """Name each proof that failed, ran out of time, or looked at less than everything.

    Halmos lets a proof pass that cut a loop short; here it does not.
    """
    for place, proofs in results.items():
        for proof in proofs:
            name = f"{place.rpartition(':')[2]}.{proof['name']}"
            if proof["exitcode"]:
                yield f"{name}: not proved"
            elif proof["num_bounded_loops"]:
                yield f"{name}: a loop was cut short after {OPTIONS['--loop']} rounds"
            elif not proof["num_paths"][1]:
                yield f"{name}: no path came to its end"


if __name__ == "__main__":
    sys.exit(main())
