"""EDIFACT INVOIC that credits, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.edifact import billing
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.sign import Sign
from ledger.document.credit_note import CreditNote

_NAMES: Final = billing.Names(
    what="A credit note",
    kind="credit_note_type_code",
    lines="credit_note_line",
    quantity="credited_quantity",
    kinds=("381", "83", "81"),
)


def _read(reading: Reading) -> dict[str, Any]:
    fields = billing.read(reading, _NAMES)
    if "billing_reference" not in fields and "invoice_period" not in fields:
        rule = "A credit note names the invoices it credits (RFF+IV), or their period (DTM+263)."
        reading.missing(reading.tree.need("BGM"), 0, rule)
    return fields


def _write(note: CreditNote, writing: Writing) -> None:
    quantities = (line.credited_quantity for line in note.credit_note_line)
    billing.write(note, note.credit_note_type_code, quantities, writing)


CREDIT_NOTE: Final = MessageType(
    EDIFACT,
    "INVOIC",
    CreditNote,
    billing.LOOP,
    _read,
    _write,
    line="LIN",
    parties=("accounting_supplier_party", "accounting_customer_party"),
    sign=Sign("BGM", 1, frozenset(_NAMES.kinds)),
)
"""Credit note: an INVOIC that credits, by its name (1001).

Notes
-----
Source: EANCOM INVOIC. What is credited is written as positive.
"""
