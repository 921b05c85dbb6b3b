"""A short soak: real processes, real kill -9; `make soak` is the long one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests import postgres
from tests.e2e.network.conftest import ROOT, environment


@pytest.mark.skipif(os.environ.get("DEEP") != "1", reason="`make test-deep` and `make soak` soak")
@pytest.mark.parametrize("database", postgres.KINDS)
def test_network_killed_three_times_while_it_trades_loses_and_doubles_nothing(
    database: str,
) -> None:
    if database == "postgresql" and postgres.programs() is None:
        pytest.skip(postgres.PACKAGE)
    soak = [sys.executable, "-m", "tests.soak", "--kills", "3", "--database", database]
    done = subprocess.run(soak, cwd=ROOT, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost 0, doubled 0" in done.stdout
