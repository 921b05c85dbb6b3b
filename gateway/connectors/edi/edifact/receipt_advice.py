"""EDIFACT RECADV, receiving advice, in and out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from gateway.connectors.edi.edifact import amount, moment, note, part, party, product, reference
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.money import total
from ledger.document.receipt_advice import ReceiptAdvice, ReceiptLine
from ledger.document.scalar import exact

_LINE: Final = (
    "(LIN PIA* IMD* MEA* QTY* QVR* DTM* PRI* GIN* GIR* FTX* "
    "(RFF DTM*)* (DOC DTM*)* (CDI INP* FTX*)* "
    "(INP FTX*)* (QVR DTM* FTX*)* (LOC QTY*)* (NAD LOC*)* (PCI DTM* (GIN DLM*)* (QTY QVR*)*)*)*"
)

_LOOP: Final = loop_map(
    f"BGM! DTM* ALI* FTX* (RFF DTM*)* (DOC DTM*)* {party.NAD_LOOP} (TOD LOC* FTX*)* "
    "(TDT DTM* (LOC DTM*)*)* (EQD EQN* MEA* SEL*)* "
    "(CPS FTX* (PAC MEA* QTY* QVR* (PCI RFF* DTM* (GIN DLM*)*)* (CDI INP*)*)* "
    f"{_LINE})* {_LINE} CNT*"
)

_FUNCTIONS: Final = ("5", "7", "9", "31", "42", "43", "44", "45", "46")
_RECEIVED: Final = "48"
_ACCEPTED: Final = "194"
_REJECTED: Final = "195"
_SHORT: Final = "119"
_ORDER: Final = "ON"
_ADVICE: Final = "AAK"
_ARRIVED: Final = ("50", "35")


def _read(reading: Reading) -> dict[str, Any]:
    part.check_function(reading, _FUNCTIONS, "A receiving advice")
    tree, envelope = reading.tree, reading.message.envelope
    order, advice = (reference.document(reading, tree, each) for each in (_ORDER, _ADVICE))
    groups = [lin for cps in tree.groups("CPS") for lin in cps.groups("LIN")]
    groups += tree.groups("LIN")
    if not groups:
        reading.missing(tree.need("BGM"), 0, "A receiving advice has lines, LIN.")
    own = [reading.identifier(each.head, 1) for each in groups]
    is_distinct = None not in own and len(set(own)) == len(own)
    lines = [
        _line(
            reading, group, str(place) if not is_distinct else own[place - 1] or "", order, advice
        )
        for place, group in enumerate(groups, start=1)
    ]
    part.check_lines(reading, len(lines))
    arrived = next((dtm for each in _ARRIVED if (dtm := tree.first("DTM", each))), None)
    return {
        "id": part.number(reading),
        **moment.issued(reading, "137"),
        "note": note.notes(reading, tree),
        "order_reference": order,
        "despatch_document_reference": advice,
        "actual_delivery_date": moment.date(reading, arrived),
        "delivery_customer_party": party.party(
            reading, party.find(reading, "DP", "ST", "GM"), envelope.sender
        ),
        "despatch_supplier_party": party.party(
            reading, party.find(reading, "SF"), envelope.receiver
        ),
        "buyer_customer_party": party.optional(reading, "BY"),
        "seller_supplier_party": party.optional(reading, "SU", "SE"),
        "receipt_line": lines,
    }


def _line(
    reading: Reading,
    group: Group,
    number: str,
    order: dict[str, Any] | None,
    advice: dict[str, Any] | None,
) -> dict[str, Any]:
    ids = [each["id"] if each is not None else None for each in (order, advice)]
    ordered = reference.line(reading, group, ids[0], _ORDER)
    sent = reference.line(reading, group, ids[1], _ADVICE)
    if ordered is None and sent is None:
        sent, ordered = ({"line_id": number}, None) if advice else (None, {"line_id": number})
    rejected = amount.quantity(reading, group, _REJECTED)
    quantity = _received(reading, group, rejected)
    if quantity is None and group.first("QTY", _RECEIVED, _ACCEPTED) is None:
        reading.missing(
            group.head, 0, "A line has the quantity that was received, QTY+48 or QTY+194."
        )
    fields = {
        "id": number,
        "order_line_reference": ordered,
        "despatch_line_reference": sent,
        "received_quantity": quantity,
        "rejected_quantity": rejected,
        "reject_reason": note.notes(reading, group) if rejected is not None else None,
        "short_quantity": amount.quantity(reading, group, _SHORT),
        "item": product.item(reading, group) or None,
        "note": note.notes(reading, group) if rejected is None else None,
    }
    return reading.came_from({key: value for key, value in fields.items() if value}, group.head)


def _received(
    reading: Reading, group: Group, rejected: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Read what was received, or add up what of it was accepted and what was not."""
    received = amount.quantity(reading, group, _RECEIVED)
    accepted = amount.quantity(reading, group, _ACCEPTED)
    if received is not None or accepted is None or rejected is None:
        return received or accepted
    if accepted["unit_code"] != rejected["unit_code"]:
        return accepted
    return accepted | {
        "value": exact(total(Decimal(each["value"]) for each in (accepted, rejected)))
    }


def _write(advice: ReceiptAdvice, writing: Writing) -> None:
    writing.add("BGM", "632", advice.id, "9")
    moment.write_date(writing, "137", advice.issue_date, advice.issue_time)
    moment.write_date(writing, _ARRIVED[0], advice.actual_delivery_date)
    note.write_notes(writing, advice.note)
    reference.write_document(writing, _ORDER, advice.order_reference)
    reference.write_document(writing, _ADVICE, advice.despatch_document_reference)
    party.write_party(writing, "DP", advice.delivery_customer_party)
    party.write_party(writing, "SF", advice.despatch_supplier_party)
    party.write_party(writing, "BY", advice.buyer_customer_party)
    party.write_party(writing, "SU", advice.seller_supplier_party)
    writing.add("CPS", "1")
    for line in advice.receipt_line:
        with writing.line():
            _write_line(line, advice, writing)
    writing.add("CNT", ("2", str(len(advice.receipt_line))))


def _write_line(line: ReceiptLine, advice: ReceiptAdvice, writing: Writing) -> None:
    product.write_lin(writing, line.id, None, line.item)
    amount.write_quantity(writing, _RECEIVED, line.received_quantity)
    amount.write_quantity(writing, _REJECTED, line.rejected_quantity)
    amount.write_quantity(writing, _SHORT, line.short_quantity)
    note.write_notes(writing, line.reject_reason if line.rejected_quantity else line.note)
    for qualifier, line_reference, head in (
        (_ORDER, line.order_line_reference, advice.order_reference),
        (_ADVICE, line.despatch_line_reference, advice.despatch_document_reference),
    ):
        number = head.id if head is not None else None
        reference.write_line(writing, qualifier, line_reference, number)


RECEIPT_ADVICE: Final = MessageType(
    EDIFACT,
    "RECADV",
    ReceiptAdvice,
    _LOOP,
    _read,
    _write,
    line="LIN",
    parties=("delivery_customer_party", "despatch_supplier_party"),
)
"""Receiving advice.

Notes
-----
Source: UN/EDIFACT RECADV, D.93A to D.21B; EANCOM. What is received (48) is what was accepted (194)
and what was not (195). The free text of a line with a rejected quantity is its reason.
"""
