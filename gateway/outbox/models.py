"""Messages to partners, their contents, sealed, and what partners answer for each part."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
)
from sqlmodel import Field

from gateway.models import GatewayTable

WAITING: Final = "waiting"
DELIVERED: Final = "delivered"
FAILED: Final = "failed"
UNWRITABLE: Final = "unwritable"

ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"


class OutboxMessage(GatewayTable, table=True):
    """A message to a partner.

    Parameters
    ----------
    partner : str
        Who it is for: whom the inbox calls the sender.
    key : str
        What it says and why, by the choice of whoever wrote it; the same is never written twice.
    standard, type : str
        What it is, in the words of the inbox.
    source : int, optional
        Number of the message of the inbox that it answers.
    sealed, encryption_key : bytes
        The content, encrypted, and what opens it; drawn for this content alone.
    findings : list
        Why it could not be written.
    answer : str
        What the partner said of it: ``accepted``, ``refused``, or nothing yet.
    error : str, optional
        What the last attempt to deliver it came to.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("organisation", "key"),
        Index("ix_outbox_message_list", "organisation", "state", "id"),
        Index("ix_outbox_message_due", "state", "next_attempt_ms"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation: int = Field(sa_type=BigInteger)
    partner: str = Field(max_length=200)
    key: str = Field(max_length=200)
    standard: str = Field(max_length=20)
    type: str = Field(max_length=64)
    media_type: str = Field(default="", max_length=200)
    source: int | None = None
    state: str = Field(default=WAITING, max_length=10)
    size_bytes: int = 0
    encryption_key: bytes = Field(default=b"", sa_type=LargeBinary)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    answer: str = Field(default="", max_length=8)
    attempts: int = 0
    error: str | None = Field(default=None, max_length=500)
    next_attempt_ms: int = Field(default=0, sa_type=BigInteger)
    last_attempt_ms: int | None = Field(default=None, sa_type=BigInteger)
    created_ms: int = Field(sa_type=BigInteger)
    delivered_ms: int | None = Field(default=None, sa_type=BigInteger)


class OutboxPart(GatewayTable, table=True):
    """A message of an interchange, or the one document of a file: what a partner can answer.

    Parameters
    ----------
    interchange, group : str
        Control numbers around it, without leading zeros; empty in standards without any.
    name, reference : str
        Its type and its own number.
    answer : str
        What the partner said of it.
    complaints : list
        What the partner finds wrong with it.
    """

    __tablename__ = "outbox_part"
    __table_args__ = (
        Index("ix_outbox_part_reference", "reference", "interchange"),
        Index("ix_outbox_part_interchange", "interchange"),
        Index("ix_outbox_part_group", "group"),
    )

    message: int = Field(
        sa_column=Column(
            Integer,
            ForeignKey("outbox_message.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        )
    )
    position: int = Field(primary_key=True)
    interchange: str = Field(max_length=200)
    group: str = Field(max_length=200)
    name: str = Field(max_length=64)
    reference: str = Field(max_length=200)
    answer: str = Field(default="", max_length=8)
    complaints: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
