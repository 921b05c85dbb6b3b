"""Starting and stopping, as far as no process is needed."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from gateway.network import network as module
from gateway.network.errors import NetworkBusy
from gateway.network.network import Network


def test_stopping_where_nothing_is_leaves_no_trace(tmp_path: Path) -> None:
    assert Network(tmp_path / "none").stop() == []
    assert not (tmp_path / "none").exists()
    assert not Network(tmp_path / "none").is_running()


def test_two_commands_do_not_start_or_stop_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT_S", 0.0)
    (tmp_path / "network").mkdir()
    with (tmp_path / "network" / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(NetworkBusy, match="another command"):
            Network(tmp_path).stop()
    assert Network(tmp_path).stop() == []
