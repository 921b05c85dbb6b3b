"""Brings the documents that others recorded: fetch, check, open, keep.

For each record of an agreement in which a hosted organisation sits, the indexer leaves a manifest
to be fetched. It must lead to the documents root on chain; each block must be what its CID names
and open to what the chain committed to. What cannot be had is `missing`, what does not hold is
`broken`; both are tried again with back-off, each on its own, so that none holds up another.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from sqlalchemy import Engine, and_
from sqlmodel import Session, col, select

from ledger.block_source import BlockSource, BlockUnavailable, BlockWrong
from ledger.clock import now_ms
from ledger.database import in_thread, insert_new, reading, writing
from ledger.deployment import Deployment
from ledger.document.canonical import canonical_form
from ledger.document.envelope import open_envelope
from ledger.document.errors import DocumentError, ManifestInvalid, RecipientAbsent
from ledger.document.header import Binding
from ledger.document.manifest import ENTRIES_MAX, documents_root
from ledger.document.manifest import Manifest as Listing
from ledger.feed import Bell, tell
from ledger.host import Host
from ledger.intent import domain_separator
from ledger.model import (
    Agreement,
    Document,
    Event,
    Manifest,
    Organisation,
    OrganisationKey,
    Record,
)
from ledger.model.parcel import BROKEN, FETCHED, MISSING, OPENED, SEALED
from ledger.vault import Vault, cid_from_digest

BACK_OFF_MS: Final = 500
BACK_OFF_MAX_MS: Final = 300_000
AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """How the courier works.

    Parameters
    ----------
    poll_s : float
        Pause between two looks at what is to be fetched.
    timeout_s : float
        How long one fetch may take.
    """

    poll_s: float = 0.25
    timeout_s: float = 10.0


class Courier:
    """Fetches and opens documents for hosted organisations.

    Parameters
    ----------
    hosts : mapping
        Hosted organisations by number.
    news : Bell
        Rung by the indexer when something was recorded, and by the courier when something opened.
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        deployment: Deployment,
        hosts: Mapping[int, Host],
        news: Bell,
        settings: Settings,
    ) -> None:
        self._engine = engine
        self._blocks = BlockSource(vault)
        self._network = domain_separator(deployment.order_domain)
        self._hosts = hosts
        self._news = news
        self._settings = settings

    async def run(self) -> None:
        """Fetch until cancelled."""
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout_s)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            while True:
                if not await self.advance(http):
                    await self._news.wait(self._settings.poll_s)

    async def advance(self, http: aiohttp.ClientSession) -> bool:
        """Try once what is due; false when nothing was."""
        digests = await in_thread(self._due_manifests)
        await asyncio.gather(*(self._bring_manifest(http, each) for each in digests))
        documents = await in_thread(self._due_documents)
        await asyncio.gather(*(self._bring_document(http, each) for each in documents))
        if digests or documents:
            self._news.ring()
        return bool(digests or documents)

    def _due_manifests(self) -> list[bytes]:
        due = (
            select(Manifest.digest)
            .where(
                col(Manifest.status).in_([SEALED, MISSING, BROKEN]),
                Manifest.next_attempt_ms <= now_ms(),
            )
            .limit(AT_ONCE)
        )
        with reading(self._engine) as session:
            return list(session.exec(due).all())

    def _due_documents(self) -> list[int]:
        due = (
            select(Document.id)
            .where(
                col(Document.status).in_([SEALED, MISSING, BROKEN]),
                Document.next_attempt_ms <= now_ms(),
            )
            .limit(AT_ONCE)
        )
        with reading(self._engine) as session:
            return [each for each in session.exec(due).all() if each is not None]

    async def _bring_manifest(self, http: aiohttp.ClientSession, digest: bytes) -> None:
        def sender() -> tuple[str, str]:
            with reading(self._engine) as session:
                manifest = session.get_one(Manifest, digest)
                return cid_from_digest(manifest.block), _endpoint(session, manifest.organisation)

        cid, endpoint = await in_thread(sender)
        try:
            block = await self._blocks.fetch(http, cid, endpoint)
        except (BlockUnavailable, BlockWrong) as problem:
            await in_thread(self._put_off_manifest, digest, problem)
            return
        await in_thread(self._unfold, digest, block)

    async def _bring_document(self, http: aiohttp.ClientSession, document_id: int) -> None:
        def sender() -> tuple[str, str]:
            with reading(self._engine) as session:
                document = session.get_one(Document, document_id)
                return document.cid, _endpoint(session, document.organisation)

        cid, endpoint = await in_thread(sender)
        try:
            block = await self._blocks.fetch(http, cid, endpoint)
            await in_thread(self._open, document_id, block)
        except (BlockUnavailable, BlockWrong) as problem:
            await in_thread(self._put_off_document, document_id, problem)

    def _unfold(self, digest: bytes, block: bytes) -> None:
        """Check a manifest against the chain and leave its documents to be fetched."""
        with writing(self._engine) as session:
            manifest = session.get_one(Manifest, digest)
            events = _events_of(session, digest)
            try:
                listing = Listing.from_block(block)
                _require_root(listing, manifest)
            except (ManifestInvalid, BlockWrong) as problem:
                _put_off(manifest, BROKEN, str(problem))
                return
            known = {entry.position: entry for entry in listing.entries if entry.cid is not None}
            rows = [
                self._document_row(session, event, known[event.position], manifest)
                for event in events
                if event.position in known
            ]
            insert_new(session, Document, [row for row in rows if row is not None])
            manifest.status, manifest.reason = FETCHED, None

    def _document_row(
        self, session: Session, event: Event, entry: Any, manifest: Manifest
    ) -> dict[str, Any] | None:
        readers = self._readers(session, event)
        if not readers:
            return None
        return {
            "commitment": entry.commitment,
            "cid": entry.cid,
            "organisation": manifest.organisation,
            "agreement": event.agreement,
            "kind": event.machine,
            "number": event.number,
            "order_number": event.order_number,
            "readers": readers,
            "digest": manifest.digest,
            "position": event.position,
            "status": SEALED,
            "attempts": 0,
            "next_attempt_ms": 0,
        }

    def _readers(self, session: Session, event: Event) -> list[int]:
        if event.machine in ("auction", "lot"):
            return sorted(self._hosts)
        agreement = session.get(Agreement, event.agreement)
        return sorted(set(self._hosts) & set(agreement.seats)) if agreement else []

    def _open(self, document_id: int, block: bytes) -> None:
        with reading(self._engine) as session:
            document = session.get_one(Document, document_id)
            keys = select(OrganisationKey.address).where(
                OrganisationKey.organisation == document.organisation
            )
            senders = list(session.exec(keys).all())
            session.expunge(document)
        body, readers, problem = self._opened(document, block, senders)
        with writing(self._engine) as session:
            document = session.get_one(Document, document_id)
            if body is None:
                _put_off(document, BROKEN, problem)
                _tell(session, document)
                return
            document.body, document.type = body, str(body["document_type"])
            document.readers = readers
            document.status, document.reason = OPENED, None
            _tell(session, document)

    def _opened(
        self, document: Document, block: bytes, senders: list[str]
    ) -> tuple[dict[str, Any] | None, list[int], str]:
        """Open a block for every hosted organisation that it is sealed for."""
        assert document.agreement is not None
        binding = Binding(self._network, document.agreement, document.kind, document.number)
        body, readers, problem = None, [], "sealed for nobody hosted here"
        for number in document.readers:
            host = self._hosts[number]
            try:
                opened = open_envelope(
                    block,
                    organisation=number,
                    private_keys=host.encryption_keys,
                    expected_binding=binding,
                    expected_commitment=document.commitment,
                    expected_senders=senders,
                )
            except RecipientAbsent:
                continue
            except DocumentError as error:
                problem = f"{error.name}: {error.detail}"
                continue
            body = canonical_form(opened.document)
            readers.append(number)
        return body, readers, problem

    def _put_off_manifest(self, digest: bytes, problem: Exception) -> None:
        with writing(self._engine) as session:
            manifest = session.get_one(Manifest, digest)
            status = BROKEN if isinstance(problem, BlockWrong) else MISSING
            _put_off(manifest, status, str(problem))

    def _put_off_document(self, document_id: int, problem: Exception) -> None:
        with writing(self._engine) as session:
            document = session.get_one(Document, document_id)
            status = BROKEN if isinstance(problem, BlockWrong) else MISSING
            is_news = document.status != status
            _put_off(document, status, str(problem))
            if is_news:
                _tell(session, document)


