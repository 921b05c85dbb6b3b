"""What subscribers are told, in the order in which this gateway learned it."""

from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from ledger.model.column import Wide


class FeedEntry(SQLModel, table=True):
    """Notices that came together: all facts of one record, or a single notice of another topic.

    Parameters
    ----------
    sequence : int
        Place of the first notice, from the counter `FEED`; no place is ever used twice, so that a
        subscriber can resume between any two notices.
    count : int
        How many notices: they stand at ``sequence`` to ``sequence + count - 1``.
    topic : str
        ``event`` (facts were recorded), ``retracted`` (the chain took them back), ``document``
        (opened, missing or broken) or ``intent`` (refused).
    block_number, log_index : int, optional
        The record whose events these are, in the order of their positions, while they stand.
    agreement : int, optional
        The one agreement that all of it is about.
    body : dict, optional
        What happened; with key ``facts`` a list with one entry for each notice. Absent for events
        that still stand: they are read from the event table.
    """

    __tablename__ = "feed"
    __table_args__ = (
        Index("ix_feed_record", "block_number", "log_index"),
        {"sqlite_with_rowid": False},
    )

    sequence: int = Field(primary_key=True, sa_type=Wide, sa_column_kwargs={"autoincrement": False})
    count: int = 1
    topic: str = Field(max_length=12)
    block_number: int | None = None
    log_index: int | None = None
    agreement: int | None = Field(default=None, sa_type=Wide)
    organisation: int | None = None
    body: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))

    @property
    def last(self) -> int:
        """Place of the last notice."""
        return self.sequence + self.count - 1
