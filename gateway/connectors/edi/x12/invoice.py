"""X12 810, Invoice, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.x12 import billing
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.invoice import Invoice

_TYPES: Final = {"DI": "380", "DR": "383", "PB": "326", "PP": "386", "CO": "384"}
"""Transaction type (element 640) to UNCL1001."""

_LINES: Final = billing.Lines("invoice_line", "invoiced_quantity")


def _read(reading: Reading) -> dict[str, Any]:
    big = reading.tree.need("BIG")
    if reading.code(big, 7) in billing.CREDITS:
        rule = "BIG07 says that this is an invoice, no credit memo."
        reading.refuse_value(big, 7, rule, "Write the kind of the document.")
    fields = billing.read(reading, _LINES)
    fields["invoice_type_code"] = _TYPES.get(reading.code(big, 7), "380")
    due = reading.date(reading.tree.need("ITD"), 6)
    return fields | ({"due_date": due} if due else {})


def _write(invoice: Invoice, writing: Writing) -> None:
    types = {code: own for own, code in _TYPES.items()}
    billing.write(invoice, types.get(invoice.invoice_type_code), writing, invoice.due_date)


INVOICE: Final = MessageType(
    X12,
    "810",
    Invoice,
    billing.LOOP,
    _read,
    _write,
    line="IT1",
    parties=("accounting_supplier_party", "accounting_customer_party"),
)
"""Invoice."""
