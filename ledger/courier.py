"""Brings the documents that others recorded: fetch, check, open, examine, keep.

For each record of an agreement in which a hosted organisation sits, the indexer leaves a manifest
to be fetched. It must lead to the documents root on chain; each block must be what its CID names
and open to what the chain committed to. What cannot be had is `missing`, what does not hold is
`broken`; both are tried again with back-off, each on its own.

Each gateway is visited by itself: one that hangs holds up its own documents and no others. What it
does not give is asked of the other parties' gateways. A visit works in portions; what became of a
portion is one transaction.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from sqlalchemy import Engine

from ledger.arrival import (
    Outcome,
    addresses_of,
    due_documents,
    due_manifests,
    due_members,
    write_outcomes,
)
from ledger.asker import Askers
from ledger.attachment.courier import FileCourier
from ledger.attachment.register import await_files
from ledger.block_source import BlockSource, BlockWrong, Fetched
from ledger.bundle_courier import BundleCourier
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.document.envelope import OpenedDocument
from ledger.document.errors import DocumentError, RecipientAbsent
from ledger.document.header import Binding
from ledger.errors import Unreachable
from ledger.examination import Examiner, examine
from ledger.feed import Bell
from ledger.host import Host
from ledger.intent import domain_separator
from ledger.model.parcel import BROKEN, MISSING, OPENED
from ledger.opening import Opener
from ledger.outward import Network, connector
from ledger.unfolding import listed, unfold
from ledger.vault import Vault, cid_from_digest
from ledger.vault.ipfs import Replicator
from ledger.vault.kubo import Kubo
from ledger.wanted import wanted_documents, wanted_manifests

MANIFESTS: Final = 64
DOCUMENTS: Final = 128
"""How many are brought together: the more, the fewer transactions, and the longer each one."""
VISITS: Final = 32
"""How many gateways are visited at once; each visit holds some tens of megabytes at most."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """How the courier works.

    Parameters
    ----------
    poll_s : float
        Pause between two looks at what is to be fetched.
    timeout_s : float
        How long one answer of a gateway may take.
    allowed : sequence of networks
        Where gateways may be although these addresses are not public.
    examiner : Examiner, optional
        Checks documents against what was agreed before them.
    file_bytes_max : int
        Larger files that go with documents are not fetched.
    ipfs : str, optional
        Address of a Kubo daemon that replicates the vault, and is asked for what nobody else gives.
    """

    poll_s: float = 0.25
    timeout_s: float = 10.0
    allowed: Sequence[Network] = ()
    examiner: Examiner | None = None
    file_bytes_max: int = 100 * 1024 * 1024
    ipfs: str | None = None


class Courier:
    """Fetches and opens documents for hosted organisations.

    Parameters
    ----------
    hosts : mapping
        Hosted organisations by number.
    news : Bell
        Rung by the indexer when something was recorded, and by the courier when something opened.
    interrupt : callable
        Called with the name of each boundary that is reached between two writes.
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        deployment: Deployment,
        hosts: Mapping[int, Host],
        news: Bell,
        settings: Settings,
        interrupt: Callable[[str], None] = lambda boundary: None,
    ) -> None:
        self._engine = engine
        self._network = domain_separator(deployment.order_domain)
        self._ipfs = None if settings.ipfs is None else Kubo(settings.ipfs)
        self._blocks = BlockSource(vault, Askers(self._network, hosts), self._ipfs)
        self._vault = vault
        self._hosts = hosts
        self._opener = Opener(engine, vault, self._network, hosts)
        self._news = news
        self._settings = settings
        self._interrupt = interrupt
        self._visits: dict[str, asyncio.Task[bool]] = {}
        self._files = FileCourier(
            engine, vault, self._blocks, hosts.keys(), settings.file_bytes_max, news
        )
        self._bundles = BundleCourier(engine, vault, self._blocks, hosts.keys())
        # Two portions at once could each miss what the other opens, and leave it unexamined.
        self._opening = threading.Lock()

    async def run(self) -> None:
        """Fetch until cancelled."""
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout_s)
        reach = connector(self._settings.allowed, limit=2 * VISITS)
        async with aiohttp.ClientSession(timeout=timeout, connector=reach) as http:
            replication = self._replication()
            try:
                while replication is None or not replication.done():
                    await self._look(http)
                    await self._news.wait(self._settings.poll_s)
                await replication  # It ends only by a fault, which is told.
            finally:
                await self._end_visits()
                await self._files.stop()
                await self._bundles.stop()
                if self._ipfs is not None and replication is not None:
                    replication.cancel()
                    await asyncio.gather(replication, return_exceptions=True)
                    await self._ipfs.close()

    def _replication(self) -> asyncio.Task[None] | None:
        if self._ipfs is None:
            return None
        return asyncio.create_task(Replicator(self._vault, self._ipfs).run())

    async def advance(self, http: aiohttp.ClientSession) -> bool:
        """Try once what is due; false when nothing was."""
        await self._begin_visits(http)
        visits = list(self._visits.values())
        self._visits.clear()
        has_worked = any(await asyncio.gather(*visits))
        return await self._files.advance(http) or has_worked

    async def _look(self, http: aiohttp.ClientSession) -> None:
        try:
            for endpoint in [each for each, visit in self._visits.items() if visit.done()]:
                await self._visits.pop(endpoint)
            await self._begin_visits(http)
            await self._files.look(http)
            self._bundles.look(http)
        except Unreachable as problem:
            _log.warning("documents wait: %s", problem)

    async def _begin_visits(self, http: aiohttp.ClientSession) -> None:
        for endpoint, members in (await in_thread(due_members, self._engine)).items():
            if endpoint not in self._visits and len(self._visits) < VISITS:
                self._visits[endpoint] = asyncio.create_task(self._visit(http, endpoint, members))

    async def _end_visits(self) -> None:
        for visit in self._visits.values():
            visit.cancel()
        await asyncio.gather(*self._visits.values(), return_exceptions=True)
        self._visits.clear()

    async def _visit(
        self, http: aiohttp.ClientSession, endpoint: str, members: Sequence[int]
    ) -> bool:
        """Bring everything that is due from one gateway; false when nothing was."""
        has_worked = False
        silent: set[str] = set()
        # Nobody asks itself for what its own vault has not.
        source = None if self._hosts.keys() & set(members) else endpoint
        while True:
            manifests = await in_thread(due_manifests, self._engine, members, MANIFESTS)
            if manifests:
                wanted = await in_thread(
                    wanted_manifests, self._engine, self._hosts.keys(), manifests
                )
                blocks = await self._blocks.fetch_all(http, wanted, source, silent)
                await in_thread(self._unfold, manifests, blocks)
            documents = await in_thread(due_documents, self._engine, members, DOCUMENTS)
            if documents:
                wanted = await in_thread(
                    wanted_documents, self._engine, self._hosts.keys(), documents
                )
                blocks = await self._blocks.fetch_all(http, wanted, source, silent)
                await in_thread(self._open, documents, blocks)
            if not manifests and not documents:
                return has_worked
            has_worked = True
            self._news.ring()

    def _unfold(self, rows: Sequence[Any], blocks: Mapping[str, Fetched]) -> None:
        cids = [cid_from_digest(row.block) for row in rows]
        tried = [(row, cid) for row, cid in zip(rows, cids, strict=True) if cid in blocks]
        found = [(row, listed(row, blocks[cid])) for row, cid in tried]
        with writing(self._engine) as session:
            unfold(session, self._hosts.keys(), found)
            self._interrupt("unfolding")
        self._interrupt("unfolded")

    def _open(self, rows: Sequence[Any], blocks: Mapping[str, Fetched]) -> None:
        tried = [row for row in rows if row.cid in blocks]
        with self._opening:
            with reading(self._engine) as session:
                senders = addresses_of(session, {row.organisation for row in tried})
            outcomes: list[Outcome] = []
            opened, contents = {}, []
            for row in tried:
                outcome, content = self._opened(row, blocks[row.cid], senders)
                outcomes.append(outcome)
                if content is not None:
                    opened[row.id] = content.document
                    contents.append((row, content))
            findings = {}
            if self._settings.examiner is not None and opened:
                with reading(self._engine) as session:
                    hosted = self._hosts.keys()
                    findings = examine(session, self._settings.examiner, hosted, opened)
            with writing(self._engine) as session:
                write_outcomes(session, tried, outcomes, findings)
                for row, content in contents:
                    described, files = content.document.attachment, content.attachments
                    await_files(session, row.organisation, row.cid, described, files)
                self._interrupt("opening")
            self._interrupt("opened")

    def _opened(
        self, row: Any, block: Fetched, senders: Mapping[int, list[str]]
    ) -> tuple[Outcome, OpenedDocument | None]:
        """Open a block for every hosted organisation that it is sealed for."""
        if not isinstance(block, bytes):
            status = BROKEN if isinstance(block, BlockWrong) else MISSING
            return Outcome(row.id, status, str(block)), None
        binding = Binding(self._network, row.agreement, row.kind, row.number)
        found, readers, problem = None, [], "sealed for nobody hosted here"
        for number in row.readers:
            try:
                found = self._opener.open(
                    number,
                    block,
                    expected_binding=binding,
                    expected_commitment=row.commitment,
                    expected_senders=senders.get(row.organisation, []),
                )
            except RecipientAbsent:
                continue
            except DocumentError as error:
                problem = f"{error.name}: {error.detail}"
                continue
            readers.append(number)
        if found is None:
            return Outcome(row.id, BROKEN, problem), None
        return Outcome(row.id, OPENED, None, found.fields, readers), found
