"""Which blocks of a vault are still needed, and forgetting the others.

A sealed document is needed until the order, agreement or lot that it is about, with all deliveries,
has come to its end and so many days have passed since; one of which the chain knows nothing yet is
needed as well. With a document go its files, and the rewraps that open it for other keys. Manifests
that the chain recorded, or that something signed here names, and the bundles of members' keys are
always needed: they are small. An uploaded file may be named by documents for some days, and is
needed for that long.

Whatever was stored within the last day stays, needed or not: what names it may not be written yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Engine, delete, exists, select
from sqlmodel import Session, col

from ledger import lifecycle
from ledger.clock import now_ms
from ledger.database import portions, reading, writing
from ledger.document.encryption_key import is_hybrid
from ledger.model import (
    Agreement,
    Attachment,
    AttachmentBlock,
    Delivery,
    Document,
    Lot,
    Manifest,
    Order,
    Organisation,
    Record,
    Rewrap,
    SignedIntent,
    Upload,
)
from ledger.model.attachment import HELD
from ledger.model.parcel import OPENED, SHREDDED
from ledger.prediction import chain_time
from ledger.signed_value import thaw
from ledger.vault import Cid, Vault, VaultError, cid_from_digest, digest_of

DAY_S: Final = 86_400
GRACE_MS: Final = DAY_S * 1000


@dataclass(slots=True)
class Needed:
    """Digests of blocks that something needs.

    Attributes
    ----------
    here : set of bytes
        What has to be in the vault.
    elsewhere : set of bytes
        What stays when it is there: it may be others', or on its way.
    """

    here: set[bytes] = field(default_factory=set)
    elsewhere: set[bytes] = field(default_factory=set)

    def __contains__(self, digest: bytes) -> bool:
        return digest in self.here or digest in self.elsewhere


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection did: how many blocks stay, how many went, and the bytes of these."""

    kept: int
    dropped: int
    dropped_bytes: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: how many blocks are whole, and which are not there or damaged."""

    whole: int
    missing: tuple[Cid, ...]
    damaged: tuple[Cid, ...]


def collect(engine: Engine, vault: Vault, *, keep_days: float, upload_days: float) -> Collected:
    """Forget the blocks that nothing needs.

    Parameters
    ----------
    keep_days : float
        For how long documents are kept after the end of what they are about, by chain time.
    upload_days : float
        For how long documents may name an uploaded file.
    """
    _forget_uploads(engine, upload_days)
    needed = needed_blocks(engine, keep_days)
    kept, dropped, dropped_bytes = 0, 0, 0
    before_ms = now_ms() - GRACE_MS
    for part in portions(vault):
        unneeded = [cid for cid in part if digest_of(cid) not in needed]
        sizes = vault.sizes(unneeded)
        vault.delete_all(unneeded, before_ms)
        left = vault.sizes(unneeded)
        kept += len(part) - len(sizes) + len(left)
        dropped += len(sizes) - len(left)
        dropped_bytes += sum(sizes.values()) - sum(left.values())
    vault.settle()
    return Collected(kept, dropped, dropped_bytes)


def check(engine: Engine, vault: Vault, *, keep_days: float) -> Checked:
    """Read every block that has to be here."""
    whole = 0
    missing: list[Cid] = []
    damaged: list[Cid] = []
    for digest in sorted(needed_blocks(engine, keep_days).here):
        cid = cid_from_digest(digest)
        try:
            vault.get(cid)
        except VaultError:
            (damaged if vault.has(cid) else missing).append(cid)
        else:
            whole += 1
    return Checked(whole, tuple(missing), tuple(damaged))


def needed_blocks(engine: Engine, keep_days: float) -> Needed:
    """Find the blocks that something needs; of documents that ended long ago none."""
    needed = Needed()
    with reading(engine) as session:
        ended = _Ended(session, chain_time(session) - int(keep_days * DAY_S))
        for row in _rows(session, _DOCUMENT):
            if row.status != SHREDDED and not ended.holds(row):
                place = needed.here if row.status == OPENED else needed.elsewhere
                place.add(digest_of(row.cid))
        _add_files(session, needed)
        for row in _rows(session, (Rewrap.document, Rewrap.block)):
            if row.document in needed:
                needed.here.add(row.block)
        needed.elsewhere |= _manifests(session)
        keys = session.connection().execute(select(col(Organisation.encryption_key))).scalars()
        needed.elsewhere |= {key for key in keys if key is not None and is_hybrid(key)}
    return needed


_DOCUMENT: Final = (
    Document.cid,
    Document.kind,
    Document.agreement,
    Document.number,
    Document.order_number,
    Document.status,
)


class _Ended:
    """What came to its end before a time, and so needs its documents no more."""

    def __init__(self, session: Session, before_s: int) -> None:
        is_under_way = (
            (col(Delivery.agreement) == col(Order.agreement))
            & (col(Delivery.order_number) == col(Order.number))
            & ~_has_ended("delivery", Delivery, before_s)
        )
        orders = select(col(Order.agreement), col(Order.number)).where(
            _has_ended("order", Order, before_s), ~exists().where(is_under_way)
        )
        self._orders = {tuple(row) for row in session.connection().execute(orders)}
        is_live = (col(Order.agreement) == col(Agreement.number)) & ~(
            _has_ended("order", Order, before_s)
        )
        agreements = select(col(Agreement.number)).where(
            _has_ended("agreement", Agreement, before_s), ~exists().where(is_live)
        )
        self._agreements = set(session.connection().execute(agreements).scalars())
        lots = select(col(Lot.auction), col(Lot.position)).where(_has_ended("lot", Lot, before_s))
        self._lots = {tuple(row) for row in session.connection().execute(lots)}
        alive = select(col(Lot.auction)).where(~_has_ended("lot", Lot, before_s))
        self._auctions = {auction for auction, _ in self._lots}
        self._auctions -= set(session.connection().execute(alive).scalars())

    def holds(self, document: Any) -> bool:
        """Say whether a document is about something that has ended."""
        if document.kind == "agreement":
            return document.agreement in self._agreements
        if document.kind == "lot":
            return (document.agreement, document.number) in self._lots
        if document.kind == "auction":
            return document.agreement in self._auctions
        order = document.number if document.kind == "order" else document.order_number
        return (document.agreement, order) in self._orders


def _has_ended(machine: str, model: Any, before_s: int) -> Any:
    states = [lifecycle.state_number(machine, each) for each in lifecycle.terminal_states(machine)]
    return col(model.state).in_(states) & (col(model.changed_at) < before_s)


def _add_files(session: Session, needed: Needed) -> None:
    """Add the blocks of files that go with needed documents, and of those just uploaded."""
    listings = set(session.connection().execute(select(col(Upload.listing))).scalars())
    here: set[bytes] = set()
    for row in _rows(session, (Attachment.document, Attachment.listing, Attachment.status)):
        if row.document in needed:
            (here if row.status == HELD else listings).add(row.listing)
    needed.here |= here
    needed.elsewhere |= listings
    for row in _rows(session, (AttachmentBlock.block, AttachmentBlock.listing)):
        if row.listing in here:
            needed.here.add(row.block)
        elif row.listing in listings:
            needed.elsewhere.add(row.block)


def _manifests(session: Session) -> set[bytes]:
    connection = session.connection()
    recorded = select(col(Record.manifest)).where(col(Record.manifest).is_not(None))
    found = {each for each in connection.execute(recorded).scalars() if each is not None}
    found |= set(connection.execute(select(col(Manifest.block))).scalars())
    signed = (
        SignedIntent.kind,
        SignedIntent.organisation,
        SignedIntent.deadline,
        SignedIntent.nonce,
        SignedIntent.value,
    )
    for row in _rows(session, signed):
        found.add(getattr(thaw(*row), "manifest", b""))
    return found


def _forget_uploads(engine: Engine, upload_days: float) -> None:
    """Let no more documents name what was uploaded long ago; what none names goes altogether."""
    is_old = col(Upload.stored_ms) < now_ms() - int(upload_days * DAY_S * 1000)
    is_named = exists().where(col(Attachment.listing) == col(Upload.listing))
    with writing(engine) as session:
        unnamed = select(col(Upload.listing)).where(is_old, ~is_named)
        for part in portions(session.connection().execute(unnamed).scalars()):
            of_these = col(AttachmentBlock.listing).in_(part)
            session.execute(delete(AttachmentBlock).where(of_these))
        session.execute(delete(Upload).where(is_old))


def _rows(session: Session, columns: Iterable[Any]) -> Iterable[Any]:
    """Read a table's columns, a part at a time."""
    asked = select(*map(col, columns)).execution_options(yield_per=10_000)
    return session.connection().execute(asked)
