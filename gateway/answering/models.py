"""Who speaks of which order, what they are to be told of it, and how far the feed was read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from gateway.models import GatewayTable


class Conversation(GatewayTable, table=True):
    """An order that a partner has sent something about.

    Parameters
    ----------
    partner : str
        Whom the inbox calls the sender.
    message, position : int
        The first of the partner's documents that was recorded; answers are written as it was.
    commitment : bytes
        Of that document: what others record after it is answered.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("organisation", "agreement", "order_number", "partner"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation: int = Field(sa_type=BigInteger)
    agreement: int = Field(sa_type=BigInteger)
    order_number: int = Field(sa_type=BigInteger)
    partner: str = Field(max_length=200)
    message: int
    position: int
    commitment: bytes = Field(sa_type=LargeBinary)


class Answer(GatewayTable, table=True):
    """A fact that a partner is told.

    Parameters
    ----------
    id : int
        The control number of its interchange is counted down by it.
    digest, place : bytes, int
        What recorded the fact, and which of its events it is.
    outbox : int, optional
        The message that tells it; none while its document is awaited.
    losses : list
        What of the document that message does not hold.
    """

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("conversation", "digest", "place"),
        Index("ix_answer_waiting", "outbox", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    conversation: int = Field(
        sa_column=Column(ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False)
    )
    digest: bytes = Field(sa_type=LargeBinary)
    place: int
    action: str = Field(max_length=40)
    outbox: int | None = None
    losses: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class RecordedDocument(GatewayTable, table=True):
    """Which intent is to record which document of the inbox, until the ledger refuses it.

    Parameters
    ----------
    intent : int
        Its number.
    message, position : int
        The document.
    """

    __tablename__ = "recorded_document"

    intent: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    message: int
    position: int


class AnsweringPlace(GatewayTable, table=True):
    """How far the feed was read; one row."""

    __tablename__ = "answering_place"

    id: int = Field(default=1, primary_key=True)
    position: int = Field(default=0, sa_type=BigInteger)
