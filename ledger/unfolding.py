"""From manifests to the documents that they list: checked against the chain, left to be fetched."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session, SQLModel, col

from ledger.arrival import put_off
from ledger.block_source import BlockWrong, Fetched
from ledger.database import insert_new, portions
from ledger.document.errors import ManifestInvalid
from ledger.document.manifest import ENTRIES_MAX, ManifestEntry, documents_root
from ledger.document.manifest import Manifest as Listing
from ledger.model import Agreement, Document, Event, Manifest, Record
from ledger.model.parcel import BROKEN, FETCHED, MISSING, SEALED

Entries = dict[int, ManifestEntry]


def listed(row: Any, fetched: Fetched) -> Entries | Exception:
    """Give the documents that a manifest says lie somewhere, by position, or what is wrong."""
    if not isinstance(fetched, bytes):
        return fetched
    try:
        listing = Listing.from_block(fetched)
        _require_root(listing, row)
    except (ManifestInvalid, BlockWrong) as problem:
        return problem
    return {entry.position: entry for entry in listing.entries if entry.cid is not None}


def unfold(
    session: Session,
    hosted: Collection[int],
    manifests: Sequence[tuple[Any, Entries | Exception]],
) -> None:
    """Leave the documents of manifests to be fetched; put off the manifests that do not hold."""
    good = {row.digest: (row, each) for row, each in manifests if isinstance(each, dict)}
    facts = facts_of(session, [digest for digest, (_, entries) in good.items() if entries])
    seats = seats_of(session, {fact.agreement for fact in facts})
    rows = []
    for fact in facts:
        manifest, entries = good[fact.digest]
        entry = entries.get(fact.position)
        if entry is not None:
            rows.append(_row(manifest, fact, entry, readers(fact, seats, hosted)))
    insert_new(session, Document, [row for row in rows if row["readers"]])
    table = SQLModel.metadata.tables[str(Manifest.__tablename__)]
    for part in portions(list(good)):
        fetched = table.update().where(table.c.digest.in_(part))
        session.connection().execute(fetched.values(status=FETCHED, reason=None))
    bad = [(row, each) for row, each in manifests if isinstance(each, Exception)]
    put_off(session, table.name, [(row, _status(each), str(each)) for row, each in bad])


def _row(manifest: Any, fact: Any, entry: ManifestEntry, readers: list[int]) -> dict[str, Any]:
    return {
        "commitment": entry.commitment,
        "cid": entry.cid,
        "organisation": manifest.organisation,
        "agreement": fact.agreement,
        "kind": fact.machine,
        "number": fact.number,
        "order_number": fact.order_number,
        "readers": readers,
        "digest": manifest.digest,
        "position": fact.position,
        "status": SEALED,
        "attempts": 0,
        "next_attempt_ms": 0,
        "awaited_ms": manifest.awaited_ms,
        "contradicts": False,
    }


def readers(fact: Any, seats: Mapping[int, tuple[int, ...]], hosted: Collection[int]) -> list[int]:
    """Give the hosted organisations that a fact concerns."""
    if fact.machine in ("auction", "lot"):
        return sorted(hosted)
    return sorted(set(hosted) & set(seats.get(fact.agreement, ())))


def facts_of(session: Session, digests: Sequence[bytes]) -> list[Any]:
    """List what was recorded of some intents."""
    is_record = and_(
        col(Event.block_number) == col(Record.block_number),
        col(Event.log_index) == col(Record.log_index),
    )
    columns = (
        col(Record.digest),
        col(Event.position),
        col(Event.machine),
        col(Event.agreement),
        col(Event.number),
        col(Event.order_number),
    )
    facts: list[Any] = []
    for part in portions(digests):
        found = select(*columns).join(Event, is_record).where(col(Record.digest).in_(part))
        facts += session.connection().execute(found).all()
    return facts


def seats_of(session: Session, numbers: Collection[int | None]) -> dict[int, tuple[int, ...]]:
    """Give the organisations that sit in some agreements."""
    seats: dict[int, tuple[int, ...]] = {}
    for part in portions([each for each in numbers if each is not None]):
        found = select(Agreement).where(col(Agreement.number).in_(part))
        seats.update((each.number, each.seats) for each in session.execute(found).scalars())
    return seats


def _require_root(listing: Listing, manifest: Any) -> None:
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


def _status(problem: Exception) -> str:
    return BROKEN if isinstance(problem, BlockWrong | ManifestInvalid) else MISSING
