"""The despatch advice: what has left the supplier, in which packages."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ledger.document.delivery import Shipment
from ledger.document.item import Item
from ledger.document.money import Quantity
from ledger.document.part import LINES_MAX, Document, Extra, Many, Part, require_distinct
from ledger.document.party import Party
from ledger.document.reference import DocumentReference, LineReference
from ledger.document.scalar import Code, Identifier, Text


class DespatchLine(Part):
    """How much of one order line travels, and how much stays to be sent."""

    id: Identifier
    order_line_reference: LineReference
    delivered_quantity: Quantity
    outstanding_quantity: Quantity | None = None
    outstanding_reason: Text | None = None
    oversupply_quantity: Quantity | None = None
    item: Item | None = None
    package_reference: Many[Identifier] = ()
    """`id` of the packages of the shipment that hold this line."""
    document_reference: Many[DocumentReference] = ()
    note: Many[Text] = ()
    extras: Many[Extra] = ()


class DespatchAdvice(Document):
    """What has left the supplier, in which packages.

    Notes
    -----
    Source: OASIS UBL 2.4, DespatchAdvice; Peppol BIS Despatch Advice 3, transaction T16.
    """

    lines_field: ClassVar[str | None] = "despatch_line"

    document_type: Literal["DespatchAdvice"] = "DespatchAdvice"
    despatch_advice_type_code: Code | None = None
    order_reference: DocumentReference | None = None
    despatch_supplier_party: Party | None = None
    delivery_customer_party: Party | None = None
    buyer_customer_party: Party | None = None
    seller_supplier_party: Party | None = None
    originator_customer_party: Party | None = None
    additional_document_reference: Many[DocumentReference] = ()
    shipment: Shipment | None = None
    despatch_line: Many[DespatchLine] = Field(min_length=1, max_length=LINES_MAX)

    @model_validator(mode="after")
    def _lines_and_packages_are_known(self) -> Self:
        require_distinct("despatch line", [line.id for line in self.despatch_line])
        packages = self.shipment.package if self.shipment else ()
        require_distinct("package", [package.id for package in packages])
        known = {package.id for package in packages}
        named = {ref for line in self.despatch_line for ref in line.package_reference}
        named |= {package.parent_id for package in packages if package.parent_id is not None}
        if not named <= known:
            raise ValueError(f"{len(named - known)} package references name no package")
        return self
