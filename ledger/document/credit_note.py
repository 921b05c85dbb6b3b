"""The credit note: what the seller takes off an invoice, for goods returned or charged wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ledger.document.billing import Bill, BilledQuantity, BillLine
from ledger.document.part import LINES_MAX, Many

CreditNoteTypeCode = Literal["81", "83", "261", "381"]
"""Of UNCL1001: for goods or services (81), for financial adjustments (83), self-billed, which the
buyer issues for the seller (261), in general (381).
"""


class CreditNoteLine(BillLine):
    """What is credited for one line."""

    credited_quantity: BilledQuantity

    @property
    def quantity(self) -> BilledQuantity:
        """What is credited."""
        return self.credited_quantity


class CreditNote(Bill):
    """What the seller takes off an invoice; its amounts are positive where the buyer gains.

    Notes
    -----
    Source: OASIS UBL 2.4, CreditNote; EN 16931-1; Peppol BIS Billing 3.
    """

    lines_field: ClassVar[str | None] = "credit_note_line"

    document_type: Literal["CreditNote"] = "CreditNote"
    credit_note_type_code: CreditNoteTypeCode
    credit_note_line: Many[CreditNoteLine] = Field(min_length=1, max_length=LINES_MAX)

    @property
    def lines(self) -> Sequence[BillLine]:
        """The lines that are credited."""
        return self.credit_note_line

    @model_validator(mode="after")
    def _names_what_it_credits(self) -> Self:
        if not self.billing_reference and self.invoice_period is None:
            raise ValueError("a credit note must name the invoices or the period that it credits")
        return self
