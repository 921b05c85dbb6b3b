"""Judge a mutant again that the Solidity tests let live: by the tests that ask the table.

Those ask the deployed contract in every state, for every action and seat, through a chain of its
own, and compare it with contracts/spec/lifecycle.toml.
"""

import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILED = ROOT / "build/contracts.json"
MUTATED = ROOT / "build/assurance/contracts.json"
TESTS = {
    "OrderLedger": ("test_lifecycle_agreements.py", "test_lifecycle.py"),
    "PoolAuction": ("test_lifecycle_lots.py",),
}
GONE = {"bytecode": "0xfe", "deployedBytecode": "0xfe"}
DURATION_S_MAX = 600
# pytest's exit codes; others say that it could not run the tests.
PASSED, FAILED = 0, 1


class TestsBroken(Exception):
    """The tests fail on the contracts as they are, so that they can judge nothing."""


def appeal(code: dict[str, dict[str, str]]) -> str | None:
    """Return the first test that fails on changed contracts, or None.

    Parameters
    ----------
    code
        By name of a contract, its `bytecode` and `deployedBytecode` as deployed.

    Raises
    ------
    TestsBroken
        If the tests fail without any change too.
    """
    for name in sorted(set(code) & set(TESTS)):
        check_tests(name)
        failed = first_failure(name, code)
        if failed:
            return failed
    return None


@cache
def check_tests(name: str) -> None:
    """Make sure that the tests pass on a contract as it is, and not without it."""
    failed = first_failure(name, {})
    if failed:
        raise TestsBroken(failed)
    if not first_failure(name, {name: GONE}):
        raise TestsBroken(f"no agreement test needs {name}")


def first_failure(name: str, code: dict[str, dict[str, str]]) -> str | None:
    """Run the tests of one contract until one fails."""
    artifact = json.loads(COMPILED.read_text())
    for changed, codes in code.items():
        artifact["contracts"][changed] |= codes
    MUTATED.write_text(json.dumps(artifact))
    tests = [f"tests/agreement/{file}" for file in TESTS[name]]
    try:
        done = subprocess.run(
            [
                ROOT / ".venv/bin/python",
                "-m",
                "pytest",
                "-x",
                "-q",
                "-p",
                "no:cacheprovider",
                *tests,
            ],
            cwd=ROOT,
            env=os.environ | {"CONSIGN_CONTRACTS": str(MUTATED)},
            capture_output=True,
            text=True,
            timeout=DURATION_S_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "no end"
    if done.returncode not in (PASSED, FAILED):
        raise TestsBroken(done.stdout + done.stderr)
    named = re.search(r"^(?:FAILED|ERROR) \S*?(\w+\.py\S*)", done.stdout, re.MULTILINE)
    return None if done.returncode == PASSED else named[1] if named else "a test without name"
