"""The invoice: what the seller asks the buyer to pay for what was delivered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ledger.document.billing import Bill, BilledQuantity, BillLine
from ledger.document.part import LINES_MAX, Many
from ledger.document.scalar import Date

InvoiceTypeCode = Literal["326", "380", "383", "384", "386", "389", "527"]
"""Of UNCL1001: partial (326), commercial (380), debit note (383), corrected (384), prepayment
(386); and those that the buyer issues for the seller: self-billed (389), its debit note (527).
"""

CORRECTED: InvoiceTypeCode = "384"


class InvoiceLine(BillLine):
    """What is charged for one line."""

    invoiced_quantity: BilledQuantity

    @property
    def quantity(self) -> BilledQuantity:
        """What is charged."""
        return self.invoiced_quantity


class Invoice(Bill):
    """What the seller asks the buyer to pay for what was delivered.

    Notes
    -----
    Source: OASIS UBL 2.4, Invoice; EN 16931-1, rules BR-CO-10 to BR-CO-17 and BR-24 to BR-31;
    Peppol BIS Billing 3.
    """

    lines_field: ClassVar[str | None] = "invoice_line"

    document_type: Literal["Invoice"] = "Invoice"
    invoice_type_code: InvoiceTypeCode
    due_date: Date | None = None
    invoice_line: Many[InvoiceLine] = Field(min_length=1, max_length=LINES_MAX)

    @property
    def lines(self) -> Sequence[BillLine]:
        """The lines that are charged."""
        return self.invoice_line

    @model_validator(mode="after")
    def _names_what_it_corrects(self) -> Self:
        if self.invoice_type_code == CORRECTED and not self.billing_reference:
            raise ValueError("a corrected invoice must name the invoice in billing_reference")
        return self
