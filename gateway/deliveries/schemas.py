"""What callers are shown of deliveries."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from gateway.answer import View
from gateway.body import Body, DocumentJson, described_as
from gateway.orders.schemas import FindingView, HandledView, UnopenedView

Report = Annotated[dict[str, Any], described_as("QualityReport")]


class QualityBody(Body):
    """A quality report; the action follows from its usage decisions."""

    document: Report


class DeliverySummary(View):
    """A delivery in a list."""

    id: str
    agreement: str
    number: int
    order: str
    state: str
    ledger_state: str
    allowed_actions: list[str] = Field(description="What the caller may do now.")
    opened_at: int = Field(description="Unix seconds of chain time.")
    changed_at: int = Field(description="Unix seconds of chain time.")
    etag: str = Field(description="Send it as `If-Match` to act on this version only.")


class DeliveryLineView(HandledView):
    """What the delivery did with one line of its order."""

    id: str


class DeliveryView(DeliverySummary):
    """A delivery with its documents, as far as they are opened here."""

    document: DocumentJson | None = Field(description="The last despatch advice or schedule.")
    receipt: DocumentJson | None
    quality_report: DocumentJson | None
    return_instruction: DocumentJson | None
    lines: list[DeliveryLineView]
    findings: list[FindingView]
    unopened: list[UnopenedView] = Field(description="Documents that were not read here yet.")
