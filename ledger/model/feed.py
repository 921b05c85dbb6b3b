"""What subscribers are told, in the order in which this gateway learned it."""

from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from ledger.model.column import Wide


class FeedEntry(SQLModel, table=True):
    """One notice; append-only, and `sequence` never repeats, so that a subscriber can resume.

    Parameters
    ----------
    topic : str
        ``event`` (a fact was recorded), ``retracted`` (the chain took it back), ``document``
        (opened, missing or broken) or ``intent`` (refused).
    body : dict, optional
        What happened. Absent for events that still stand: they are read from the event table.
    """

    __tablename__ = "feed"
    __table_args__ = (
        Index("ix_feed_event", "block_number", "log_index", "position"),
        {"sqlite_autoincrement": True},
    )

    sequence: int | None = Field(default=None, primary_key=True)
    topic: str = Field(max_length=12)
    block_number: int | None = None
    log_index: int | None = None
    position: int | None = None
    agreement: int | None = Field(default=None, sa_type=Wide)
    organisation: int | None = None
    body: dict[str, Any] | None = Field(default=None, sa_type=JSON)
