"""Run Slither on the contracts; fail on each finding that contracts/slither.toml does not explain.

Slither's own list of accepted findings is keyed by line, so that any edit above a finding brings it
back. Ours names the detector and the place in words, says why the finding is none, and may not
outlive what it explains.
"""

import argparse
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build/assurance"
TOOLS = FOLDER / "venv/bin"
EXPORT = FOLDER / "contracts_export.json"
REPORT = FOLDER / "slither.json"
EXPLAINED = ROOT / "contracts/slither.toml"
# Where Slither puts a place into a sentence: (contracts/OrderLedger.sol#12-34).
POSITION = re.compile(r" \([^()]*\.sol#\d+(?:-\d+)?\)")

# What Slither says of a function that it cannot look into, here one of ours.
UNREAD = re.compile(r"Impossible to generate IR for .*\(contracts/")


@dataclass(frozen=True)
class Explanation:
    """Why findings of one detector at one place are none."""

    check: str
    where: str
    why: str

    def covers(self, finding: dict[str, Any]) -> bool:
        """Tell whether this explains a finding."""
        return finding["check"] == self.check and self.where in plain(finding)


def main() -> int:
    """Print what is not explained, and what is explained in vain."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    try:
        findings, contracts = ask_slither()
    except subprocess.CalledProcessError as failure:
        print(f"slither  failed: {failure.cmd}", file=sys.stderr)
        return 1
    explanations = [Explanation(**one) for one in tomllib.loads(EXPLAINED.read_text())["explained"]]
    open_ones = [f for f in findings if not any(e.covers(f) for e in explanations)]
    for finding in open_ones:
        print(f"{finding['impact']}: {finding['check']}\n{finding['description'].strip()}\n")
    vain = [e for e in explanations if not any(e.covers(f) for f in findings)]
    for explanation in vain:
        print(f"{explanation.check} at {explanation.where!r} is explained but not found any more\n")
    print(f"slither  {contracts} contracts, {len(findings)} findings, {len(open_ones)} unexplained")
    return 1 if open_ones or vain or not contracts else 0


def ask_slither() -> tuple[list[dict[str, Any]], int]:
    """Return what Slither finds in our own sources, and how many contracts it read.

    Raises
    ------
    subprocess.CalledProcessError
        If the contracts do not compile, or Slither cannot read all of them.
    """
    subprocess.run([TOOLS / "python", ROOT / "scripts/crytic.py"], cwd=ROOT, check=True)
    REPORT.unlink(missing_ok=True)
    # Named, or the settings of another tool at the root would make Slither call that tool.
    options = ["--compile-force-framework", "Standard", "--filter-paths", "node_modules/"]
    options += ["--no-fail-pedantic", "--json", str(REPORT)]
    done = subprocess.run(
        [TOOLS / "slither", str(EXPORT), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    read = re.search(r"analyzed \((\d+) contracts", done.stderr)
    if done.returncode or read is None or not REPORT.exists() or UNREAD.search(done.stderr):
        print(done.stderr, file=sys.stderr)
        raise subprocess.CalledProcessError(done.returncode, "slither")
    return json.loads(REPORT.read_text())["results"].get("detectors", []), int(read[1])


def plain(finding: dict[str, Any]) -> str:
    """Return what a finding says, without the positions of what it names."""
    return POSITION.sub("", finding["description"])


if __name__ == "__main__":
    sys.exit(main())
