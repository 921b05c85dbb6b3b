"""Processes that outlive the command which started them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from gateway.network.process import Detached


@pytest.fixture
def chain(tmp_path: Path) -> Detached:
    """The embedded chain, not started."""
    folder = str(tmp_path / "chain")
    return Detached("chain", tmp_path / "run", ["node", "--folder", folder], ["--port", "0"])


def test_process_is_started_once_found_again_and_stopped(chain: Detached, tmp_path: Path) -> None:
    assert not chain.is_running()
    chain.start()
    pid = chain.pid()
    chain.start()
    assert chain.pid() == pid
    found = Detached("chain", tmp_path / "run", ["node", "--folder", str(tmp_path / "chain")])
    assert found.pid() == pid, "what it was told beside its folder does not matter"
    assert found.stop()
    assert not chain.is_running()
    assert not found.stop()


def test_killed_process_is_known_to_be_gone(chain: Detached) -> None:
    chain.start()
    pid = chain.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline_s = time.monotonic() + 5
    while chain.is_running() and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert chain.pid() is None


def test_process_id_that_somebody_else_has_is_not_ours(chain: Detached, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "chain.pid").write_text(str(os.getpid()))
    assert not chain.is_running()
    assert not chain.stop()


def test_damaged_pid_file_means_that_nothing_runs(chain: Detached, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "chain.pid").write_text("12 34")
    assert chain.pid() is None


def test_last_words_are_the_end_of_the_log(chain: Detached, tmp_path: Path) -> None:
    assert chain.last_words() == ""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "chain.log").write_text("one\ntwo\nthree\n")
    assert chain.last_words(lines=2) == "two\nthree"
