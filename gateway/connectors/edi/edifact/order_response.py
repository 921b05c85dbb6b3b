"""EDIFACT ORDRSP, purchase order response, in and out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from gateway.connectors.edi.edifact import (
    amount,
    moment,
    note,
    part,
    party,
    product,
    reference,
)
from gateway.connectors.edi.edifact.order_loop import HEAD, LINE, SUMMARY
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.money import total
from ledger.document.order_response import OrderResponse, OrderResponseLine
from ledger.document.scalar import exact

_LOOP: Final = loop_map(f"{HEAD} ({LINE})* {SUMMARY}")

_BY_FUNCTION: Final = {
    **dict.fromkeys(("29", "44"), "AP"),
    **dict.fromkeys(("4", "30", "34", "45"), "CA"),
    "27": "RE",
}
"""Function of the message (1225) to UNCL4343; of several, the first is written."""

_BY_RESPONSE: Final = {"AP": "AP", "AC": "CA", "CA": "CA", "RE": "RE", "AB": "AB", "NA": "AB"}
"""Type of response (4343), for messages that are just originals."""

_FUNCTIONS: Final = {"AP": "29", "CA": "4", "RE": "27", "AB": "9"}

_STATUS: Final = {"1": "1", "3": "3", "6": "3", "5": "5", "7": "7", "10": "7", "42": "42"}
"""What was done to a line (1229)."""

_ACCEPTED: Final = ("113", "12", "21")
"""What will be delivered or sent, or else what was ordered."""


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    code = _code(reading)
    currency = amount.currency(reading)
    order = reference.document(reading, tree, "ON", "CO")
    if order is None:
        reading.missing(tree.need("BGM"), 0, "A response names the order, with RFF+ON.")
    groups = enumerate(tree.groups("LIN"), start=1)
    lines = [_line(reading, group, each, code, currency, order or {}) for each, group in groups]
    part.check_lines(reading, len(lines))
    return {
        "id": part.number(reading),
        **moment.issued(reading, "137", "4"),
        "order_response_code": code,
        "order_reference": order,
        "order_change_reference": reference.document(reading, tree, "PP"),
        "sales_order_id": reference.number_of(reading, tree, "VN"),
        "customer_reference": reference.number_of(reading, tree, "CR"),
        "document_currency_code": amount.named_currency(reading),
        "buyer_customer_party": party.party(reading, party.find(reading, "BY"), envelope.receiver),
        "seller_supplier_party": party.party(
            reading, party.find(reading, "SU", "SE"), envelope.sender
        ),
        "promised_delivery_period": moment.first_period(reading, tree, *moment.PROMISED),
        "note": note.notes(reading, tree),
        "order_line": lines,
    }


def _code(reading: Reading) -> str:
    bgm = reading.tree.need("BGM")
    code = _BY_FUNCTION.get(reading.code(bgm, 3)) or _BY_RESPONSE.get(reading.code(bgm, 4))
    if code is None and bgm.elements:
        rule = "BGM says whether the order is accepted (29), changed (4) or refused (27)."
        reading.refuse_value(bgm, 3, rule, "Send one of these functions.")
    return code or ""


def _line(
    reading: Reading,
    group: Group,
    number: int,
    code: str,
    currency: str | None,
    order: dict[str, Any],
) -> dict[str, Any]:
    lin = group.head
    line_id = reading.identifier(lin, 1) or str(number)
    answered = reference.line(reading, group, order.get("id"), "ON", "CO")
    fields: dict[str, Any] = {
        "id": line_id,
        "order_line_reference": answered or {"line_id": line_id},
        "line_status_code": _status(reading, group, code),
        "status_reason_code": _reason(reading, group),
        "quantity": amount.quantity(reading, group, *_ACCEPTED),
        "maximum_backorder_quantity": amount.quantity(reading, group, "83"),
        "price": amount.price(reading, group, currency),
        "item": product.item(reading, group) or None,
        "substituted_item": product.substitute(reading, group),
        "promised_delivery_period": moment.first_period(reading, group, *moment.PROMISED),
        "note": note.notes(reading, group),
    }
    parts = _parts(reading, group)
    units = {each["quantity"]["unit_code"] for each in parts}
    if len(units) == 1:
        sums = total(Decimal(each["quantity"]["value"]) for each in parts)
        fields["delivery"] = parts
        fields["quantity"] = {"value": exact(sums), "unit_code": units.pop()}
    return reading.came_from({name: value for name, value in fields.items() if value}, lin)


def _status(reading: Reading, group: Group, code: str) -> str:
    action = reading.code(group.head, 2)
    if action and action not in _STATUS:
        rule = f"LIN02 says what was done to the line, with one of {', '.join(_STATUS)}."
        reading.refuse_value(group.head, 2, rule, "Answer the line once it is decided.")
    return _STATUS.get(action, "7" if code == "RE" else "5")


def _reason(reading: Reading, group: Group) -> str | None:
    ajt = group.group("AJT")
    return reading.token(ajt.head, 1) if ajt is not None else None


def _parts(reading: Reading, group: Group) -> list[dict[str, Any]]:
    """Read what comes when."""
    parts = []
    for scc in group.groups("SCC"):
        for each in scc.groups("QTY"):
            quantity = amount.quantity_of(reading, each.head)
            due = moment.first_period(reading, each, *moment.PROMISED, "2")
            if quantity is not None and due:
                parts.append({"quantity": quantity, "promised_delivery_period": due})
    return parts


def _write(response: OrderResponse, writing: Writing) -> None:
    code = response.order_response_code
    answer = code if code == "AB" else None
    writing.add("BGM", "231", response.id, _FUNCTIONS[code], answer)
    moment.write_date(writing, "137", response.issue_date, response.issue_time)
    moment.write_last(writing, moment.PROMISED[0], response.promised_delivery_period)
    note.write_notes(writing, response.note)
    reference.write_document(writing, "ON", response.order_reference)
    reference.write_document(writing, "PP", response.order_change_reference)
    references = (("VN", response.sales_order_id), ("CR", response.customer_reference))
    for qualifier, number in references:
        if number:
            writing.add("RFF", (qualifier, number))
    party.write_party(writing, "BY", response.buyer_customer_party)
    party.write_party(writing, "SU", response.seller_supplier_party)
    amount.write_currency(writing, response.document_currency_code, "9")
    for line in response.order_line:
        with writing.line():
            _write_line(line, response.order_reference.id, writing)
    writing.add("UNS", "S")
    writing.add("CNT", ("2", str(len(response.order_line))))


def _write_line(line: OrderResponseLine, order_id: str, writing: Writing) -> None:
    product.write_lin(writing, line.id, line.line_status_code, line.item)
    product.write_substitute(writing, line.substituted_item)
    parts = [each for each in line.delivery if each.quantity is not None]
    if not parts:
        is_changed = line.line_status_code == "3"
        amount.write_quantity(writing, "113" if is_changed else "21", line.quantity)
    amount.write_quantity(writing, "83", line.maximum_backorder_quantity)
    moment.write_last(writing, moment.PROMISED[0], line.promised_delivery_period)
    note.write_notes(writing, line.note)
    if line.status_reason_code:
        writing.add("AJT", line.status_reason_code)
    amount.write_price(writing, line.price)
    reference.write_line(writing, "ON", line.order_line_reference, order_id, line.id)
    if parts:
        writing.add("SCC", "1")
    for each in parts:
        amount.write_quantity(writing, "113", each.quantity)
        moment.write_last(writing, moment.PROMISED[0], each.promised_delivery_period)


ORDER_RESPONSE: Final = MessageType(
    EDIFACT,
    "ORDRSP",
    OrderResponse,
    _LOOP,
    _read,
    _write,
    line="LIN",
    parties=("seller_supplier_party", "buyer_customer_party"),
)
"""Purchase order response.

Notes
-----
Source: UN/EDIFACT ORDRSP, D.93A to D.21B; EANCOM. Lines without an action are answered as the head
says. Several quantities of a schedule split the dates of a line.
"""
