"""A real Kubo daemon for tests, on loopback only and with peers of the test's choice."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

BINARY = Path(__file__).resolve().parents[1] / "build/kubo/ipfs"
NEEDS_KUBO = pytest.mark.skipif(
    not BINARY.exists(), reason="there is no build/kubo/ipfs: `make kubo` builds it, with Go"
)


@dataclass(frozen=True)
class Daemon:
    """A daemon that runs."""

    folder: Path

    @property
    def url(self) -> str:
        """Where its RPC listens."""
        port = (self.folder / "api").read_text().rpartition("/")[2]
        return f"http://127.0.0.1:{port}"

    def run(self, *words: str) -> str:
        """Run a command of its own against it."""
        done = subprocess.run(
            [str(BINARY), *words],
            env=_environment(self.folder),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def meet(self, other: Daemon) -> None:
        """Connect to another daemon."""
        addresses = json.loads(other.run("id"))["Addresses"]
        self.run("swarm", "connect", next(each for each in addresses if "/tcp/" in each))


@contextmanager
def running(folder: Path) -> Iterator[Daemon]:
    """Run a daemon with a repository of its own."""
    subprocess.run(
        [str(BINARY), "init", "--profile=test"],
        env=_environment(folder),
        capture_output=True,
        check=True,
    )
    process = subprocess.Popen(
        [str(BINARY), "daemon"],
        env=_environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if "Daemon is ready" in line:
                break
        else:
            raise AssertionError(f"the daemon does not start: {''.join(said)}")
        yield Daemon(folder)
    finally:
        process.terminate()
        process.communicate()


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {"IPFS_PATH": str(folder), "IPFS_TELEMETRY": "off"}
