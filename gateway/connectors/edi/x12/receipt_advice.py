"""X12 861, Receiving Advice/Acceptance Certificate, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.x12 import part
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.receipt_advice import ReceiptAdvice, ReceiptLine

_LOOP: Final = loop_map(
    "BRA! CUR REF* PER* DTM* PRF* FOB* PID* TD1* TD5* TD3* TD4* MEA* SAC* NTE* (LM LQ*)* "
    f"{part.N1_LOOP} "
    "(RCD SN1 CUR (LIN)* (PID)* PO4* REF* PER* DTM* PRF* MEA* TD1* TD5* TD3* TD4* MAN* SAC* "
    f"CTP* NTE* MSG* (LM LQ*)* (SLN PID*)* {part.N1_LOOP} (CD3 DMI*)*)*! (CTT)"
)

_CANCELLED: Final = ("01", "03")
_SHORT: Final = ("02", "07")
"""Conditions (element 412) of what did not come: short, or missing."""

_OVER: Final = "03"
_RECEIVED: Final = "050"
_ORDER_LINE: Final = "PL"
_SENT_LINE: Final = "LI"
"""Reference (element 128) of the sender's own number of a line."""


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    bra = tree.need("BRA")
    if reading.code(bra, 3) in _CANCELLED:
        rule = "BRA03 says that this is an advice: new, replaced or sent once more."
        reading.refuse_value(bra, 3, rule, "Send the advice as it is now, with 05.")
    prf = tree.need("PRF")
    order = part.held({"id": reading.identifier(prf, 1), "issue_date": reading.date(prf, 4)})
    sent = part.reference(reading, tree, "SI", "PK")
    groups = enumerate(tree.groups("RCD"), start=1)
    lines = [_line(reading, group, number, bool(sent)) for number, group in groups]
    part.check_lines(reading, len(lines))
    arrived = tree.first("DTM", _RECEIVED)
    fields = {
        "id": reading.identifier(bra, 1),
        "issue_date": reading.date(bra, 2),
        "order_reference": order if "id" in order else None,
        "despatch_document_reference": {"id": sent} if sent else None,
        "actual_delivery_date": reading.date(arrived, 2) if arrived is not None else None,
        "delivery_customer_party": part.party(reading, tree.group("N1", "ST"), envelope.sender),
        "despatch_supplier_party": part.party(reading, tree.group("N1", "SF"), envelope.receiver),
        "buyer_customer_party": part.party(reading, tree.group("N1", "BY")),
        "seller_supplier_party": part.party(reading, tree.group("N1", "SE", "SU", "VN")),
        "receipt_line": lines,
    }
    return part.held(fields)


def _line(reading: Reading, group: Group, number: int, has_advice: bool) -> dict[str, Any]:
    rcd = group.head
    lin = group.group("LIN")
    own = reading.identifier(rcd, 1) or str(number)
    ordered = _ordered(reading, lin)
    sent = part.reference(reading, group, _SENT_LINE)
    if not ordered and not sent:
        ordered, sent = (None, own) if has_advice else (own, None)
    quantity = part.quantity(reading, rcd, 2)
    if not rcd[2]:
        reading.missing(rcd, 2, "A line has the quantity that was received, and its unit.")
    product = Group(group.loop, [lin.head, *group.groups("PID")]) if lin is not None else None
    fields = {
        "id": own,
        "order_line_reference": {"line_id": ordered} if ordered else None,
        "despatch_line_reference": {"line_id": sent} if sent else None,
        "received_quantity": quantity,
        "item": (part.item(reading, product, 2) or None) if product is not None else None,
    } | _questioned(reading, group)
    return reading.came_from(part.held(fields), rcd)


def _ordered(reading: Reading, lin: Group | None) -> str | None:
    """Read the line of the order: the number of LIN, or the one among its products."""
    if lin is None:
        return None
    return reading.identifier(lin.head, 1) or part.product(reading, lin.head, _ORDER_LINE)


def _questioned(reading: Reading, group: Group) -> dict[str, Any]:
    """Read what is in question: short, too much, or in a condition that is not accepted."""
    rcd = group.head
    quantity, condition = part.quantity(reading, rcd, 6), reading.token(rcd, 8)
    if quantity is None or condition is None:
        return {}
    if condition in _SHORT:
        return {"short_quantity": quantity}
    if condition == _OVER:
        return {"oversupply_quantity": quantity}
    return {"rejected_quantity": quantity, "reject_reason_code": condition}


def _write(advice: ReceiptAdvice, writing: Writing) -> None:
    writing.add("BRA", advice.id, writing.day(advice.issue_date), "00", "1")
    sent, order = advice.despatch_document_reference, advice.order_reference
    if sent is not None:
        writing.add("REF", "SI", sent.id)
    if advice.actual_delivery_date:
        writing.add("DTM", _RECEIVED, writing.day(advice.actual_delivery_date))
    if order is not None:
        day = writing.day(order.issue_date) if order.issue_date else None
        writing.add("PRF", order.id, None, None, day)
    part.write_party(writing, "ST", advice.delivery_customer_party)
    part.write_party(writing, "SF", advice.despatch_supplier_party)
    part.write_party(writing, "BY", advice.buyer_customer_party)
    part.write_party(writing, "SE", advice.seller_supplier_party)
    for line in advice.receipt_line:
        with writing.line():
            _write_line(line, writing, sent is not None)
    writing.add("CTT", str(len(advice.receipt_line)))


def _write_line(line: ReceiptLine, writing: Writing, has_advice: bool) -> None:
    received = line.received_quantity
    size = (received.value, writing.unit(received.unit_code))
    questioned = (
        (line.rejected_quantity, line.reject_reason_code or "01"),
        (line.short_quantity, _SHORT[0]),
        (line.oversupply_quantity, _OVER),
    )
    rest: tuple[str | None, ...] = ()
    for quantity, condition in questioned:
        if quantity is not None and not rest:
            unit = writing.unit(quantity.unit_code)
            rest = (None, None, quantity.value, unit, condition)
    writing.add("RCD", line.id, *size, *rest)
    refers, sent = line.order_line_reference, line.despatch_line_reference
    ordered = refers.line_id if refers is not None else None
    numbers = part.item_elements(line.item)
    if ordered and not numbers and (sent is not None or has_advice or ordered != line.id):
        numbers = [_ORDER_LINE, ordered]
    if numbers:
        writing.add("LIN", ordered, *numbers)
    part.write_item(writing, line.item)
    if sent is not None and (ordered or not has_advice or sent.line_id != line.id):
        writing.add("REF", _SENT_LINE, sent.line_id)


RECEIPT_ADVICE: Final = MessageType(
    X12,
    "861",
    ReceiptAdvice,
    _LOOP,
    _read,
    _write,
    line="RCD",
    parties=("delivery_customer_party", "despatch_supplier_party"),
)
"""Receiving Advice/Acceptance Certificate.

Notes
-----
Source: ASC X12 861, releases 003040 to 008030. One quantity of a line is in question (RCD06): short
under condition 02 and 07, too much under 03, and else rejected, with the condition as the reason. A
line is of the order's line in LIN01, and of the notice's in REF LI; without either RCD01 is that of
the notice if one is named, and else that of the order.
"""
