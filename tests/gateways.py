"""Gateways without HTTP API, for tests: a runtime, a vault, and a server for its sealed blocks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Engine

from ledger import courier, outward, relayer
from ledger.client import Client
from ledger.council import Applicant, admit
from ledger.database import connect, in_thread
from ledger.deployment import Deployment, deploy
from ledger.desk import Wish
from ledger.document.encryption_key import new_encryption_key, public_bytes
from ledger.embedded import EmbeddedChain
from ledger.host import Host
from ledger.intent import domain_separator
from ledger.key import SigningKey
from ledger.query.intent import IntentView
from ledger.relayer import Interrupt
from ledger.role import Role
from ledger.runtime import LedgerRuntime, Settings
from ledger.vault import AskerUnproven, FileVault, VaultError
from ledger.vault.service import BlockService
from tests.postgres import CHOICE
from tests.simulation.bare_chain import BareChain

PATIENCE_S = 60.0


@dataclass
class BlockServer:
    """Serves a vault's blocks to whoever may have them; can be told to withhold or spoil some."""

    vault: FileVault
    service: BlockService | None = None
    is_down: bool = False
    withheld: set[str] = field(default_factory=set)
    spoiled: set[str] = field(default_factory=set)
    hangs: asyncio.Event | None = None
    """Answers nothing until it is set."""
    url: str = ""

    async def start(self) -> web.AppRunner:
        """Listen on a free port."""
        app = web.Application()
        app.router.add_get("/v1/blocks/{cid}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = site.name if ":0" not in site.name else _address(runner)
        return runner

    async def _answer(self, request: web.Request) -> web.Response:
        cid = request.match_info["cid"]
        if self.hangs is not None:
            await self.hangs.wait()
        if self.is_down or cid in self.withheld:
            return web.Response(status=404)
        assert self.service is not None
        try:
            asking = request.headers.get("Authorization")
            askers = await in_thread(self.service.askers, asking)
            block = await in_thread(self.service.block, askers, cid)
        except AskerUnproven:
            return web.Response(status=401)
        except VaultError:
            return web.Response(status=404)
        return web.Response(body=block[:-1] + b"?" if cid in self.spoiled else block)


@dataclass
class Gateway:
    """One company's gateway: what it is made of outlives the runtime."""

    folder: Path
    chain_url: str
    deployment: Deployment
    hosts: Mapping[int, Host]
    relayer_key: SigningKey
    server: BlockServer
    finality: int = 10_000

    def serve(self) -> Engine:
        """Have the server tell by this gateway's database who may have which block."""
        engine = connect(CHOICE.url(self.folder))
        network = domain_separator(self.deployment.order_domain)
        vault = self.server.vault
        self.server.service = BlockService(engine, vault, network, self.hosts.keys())
        return engine

    def settings(self) -> Settings:
        """Settings of a runtime on this gateway's database and vault."""
        return Settings(
            database_url=CHOICE.url(self.folder),
            vault=self.server.vault,
            client_url=self.chain_url,
            deployment=self.deployment,
            relayer_keys=(self.relayer_key,),
            hosts=self.hosts,
            finality=self.finality,
            poll_s=0.02,
            relayer=relayer.Settings(gather_s=0.01, follow_s=0.1),
            courier=courier.Settings(poll_s=0.05, timeout_s=2.0, allowed=outward.LOOPBACK),
        )

    @asynccontextmanager
    async def running(
        self, interrupt: Interrupt = lambda boundary: None
    ) -> AsyncIterator[LedgerRuntime]:
        """Run a runtime that knows all that is on the chain."""
        async with self.runtime(interrupt) as runtime:
            await runtime.wait_until_current(PATIENCE_S)
            yield runtime

    def runtime(self, interrupt: Interrupt = lambda boundary: None) -> LedgerRuntime:
        """Make a runtime; not started."""
        return LedgerRuntime(self.settings(), interrupt=interrupt)


@asynccontextmanager
async def founded(
    chain: EmbeddedChain | BareChain, folder: Path, members: Sequence[Sequence[Role]]
) -> AsyncIterator[list[Gateway]]:
    """Found a network of gateways, each hosting members of these roles, numbered on end."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(Client(chain.url))
        council = SigningKey.create()
        deployment = await deploy(client, council, council.address, bond_holder=council.address)
        servers = []
        for place in range(len(members)):
            (folder / str(place)).mkdir()
            server = BlockServer(FileVault(folder / str(place) / "vault"))
            runner = await server.start()
            stack.push_async_callback(runner.cleanup)
            servers.append(server)
        gateways = []
        for place, roles in enumerate(members):
            keys = [(SigningKey.create(), new_encryption_key()) for _ in roles]
            applicants = [
                Applicant("Member", role, servers[place].url, public_bytes(x), key.address)
                for role, (key, x) in zip(roles, keys, strict=True)
            ]
            numbers = await admit(client, deployment, council, applicants)
            held = zip(numbers, keys, strict=True)
            hosts = {number: Host(number, key, {1: x}) for number, (key, x) in held}
            gateway = Gateway(
                folder / str(place),
                chain.url,
                deployment,
                hosts,
                SigningKey.create(),
                servers[place],
            )
            stack.callback(gateway.serve().dispose)
            gateways.append(gateway)
        yield gateways


async def recorded(runtime: LedgerRuntime, organisation: int, wish: Wish) -> IntentView:
    """Hand in a wish and wait until it is recorded."""
    accepted = await runtime.desk.record(organisation, wish)
    view = await runtime.wait_for(accepted.intent, PATIENCE_S)
    assert view.status == "recorded", view.refusal
    return view


async def agreed(
    proposer: LedgerRuntime,
    signer: LedgerRuntime,
    seats: tuple[int, int, int, int, int],
    *others: tuple[LedgerRuntime, int],
    terms: dict[str, Any] | None = None,
) -> int:
    """Bring an agreement into force: its buyer proposes, its seller and others seated sign."""
    buyer, seller = seats[:2]
    proposal = await proposer.desk.propose(buyer, seats=seats, notice_days=30, terms=terms or TERMS)
    assert proposal.agreement is not None
    assert (await proposer.wait_for(proposal.intent, PATIENCE_S)).status == "recorded"
    for runtime, organisation in ((signer, seller), *others):
        await opened(runtime, organisation, kind="agreement", agreement=proposal.agreement)
        signature = await runtime.desk.step(organisation, proposal.agreement, "sign")
        assert (await runtime.wait_for(signature.intent, PATIENCE_S)).status == "recorded"
    await seen(proposer, lambda: _is_active(proposer, buyer, proposal.agreement or 0))
    return proposal.agreement


def _is_active(runtime: LedgerRuntime, organisation: int, agreement: int) -> bool:
    view = runtime.queries.agreement(organisation, agreement)
    return view is not None and view.state == "Active"


async def opened(runtime: LedgerRuntime, organisation: int, **about: Any) -> dict[str, Any]:
    """Wait until the documents about something are opened; gives the last one's content."""

    def are_open() -> bool:
        found = runtime.queries.documents(organisation, **about)
        return bool(found) and all(each.status == "opened" for each in found)

    await seen(runtime, are_open)
    body = runtime.queries.documents(organisation, **about)[-1].body
    assert body is not None
    return body


async def seen(runtime: LedgerRuntime, condition: Any, timeout_s: float = PATIENCE_S) -> None:
    """Wait until something holds on a runtime."""
    until_s = time.monotonic() + timeout_s
    while not condition():
        assert runtime.failure is None, runtime.failure
        assert time.monotonic() < until_s, "it never came"
        await runtime.news.wait(0.05)


def _address(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


TERMS: dict[str, Any] = {
    "document_type": "AgreementTerms",
    "schema_version": 2,
    "id": "FRAME-1",
    "issue_date": "2026-03-01",
    "document_currency_code": "EUR",
    "agreement_party": [
        {"organisation_id": 1, "role": "buyer", "party": {"name": "Buyer"}},
        {"organisation_id": 2, "role": "seller", "party": {"name": "Seller"}},
    ],
}


def purchase(number: str, quantity: str = "100") -> dict[str, Any]:
    """Content of a purchase order."""
    return {
        "document_type": "Order",
        "schema_version": 2,
        "id": number,
        "issue_date": "2026-03-01",
        "document_currency_code": "EUR",
        "buyer_customer_party": {"name": "Buyer"},
        "seller_supplier_party": {"name": "Seller"},
        "order_line": [
            {
                "id": "1",
                "item": {"name": "Jacket"},
                "quantity": {"value": quantity, "unit_code": "H87"},
            }
        ],
    }
