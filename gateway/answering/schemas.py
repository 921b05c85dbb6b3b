"""Answers as callers are shown them."""

from __future__ import annotations

from pydantic import Field

from gateway.answer import View
from gateway.conversion.schemas import LossView


class AnswerView(View):
    """What a message's sender is told of a fact."""

    id: str
    action: str = Field(examples=["confirm"], description="What another party did.")
    order: str = Field(examples=["A1-7-O12"])
    outbox: str | None = Field(
        description="The message of the outbox that tells it; none while its document is awaited."
    )
    losses: list[LossView] = Field(description="What of the document that message does not hold.")
