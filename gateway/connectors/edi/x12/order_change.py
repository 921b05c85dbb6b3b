"""X12 860, Purchase Order Change Request, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.loop import Group, Loop, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import note, part, price, split
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.order_change import OrderChange, OrderChangeLine


def loop(begin: str, answers: str = "") -> Loop:
    """Draw the loops of a change, as it is asked for, or answered."""
    return loop_map(
        f"{begin} CUR REF* PER* TAX* FOB* CTP* PAM* CSH* (SAC CUR)* ITD* DIS* INC DTM* LDT* LIN* "
        "SI* PID* MEA* PWK* PKG* TD1* TD5* TD3* TD4* MAN* TXI* CTB* NTE* (AMT REF* DTM*)* "
        f"(N9 DTM* MTX* PWK* MSG*)* {part.N1_LOOP} (LM LQ*)* (ADV DTM* MTX*)* "
        "(POC LIN* SI* CUR PO3* (CTP CUR)* PAM* MEA* (PID MEA*)* PWK* PO4* REF* PER* "
        "(SAC CUR CTP)* IT8* CSH* ITD* DIS* INC* TAX* FOB* SDQ* DTM* TC2* TD1* TD5* TD3* TD4* "
        f"PCT* MAN* MSG* TXI* CTB* NTE* (QTY SI*)* {answers} "
        "(SCH TD1* TD5* TD3* TD4* REF*)* (PKG MEA*)* "
        f"(LDT QTY* MTX* REF*)* (N9 DTM* MTX* PWK* MSG*)* {part.N1_LOOP} "
        f"(SLN MSG* SI* PID* PO3* (CTP CUR)* PAM* {answers} (SAC CTP)* DTM* PO4* TAX* ADV* "
        f"(QTY SI*)* (N9 DTM* MTX* MSG*)* {part.N1_LOOP})* (AMT REF* PCT*)* (LM LQ*)*)* (CTT AMT*)"
    )


LOOP: Final = loop("BCH!")

_CHANGES: Final = ("04", "05", "00", "06")
"""Purposes (element 353): changed, replaced, or just sent."""

STATUS: Final = {
    "AI": "1",
    "CA": "3",
    "CT": "3",
    "PC": "3",
    "PQ": "3",
    "QD": "3",
    "QI": "3",
    "RQ": "3",
    "RS": "3",
    "RA": "3",
    "RZ": "3",
    "MU": "3",
    "NC": "5",
    "DI": "7",
}
"""What is done to a line (element 670); of several, the first is written."""

_UNCHANGED: Final = "NC"

_REQUESTED: Final = ("002", "064", "063")


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    bch = tree.need("BCH")
    if bch.elements and reading.code(bch, 1) not in _CHANGES:
        rule = f"BCH01 says that the order is changed, with one of {', '.join(_CHANGES)}."
        reading.refuse_value(bch, 1, rule, "Send one of them, or 01 to cancel the order.")
    named = reading.currency(tree.need("CUR"), 2)
    currency = named or reading.profile.currency or None
    groups = enumerate(tree.groups("POC"), start=1)
    lines = [_line(reading, group, number, currency) for number, group in groups]
    part.check_lines(reading, len(lines))
    order, sequence = reading.identifier(bch, 3), reading.identifier(bch, 5)
    issued = reading.date(bch, 11) or reading.date(bch, 10) or envelope.date
    contract = reading.identifier(bch, 8)
    place = _delivery(reading, tree)
    fields = {
        "id": reading.identifier(bch, 9) or (f"{order}-{sequence}" if sequence else order),
        "issue_date": issued or reading.date(bch, 6),
        "order_reference": part.held({"id": order, "issue_date": reading.date(bch, 6)}),
        "sequence_number_id": reading.count(bch, 5) if bch[5].isdecimal() else None,
        "contract": [{"id": contract}] if contract else [],
        "note": note.notes(reading, tree),
        "document_currency_code": named,
        "buyer_customer_party": part.party(reading, tree.group("N1", "BY"), envelope.sender),
        "seller_supplier_party": part.party(
            reading, tree.group("N1", "SE", "SU", "VN"), envelope.receiver
        ),
        "delivery": [place] if place else [],
        "order_line": lines,
    }
    return part.held(fields)


def _delivery(reading: Reading, group: Group) -> dict[str, Any]:
    found = part.delivery(reading, group.group("N1", "ST"))
    due = part.period(reading, group, *_REQUESTED)
    return found | ({"requested_delivery_period": due} if due else {})


def _line(reading: Reading, group: Group, number: int, currency: str | None) -> dict[str, Any]:
    poc = group.head
    status = STATUS.get(reading.code(poc, 2))
    if poc[2] and status is None:
        rule = f"POC02 says what is done to the line, with one of {', '.join(STATUS)}."
        reading.refuse_value(poc, 2, rule, "Say whether it is added, changed or removed.")
    place, size = _delivery(reading, group), quantity(reading, poc)
    is_bare = place.keys() == {"requested_delivery_period"}
    own = reading.currency(group.need("CUR"), 2) or currency
    fields = {
        "id": reading.identifier(poc, 1) or str(number),
        "line_status_code": status,
        "quantity": size,
        "price": price.price(reading, poc, 6, own),
        "item": part.item(reading, group, 8) or None,
        "requested_delivery_period": place.pop("requested_delivery_period") if is_bare else None,
        "delivery": ([place] if place else []) + split.read(reading, group, size),
        "allowance_charge": price.allowances(reading, group, own),
        "note": note.notes(reading, group),
    }
    return reading.came_from(part.held(fields), poc)


def quantity(reading: Reading, poc: Segment) -> dict[str, Any] | None:
    """Read the quantity, whose unit stands after the quantity that is left."""
    value, unit = reading.decimal(poc, 3), reading.unit(poc, 5)
    return {"value": value, "unit_code": unit} if value is not None and unit else None


def _write(change: OrderChange, writing: Writing) -> None:
    order = change.order_reference
    ordered = writing.day(order.issue_date) if order.issue_date else None
    sequence = None if change.sequence_number_id is None else str(change.sequence_number_id)
    issued = writing.day(change.issue_date)
    contract = change.contract[0].id if change.contract else None
    head = ("04", "SA", order.id, None, sequence, ordered, None, contract, change.id, None, issued)
    writing.add("BCH", *head)
    if change.document_currency_code:
        writing.add("CUR", "BY", change.document_currency_code)
    place = next((each for each in change.delivery if each.quantity is None), None)
    if place is not None:
        part.write_period(writing, place.requested_delivery_period, *_REQUESTED)
    note.write_notes(writing, change.note)
    part.write_party(writing, "BY", change.buyer_customer_party)
    part.write_party(writing, "SE", change.seller_supplier_party)
    if place is not None:
        part.write_delivery(writing, "ST", place)
    for line in change.order_line:
        with writing.line():
            _write_line(line, writing, change.document_currency_code)
    if change.order_line:
        writing.add("CTT", str(len(change.order_line)))


def _write_line(line: OrderChangeLine, writing: Writing, currency: str | None) -> None:
    codes = {status: code for code, status in reversed(STATUS.items())}
    quantity = line.quantity
    value = quantity.value if quantity is not None else None
    unit = writing.unit(quantity.unit_code) if quantity is not None else None
    paid = price.price_elements(line.price, quantity.unit_code if quantity is not None else "")
    numbers = part.item_elements(line.item)
    change = codes.get(line.line_status_code, _UNCHANGED)
    writing.add("POC", line.id, change, value, None, unit, *paid, *numbers)
    charges = [each.amount for each in line.allowance_charge]
    amounts = (line.price.price_amount if line.price and paid[0] else None, *charges)
    price.write_currency(writing, "BY", amounts, currency)
    part.write_item(writing, line.item)
    price.write_allowances(writing, line.allowance_charge)
    split.write_places(writing, line.delivery)
    part.write_period(writing, line.requested_delivery_period, *_REQUESTED)
    place = next((each for each in line.delivery if each.quantity is None), None)
    if place is not None:
        part.write_period(writing, place.requested_delivery_period, *_REQUESTED)
    split.write_days(writing, line.delivery)
    note.write_notes(writing, line.note)
    if place is not None:
        part.write_delivery(writing, "ST", place)


ORDER_CHANGE: Final = MessageType(X12, "860", OrderChange, LOOP, _read, _write, line="POC")
"""Purchase Order Change Request.

Notes
-----
Source: ASC X12 860, releases 003040 to 008030. BCH09 is the number of the change; without it, that
of the order and of the change in turn. POC03 is the new quantity, in the unit of POC05. A request
that cancels the order is an `OrderCancellation`.
"""