def _endpoint(session: Session, organisation: int) -> str:
    member = session.get(Organisation, organisation)
    return member.endpoint if member else ""


def _events_of(session: Session, digest: bytes) -> list[Event]:
    joined = and_(
        col(Event.block_number) == col(Record.block_number),
        col(Event.log_index) == col(Record.log_index),
    )
    found = select(Event).join(Record, joined).where(Record.digest == digest)
    return list(session.exec(found).all())


def _require_root(listing: Listing, manifest: Manifest) -> None:
    """Check that a manifest lists what the chain committed to.

    A batch's root is over all its events; a single intent, step or opening names one commitment.
    """
    if manifest.positions is None:
        commitments = [entry.commitment for entry in listing.entries]
        is_right = commitments == [manifest.root] and listing.entries[0].position == 0
    else:
        is_right = (
            0 < manifest.positions <= ENTRIES_MAX
            and documents_root(listing.commitments(manifest.positions)) == manifest.root
        )
    if not is_right:
        raise BlockWrong("the manifest does not lead to the root on chain")


def _put_off(row: Manifest | Document, status: str, reason: str) -> None:
    """Try again later: twice as late each time."""
    row.status, row.reason = status, reason
    row.next_attempt_ms = now_ms() + min(BACK_OFF_MS << min(row.attempts, 20), BACK_OFF_MAX_MS)
    row.attempts += 1


def _tell(session: Session, document: Document) -> None:
    tell(
        session,
        "document",
        agreement=document.agreement,
        organisation=document.organisation,
        body={
            "document": document.id,
            "kind": document.kind,
            "number": document.number,
            "order": document.order_number,
            "status": document.status,
            "reason": document.reason,
            "readers": document.readers,
        },
    )
