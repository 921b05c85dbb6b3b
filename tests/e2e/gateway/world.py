"""A small network of real gateways: own homes, own databases, own vaults, one embedded chain."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn

from gateway.access import create_api_key
from gateway.database import open_database
from gateway.serve import server_of
from gateway.settings import Settings
from ledger.client import Client
from ledger.council import Applicant, admit, lend_bonds
from ledger.deployment import Deployment, deploy
from ledger.document.encryption_key import new_encryption_key, public_bytes, save_encryption_key
from ledger.embedded import EmbeddedChain
from ledger.key import SigningKey
from ledger.role import Role
from tests.postgres import FreshDatabase, sqlite_database
from tests.simulation.bare_chain import BareChain

PATIENCE_S = 20.0
PASSWORD = "correct horse battery staple"
BRAND, STRANGER, SUPPLIER, RIVAL = "brand", "stranger", "supplier", "rival"
BOND = 1_000_000
"""Free deposit of each member that is lent bonds."""

Homes = Mapping[str, tuple[str, ...]]
HOMES: Homes = {"brand": (BRAND, STRANGER), "suppliers": (SUPPLIER, RIVAL)}
ROLES = {BRAND: Role.BRAND, STRANGER: Role.BRAND, SUPPLIER: Role.SUPPLIER, RIVAL: Role.SUPPLIER}


@dataclass
class Running:
    """One gateway: its home, and the thread that serves it."""

    home: Path
    socket: socket.socket
    server: uvicorn.Server | None = None
    thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        port: int = self.socket.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve until `stop`; return when it answers."""
        self.server = server_of(Settings.load(self.home))
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [self.socket.dup()]}, daemon=True
        )
        self.thread.start()
        deadline_s = time.monotonic() + PATIENCE_S
        while not self.server.started:
            assert time.monotonic() < deadline_s, "the gateway does not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop serving; the address stays ours."""
        if self.server is not None and self.thread is not None:
            self.server.should_exit = True
            self.thread.join(PATIENCE_S)
            assert not self.thread.is_alive(), "the gateway does not stop"


@dataclass
class World:
    """The network, and who holds which key to which gateway."""

    chain: EmbeddedChain | BareChain
    deployment: Deployment
    gateways: dict[str, Running]
    numbers: dict[str, int]
    signing: dict[str, SigningKey]
    homes: Homes
    council: SigningKey
    api_keys: dict[str, str] = field(default_factory=dict)

    def gateway_of(self, alias: str) -> Running:
        return next(self.gateways[home] for home, who in self.homes.items() if alias in who)

    @asynccontextmanager
    async def desk(self, alias: str) -> AsyncIterator[Desk]:
        """Speak to a member's gateway with its key."""
        headers = {"Authorization": f"Bearer {self.api_keys[alias]}"}
        url = self.gateway_of(alias).url
        async with aiohttp.ClientSession(url, headers=headers) as session:
            yield Desk(session, self.numbers[alias])


@dataclass
class Answer:
    """What a gateway said."""

    status: int
    headers: Any
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    def refused(self, status: int, error: str) -> Any:
        """Expect a problem body of this status and name; gives the body."""
        assert self.headers["Content-Type"] == "application/problem+json", self.content
        assert (self.status, self.body["error"]) == (status, error), self.content
        assert self.body["type"] == f"/docs/errors#{error}"
        assert self.body["status"] == status
        assert self.body["title"]
        assert self.body["detail"]
        return self.body


