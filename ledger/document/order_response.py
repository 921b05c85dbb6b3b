"""The order response: what the seller accepts, changes, splits or rejects, line by line."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ledger.document.delivery import Delivery
from ledger.document.item import Item
from ledger.document.money import Price, Quantity, total
from ledger.document.part import LINES_MAX, Document, Extra, Many, Part, require_distinct
from ledger.document.party import Party
from ledger.document.period import Period
from ledger.document.reference import DocumentReference, LineReference
from ledger.document.scalar import Code, CurrencyId, Identifier, Text

OrderResponseCode = Literal["AB", "AP", "CA", "RE"]
"""Of UNCL4343: received (AB), accepted (AP), conditionally accepted (CA), rejected (RE)."""

LineStatusCode = Literal["1", "3", "5", "7", "42"]
"""Of UNCL1229: added (1), changed (3), accepted (5), not accepted (7), already delivered (42)."""

LINE_ADDED: LineStatusCode = "1"
LINE_CHANGED: LineStatusCode = "3"
LINE_ACCEPTED: LineStatusCode = "5"
LINE_REJECTED: LineStatusCode = "7"
LINE_DELIVERED: LineStatusCode = "42"


class OrderResponseLine(Part):
    """The answer to one order line.

    A changed line names what it changes: `quantity`, `price`, `promised_delivery_period`, or, to
    split the dates, one entry of `delivery` per part with its quantity and promised period.
    """

    id: Identifier
    order_line_reference: LineReference
    line_status_code: LineStatusCode
    quantity: Quantity | None = None
    price: Price | None = None
    promised_delivery_period: Period | None = None
    delivery: Many[Delivery] = ()
    item: Item | None = None
    substituted_item: Item | None = None
    """What the seller would deliver instead."""
    maximum_backorder_quantity: Quantity | None = None
    status_reason_code: Code | None = None
    note: Many[Text] = ()
    extras: Many[Extra] = ()

    @model_validator(mode="after")
    def _parts_add_up(self) -> Self:
        parts = [part.quantity for part in self.delivery if part.quantity is not None]
        if self.quantity is None or not parts:
            return self
        if {part.unit_code for part in parts} != {self.quantity.unit_code}:
            raise ValueError("the parts of a line must have the unit of the line")
        if total(part.number for part in parts) != self.quantity.number:
            raise ValueError("the parts of a line must add up to its quantity")
        return self


class OrderResponse(Document):
    """What the seller accepts, changes, splits or rejects.

    Lines that are not named are answered by `order_response_code`.

    Notes
    -----
    Source: OASIS UBL 2.4, OrderResponse; Peppol BIS Ordering 3, transactions T76 and T116.
    """

    lines_field: ClassVar[str | None] = "order_line"

    document_type: Literal["OrderResponse"] = "OrderResponse"
    order_response_code: OrderResponseCode
    order_reference: DocumentReference
    order_change_reference: DocumentReference | None = None
    sales_order_id: Identifier | None = None
    customer_reference: Text | None = None
    document_currency_code: CurrencyId | None = None
    buyer_customer_party: Party | None = None
    seller_supplier_party: Party | None = None
    validity_period: Period | None = None
    promised_delivery_period: Period | None = None
    order_line: Many[OrderResponseLine] = Field(default=(), max_length=LINES_MAX)

    @model_validator(mode="after")
    def _lines_are_distinct(self) -> Self:
        require_distinct("order response line", [line.id for line in self.order_line])
        return self
