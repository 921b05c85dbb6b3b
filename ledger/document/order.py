"""The order: what a buyer asks a seller to deliver."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ledger.document.delivery import Delivery, DeliveryTerms
from ledger.document.item import Item
from ledger.document.money import (
    AllowanceCharge,
    Amount,
    MonetaryTotal,
    Price,
    Quantity,
    TaxTotal,
)
from ledger.document.part import LINES_MAX, Document, Extra, Many, Part, require_distinct
from ledger.document.party import Party
from ledger.document.period import Period
from ledger.document.reference import DocumentReference
from ledger.document.scalar import Code, CurrencyId, Identifier, Text


class OrderLine(Part):
    """One line of an order (UBL OrderLine and its LineItem in one)."""

    id: Identifier
    item: Item
    quantity: Quantity
    price: Price | None = None
    line_extension_amount: Amount | None = None
    requested_delivery_period: Period | None = None
    delivery: Many[Delivery] = ()
    """Requested deliveries in parts, or to places of their own."""
    partial_delivery_indicator: bool | None = None
    accounting_cost: Text | None = None
    originator_party: Party | None = None
    allowance_charge: Many[AllowanceCharge] = ()
    document_reference: Many[DocumentReference] = ()
    note: Many[Text] = ()
    extras: Many[Extra] = ()


class OrderHead(Document):
    """The head that an order and a change of an order share."""

    order_type_code: Code | None = None
    document_currency_code: CurrencyId | None = None
    sales_order_id: Identifier | None = None
    customer_reference: Text | None = None
    accounting_cost: Text | None = None
    validity_period: Period | None = None
    buyer_customer_party: Party
    seller_supplier_party: Party
    originator_customer_party: Party | None = None
    accounting_customer_party: Party | None = None
    quotation_document_reference: DocumentReference | None = None
    order_document_reference: Many[DocumentReference] = ()
    originator_document_reference: DocumentReference | None = None
    catalogue_reference: DocumentReference | None = None
    contract: Many[DocumentReference] = ()
    project_reference: Many[DocumentReference] = ()
    additional_document_reference: Many[DocumentReference] = ()
    delivery: Many[Delivery] = ()
    delivery_terms: DeliveryTerms | None = None
    payment_terms: Many[Text] = ()
    payment_due_days: int | None = Field(default=None, ge=0, le=3650)
    allowance_charge: Many[AllowanceCharge] = ()
    tax_total: TaxTotal | None = None
    anticipated_monetary_total: MonetaryTotal | None = None


class Order(OrderHead):
    """What a buyer asks a seller to deliver.

    Notes
    -----
    Source: OASIS UBL 2.4, Order; Peppol BIS Ordering 3, transaction T01.
    """

    lines_field: ClassVar[str | None] = "order_line"

    document_type: Literal["Order"] = "Order"
    order_line: Many[OrderLine] = Field(min_length=1, max_length=LINES_MAX)

    @model_validator(mode="after")
    def _lines_are_distinct(self) -> Self:
        require_distinct("order line", [line.id for line in self.order_line])
        return self
