"""The portal's TypeScript says of the shared vectors what Python says of them."""

import os
import re
import subprocess
from pathlib import Path

from ledger.document import errors
from ledger.lifecycle import is_opening
from ledger.vault import errors as vault_errors

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"


def run(script: str) -> str:
    """Run one of the portal's scripts with the project's own Node; show what a failure says."""
    path = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [ROOT / ".venv/bin/npm", "run", "--silent", script],
        cwd=PORTAL,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_portal_agrees_with_the_shared_vectors() -> None:
    said = run("test")
    passed = re.search(r"^. pass (\d+)$", said, re.MULTILINE)
    assert passed and int(passed[1]) > 0, said


def test_portal_names_only_errors_that_python_names() -> None:
    listed = (PORTAL / "src/document/errors.ts").read_text().partition("ERROR_NAMES = [")[2]
    names = set(re.findall(r'"(\w+)"', listed.partition("]")[0]))
    known = set(vars(errors)) | set(vars(vault_errors))
    assert names
    assert names <= known


def test_portal_reads_the_actions_that_open_a_delivery_as_python_does() -> None:
    source = (PORTAL / "src/document/actions.ts").read_text()
    listed = re.search(r"OPENING[^\[]+\[([\d, ]+)\]", source)
    assert listed
    assert [int(each) for each in listed[1].split(",")] == [
        action for action in range(1, 128) if is_opening(action)
    ]
