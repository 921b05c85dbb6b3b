"""Messages of the inbox as callers are shown them, and what callers say about them."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field, model_validator

from gateway.answer import View
from gateway.body import Body

NO_NUL: Final = r"^[^\x00]*$"
"""No database takes the character U+0000 in a text."""

State = Literal["received", "refused", "ready", "recorded", "noted", "set_aside"]


class InboxDocument(View):
    """A document that a message became."""

    position: int
    document_type: str
    id: str = Field(description="The sender's own number of it.")
    intent: str | None = Field(default=None, description="What recorded it.")


class InboxView(View):
    """A message, and what became of it."""

    id: str
    sender: str
    state: State
    actions: list[str] = Field(description="What can be done with it now.")
    standard: str
    type: str
    control: str
    profile: str = Field(description="The partner's profile that it was read by, with version.")
    digest: str = Field(description="SHA-256 of the message as it first came.")
    version: int = Field(description="1 as it came, more once it was mended.")
    arrivals: int = Field(description="How often the same message came.")
    is_duplicate: bool = Field(default=False, description="Whether it had come before.")
    findings: list[dict[str, Any]]
    documents: list[InboxDocument]
    received_at: str
    changed_at: str


class RecordBody(Body):
    """What is to be done on the ledger with a document of a message."""

    action: str = Field(examples=["issue"], description="Of the lifecycle, with hyphens.")
    position: int = Field(default=0, ge=0, description="Which document of the message.")
    agreement: str | None = Field(default=None, examples=["A1-7"], description="To issue an order.")
    order: str | None = Field(default=None, examples=["A1-7-O12"])
    delivery: str | None = Field(default=None, examples=["A1-7-D3"])

    @model_validator(mode="after")
    def _names_one(self) -> RecordBody:
        if sum(each is not None for each in (self.agreement, self.order, self.delivery)) != 1:
            raise ValueError("name one of agreement, order and delivery")
        if (self.agreement is not None) != (self.action == "issue"):
            raise ValueError("an order is issued in an agreement; all else is done to an order")
        return self


class ShopBody(Body):
    """A shop whose orders are to be taken."""

    kind: Literal["shopify", "woocommerce"]
    domain: str = Field(
        min_length=1, max_length=200, pattern=NO_NUL, examples=["brand.myshopify.com"]
    )
    secret: str = Field(min_length=16, max_length=500, description="What the shop signs with.")


class ShopView(View):
    """A shop whose orders are taken."""

    id: str
    kind: str
    domain: str
    path: str = Field(description="Where the shop's webhook is to send orders.")
    created_at: str
