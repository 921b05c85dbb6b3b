"""What subscribers are told, from any place on."""

from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session, and_, col, func, select

from ledger.model import Agreement, Event, FeedEntry
from ledger.query.trade import is_seated

SCAN: Final = 500
PUBLIC: Final = frozenset({"organisation", "auction", "lot", "bid"})


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of the feed.

    Parameters
    ----------
    sequence : int
        Its place; never used twice.
    topic : str
        ``event``, ``retracted``, ``document`` or ``intent``.
    body : dict
        For events and retractions the columns of the event.
    """

    sequence: int
    topic: str
    body: dict[str, Any]


def notices(session: Session, organisation: int | None, after: int, limit: int) -> list[Notice]:
    """Read what an organisation may know, oldest first; none of them means everything."""
    seen = None if organisation is None else _seen_by(session, organisation)
    found: list[Notice] = []
    while len(found) < limit:
        page = _page(session, after)
        for entry, event in page:
            notice = _notice(entry, event)
            is_shown = seen is None or _may_see(notice, entry, seen, organisation)
            if is_shown and len(found) < limit:
                found.append(notice)
        if len(page) < SCAN:
            break
        after = page[-1][0].sequence or after
    return found


def last_sequence(session: Session) -> int:
    """Give the place of the newest notice; 0 when there is none."""
    return session.exec(select(func.max(FeedEntry.sequence))).one() or 0


def _page(session: Session, after: int) -> list[tuple[FeedEntry, Event | None]]:
    is_event = and_(
        col(Event.block_number) == FeedEntry.block_number,
        col(Event.log_index) == FeedEntry.log_index,
        col(Event.position) == FeedEntry.position,
    )
    found = (
        select(FeedEntry, Event)
        .join(Event, is_event, isouter=True)
        .where(col(FeedEntry.sequence) > after)
        .order_by(col(FeedEntry.sequence))
        .limit(SCAN)
    )
    return [(entry, event) for entry, event in session.exec(found)]


def _notice(entry: FeedEntry, event: Event | None) -> Notice:
    assert entry.sequence is not None
    body = entry.body if event is None else event.model_dump()
    return Notice(entry.sequence, entry.topic, body or {})


def _seen_by(session: Session, organisation: int) -> frozenset[int]:
    return frozenset(session.exec(select(Agreement.number).where(is_seated(organisation))).all())


def _may_see(
    notice: Notice, entry: FeedEntry, seen: frozenset[int], organisation: int | None
) -> bool:
    if notice.topic == "intent":
        return entry.organisation == organisation
    if notice.body.get("machine", notice.body.get("kind")) in PUBLIC:
        return notice.topic != "document" or organisation in notice.body.get("readers", [])
    agreement = notice.body.get("agreement", entry.agreement)
    return agreement in seen
