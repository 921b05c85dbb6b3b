"""Takes numbers from series that never repeat.

A taker holds the series' row until its transaction ends. So numbers become visible in the order in
which they were taken, and a reader that has seen one has missed none below it.
"""

from typing import Final

from sqlmodel import Session

from ledger.model import Counter
from ledger.model.table import table_of

FEED: Final = "feed"
"""Places in the feed."""
INTENT: Final = "intent"
"""Ids of accepted wishes."""


def take(session: Session, series: str, count: int) -> int:
    """Take `count` consecutive numbers; gives the first."""
    table = table_of(Counter)
    taken = (
        table.update()
        .where(table.c.name == series)
        .values(next=table.c.next + count)
        .returning(table.c.next)
    )
    after: int = session.connection().execute(taken).scalar_one()
    return after - count
