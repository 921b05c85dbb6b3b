"""Starts and stops the local network; safe to repeat after a kill at any moment."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.network.errors import NetworkBusy, NetworkNotReady, NetworkProblem, ProcessDied
from gateway.network.home import Home, Ports
from gateway.network.members import GATEWAYS, MEMBERS, Member, member
from gateway.network.port import DEFAULT_PORTS, LOOPBACK, free_ports, require_free
from gateway.network.process import Detached
from ledger.client import Client
from ledger.council import Applicant, admit, lend_bonds, move_gateway
from ledger.deployment import Deployment, deploy
from ledger.errors import RpcRefused
from ledger.key import SigningKey
from ledger.role import Role

__all__ = ["DEFAULT_PORTS", "LOOPBACK", "Network", "NetworkProblem", "free_ports"]

READY_TIMEOUT_S: Final = 60.0
BUSY_TIMEOUT_S: Final = 10.0
BOND_MINOR: Final = 1_000_000
KEY_LABEL: Final = "local network"
SET_UP_ATTEMPTS: Final = 10
SET_UP_PAUSE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Network:
    """A chain and three gateways, each a process of its own.

    Parameters
    ----------
    folder : Path
        Where everything is kept.
    block_time_s : float
        Seconds between blocks while transactions wait.
    gateways : tuple of str
        Which gateways run; the members are the same whichever do.
    """

    folder: Path
    block_time_s: float = 1.0
    gateways: tuple[str, ...] = GATEWAYS

    @property
    def home(self) -> Home:
        """The paths of this network."""
        return Home(self.folder.resolve())

    def start(self, ports: Ports, say: Callable[[str], None], *, is_moving: bool = False) -> None:
        """Start what does not run yet; what an earlier start began is taken up where it stopped.

        Parameters
        ----------
        ports : Ports
            Used by a fresh network; one that was started before keeps its own.
        say : callable
            Told about each step.
        is_moving : bool
            Whether a network that was started before moves to `ports` as well.

        Raises
        ------
        PortTaken
            If another program listens on one of the ports.
        NetworkBusy
            If another command starts or stops this network.
        NetworkNotReady
            If a process is not ready in time.
        ProcessDied
            If a process ends instead; with the last lines of its log.
        """
        with self._held():
            if is_moving:
                self._stop_all()
            self._start(ports if is_moving else self.home.ports() or ports, say)

    def stop(self) -> list[str]:
        """Stop every process; return the names of those that ran.

        Raises
        ------
        NetworkBusy
            If another command starts or stops this network.
        """
        if not self.home.folder.exists():
            return []
        with self._held():
            return self._stop_all()

    def is_running(self) -> bool:
        """Whether every process of the network runs."""
        ports = self.home.ports()
        if ports is None:
            return False
        return all(each.is_running() for each in (*self._gateways(), self._chain(ports)))

    def pids(self) -> dict[str, int]:
        """Process ids of what runs, by name."""
        ports = self.home.ports() or DEFAULT_PORTS
        found = {each.name: each.pid() for each in (*self._gateways(), self._chain(ports))}
        return {name: pid for name, pid in found.items() if pid is not None}

    def _start(self, ports: Ports, say: Callable[[str], None]) -> None:
        home = self.home
        home.remember_ports(ports)
        home.make_keys()
        chain = self._chain(ports)
        self._launch(chain, ports.chain)
        self._await_answer(chain, f"http://{LOOPBACK}:{ports.chain}", is_chain=True)
        say(f"chain answers on port {ports.chain}")
        deployment, numbers = asyncio.run(self._set_up(ports))
        say(f"contracts deployed, {len(numbers)} members admitted")
        home.write_settings(ports, numbers)
        self._hand_out_api_keys(ports, numbers)
        gateways = self._gateways()
        for gateway in gateways:
            self._launch(gateway, ports.gateways[gateway.name])
        for gateway in gateways:
            url = f"http://{LOOPBACK}:{ports.gateways[gateway.name]}/readyz"
            self._await_answer(gateway, url)
        names = ", ".join(self.gateways)
        say(f"gateways of {names} are ready; ledger at {deployment.order_ledger}")

    def _stop_all(self) -> list[str]:
        ports = self.home.ports() or DEFAULT_PORTS
        gateways, chain = self._gateways(), self._chain(ports)
        running = [each.name for each in (*gateways, chain) if each.is_running()]
        for gateway in gateways:
            gateway.ask_to_stop()
        # The chain goes last: gateways on their way out may still be sending.
        for process in (*gateways, chain):
            process.stop()
        return running

    @staticmethod
    def _launch(process: Detached, port: int) -> None:
        if not process.is_running():
            require_free(process.name, port)
            process.start()

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        """Keep other commands from starting or stopping this network meanwhile."""
        path = self.home.folder / "network" / "lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        deadline_s = time.monotonic() + BUSY_TIMEOUT_S
        with path.open("a") as lock:
            while True:
                try:
                    # The system gives it back however this process ends.
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline_s:
                        raise NetworkBusy(
                            f"another command starts or stops the network in {self.folder}: "
                            "wait for it, then run this again"
                        ) from None
                    time.sleep(0.1)
            yield

    def _chain(self, ports: Ports) -> Detached:
        arguments = ["node", "--folder", str(self.home.chain)]
        options = ["--port", str(ports.chain), "--block-time", str(self.block_time_s)]
        return Detached("chain", self.home.processes, arguments, options)

    def _gateways(self) -> list[Detached]:
        return [
            Detached(name, self.home.processes, ["serve", "--home", str(self.home.gateway(name))])
            for name in self.gateways
        ]

    async def _set_up(self, ports: Ports) -> tuple[Deployment, dict[str, int]]:
        """Deploy the contracts and admit the members, as far as that is still to be done."""
        council = self.home.council_key()
        async with Client(f"http://{LOOPBACK}:{ports.chain}") as client:
            for attempt in range(1, SET_UP_ATTEMPTS + 1):
                try:
                    return await self._set_up_once(client, council, ports)
                except RpcRefused:
                    # A start that was killed has left transactions in the pool: let them be mined.
                    if attempt == SET_UP_ATTEMPTS:
                        raise
                    await asyncio.sleep(SET_UP_PAUSE_S)
        raise AssertionError("the last attempt returns or raises")

    async def _set_up_once(
        self, client: Client, council: SigningKey, ports: Ports
    ) -> tuple[Deployment, dict[str, int]]:
        home = self.home
        deployment = await deploy(client, council, council.address, bond_holder=council.address)
        deployment.save(home.deployment)
        applicants = [self._applicant(each, ports) for each in MEMBERS]
        numbers = await admit(client, deployment, council, applicants)
        for each, number, applicant in zip(MEMBERS, numbers, applicants, strict=True):
            key = home.signing_key(each)
            await move_gateway(client, deployment, key, number, applicant.endpoint)
        carriers = [
            number
            for each, number in zip(MEMBERS, numbers, strict=True)
            if each.roles & Role.CARRIER
        ]
        await lend_bonds(client, deployment, council, carriers, BOND_MINOR)
        aliases = [each.alias for each in MEMBERS]
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
        from gateway.access import create_api_key, revoke_api_keys
        from gateway.database import open_database

        known = self.home.sign_in_entries()
        if known:
            self.home.remember_sign_in([_moved(entry, ports) for entry in known])
            return
        entries = []
        for name in GATEWAYS:
            hosted = [each for each in MEMBERS if each.gateway == name]
            with open_database(self.home.gateway(name)) as session:
                for each in hosted:
                    number = numbers[each.alias]
                    # Nobody was told the keys of a start that was killed before it wrote them down.
                    revoke_api_keys(session, number, KEY_LABEL)
                    entry = {
                        "alias": each.alias,
                        "name": each.name,
                        "organisation": number,
                        "gateway": f"http://{LOOPBACK}:{ports.gateways[name]}",
                        "api_key": create_api_key(session, number, KEY_LABEL),
                    }
                    entries.append(entry)
                session.commit()
        self.home.remember_sign_in(entries)

    def _await_answer(self, process: Detached, url: str, *, is_chain: bool = False) -> None:
        body = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}' if is_chain else None
        request = urllib.request.Request(
            url, data=body, headers={"Content-Type": "application/json"}
        )
        deadline_s = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline_s:
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


def _moved(entry: dict[str, Any], ports: Ports) -> dict[str, Any]:
    """Where a member's gateway is now."""
    port = ports.gateways[member(entry["alias"]).gateway or ""]
    return entry | {"gateway": f"http://{LOOPBACK}:{port}"}
