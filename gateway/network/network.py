"""Starts and stops the local network; safe to repeat after a kill at any moment."""

from __future__ import annotations

import asyncio
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.network.home import Home, Ports
from gateway.network.members import GATEWAYS, MEMBERS, Member
from gateway.network.process import Detached, ProcessDied
from ledger.client import Client
from ledger.council import Applicant, admit, lend_bonds, move_gateway
from ledger.deployment import Deployment, deploy
from ledger.role import Role

LOOPBACK = "127.0.0.1"
DEFAULT_PORTS = Ports(chain=8545, gateways={"brand": 8101, "suppliers": 8102, "pool": 8103})
READY_TIMEOUT_S = 60.0
BOND_MINOR = 1_000_000


class NetworkNotReady(RuntimeError):
    """A part of the local network did not come up in time."""


@dataclass(frozen=True, slots=True)
class Network:
    """A chain and three gateways, each a process of its own.

    Parameters
    ----------
    folder : Path
        Where everything is kept.
    block_time_s : float
        Seconds between blocks while transactions wait.
    """

    folder: Path
    block_time_s: float = 1.0

    @property
    def home(self) -> Home:
        """The paths of this network."""
        return Home(self.folder.resolve())

    def start(self, ports: Ports, say: Callable[[str], None]) -> None:
        """Start what does not run yet; what an earlier start began is taken up where it stopped.

        Parameters
        ----------
        ports : Ports
            Used by a fresh network; one that was started before keeps its own.
        say : callable
            Told about each step.

        Raises
        ------
        NetworkNotReady
            If a process is not ready in time.
        ProcessDied
            If a process ends instead; with the last lines of its log.
        """
        home = self.home
        home.folder.mkdir(parents=True, exist_ok=True)
        ports = home.ports() or ports
        home.remember_ports(ports)
        home.make_keys()
        chain = self._chain(ports)
        chain.start()
        self._await_answer(chain, f"http://{LOOPBACK}:{ports.chain}", is_chain=True)
        say(f"chain answers on port {ports.chain}")
        deployment, numbers = asyncio.run(self._set_up(ports))
        say(f"contracts deployed, {len(numbers)} members admitted")
        home.write_settings(ports, numbers)
        self._hand_out_api_keys(ports, numbers)
        gateways = self._gateways()
        for gateway in gateways:
            gateway.start()
        for gateway in gateways:
            url = f"http://{LOOPBACK}:{ports.gateways[gateway.name]}/readyz"
            self._await_answer(gateway, url)
        say(f"gateways of {', '.join(GATEWAYS)} are ready; ledger at {deployment.order_ledger}")

    def stop(self) -> list[str]:
        """Stop every process; return the names of those that ran."""
        ports = self.home.ports() or DEFAULT_PORTS
        processes = [*self._gateways(), self._chain(ports)]
        return [process.name for process in processes if process.stop()]

    def is_running(self) -> bool:
        """Whether every process of the network runs."""
        ports = self.home.ports()
        if ports is None:
            return False
        return all(each.is_running() for each in (*self._gateways(), self._chain(ports)))

    def _chain(self, ports: Ports) -> Detached:
        arguments = ["node", "--folder", str(self.home.chain), "--port", str(ports.chain)]
        arguments += ["--block-time", str(self.block_time_s)]
        return Detached("chain", self.home.processes, arguments)

    def _gateways(self) -> list[Detached]:
        return [
            Detached(name, self.home.processes, ["serve", "--home", str(self.home.gateway(name))])
            for name in GATEWAYS
        ]

    async def _set_up(self, ports: Ports) -> tuple[Deployment, dict[str, int]]:
        """Deploy the contracts and admit the members, as far as that is still to be done."""
        home = self.home
        council = home.council_key()
        async with Client(f"http://{LOOPBACK}:{ports.chain}") as client:
            deployment = await deploy(client, council, council.address, bond_holder=council.address)
            deployment.save(home.deployment)
            applicants = [self._applicant(member, ports) for member in MEMBERS]
            numbers = await admit(client, deployment, council, applicants)
            for member, number, applicant in zip(MEMBERS, numbers, applicants, strict=True):
                key = home.signing_key(member)
                await move_gateway(client, deployment, key, number, applicant.endpoint)
            carriers = [
                number
                for member, number in zip(MEMBERS, numbers, strict=True)
                if member.roles & Role.CARRIER
            ]
            await lend_bonds(client, deployment, council, carriers, BOND_MINOR)
        aliases = [member.alias for member in MEMBERS]
        return deployment, dict(zip(aliases, numbers, strict=True))

    def _applicant(self, member: Member, ports: Ports) -> Applicant:
        endpoint = ""
        if member.gateway is not None:
            endpoint = f"http://{LOOPBACK}:{ports.gateways[member.gateway]}"
        return Applicant(
            name=member.name,
            roles=member.roles,
            endpoint=endpoint,
            encryption_key=self.home.encryption_public_key(member),
            first_key=self.home.signing_key(member).address,
        )

    def _hand_out_api_keys(self, ports: Ports, numbers: dict[str, int]) -> None:
        """Give each hosted member an API key of its gateway, once."""
        from gateway.access import create_api_key
        from gateway.database import open_database

        if self.home.sign_in_entries():
            return
        entries = []
        for name in GATEWAYS:
            hosted = [member for member in MEMBERS if member.gateway == name]
            with open_database(self.home.gateway(name)) as session:
                for member in hosted:
                    number = numbers[member.alias]
                    entry = {
                        "alias": member.alias,
                        "name": member.name,
                        "organisation": number,
                        "gateway": f"http://{LOOPBACK}:{ports.gateways[name]}",
                        "api_key": create_api_key(session, number, "local network"),
                    }
                    entries.append(entry)
                session.commit()
        self.home.remember_sign_in(entries)

    def _await_answer(self, process: Detached, url: str, *, is_chain: bool = False) -> None:
        body = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}' if is_chain else None
        request = urllib.request.Request(
            url, data=body, headers={"Content-Type": "application/json"}
        )
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            if not process.is_running():
                raise ProcessDied(f"{process.name} ended:\n{process.last_words()}")
            try:
                with urllib.request.urlopen(request, timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise NetworkNotReady(
            f"{process.name} is not ready after {READY_TIMEOUT_S:.0f} s; see {process.log}"
        )


def free_ports() -> Ports:
    """Loopback ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(1 + len(GATEWAYS))]
    for each in sockets:
        each.bind((LOOPBACK, 0))
    chain, *gateways = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return Ports(chain, dict(zip(GATEWAYS, gateways, strict=True)))
