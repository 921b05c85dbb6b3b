"""The delivery schedule: which quantities of which order lines will be delivered when."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ledger.document.money import Quantity
from ledger.document.part import LINES_MAX, Document, Extra, Many, Part, require_distinct
from ledger.document.party import Location
from ledger.document.period import Period
from ledger.document.reference import DocumentReference, LineReference
from ledger.document.scalar import Identifier, Text


class ScheduleLine(Part):
    """One planned delivery of one order line."""

    id: Identifier
    order_line_reference: LineReference
    quantity: Quantity
    promised_delivery_period: Period
    delivery_location: Location | None = None
    note: Many[Text] = ()
    extras: Many[Extra] = ()


class DeliverySchedule(Document):
    """Which quantities of which order lines will be delivered when."""

    lines_field: ClassVar[str | None] = "schedule_line"

    document_type: Literal["DeliverySchedule"] = "DeliverySchedule"
    order_reference: DocumentReference
    schedule_line: Many[ScheduleLine] = Field(min_length=1, max_length=LINES_MAX)

    @model_validator(mode="after")
    def _lines_are_distinct(self) -> Self:
        require_distinct("schedule line", [line.id for line in self.schedule_line])
        return self
