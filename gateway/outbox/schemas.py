"""Messages of the outbox as callers are shown them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from gateway.answer import View

State = Literal["waiting", "delivered", "failed", "unwritable"]
Answer = Literal["", "accepted", "refused"]


class OutboxPartView(View):
    """A message of an interchange, or the one document of a file, and what its partner says."""

    name: str
    reference: str = Field(description="Its own number, without leading zeros.")
    answer: Answer
    complaints: list[dict[str, Any]] = Field(description="In the codes of the standard.")


class OutboxView(View):
    """A message to a partner, and what became of it."""

    id: str
    partner: str
    state: State
    actions: list[str] = Field(description="What can be done with it now.")
    standard: str
    type: str
    source: str | None = Field(description="The message of the inbox that it answers.")
    key: str = Field(description="What it is for.")
    size_bytes: int
    findings: list[dict[str, Any]] = Field(description="Why it could not be written.")
    answer: Answer = Field(description="What the partner's own acknowledgement says of it.")
    parts: list[OutboxPartView]
    attempts: int
    error: str | None = Field(description="What the last attempt to deliver it came to.")
    created_at: str
    delivered_at: str | None
    next_attempt_at: str | None
