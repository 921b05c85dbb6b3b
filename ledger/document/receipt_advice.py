"""The receipt advice: what has arrived, what is short and what is rejected."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ledger.document.item import Item
from ledger.document.money import Quantity
from ledger.document.part import LINES_MAX, Document, Extra, Many, Part, require_distinct
from ledger.document.party import Location, Party
from ledger.document.reference import DocumentReference, LineReference
from ledger.document.scalar import Code, Date, Identifier, Text


class ReceiptLine(Part):
    """How much of one despatch line has arrived, is missing, is refused."""

    id: Identifier
    despatch_line_reference: LineReference | None = None
    order_line_reference: LineReference | None = None
    received_quantity: Quantity
    short_quantity: Quantity | None = None
    shortage_action_code: Code | None = None
    rejected_quantity: Quantity | None = None
    reject_reason_code: Code | None = None
    reject_reason: Many[Text] = ()
    reject_action_code: Code | None = None
    oversupply_quantity: Quantity | None = None
    received_date: Date | None = None
    timing_complaint_code: Code | None = None
    timing_complaint: Text | None = None
    item: Item | None = None
    package_reference: Many[Identifier] = ()
    note: Many[Text] = ()
    extras: Many[Extra] = ()

    @model_validator(mode="after")
    def _refers_and_names_reasons(self) -> Self:
        if self.despatch_line_reference is None and self.order_line_reference is None:
            raise ValueError("a receipt line must refer to a despatch line or an order line")
        is_rejecting = self.rejected_quantity is not None and self.rejected_quantity.value != "0"
        if is_rejecting and self.reject_reason_code is None and not self.reject_reason:
            raise ValueError("a rejected quantity needs a reason")
        return self


class ReceiptAdvice(Document):
    """What has arrived, what is short and what is rejected.

    Notes
    -----
    Source: OASIS UBL 2.4, ReceiptAdvice. In UBL as here `rejected_quantity` is a part of
    `received_quantity`, and `short_quantity` is not.
    """

    lines_field: ClassVar[str | None] = "receipt_line"

    document_type: Literal["ReceiptAdvice"] = "ReceiptAdvice"
    receipt_advice_type_code: Code | None = None
    order_reference: DocumentReference | None = None
    despatch_document_reference: DocumentReference | None = None
    delivery_customer_party: Party | None = None
    despatch_supplier_party: Party | None = None
    buyer_customer_party: Party | None = None
    seller_supplier_party: Party | None = None
    actual_delivery_date: Date | None = None
    delivery_location: Location | None = None
    receipt_line: Many[ReceiptLine] = Field(min_length=1, max_length=LINES_MAX)

    @model_validator(mode="after")
    def _lines_are_distinct(self) -> Self:
        require_distinct("receipt line", [line.id for line in self.receipt_line])
        return self
