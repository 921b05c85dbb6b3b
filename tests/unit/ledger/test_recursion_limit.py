"""No library may lift the recursion limit: deep input would kill the process."""

import json
import subprocess
import sys

import pytest

DEEP = "[" * 100_000


def test_key_libraries_leave_the_recursion_limit_alone() -> None:
    program = "import sys; d = sys.getrecursionlimit(); import ledger, eth_account, ledger.key;"
    subprocess.run(
        [sys.executable, "-c", program + "assert sys.getrecursionlimit() == d"], check=True
    )


def test_deep_json_is_refused_and_does_not_crash() -> None:
    with pytest.raises(RecursionError):
        json.loads(DEEP)
