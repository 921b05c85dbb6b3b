"""The network under soak: real processes in a folder of their own, each with a database."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from gateway.access import create_api_key
from gateway.client import Desk
from gateway.database import open_database
from gateway.network.home import Home, Ports
from gateway.network.network import Network, free_ports
from gateway.network.process import Detached
from ledger.deployment import Deployment
from tests.postgres import Server, sqlite_database

GATEWAYS = ("brand", "suppliers")
BUYER, SELLER = "brand", "seamworks"
PARTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "brand": {
        "brand": ("http",),
        "brand-relayer": ("relayer",),
        "brand-reader": ("indexer", "courier"),
    },
    "suppliers": {"suppliers": ("http", "relayer", "indexer", "courier")},
}
"""Processes of each gateway, and what works in them."""
CHAIN, ANVIL, BACKEND = "chain", "anvil", "postgres"
BLOCK_TIME_S = 0.2
LIFETIME_S = 60
"""Of an intent: what must not be signed twice waits so long after a chain has lost it."""


@dataclass
class Ground:
    """What runs, and where.

    Parameters
    ----------
    postgres : Server, optional
        Where the gateways keep their tables instead of in files.
    """

    folder: Path
    postgres: Server | None = None
    processes: dict[str, Detached] = field(default_factory=dict)
    restarts: int = 0
    _variables: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        """The network's paths."""
        return Home(self.folder.resolve())

    @property
    def ports(self) -> Ports:
        """The network's ports."""
        ports = self.home.ports()
        assert ports is not None, "the network was founded"
        return ports

    @property
    def chain_url(self) -> str:
        """Address of the chain."""
        return f"http://127.0.0.1:{self.ports.chain}"

    @property
    def deployment(self) -> Deployment:
        """Where the contracts are."""
        return Deployment.load(self.home.deployment)

    def found(self, say: Callable[[str], None]) -> None:
        """Found the network as `make up` does, and take its processes over."""
        network = Network(self.folder, BLOCK_TIME_S, GATEWAYS)
        network.start(free_ports(), say)
        network.stop()
        if self.postgres is not None:
            for name in GATEWAYS:
                self._move_to_postgres(name)
        chain = ["node", "--folder", str(self.home.chain)]
        options = ["--port", str(self.ports.chain), "--block-time", str(BLOCK_TIME_S)]
        self.processes[CHAIN] = Detached(CHAIN, self.home.processes, chain, options)
        for gateway, processes in PARTS.items():
            arguments = ["serve", "--home", str(self.home.gateway(gateway))]
            for name, parts in processes.items():
                self.processes[name] = Detached(name, self.home.processes, arguments)
                self._variables[name] = self._variables_of(gateway, parts)

    def database_url(self, name: str) -> str:
        """Where a gateway keeps its tables."""
        folder = self.home.gateway(name)
        return self.postgres.database(folder) if self.postgres else sqlite_database(folder)

    def start(self, name: str) -> None:
        """Start a process unless it runs."""
        process = self.processes[name]
        if not process.is_running():
            variables = self._variables.get(name, {})
            os.environ.update(variables)
            try:
                process.start()
            finally:
                for variable in variables:
                    del os.environ[variable]
            self.restarts += 1

    def pids(self, name: str) -> list[int]:
        """Process ids behind a name; none while it is down."""
        if name == ANVIL:
            supervisor = self.processes[CHAIN].pid()
            shells = _children(supervisor) if supervisor else []
            return [child for shell in shells for child in _children(shell)]
        if name == BACKEND:
            return self.postgres.backends() if self.postgres else []
        pid = self.processes[name].pid()
        return [] if pid is None else [pid]

    def is_ready(self, name: str) -> bool:
        """Whether a gateway says that it is; what is no gateway has to run."""
        port = self.ports.gateways.get(name)
        if port is None:
            return self.processes[name].is_running()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """End everything, the chain last."""
        for name in sorted(self.processes, key=lambda name: name == CHAIN):
            for pid in self.pids(name):
                os.kill(pid, signal.SIGCONT)
            self.processes[name].stop()

    def desk(self, session: aiohttp.ClientSession, alias: str) -> Desk:
        """A member's desk at its gateway."""
        entry = next(each for each in self.home.sign_in_entries() if each["alias"] == alias)
        return Desk(
            session,
            str(entry["gateway"]),
            str(entry["api_key"]),
            int(entry["organisation"]),
            str(entry["name"]),
        )

    def _variables_of(self, gateway: str, parts: tuple[str, ...]) -> dict[str, str]:
        """Settings of one of a gateway's processes; one alone of them has its port."""
        url = f"http://127.0.0.1:{self.ports.gateways[gateway]}"
        port = {} if "http" in parts else {"CONSIGN_GATEWAY__PORT": "0"}
        return port | {
            "CONSIGN_GATEWAY__PARTS": json.dumps(parts),
            "CONSIGN_GATEWAY__ENDPOINT": url,
            "CONSIGN_GATEWAY__INTENT_LIFETIME_S": str(LIFETIME_S),
        }

    def _move_to_postgres(self, name: str) -> None:
        """Let a gateway begin anew with a database of the server's."""
        settings = self.home.gateway(name) / "consign.toml"
        url = self.database_url(name)
        settings.write_text(f'{settings.read_text()}\n[database]\nurl = "{url}"\n')
        entries = self.home.sign_in_entries()
        with open_database(self.home.gateway(name)) as session:
            for entry in entries:
                if entry["gateway"].endswith(f":{self.ports.gateways[name]}"):
                    entry["api_key"] = create_api_key(session, entry["organisation"], "soak")
        self.home.remember_sign_in(entries)


def _children(pid: int) -> list[int]:
    """Children of a process, whichever of its threads began them."""
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in listed.read_text().split()]
    return found
