"""X12 855, Purchase Order Acknowledgment, in and out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing, compact_date
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import note, part, price
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.money import total
from ledger.document.order_response import OrderResponse, OrderResponseLine
from ledger.document.period import Period
from ledger.document.scalar import exact

_LOOP: Final = loop_map(
    "BAK! CUR REF* PER* TAX* FOB* CTP* PAM* CSH* (SAC CUR)* ITD* DIS* INC DTM* LDT* LIN* SI* PID* "
    "MEA* PWK* PKG* TD1* TD5* TD3* TD4* MAN* TXI* CTB* NTE* "
    f"(AMT REF* DTM*)* (N9 DTM* MTX* MSG*)* {part.N1_LOOP} (LM LQ*)* (ADV DTM* MTX*)* "
    "(PO1 LIN* SI* CUR PO3* (CTP CUR)* PAM* MEA* (PID MEA*)* PWK* PO4* REF* PER* (SAC CUR CTP)* "
    "IT8* CSH* ITD* DIS* INC* TAX* FOB* SDQ* DTM* TC2* TD1* TD5* TD3* TD4* PCT* MAN* MSG* TXI* "
    "CTB* NTE* (QTY SI*)* (ACK DTM*)* (SCH TD1* TD5* TD3* TD4* REF*)* (PKG MEA*)* "
    f"(LDT QTY* MTX* REF*)* (N9 DTM* MTX* MSG*)* {part.N1_LOOP} "
    "(SLN MSG* SI* PID* PO3* (CTP CUR)* PAM* (ACK DTM*)* (SAC CTP)* DTM* PO4* TAX* ADV* (QTY SI*)* "
    f"(N9 DTM* MTX* MSG*)* {part.N1_LOOP})* (AMT REF* PCT*)* (LM LQ*)*)* (CTT AMT*)"
)

_CODES: Final = {
    "AD": "AP",
    "AK": "AP",
    "AP": "AP",
    "AT": "AP",
    "AC": "CA",
    "AE": "CA",
    "RD": "RE",
    "RF": "RE",
    "RJ": "RE",
    "AH": "AB",
    "NA": "AB",
}
"""Acknowledgment type (element 587) to UNCL4343; of several, the first is written."""

_WITHOUT_LINES: Final = {"AP": "AK", "RE": "RJ"}

_ACCEPTED: Final = ("IA", "AC", "AR", "IE", "IP", "IC", "IQ", "IS", "DR", "IB", "BP", "IM")
_UNCHANGED: Final = ("IA", "AC", "AR")
_REJECTED: Final = ("IR", "ID", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "RA")
"""Line item status (element 668): with or without change, or not at all."""

_OWN_STATUS: Final = {"5": "IA", "3": "IC", "7": "IR", "1": "IS", "42": "AR"}

_PROMISED: Final = ("067", "069", "017", "002")
"""Delivery as scheduled, promised, estimated or requested (element 374)."""


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    bak = tree.need("BAK")
    code = _CODES.get(reading.code(bak, 2), "")
    if bak[2] and not code:
        rule = "BAK02 says whether the order is accepted, changed, rejected or just received."
        reading.refuse_value(bak, 2, rule, f"Send one of {', '.join(_CODES)}.")
    currency = reading.currency(tree.need("CUR"), 2)
    groups = enumerate(tree.groups("PO1"), start=1)
    lines = [_line(reading, group, number, code, currency) for number, group in groups]
    part.check_lines(reading, len(lines))
    number = reading.identifier(bak, 3)
    order = {"id": number, "issue_date": reading.date(bak, 4)}
    issued = reading.date(bak, 9) or envelope.date
    if not issued:
        reading.missing(bak, 9, "An acknowledgment has its date.")
    return {
        "id": reading.identifier(bak, 8) or number,
        "issue_date": issued,
        "order_response_code": code,
        "order_reference": order,
        "sales_order_id": part.reference(reading, tree, "VN"),
        "customer_reference": part.reference(reading, tree, "CR"),
        "document_currency_code": currency,
        "buyer_customer_party": part.party(reading, tree.group("N1", "BY"), envelope.receiver),
        "seller_supplier_party": part.party(
            reading, tree.group("N1", "SE", "SU", "VN"), envelope.sender
        ),
        "promised_delivery_period": _promised(reading, tree),
        "note": note.notes(reading, tree),
        "order_line": lines,
    }


def _promised(reading: Reading, group: Group) -> dict[str, Any] | None:
    due = group.first("DTM", *_PROMISED)
    day = reading.date(due, 2) if due is not None else None
    return {"end_date": day} if day else None


def _line(
    reading: Reading, group: Group, number: int, code: str, currency: str | None
) -> dict[str, Any]:
    po1 = group.head
    answers = [each.head for each in group.groups("ACK")]
    line_id = reading.identifier(po1, 1) or str(number)
    own = reading.currency(group.need("CUR"), 2) or currency or reading.profile.currency or None
    fields: dict[str, Any] = {
        "id": line_id,
        "order_line_reference": {"line_id": line_id},
        "line_status_code": _status(reading, answers, code),
        "quantity": part.quantity(reading, po1, 2),
        "price": price.price(reading, po1, 4, own),
        "item": part.item(reading, group, 6) or None,
        "promised_delivery_period": _promised(reading, group),
        "note": note.notes(reading, group),
    }
    _read_answers(reading, answers, fields)
    held = {name: value for name, value in fields.items() if value is not None}
    return reading.came_from(held, po1)


def _status(reading: Reading, answers: list[Segment], code: str) -> str:
    """Sum the answers to a line up; without one, the head answers for it."""
    codes = [reading.code(ack, 1) for ack in answers]
    for ack, each in zip(answers, codes, strict=True):
        if each not in _ACCEPTED and each not in _REJECTED:
            rule = "ACK01 says that a line is accepted, changed or rejected."
            advice = "Answer the line once it is decided, with IA, IC or IR for example."
            reading.refuse_value(ack, 1, rule, advice)
    if not codes:
        return "7" if code == "RE" else "5"
    if all(each in _REJECTED for each in codes):
        return "7"
    return "5" if all(each in _UNCHANGED for each in codes) else "3"


def _read_answers(reading: Reading, answers: list[Segment], fields: dict[str, Any]) -> None:
    """Read what is accepted, and when it comes: the whole line, or in parts that add up."""
    parts: list[dict[str, Any]] = []
    for ack in answers:
        quantity, day = part.quantity(reading, ack, 2), _day(reading, ack)
        if ack[1] in _REJECTED and len(answers) > 1:
            continue
        found = {"quantity": quantity, "promised_delivery_period": day and {"end_date": day}}
        parts.append({name: value for name, value in found.items() if value})
    sums = [each["quantity"] for each in parts if "quantity" in each]
    if len(parts) == 1:
        fields.update(parts[0])
    elif len(sums) == len(parts) > 1 and len({each["unit_code"] for each in sums}) == 1:
        fields["delivery"] = parts
        fields["quantity"] = sums[0] | {"value": _sum(sums)}


def _sum(quantities: list[dict[str, Any]]) -> str:
    return exact(total(Decimal(each["value"]) for each in quantities))


def _day(reading: Reading, ack: Segment) -> str | None:
    return reading.date(ack, 5) if ack[4] in _PROMISED else None


def _write(response: OrderResponse, writing: Writing) -> None:
    code = response.order_response_code
    codes = {own: written for written, own in reversed(_CODES.items())}
    kind = codes[code] if response.order_line else _WITHOUT_LINES.get(code, codes[code])
    order = response.order_reference
    ordered = compact_date(order.issue_date) if order.issue_date else None
    own = response.id if response.id != order.id else None
    issued = compact_date(response.issue_date)
    writing.add("BAK", "00", kind, order.id, ordered, None, None, None, own, issued)
    if response.document_currency_code:
        writing.add("CUR", "SE", response.document_currency_code)
    references = (("VN", response.sales_order_id), ("CR", response.customer_reference))
    for qualifier, number in references:
        if number:
            writing.add("REF", qualifier, number)
    _write_promise(response.promised_delivery_period, writing)
    note.write_notes(writing, response.note)
    part.write_party(writing, "BY", response.buyer_customer_party)
    part.write_party(writing, "SE", response.seller_supplier_party)
    for line in response.order_line:
        with writing.line():
            _write_line(line, writing)
    if response.order_line:
        writing.add("CTT", str(len(response.order_line)))


def _write_promise(promised: Period | None, writing: Writing) -> None:
    day = promised.end_date or promised.start_date if promised is not None else None
    if day:
        writing.add("DTM", _PROMISED[0], compact_date(day))


def _write_line(line: OrderResponseLine, writing: Writing) -> None:
    quantity = line.quantity
    size = (quantity.value, writing.unit(quantity.unit_code)) if quantity else (None, None)
    numbers = part.item_elements(line.item)
    cost = price.price_elements(line.price, quantity.unit_code if quantity else "")
    writing.add("PO1", line.id, *size, *cost, *numbers)
    part.write_item(writing, line.item)
    status = _OWN_STATUS[line.line_status_code]
    parts = [each for each in line.delivery if each.quantity is not None]
    if not parts:
        writing.add("ACK", status, *size, *_due(line.promised_delivery_period))
    for each in parts:
        assert each.quantity is not None
        own = (each.quantity.value, writing.unit(each.quantity.unit_code))
        writing.add("ACK", status, *own, *_due(each.promised_delivery_period))
    note.write_notes(writing, line.note)


def _due(promised: Period | None) -> tuple[str | None, str | None]:
    day = promised.end_date or promised.start_date if promised is not None else None
    return (_PROMISED[0], compact_date(day)) if day else (None, None)


ORDER_RESPONSE: Final = MessageType(
    X12,
    "855",
    OrderResponse,
    _LOOP,
    _read,
    _write,
    line="PO1",
    parties=("seller_supplier_party", "buyer_customer_party"),
)
"""Purchase Order Acknowledgment.

Notes
-----
Source: ASC X12 855, releases 003040 to 008030. BAK08 is the seller's own number; without it, the
acknowledgment goes by the number of the order. Several ACK of one line split its dates. A line on
hold (IH, IW, IF) is not answered yet, and refused.
"""
