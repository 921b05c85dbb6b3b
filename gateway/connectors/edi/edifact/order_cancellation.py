"""EDIFACT ORDCHG that cancels an order, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.edifact import moment, note, part, party, reference
from gateway.connectors.edi.edifact.order_change import LOOP
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.sign import Sign
from ledger.document.order_cancellation import OrderCancellation

_CANCELLED: Final = "1"
_UNSAID: Final = "Cancelled"
"""The note of a cancellation that gives no reason."""


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    cancelled = reference.document(reading, tree, "ON", "CO")
    if cancelled is None:
        reading.missing(tree.need("BGM"), 0, "A cancellation names the order, with RFF+ON.")
    notes = note.notes(reading, tree)
    ajt = tree.group("AJT")
    return {
        "id": part.number(reading),
        **moment.issued(reading, "137", "4"),
        "order_reference": cancelled,
        "cancellation_note": notes[0] if notes else _UNSAID,
        "reason_code": reading.token(ajt.head, 1) if ajt is not None else None,
        "note": notes[1:],
        "buyer_customer_party": party.party(reading, party.find(reading, "BY"), envelope.sender),
        "seller_supplier_party": party.party(
            reading, party.find(reading, "SU", "SE"), envelope.receiver
        ),
    }


def _write(cancellation: OrderCancellation, writing: Writing) -> None:
    writing.add("BGM", "230", cancellation.id, _CANCELLED)
    moment.write_date(writing, "137", cancellation.issue_date, cancellation.issue_time)
    reason = cancellation.cancellation_note
    note.write_notes(writing, (() if reason == _UNSAID else (reason,)) + cancellation.note)
    reference.write_document(writing, "ON", cancellation.order_reference)
    if cancellation.reason_code:
        writing.add("AJT", cancellation.reason_code)
    party.write_party(writing, "BY", cancellation.buyer_customer_party)
    party.write_party(writing, "SU", cancellation.seller_supplier_party)
    writing.add("UNS", "S")


ORDER_CANCELLATION: Final = MessageType(
    EDIFACT,
    "ORDCHG",
    OrderCancellation,
    LOOP,
    _read,
    _write,
    sign=Sign("BGM", 3, frozenset({_CANCELLED})),
)
"""Purchase order change that cancels an order, by its function (1225).

Notes
-----
Source: UN/EDIFACT ORDCHG, D.93A to D.21B; EANCOM. The first note says why. Lines ride along:
what is cancelled is the whole order, and a line is removed by a change.
"""
