"""X12 860, Purchase Order Change Request, that cancels an order, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.sign import Sign
from gateway.connectors.edi.x12 import note, part
from gateway.connectors.edi.x12.order_change import LOOP
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.order_cancellation import OrderCancellation

_CANCELLED: Final = "01"
_UNSAID: Final = "Cancelled"
"""The note of a cancellation that gives no reason."""


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    bch = tree.need("BCH")
    order, sequence = reading.identifier(bch, 3), reading.identifier(bch, 5)
    ordered = reading.date(bch, 6)
    notes = note.notes(reading, tree)
    fields = {
        "id": reading.identifier(bch, 9) or (f"{order}-{sequence}" if sequence else order),
        "issue_date": reading.date(bch, 11) or reading.date(bch, 10) or envelope.date or ordered,
        "order_reference": part.held({"id": order, "issue_date": ordered}),
        "cancellation_note": notes[0] if notes else _UNSAID,
        "note": notes[1:],
        "buyer_customer_party": part.party(reading, tree.group("N1", "BY"), envelope.sender),
        "seller_supplier_party": part.party(
            reading, tree.group("N1", "SE", "SU", "VN"), envelope.receiver
        ),
    }
    return part.held(fields)


def _write(cancellation: OrderCancellation, writing: Writing) -> None:
    order = cancellation.order_reference
    ordered = writing.day(order.issue_date) if order.issue_date else None
    issued = writing.day(cancellation.issue_date)
    number = cancellation.id if cancellation.id != order.id else None
    head = (_CANCELLED, "SA", order.id, None, None, ordered, None, None, number, None, issued)
    writing.add("BCH", *head)
    reason = cancellation.cancellation_note
    note.write_notes(writing, (() if reason == _UNSAID else (reason,)) + cancellation.note)
    part.write_party(writing, "BY", cancellation.buyer_customer_party)
    part.write_party(writing, "SE", cancellation.seller_supplier_party)


ORDER_CANCELLATION: Final = MessageType(
    X12,
    "860",
    OrderCancellation,
    LOOP,
    _read,
    _write,
    sign=Sign("BCH", 1, frozenset({_CANCELLED})),
)
"""Purchase Order Change Request that cancels an order, by its purpose 01 (element 353).

Notes
-----
Source: ASC X12 860, releases 003040 to 008030. The first note says why. Lines ride along: what is
cancelled is the whole order, and a line is deleted by a change.
"""
