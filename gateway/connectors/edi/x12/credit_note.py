"""X12 810, Invoice, that credits, in and out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.sign import Sign
from gateway.connectors.edi.x12 import billing
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.credit_note import CreditNote

_CREDIT: Final = "CR"
_LINES: Final = billing.Lines("credit_note_line", "credited_quantity")
_AMOUNTS: Final = {"IT1": 2, "SAC": 5, "TDS": 1, "TXI": 2}
"""Where quantities and sums stand."""


def _read(reading: Reading) -> dict[str, Any]:
    if reading.tree.need("TDS")[1].startswith("-"):
        reading = replace(reading, tree=_turned(reading.tree))
    fields = billing.read(reading, _LINES)
    if not fields.get("billing_reference") and "invoice_period" not in fields:
        rule = "A credit memo names the invoices it credits (REF IV), or their period (DTM 186)."
        reading.missing(reading.tree.need("BIG"), 0, rule)
    return fields | {"credit_note_type_code": "381"}


def _turned(group: Group) -> Group:
    """Turn what is credited as less than nothing into what is credited."""
    children = [
        _turned(each) if isinstance(each, Group) else _opposite(each) for each in group.children
    ]
    return Group(group.loop, children)


def _opposite(segment: Segment) -> Segment:
    element = _AMOUNTS.get(segment.tag, 0)
    text = segment[element] if element else ""
    if not text.strip("0.,"):
        return segment
    elements = list(segment.elements)
    elements[element - 1] = text[1:] if text[0] == "-" else f"-{text}"
    return replace(segment, elements=tuple(elements))


def _write(note: CreditNote, writing: Writing) -> None:
    billing.write(note, _CREDIT, writing)


CREDIT_NOTE: Final = MessageType(
    X12,
    "810",
    CreditNote,
    billing.LOOP,
    _read,
    _write,
    line="IT1",
    parties=("accounting_supplier_party", "accounting_customer_party"),
    sign=Sign("BIG", 7, billing.CREDITS),
)
"""Credit memo: an invoice that credits, by its type (element 640).

Notes
-----
Source: ASC X12 810. Some write what they credit as positive, some as negative sums; which of both
is told by the sign of TDS, and all lines follow it.
"""
