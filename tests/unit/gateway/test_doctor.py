"""Each complaint of `consign doctor`, with its remedy, beside a machine where nothing is wrong."""

from __future__ import annotations

import io
import shutil
import socket
import sys
from pathlib import Path

import pytest
from rich.console import Console

from gateway import doctor
from gateway.doctor import run_doctor
from gateway.network.home import Home, Ports
from gateway.network.port import free_ports
from ledger.contracts_artifact import ContractsNotCompiled


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    """A network's folder with ports that nobody has."""
    Home(tmp_path).remember_ports(free_ports())
    return tmp_path


def _examine(folder: Path) -> tuple[int, str]:
    said = io.StringIO()
    code = run_doctor(folder, Console(file=said, width=300))
    return code, said.getvalue()


def test_doctor_is_content_where_nothing_is_missing(healthy: Path) -> None:
    code, said = _examine(healthy)
    assert code == 0, said
    assert said.count("✓") == 6
    assert "✗" not in said


def test_doctor_names_an_old_python(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    code, said = _examine(healthy)
    assert code == 1
    assert "✗ Python 3.11 or newer" in said and "make PYTHON=" in said


def test_doctor_names_contracts_that_are_not_compiled(
    healthy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise ContractsNotCompiled("there is no build")

    monkeypatch.setattr(doctor, "load_contracts", missing)
    code, said = _examine(healthy)
    assert code == 1
    assert "there is no build" in said and "→ make setup" in said


def test_doctor_names_a_missing_chain(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSIGN_ANVIL", str(healthy / "nowhere"))
    code, said = _examine(healthy)
    assert code == 1
    assert "✗ anvil, the embedded chain" in said and "→ make setup" in said


def test_doctor_names_a_full_disk(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil._ntuple_diskusage(10**9, 10**9 - 7_000_000, 7_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    code, said = _examine(healthy)
    assert code == 1
    assert "7 MB are free at" in said and "--home" in said


def test_doctor_names_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, said = _examine(tmp_path / "file" / "network")
    assert code == 1
    assert "✗ a folder to write to" in said and "choose another folder" in said


def test_doctor_names_a_port_that_somebody_else_has(tmp_path: Path) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = somebody.getsockname()[1]
        Home(tmp_path).remember_ports(Ports(port, free_ports().gateways))
        code, said = _examine(tmp_path)
    assert code == 1
    assert f"another program listens on {port}" in said and "--free-ports" in said
