"""Messages as they came, and their contents, sealed."""

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

RECEIVED: Final = "received"
REFUSED: Final = "refused"
READY: Final = "ready"
RECORDED: Final = "recorded"
NOTED: Final = "noted"
SET_ASIDE: Final = "set_aside"


class InboxMessage(GatewayTable, table=True):
    """A message that arrived.

    Parameters
    ----------
    sender : str
        Who sent it, in the words of whoever brought it.
    digest : bytes
        SHA-256 of the message as it first came.
    version : int
        Of its content: 1 as it came, more once it was mended.
    standard, type, control : str
        What it is, and the number its sender gave to the interchange; empty while not known.
    findings : list
        Everything that is wrong with it.
    documents : list
        What it became, in order: type, number, and the intent that recorded it.
    acknowledgement : bytes, optional
        What its sender is told of it as it came; written once.
    arrivals : int
        How often the same came.
    tries : int
        How often its present version began to be read.
    profile : str
        Name and version of the partner's profile that it was read with.
    """

    __tablename__ = "inbox_message"
    __table_args__ = (
        UniqueConstraint("organisation", "sender", "digest"),
        Index("ix_inbox_message_list", "organisation", "state", "id"),
        Index("ix_inbox_message_control", "organisation", "standard", "control"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation: int = Field(sa_type=BigInteger)
    sender: str = Field(max_length=200)
    digest: bytes = Field(sa_type=LargeBinary)
    version: int = 1
    state: str = Field(default=RECEIVED, max_length=9)
    standard: str = Field(default="", max_length=20)
    type: str = Field(default="", max_length=64)
    control: str = Field(default="", max_length=200)
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    documents: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    acknowledgement: bytes | None = Field(default=None, sa_type=LargeBinary)
    arrivals: int = 1
    tries: int = 0
    profile: str = Field(default="", max_length=200)
    received_ms: int = Field(sa_type=BigInteger)
    changed_ms: int = Field(sa_type=BigInteger)


class InboxContent(GatewayTable, table=True):
    """What a message says: as it came, and as it was mended. Nothing is ever overwritten.

    Parameters
    ----------
    key : bytes
        Opens it; drawn for this content alone, so that whoever forgets it forgets the content.
    sealed : bytes
        The content, encrypted.
    """

    __tablename__ = "inbox_content"

    message: int = Field(
        sa_column=Column(
            Integer,
            ForeignKey("inbox_message.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        )
    )
    version: int = Field(primary_key=True)
    size_bytes: int
    media_type: str = Field(max_length=200)
    key: bytes = Field(sa_type=LargeBinary)
    sealed: bytes = Field(sa_type=LargeBinary)
    stored_ms: int = Field(sa_type=BigInteger)


class Shop(GatewayTable, table=True):
    """A web shop whose orders are taken.

    Parameters
    ----------
    kind : str
        ``shopify`` or ``woocommerce``.
    domain : str
        Where the shop is; it stands in its orders as the seller.
    secret : bytes
        What the shop signs with.
    """

    __tablename__ = "inbox_shop"
    __table_args__ = (
        UniqueConstraint("organisation", "domain"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation: int = Field(sa_type=BigInteger)
    kind: str = Field(max_length=20)
    domain: str = Field(max_length=200)
    secret: bytes = Field(sa_type=LargeBinary)
    created_ms: int = Field(sa_type=BigInteger)
