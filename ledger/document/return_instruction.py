"""The return instruction: which goods go back, why and how."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ledger.document.delivery import Shipment
from ledger.document.item import Item
from ledger.document.money import Quantity
from ledger.document.part import LINES_MAX, Document, Extra, Many, Part, require_distinct
from ledger.document.party import Location, Party
from ledger.document.period import Period
from ledger.document.reference import DocumentReference, LineReference
from ledger.document.scalar import Code, Identifier, Text


class ReturnLine(Part):
    """How much of one line goes back, and why."""

    id: Identifier
    order_line_reference: LineReference | None = None
    despatch_line_reference: LineReference | None = None
    inspection_line_reference: LineReference | None = None
    returned_quantity: Quantity
    return_reason_code: Code | None = None
    return_reason: Many[Text] = ()
    item: Item | None = None
    note: Many[Text] = ()
    extras: Many[Extra] = ()


class ReturnInstruction(Document):
    """Which goods go back, why and how."""

    lines_field: ClassVar[str | None] = "return_line"

    document_type: Literal["ReturnInstruction"] = "ReturnInstruction"
    order_reference: DocumentReference | None = None
    despatch_document_reference: DocumentReference | None = None
    quality_report_reference: DocumentReference | None = None
    return_action_code: Literal["credit", "replace", "repair", "rework", "scrap"] | None = None
    pickup_location: Location | None = None
    pickup_period: Period | None = None
    delivery_location: Location | None = None
    carrier_party: Party | None = None
    freight_payer: Literal["buyer", "seller"] | None = None
    shipment: Shipment | None = None
    return_line: Many[ReturnLine] = Field(min_length=1, max_length=LINES_MAX)

    @model_validator(mode="after")
    def _lines_are_distinct(self) -> Self:
        require_distinct("return line", [line.id for line in self.return_line])
        return self
