"""What a seller answers, to an order and to a change of one, in and out.

Source: ASC X12 data elements 587 (acknowledgment type), 668 (line item status) and 374 (date).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import note, part, price
from ledger.document.money import total
from ledger.document.order_response import (
    LINE_ACCEPTED,
    LINE_CHANGED,
    LINE_DELIVERED,
    LINE_REJECTED,
    OrderResponse,
    OrderResponseLine,
)
from ledger.document.period import Period
from ledger.document.scalar import exact

Opening = Callable[[OrderResponseLine, str | None, str | None], tuple[Any, ...]]
"""Gives the tag and first elements of a line, from it, its quantity and the unit of that."""

CODES: Final = {
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

REJECTED: Final = "RE"
_WITHOUT_LINES: Final = {"AP": "AK", "RE": "RJ"}

_ACCEPTED: Final = ("IA", "AC", "AR", "IE", "IP", "IC", "IQ", "IS", "DR", "IB", "BP", "IM")
_UNCHANGED: Final = ("IA", "AC", "AR")
_SHIPPED: Final = "AC"
_REJECTED: Final = ("IR", "ID", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "RA")
"""Line item status (element 668): with or without change, or not at all."""

_OWN_STATUS: Final = {"5": "IA", "3": "IC", "7": "IR", "1": "IC", "42": _SHIPPED}

_PROMISED: Final = ("067", "069", "017", "002")
"""Delivery as scheduled, promised, estimated or requested (element 374)."""

_LINE_ID: Final = "LI"
"""Reference (element 128) of the seller's own number of a line."""


def code(reading: Reading, head: Segment, absent: str = "") -> str:
    """Read the answer to the whole."""
    found = CODES.get(reading.code(head, 2), "") if head[2] else absent
    if head[2] and not found:
        rule = f"{head.tag}02 says whether it is accepted, changed, rejected or just received."
        reading.refuse_value(head, 2, rule, f"Send one of {', '.join(CODES)}.")
    return found


def write_code(response: OrderResponse) -> str:
    """Write the answer to the whole."""
    found = response.order_response_code
    codes = {own: written for written, own in reversed(CODES.items())}
    return codes[found] if response.order_line else _WITHOUT_LINES.get(found, codes[found])


def numbers(reading: Reading, groups: Sequence[Group]) -> list[tuple[str, str]]:
    """Number the lines of an answer: its own numbers where distinct, and those of the order."""
    ordered = [
        reading.identifier(each.head, 1) or str(number)
        for number, each in enumerate(groups, start=1)
    ]
    own = [
        part.reference(reading, group, _LINE_ID) or number
        for group, number in zip(groups, ordered, strict=True)
    ]
    for ids in (own, ordered):
        if len(set(ids)) == len(ids):
            return list(zip(ids, ordered, strict=True))
    return [(str(number), each) for number, each in enumerate(ordered, start=1)]


def promised(reading: Reading, group: Group) -> dict[str, Any] | None:
    """Read when it is promised."""
    due = group.first("DTM", *_PROMISED)
    day = reading.date(due, 2) if due is not None else None
    return {"end_date": day} if day else None


def segments(group: Group) -> list[Segment]:
    """List the answers to a line."""
    return [each.head for each in group.groups("ACK")]


def status(reading: Reading, answers: list[Segment], unsaid: str) -> str:
    """Sum the answers to a line up; without one, it is what is said elsewhere."""
    codes = [reading.code(ack, 1) for ack in answers]
    for ack, each in zip(answers, codes, strict=True):
        if each not in _ACCEPTED and each not in _REJECTED:
            rule = "ACK01 says that a line is accepted, changed or rejected."
            advice = "Answer the line once it is decided, with IA, IC or IR for example."
            reading.refuse_value(ack, 1, rule, advice)
    if not codes:
        return unsaid
    if all(each in _REJECTED for each in codes):
        return LINE_REJECTED
    if all(each == _SHIPPED for each in codes):
        return LINE_DELIVERED
    return LINE_ACCEPTED if all(each in _UNCHANGED for each in codes) else LINE_CHANGED


def read_parts(reading: Reading, answers: list[Segment], fields: dict[str, Any]) -> None:
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


def write_below(response: OrderResponse, writing: Writing, opening: Opening) -> None:
    """Write all below the head of an answer; a line opens as its message has it."""
    currency = response.document_currency_code
    if currency:
        writing.add("CUR", "SE", currency)
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
            _write_line(line, writing, opening, currency)
    if response.order_line:
        writing.add("CTT", str(len(response.order_line)))


def _write_line(
    line: OrderResponseLine, writing: Writing, opening: Opening, currency: str | None
) -> None:
    quantity = line.quantity
    value, unit = (quantity.value, writing.unit(quantity.unit_code)) if quantity else (None, None)
    numbers = part.item_elements(line.item)
    cost = price.price_elements(line.price, quantity.unit_code if quantity else "")
    writing.add(*opening(line, value, unit), *cost, *numbers)
    amounts = (line.price.price_amount if line.price and cost[0] else None,)
    price.write_currency(writing, "SE", amounts, currency)
    part.write_item(writing, line.item)
    _write_number(line, writing)
    _write_parts(line, writing)
    note.write_notes(writing, line.note)


def _write_promise(promised: Period | None, writing: Writing) -> None:
    """Write when it is promised."""
    day = promised.end_date or promised.start_date if promised is not None else None
    if day:
        writing.add("DTM", _PROMISED[0], writing.day(day))


def _write_number(line: OrderResponseLine, writing: Writing) -> None:
    """Write the own number of a line, where it is not that of the order."""
    if line.id != line.order_line_reference.line_id:
        writing.add("REF", _LINE_ID, line.id)


def _write_parts(line: OrderResponseLine, writing: Writing) -> None:
    """Write the answers to a line."""
    quantity, status = line.quantity, _OWN_STATUS[line.line_status_code]
    size = (quantity.value, writing.unit(quantity.unit_code)) if quantity else (None, None)
    parts = [each for each in line.delivery if each.quantity is not None]
    if not parts:
        writing.add("ACK", status, *size, *_due(line.promised_delivery_period, writing))
    for each in parts:
        assert each.quantity is not None
        own = (each.quantity.value, writing.unit(each.quantity.unit_code))
        writing.add("ACK", status, *own, *_due(each.promised_delivery_period, writing))


def _due(promised: Period | None, writing: Writing) -> tuple[str | None, str | None]:
    day = promised.end_date or promised.start_date if promised is not None else None
    return (_PROMISED[0], writing.day(day)) if day else (None, None)
