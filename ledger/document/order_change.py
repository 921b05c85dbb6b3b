"""The order change: what either side proposes to change in an order, line by line."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ledger.document.delivery import Delivery
from ledger.document.item import Item
from ledger.document.money import AllowanceCharge, Amount, Price, Quantity
from ledger.document.order import OrderHead
from ledger.document.order_response import LineStatusCode
from ledger.document.part import LINES_MAX, Extra, Many, Part, require_distinct
from ledger.document.period import Period
from ledger.document.reference import DocumentReference, LineReference
from ledger.document.scalar import Code, Count, Identifier, Text


class OrderChangeLine(Part):
    """The new state of one order line: added (1), changed (3), unchanged (5), removed (7).

    A changed line states what it changes; whatever it leaves out stays as it was.
    """

    id: Identifier
    line_status_code: LineStatusCode
    order_line_reference: LineReference | None = None
    """The line of the order; the line with this `id`, when absent."""
    item: Item | None = None
    quantity: Quantity | None = None
    price: Price | None = None
    line_extension_amount: Amount | None = None
    requested_delivery_period: Period | None = None
    delivery: Many[Delivery] = ()
    partial_delivery_indicator: bool | None = None
    accounting_cost: Text | None = None
    allowance_charge: Many[AllowanceCharge] = ()
    document_reference: Many[DocumentReference] = ()
    reason_code: Code | None = None
    note: Many[Text] = ()
    extras: Many[Extra] = ()


class OrderChange(OrderHead):
    """What either side proposes to change in an order.

    Notes
    -----
    Source: OASIS UBL 2.4, OrderChange; Peppol BIS Advanced Ordering 3, transaction T114.
    """

    lines_field: ClassVar[str | None] = "order_line"

    document_type: Literal["OrderChange"] = "OrderChange"
    order_reference: DocumentReference
    sequence_number_id: Count | None = None
    reason: Text | None = None
    order_line: Many[OrderChangeLine] = Field(default=(), max_length=LINES_MAX)

    @model_validator(mode="after")
    def _lines_are_distinct(self) -> Self:
        require_distinct("order change line", [line.id for line in self.order_line])
        return self
