"""Telling subscribers: rows of the feed, and waking those who wait inside this process."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from ledger.counter import FEED, take
from ledger.model import FeedEntry
from ledger.model.table import table_of

Row = dict[str, Any]


def tell(
    session: Session,
    topic: str,
    *,
    agreement: int | None = None,
    organisation: int | None = None,
    body: Row,
) -> None:
    """Tell subscribers one thing."""
    tell_all(session, topic, [(agreement, organisation, body)])


def tell_all(
    session: Session, topic: str, notices: Sequence[tuple[int | None, int | None, Row]]
) -> None:
    """Tell subscribers many things in order: of each the agreement, the organisation, the body."""
    add_entries(
        session,
        [
            {
                "topic": topic,
                "count": 1,
                "agreement": agreement,
                "organisation": organisation,
                "body": body,
            }
            for agreement, organisation, body in notices
        ],
    )


def add_entries(session: Session, rows: Sequence[Row]) -> None:
    """Add entries in order; each has the same columns, `sequence` left out."""
    if not rows:
        return
    sequence = take(session, FEED, sum(row["count"] for row in rows))
    placed = []
    for row in rows:
        placed.append({"sequence": sequence, **row})
        sequence += row["count"]
    table = table_of(FeedEntry)
    session.connection().execute(table.insert(), placed)


class Bell:
    """Wakes everyone who waits on it; belongs to one event loop.

    Nothing is said with the ring: whoever wakes looks into the database, so a missed ring or one
    too many does no harm.
    """

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self.rings = 0

    def ring(self) -> None:
        """Wake everyone who waits now."""
        self.rings += 1
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait for the next ring; return whether it came in time."""
        rung = self._rung
        # Not `wait_for`, which before Python 3.12 can swallow a cancellation.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await rung.wait()
        return rung.is_set()
