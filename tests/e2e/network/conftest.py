"""Local networks in folders of their own, driven as a user would: by the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.network.network import Network, free_ports

ROOT = Path(__file__).resolve().parents[3]
Consign = Callable[..., "subprocess.CompletedProcess[str]"]


def environment() -> dict[str, str]:
    """Ours, with modules kept compiled and lines long enough not to be broken."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return ours | {"COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def command() -> list[str]:
    """How `consign` is called."""
    return [sys.executable, "-m", "gateway.cli"]


@pytest.fixture
def consign(command: list[str], tmp_path: Path) -> Consign:
    """Run `consign` with some arguments and wait for its end."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *map(str, arguments)],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=240,
        )

    return run


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder for a network, which is stopped at the end whatever happened."""
    folder = tmp_path / "network-home"
    yield folder
    Network(folder).stop()


@pytest.fixture
def network(home: Path) -> Network:
    """A network that runs and tells no stories."""
    network = Network(home, block_time_s=0.2)
    network.start(free_ports(), lambda text: None)
    return network
