"""EDIFACT INVOIC, invoice, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.edifact import billing, payment
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.invoice import Invoice

_NAMES: Final = billing.Names(
    what="An invoice",
    kind="invoice_type_code",
    lines="invoice_line",
    quantity="invoiced_quantity",
    kinds=("326", "380", "383", "384", "386"),
)


def _read(reading: Reading) -> dict[str, Any]:
    return billing.read(reading, _NAMES) | {"due_date": payment.due(reading)}


def _write(invoice: Invoice, writing: Writing) -> None:
    quantities = (line.invoiced_quantity for line in invoice.invoice_line)
    billing.write(invoice, invoice.invoice_type_code, quantities, writing, invoice.due_date)


INVOICE: Final = MessageType(
    EDIFACT,
    "INVOIC",
    Invoice,
    billing.LOOP,
    _read,
    _write,
    line="LIN",
    parties=("accounting_supplier_party", "accounting_customer_party"),
)
"""Invoice, and debit note.

Notes
-----
Self-billed invoices are refused by name: here the seller invoices.
"""