@dataclass(frozen=True, eq=False)
class Desk:
    """One member's way to its gateway."""

    session: aiohttp.ClientSession
    number: int

    async def get(self, path: str, **headers: str) -> Answer:
        async with self.session.get(path, headers=headers) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def read(self, path: str) -> Any:
        answer = await self.get(path)
        assert answer.status == 200, answer.content
        return answer.body

    async def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        content: dict[str, Any] = {"json": body}
        if isinstance(body, bytes):
            headers.setdefault("Content-Type", "application/json")
            content = {"data": body}
        async with self.session.post(path, headers=headers, **content) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def record(self, path: str, body: Any = None, **headers: str) -> Any:
        """Record something and wait until it stands on the chain."""
        headers = {"Prefer": "wait=20", "Idempotency-Key": str(uuid.uuid4()), **headers}
        answer = await self.post(path, body, **headers)
        assert answer.status == 202, answer.content
        assert answer.body["status"] == "recorded", answer.content
        return answer.body

    async def until(self, path: str, is_ready: Callable[[Any], Any]) -> Any:
        """Read until it is as expected; what does not exist yet may come."""
        deadline_s = time.monotonic() + PATIENCE_S
        while True:
            answer = await self.get(path)
            if answer.status == 200 and is_ready(answer.body):
                return answer.body
            assert answer.status in (200, 404), answer.content
            assert time.monotonic() < deadline_s, f"{path} never came so far: {answer.content!r}"
            await asyncio.sleep(0.03)


async def found(
    chain: EmbeddedChain | BareChain,
    folder: Path,
    homes: Homes = HOMES,
    roles: Mapping[str, Role] = ROLES,
    bonded: Collection[str] = (),
    database: FreshDatabase = sqlite_database,
) -> World:
    """Deploy the contracts, admit the members and write a home for each gateway."""
    council = SigningKey.create()
    gateways = {name: Running(folder / name, _bound()) for name in homes}
    members = [alias for who in homes.values() for alias in who]
    signing = {alias: SigningKey.create() for alias in members}
    encryption = {alias: new_encryption_key() for alias in members}
    async with Client(chain.url) as client:
        holder = council.address if bonded else None
        deployment = await deploy(client, council, council.address, bond_holder=holder)
        world = World(chain, deployment, gateways, {}, signing, homes, council)
        applicants = [
            Applicant(
                alias,
                roles[alias],
                world.gateway_of(alias).url,
                public_bytes(encryption[alias]),
                signing[alias].address,
            )
            for alias in members
        ]
        numbers = await admit(client, deployment, council, applicants)
        world.numbers.update(zip(members, numbers, strict=True))
        if bonded:
            lent = [world.numbers[alias] for alias in bonded]
            await lend_bonds(client, deployment, council, lent, BOND)
    deployment.save(folder / "deployment.json")
    for name, who in homes.items():
        keys = gateways[name].home / "keys"
        keys.mkdir(parents=True)
        (keys / "password").write_text(PASSWORD)
        SigningKey.create().save(keys / "relayer.json", PASSWORD, is_light=True)
        for alias in who:
            signing[alias].save(keys / f"{alias}.json", PASSWORD, is_light=True)
            pem = save_encryption_key(encryption[alias], PASSWORD.encode())
            (keys / f"{alias}.pem").write_bytes(pem)
        _write_settings(world, name, who, database(gateways[name].home))
        with open_database(gateways[name].home) as session:
            for alias in who:
                world.api_keys[alias] = create_api_key(session, world.numbers[alias], "test")
    return world


def _write_settings(world: World, name: str, who: tuple[str, ...], database_url: str) -> None:
    gateway = world.gateways[name]
    organisations = "\n".join(
        f"[[organisation]]\nnumber = {world.numbers[alias]}\n"
        f'signing = "keys/{alias}.json"\nencryption = ["keys/{alias}.pem"]'
        for alias in who
    )
    (gateway.home / "consign.toml").write_text(
        f"[gateway]\nport = {gateway.port}\nbody_bytes_max = 200000\n"
        f'[chain]\nurl = "{world.chain.url}"\ndeployment = "../deployment.json"\n'
        f'[database]\nurl = "{database_url}"\n'
        f'[outward]\nallowed = ["127.0.0.0/8"]\n{organisations}\n'
    )


def _bound() -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    return listening
