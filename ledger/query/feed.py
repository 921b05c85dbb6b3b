"""What subscribers are told, from any place on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select
from sqlmodel import Session, col, func, select

from ledger.model import Agreement, Block, Event, FeedEntry
from ledger.model.table import table_of
from ledger.pair import Pair, is_among
from ledger.query.trade import is_seated

ENTRIES: Final = 100
"""Entries of the feed that are looked at in one go."""
PUBLIC: Final = frozenset({"organisation", "auction", "lot", "bid"})


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of the feed.

    Parameters
    ----------
    sequence : int
        Its place; never used twice.
    topic : str
        ``event``, ``retracted``, ``document``, ``intent`` or ``webhook``.
    body : dict
        For events and retractions the columns of the event, and as `timestamp` its block's time.
    """

    sequence: int
    topic: str
    body: dict[str, Any]


def notices(session: Session, organisation: int | None, after: int, limit: int) -> list[Notice]:
    """Read what an organisation may know, oldest first; none of them means everything."""
    seen = None if organisation is None else _seen_by(session, organisation)
    found: list[Notice] = []
    while len(found) < limit:
        page = _page(session, after, limit - len(found))
        for entry, notice in _told(session, [each for each in page if _concerns(each, seen)]):
            is_shown = seen is None or _may_see(notice, entry, seen, organisation)
            if notice.sequence > after and is_shown:
                found.append(notice)
        if not page:
            break
        after = page[-1].last
    return found[:limit]


def first_sequence(session: Session) -> int:
    """Give the place of the oldest notice that is kept; 0 when there is none."""
    return session.exec(select(func.min(FeedEntry.sequence))).one() or 0


def last_sequence(session: Session) -> int:
    """Give the place of the newest notice; 0 when there is none."""
    newest = select(FeedEntry).order_by(col(FeedEntry.sequence).desc()).limit(1)
    entry = session.exec(newest).first()
    return 0 if entry is None else entry.last


def events_with_time() -> Select[Any]:
    """Choose events with the time of their block as `timestamp`."""
    events = table_of(Event)
    blocks = table_of(Block)
    return (
        events.select()
        .add_columns(blocks.c.time.label("timestamp"))
        .join_from(events, blocks, blocks.c.number == events.c.block_number)
    )


def _page(session: Session, after: int, wanted: int) -> list[FeedEntry]:
    """Read the entries behind a place, as many as hold the notices that are wanted.

    Of the first, some notices may stand before the place.
    """
    begun = select(func.max(FeedEntry.sequence)).where(FeedEntry.sequence <= after + 1)
    found = (
        select(FeedEntry)
        .where(col(FeedEntry.sequence) >= (session.exec(begun).one() or 0))
        .order_by(col(FeedEntry.sequence))
        .limit(ENTRIES)
    )
    page: list[FeedEntry] = []
    for entry in session.exec(found):
        if entry.last > after:
            page.append(entry)
        if entry.last >= after + wanted:
            break
    return page


def _concerns(entry: FeedEntry, seen: frozenset[int] | None) -> bool:
    """Whether somebody may see any of it: a record of another agreement need not be read."""
    is_fact = entry.topic in ("event", "retracted")
    return seen is None or entry.agreement is None or not is_fact or entry.agreement in seen


def _told(session: Session, entries: Sequence[FeedEntry]) -> Iterator[tuple[FeedEntry, Notice]]:
    standing = _events_of(session, [each for each in entries if each.body is None])
    for entry in entries:
        if entry.body is None:
            bodies = standing[_place_of(entry)]
        else:
            bodies = entry.body.get("facts", [entry.body])
        for place, body in enumerate(bodies):
            yield entry, Notice(entry.sequence + place, entry.topic, body)


def _events_of(session: Session, entries: Sequence[FeedEntry]) -> dict[Pair, list[Any]]:
    """Read the events of many records at once, in the order of their positions."""
    events: dict[Pair, list[Any]] = {_place_of(each): [] for each in entries}
    if not events:
        return events
    table = table_of(Event)
    found = (
        events_with_time()
        .where(is_among(table.c.block_number, table.c.log_index, events))
        .order_by(*table.primary_key.columns)
    )
    for row in session.connection().execute(found).mappings():
        events[row["block_number"], row["log_index"]].append(dict(row))
    return events


def _place_of(entry: FeedEntry) -> Pair:
    assert entry.block_number is not None
    assert entry.log_index is not None
    return entry.block_number, entry.log_index


def _seen_by(session: Session, organisation: int) -> frozenset[int]:
    return frozenset(session.exec(select(Agreement.number).where(is_seated(organisation))).all())


def _may_see(
    notice: Notice, entry: FeedEntry, seen: frozenset[int], organisation: int | None
) -> bool:
    if notice.topic in ("intent", "webhook"):
        return entry.organisation == organisation
    if notice.body.get("machine", notice.body.get("kind")) in PUBLIC:
        return notice.topic != "document" or organisation in notice.body.get("readers", [])
    agreement = notice.body.get("agreement", entry.agreement)
    return agreement in seen
