"""Webhooks as callers write and read them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gateway.answer import View
from gateway.webhooks.topic import PATTERN

Topic = Annotated[str, StringConstraints(pattern=f"^{PATTERN.pattern}$", max_length=100)]
Topics = Annotated[
    list[Topic],
    Field(
        max_length=100,
        description="Types that are wanted, or their beginnings: `fact.order`, `document`; "
        "none means all.",
        examples=[["fact.order", "fact.delivery", "retracted"]],
    ),
]
Url = Annotated[str, Field(max_length=2000, examples=["https://erp.example.com/consign"])]
Description = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
"""Without NUL, which PostgreSQL does not keep."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WebhookBody(_Body):
    """Where events are to be brought, and which."""

    url: Url
    topics: Topics = []
    description: Description = ""
    after: int | None = Field(
        default=None,
        ge=0,
        lt=2**53,
        description="Begin after this event, 0 with the oldest that is kept; now by default.",
    )


class WebhookChange(_Body):
    """What is to be different; what is left out stays."""

    url: Url | None = None
    topics: Topics | None = None
    description: Description | None = None
    state: Literal["active", "paused"] | None = Field(
        default=None, description="`active` resumes where deliveries ended, `paused` stops them."
    )


class WebhookView(View):
    """A webhook of the caller."""

    id: str
    url: str
    topics: list[str]
    description: str
    state: Literal["active", "paused", "disabled"]
    reason: str | None = Field(default=None, description="Why it was disabled.")
    position: int = Field(
        description="Everything up to this event was delivered, or is in the list of deliveries."
    )
    failing_since: str | None = Field(
        default=None, description="Since when nothing arrives; absent while all is well."
    )
    old_secret_until: str | None = Field(
        default=None, description="Until when the secret before the last rotation signs as well."
    )
    created_at: str


class WebhookSecretView(WebhookView):
    """A webhook and its secret, which is shown this once."""

    secret: str = Field(description="Verifies signatures; begins with `whsec_`.")


class DeliveryView(View):
    """An event that did not arrive at the first attempt, or a test."""

    id: str = Field(description="The event's id, sent as `webhook-id`.")
    type: str
    status: Literal["waiting", "delivered", "dead"]
    attempts: int
    response_code: int | None = Field(default=None, description="Of the last attempt.")
    error: str | None = Field(default=None, description="What went wrong at the last attempt.")
    created_at: str
    last_attempt_at: str | None = None
    next_attempt_at: str | None = Field(default=None, description="While it waits.")
