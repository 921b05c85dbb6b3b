"""Webhooks, and the deliveries that did not arrive at once."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, LargeBinary
from sqlmodel import Field

from gateway.models import GatewayTable

ACTIVE: Final = "active"
PAUSED: Final = "paused"
DISABLED: Final = "disabled"

WAITING: Final = "waiting"
DELIVERED: Final = "delivered"
DEAD: Final = "dead"


class Webhook(GatewayTable, table=True):
    """An address to which events are brought.

    Parameters
    ----------
    topics : list of str
        Types, or beginnings of types, that are wanted; none means all.
    state, reason : str
        ``active``, ``paused`` by its owner, or ``disabled`` and why.
    secret, old_secret : bytes
        What deliveries are signed with; the old one as well until its time is over.
    position : int
        Place in the feed up to which everything was delivered, or waits as a delivery.
    failures, failing_since_ms : int
        How often in a row nothing got through, and since when.
    next_attempt_ms : int
        Nothing new is sent before.
    """

    __tablename__ = "webhook"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    organisation: int = Field(index=True, sa_type=BigInteger)
    url: str = Field(max_length=2000)
    description: str = Field(max_length=500)
    topics: list[str] = Field(sa_type=JSON)
    state: str = Field(default=ACTIVE, max_length=8)
    reason: str | None = Field(default=None, max_length=500)
    secret: bytes = Field(sa_type=LargeBinary)
    old_secret: bytes | None = Field(default=None, sa_type=LargeBinary)
    old_secret_until_ms: int = Field(default=0, sa_type=BigInteger)
    position: int = Field(sa_type=BigInteger)
    failures: int = 0
    failing_since_ms: int | None = Field(default=None, sa_type=BigInteger)
    next_attempt_ms: int = Field(default=0, sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)


class WebhookDelivery(GatewayTable, table=True):
    """An event that did not arrive at the first attempt, or a test.

    Parameters
    ----------
    event : str
        The event's id, sent as `webhook-id` at every attempt.
    payload : bytes
        What is sent, the same at every attempt.
    status : str
        ``waiting``, ``delivered``, or ``dead`` once all attempts were made.
    code, error : optional
        What came of the last attempt: an HTTP status, or the name of what went wrong.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_due", "status", "next_attempt_ms"),
        Index("ix_webhook_delivery_list", "webhook", "created_ms"),
    )

    webhook: int = Field(
        sa_column=Column(
            Integer,
            ForeignKey("webhook.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        )
    )
    event: str = Field(primary_key=True, max_length=40)
    type: str = Field(max_length=100)
    payload: bytes = Field(sa_type=LargeBinary)
    status: str = Field(default=WAITING, max_length=9)
    attempts: int = 0
    code: int | None = None
    error: str | None = Field(default=None, max_length=200)
    created_ms: int = Field(sa_type=BigInteger)
    last_attempt_ms: int | None = Field(default=None, sa_type=BigInteger)
    next_attempt_ms: int = Field(sa_type=BigInteger)
