"""X12 855, Purchase Order Acknowledgment, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.x12 import answer, note, part, price
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.order_response import (
    LINE_ACCEPTED,
    LINE_REJECTED,
    OrderResponse,
    OrderResponseLine,
)

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


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    bak = tree.need("BAK")
    code = answer.code(reading, bak)
    currency = reading.currency(tree.need("CUR"), 2)
    groups = list(tree.groups("PO1"))
    numbers = answer.numbers(reading, groups)
    lines = [
        _line(reading, group, number, code, currency)
        for group, number in zip(groups, numbers, strict=True)
    ]
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
        "promised_delivery_period": answer.promised(reading, tree),
        "note": note.notes(reading, tree),
        "order_line": lines,
    }


def _line(
    reading: Reading, group: Group, number: tuple[str, str], code: str, currency: str | None
) -> dict[str, Any]:
    po1, answers = group.head, answer.segments(group)
    own = reading.currency(group.need("CUR"), 2) or currency or reading.profile.currency or None
    unsaid = LINE_REJECTED if code == answer.REJECTED else LINE_ACCEPTED
    fields: dict[str, Any] = {
        "id": number[0],
        "order_line_reference": {"line_id": number[1]},
        "line_status_code": answer.status(reading, answers, unsaid),
        "quantity": part.quantity(reading, po1, 2),
        "price": price.price(reading, po1, 4, own),
        "item": part.item(reading, group, 6) or None,
        "promised_delivery_period": answer.promised(reading, group),
        "note": note.notes(reading, group),
    }
    answer.read_parts(reading, answers, fields)
    return reading.came_from(part.held(fields), po1)


def _write(response: OrderResponse, writing: Writing) -> None:
    order = response.order_reference
    ordered = writing.day(order.issue_date) if order.issue_date else None
    own = response.id if response.id != order.id else None
    issued = writing.day(response.issue_date)
    kind = answer.write_code(response)
    writing.add("BAK", "00", kind, order.id, ordered, None, None, None, own, issued)
    answer.write_below(response, writing, _opening)


def _opening(
    line: OrderResponseLine, value: str | None, unit: str | None
) -> tuple[str | None, ...]:
    return "PO1", line.order_line_reference.line_id, value, unit


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
acknowledgment goes by the number of the order. PO101 is the line of the order; the seller's own
number of it, where it differs, is REF LI. Several ACK of one line split its dates. A line on hold
(IH, IW, IF) is not answered yet, and refused.
"""
