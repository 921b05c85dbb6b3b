"""Which state of the sources was measured."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def commit_measured() -> str:
    """Name the commit, and say when the sources were changed since."""
    answer = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip() or "unknown"
