"""X12 865, Purchase Order Change Acknowledgment/Request - Seller Initiated, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.x12 import answer, note, part, price
from gateway.connectors.edi.x12.order_change import STATUS, loop, quantity
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.order_response import (
    LINE_ACCEPTED,
    LINE_ADDED,
    LINE_REJECTED,
    OrderResponse,
    OrderResponseLine,
)

_LOOP: Final = loop("BCA!", "(ACK DTM*)*")

_PURPOSES: Final = ("00", "04", "05", "06", "11", "44")
"""Purposes (element 353): original, changed, replaced, confirmed, answered, rejected."""

_OWN_CHANGE: Final = "CA"
"""What a message answers that acknowledges nothing: the seller's own wish for a change."""

_ADDED: Final = "AI"
_CHANGES: Final = {"1": _ADDED, "3": "CA", "5": "NC", "7": "DI", "42": "NC"}


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    bca = tree.need("BCA")
    if bca.elements and reading.code(bca, 1) not in _PURPOSES:
        rule = f"BCA01 says what is answered, with one of {', '.join(_PURPOSES)}."
        reading.refuse_value(bca, 1, rule, "Send what holds now, with 00 or 05.")
    code = answer.code(reading, bca, _OWN_CHANGE)
    currency = reading.currency(tree.need("CUR"), 2)
    groups = list(tree.groups("POC"))
    numbers = answer.numbers(reading, groups)
    lines = [
        _line(reading, group, number, code, currency)
        for group, number in zip(groups, numbers, strict=True)
    ]
    part.check_lines(reading, len(lines))
    order = reading.identifier(bca, 3)
    change = reading.identifier(bca, 7) or (f"{order}-{bca[5]}" if bca[5] else None)
    asked = {"id": change, "issue_date": reading.date(bca, 11)} if change else None
    fields = {
        "id": reading.identifier(bca, 9) or change or order,
        "issue_date": reading.date(bca, 10) or envelope.date or reading.date(bca, 6),
        "order_response_code": code,
        "order_reference": part.held({"id": order, "issue_date": reading.date(bca, 6)}),
        "order_change_reference": part.held(asked) if asked else None,
        "sales_order_id": part.reference(reading, tree, "VN"),
        "customer_reference": part.reference(reading, tree, "CR"),
        "document_currency_code": currency,
        "buyer_customer_party": part.party(reading, tree.group("N1", "BY"), envelope.receiver),
        "seller_supplier_party": part.party(
            reading, tree.group("N1", "SE", "SU", "VN"), envelope.sender
        ),
        "promised_delivery_period": answer.promised(reading, tree),
        "note": note.notes(reading, tree),
        "order_line": lines,
    }
    return part.held(fields)


def _line(
    reading: Reading, group: Group, number: tuple[str, str], code: str, currency: str | None
) -> dict[str, Any]:
    poc, answers = group.head, answer.segments(group)
    change = STATUS.get(reading.code(poc, 2))
    if poc[2] and change is None:
        rule = f"POC02 says what is done to the line, with one of {', '.join(STATUS)}."
        reading.refuse_value(poc, 2, rule, "Say whether it is added, changed or removed.")
    status = answer.status(reading, answers, _unsaid(code, change))
    is_added = change == LINE_ADDED and status != LINE_REJECTED
    own = reading.currency(group.need("CUR"), 2) or currency or reading.profile.currency or None
    fields = {
        "id": number[0],
        "order_line_reference": {"line_id": number[1]},
        "line_status_code": LINE_ADDED if is_added else status,
        "quantity": quantity(reading, poc),
        "price": price.price(reading, poc, 6, own),
        "item": part.item(reading, group, 8) or None,
        "promised_delivery_period": answer.promised(reading, group),
        "note": note.notes(reading, group),
    }
    answer.read_parts(reading, answers, fields)
    return reading.came_from(part.held(fields), poc)


def _unsaid(code: str, change: str | None) -> str:
    """Answer for a line without ACK: the head, or what is changed, where changes are answered."""
    if code == answer.REJECTED:
        return LINE_REJECTED
    return change or LINE_ACCEPTED if code == _OWN_CHANGE else LINE_ACCEPTED


def _write(response: OrderResponse, writing: Writing) -> None:
    order, change = response.order_reference, response.order_change_reference
    ordered = writing.day(order.issue_date) if order.issue_date else None
    number = change.id if change is not None else None
    asked = writing.day(change.issue_date) if change is not None and change.issue_date else None
    default = number or order.id
    own = response.id if response.id != default else None
    issued, kind = writing.day(response.issue_date), answer.write_code(response)
    head = ("00", kind, order.id, None, None, ordered, number, None, own, issued, asked)
    writing.add("BCA", *head)
    answer.write_below(response, writing, _opening)


def _opening(
    line: OrderResponseLine, value: str | None, unit: str | None
) -> tuple[str | None, ...]:
    change = _CHANGES[line.line_status_code]
    return "POC", line.order_line_reference.line_id, change, value, None, unit


ORDER_CHANGE_RESPONSE: Final = MessageType(
    X12,
    "865",
    OrderResponse,
    _LOOP,
    _read,
    _write,
    line="POC",
    parties=("seller_supplier_party", "buyer_customer_party"),
)
"""Purchase Order Change Acknowledgment/Request - Seller Initiated.

Notes
-----
Source: ASC X12 865, releases 003040 to 008030. BCA07 is the number of the change that is answered;
without it, that of the order and of the change in turn (BCA05). What acknowledges nothing (no
BCA02) is the seller's own wish: conditionally accepted. A line is answered by its ACK; without one
by the head, and where that says with changes, by what is done to the line (POC02).
"""
