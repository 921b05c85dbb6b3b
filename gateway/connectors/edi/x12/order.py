"""X12 850, Purchase Order, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import note, part, price, split
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.delivery import Delivery
from ledger.document.order import Order, OrderLine

_SLN: Final = (
    "(SLN MSG* SI* PID* PO3* TC2* (CTP CUR)* PAM* (SAC CTP)* DTM* PO4* TAX* ADV* (QTY SI*)* "
    f"(N9 DTM* MTX* MSG*)* {part.N1_LOOP})*"
)

_LOOP: Final = loop_map(
    "BEG! CUR REF* PER* TAX* FOB* CTP* PAM* CSH* TC2* (SAC CUR)* ITD* DIS* INC DTM* LDT* LIN* SI* "
    "PID* MEA* PWK* PKG* TD1* TD5* TD3* TD4* MAN* PCT* CTB* TXI* NTE* "
    "(AMT REF* DTM* PCT* (FA1 FA2*)*)* (N9 DTM* MTX* PWK* EFI* MSG*)* "
    f"{part.N1_LOOP} (LM LQ*)* "
    f"(SPI REF* DTM* MSG* {part.N1_LOOP} (CB1 REF* DTM* LDT* MSG*)*)* (ADV DTM* MTX*)* "
    "(PO1 LIN* SI* CUR CN1 PO3* (CTP CUR)* PAM* MEA* (PID MEA*)* PWK* PO4* REF* PER* "
    "(SAC CUR CTP)* IT8* CSH* ITD* DIS* INC* TAX* FOB* SDQ* IT3* DTM* TC2* TD1* TD5* TD3* TD4* "
    "PCT* MAN* MSG* SPI* TXI* CTB* NTE* (QTY SI*)* (SCH TD1* TD5* TD3* TD4* REF*)* (PKG MEA*)* "
    "LS (LDT QTY* MTX* LM* REF*)* LE (N9 DTM* MTX* PWK* EFI* MSG*)* "
    f"{part.N1_LOOP} {_SLN} (AMT REF* PCT*)* (LM LQ*)*)*! "
    "(CTT AMT*)"
)

_ORDER_TYPES: Final = {"SA": "220", "BK": "221", "RL": "226", "KC": "227"}
"""Type of purchase order (element 92) to that of UNCL1001."""

_NO_ORDER: Final = ("01", "02", "03", "04")
"""Purposes (element 353) that cancel, add to, delete or change."""

_REQUESTED: Final = ("002", "064", "063")
"""Delivery requested on a day, not before, not after (element 374)."""

_ADDS: Final = frozenset({"SAC", "TXI", "TAX", "ITA"})
"""Segments that add to the total of the lines, or take something off it."""

_INCOTERMS: Final = frozenset(
    {
        *("CFR", "CIF", "CIP", "CPT", "DAP", "DAF", "DAT", "DDP", "DDU", "DEQ", "DES", "DPU"),
        *("EXW", "FAS", "FCA", "FOB"),
    }
)


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    beg = tree.need("BEG")
    if reading.code(beg, 1) in _NO_ORDER:
        rule = "BEG01 says that this is an order: new, replaced, confirmed or sent once more."
        reading.refuse_value(beg, 1, rule, "Send changes and cancellations as 860.")
    currency = _currency(reading, tree) or reading.profile.currency or None
    groups = enumerate(tree.groups("PO1"), start=1)
    lines = [_line(reading, group, number, currency) for number, group in groups]
    part.check_lines(reading, len(lines))
    contract = reading.identifier(beg, 6) or part.reference(reading, tree, "CT")
    accounting = tree.group("N1", "BT")
    return {
        "id": reading.identifier(beg, 3),
        "issue_date": reading.date(beg, 5),
        "order_type_code": _ORDER_TYPES.get(reading.code(beg, 2)),
        "note": note.notes(reading, tree),
        "document_currency_code": _currency(reading, tree),
        "customer_reference": part.reference(reading, tree, "CR"),
        "sales_order_id": part.reference(reading, tree, "VN"),
        "contract": [{"id": contract}] if contract else [],
        "buyer_customer_party": part.party(reading, tree.group("N1", "BY"), envelope.sender),
        "seller_supplier_party": part.party(
            reading, tree.group("N1", "SE", "SU", "VN"), envelope.receiver
        ),
        "accounting_customer_party": part.party(reading, accounting) if accounting else None,
        "delivery": _deliveries(reading, tree),
        "delivery_terms": _terms(reading, tree.need("FOB")),
        "payment_terms": _payment_terms(reading, tree.need("ITD")),
        "payment_due_days": _due_days(reading, tree.need("ITD")),
        "allowance_charge": price.allowances(reading, tree, currency),
        "anticipated_monetary_total": _total(reading, currency),
        "order_line": lines,
    }


def _currency(reading: Reading, group: Group) -> str | None:
    return reading.currency(group.need("CUR"), 2)


def _deliveries(reading: Reading, group: Group) -> list[dict[str, Any]]:
    """Read where and when to deliver, and when to ship."""
    found = part.delivery(reading, group.group("N1", "ST"))
    due = part.period(reading, group, *_REQUESTED)
    if due:
        found["requested_delivery_period"] = due
    ship = group.first("DTM", "010")
    shipped = reading.date(ship, 2) if ship is not None else None
    if shipped:
        found["despatch"] = {"requested_despatch_date": shipped}
    return [found] if found else []


def _terms(reading: Reading, fob: Segment) -> dict[str, Any] | None:
    term = reading.code(fob, 5)
    return {"id": term} if term in _INCOTERMS else None


def _payment_terms(reading: Reading, itd: Segment) -> list[str]:
    text = reading.text(itd, 12)
    return [text] if text else []


def _due_days(reading: Reading, itd: Segment) -> int | None:
    days = reading.count(itd, 7)
    return days if days is not None and days <= 3650 else None


def _total(reading: Reading, currency: str | None) -> dict[str, Any] | None:
    """Read the total, which is that of the lines when nothing is added or taken off."""
    summary = reading.tree.group("CTT")
    amount = summary.first("AMT", "TT") if summary is not None else None
    if amount is None or currency is None or not _ADDS.isdisjoint(reading.tags):
        return None
    value = reading.decimal(amount, 2, is_signed=True)
    return {"line_extension_amount": {"value": value, "currency_id": currency}} if value else None


def _line(reading: Reading, group: Group, number: int, currency: str | None) -> dict[str, Any]:
    po1 = group.head
    own = _currency(reading, group) or currency
    quantity = part.quantity(reading, po1, 2)
    if quantity is None and not (po1[2] and po1[3]):
        reading.missing(po1, 3 if po1[2] else 2, "A line has a quantity and its unit.")
    fields: dict[str, Any] = {
        "id": reading.identifier(po1, 1) or str(number),
        "quantity": quantity,
        "price": price.price(reading, po1, 4, own),
        "item": part.item(reading, group, 6),
        "allowance_charge": price.allowances(reading, group, own),
        "delivery": _deliveries(reading, group) + split.read(reading, group, quantity),
        "note": note.notes(reading, group),
    }
    amount = group.group("AMT", "1")
    if amount is not None and own:
        value = reading.decimal(amount.head, 2, is_signed=True)
        fields["line_extension_amount"] = value and {"value": value, "currency_id": own}
    held = {name: value for name, value in fields.items() if value is not None}
    deliveries = held["delivery"]
    if deliveries and deliveries[0].keys() == {"requested_delivery_period"}:
        held["requested_delivery_period"] = deliveries.pop(0)["requested_delivery_period"]
    return reading.came_from(held, po1)


def _write(order: Order, writing: Writing) -> None:
    types = {code: own for own, code in _ORDER_TYPES.items()}
    kind = types.get(order.order_type_code or "", "SA")
    contract = order.contract[0].id if order.contract else None
    writing.add("BEG", "00", kind, order.id, None, writing.day(order.issue_date), contract)
    if order.document_currency_code:
        writing.add("CUR", "BY", order.document_currency_code)
    for qualifier, number in (
        ("CR", order.customer_reference),
        ("VN", order.sales_order_id),
    ):
        if number:
            writing.add("REF", qualifier, number)
    if order.delivery_terms is not None and order.delivery_terms.id in _INCOTERMS:
        writing.add("FOB", "DF", None, None, "01", order.delivery_terms.id)
    price.write_allowances(writing, order.allowance_charge)
    _write_payment(order, writing)
    delivery = order.delivery[0] if order.delivery else None
    _write_days(delivery, writing)
    note.write_notes(writing, order.note)
    part.write_party(writing, "BY", order.buyer_customer_party)
    part.write_party(writing, "SE", order.seller_supplier_party)
    part.write_party(writing, "BT", order.accounting_customer_party)
    _write_place(delivery, writing)
    for line in order.order_line:
        with writing.line():
            _write_line(line, writing, order.document_currency_code)
    writing.add("CTT", str(len(order.order_line)))
    total = order.anticipated_monetary_total
    sum_ = total.line_extension_amount if total is not None else None
    is_named = sum_ is not None and sum_.currency_id == order.document_currency_code
    if sum_ is not None and is_named and not order.allowance_charge:
        writing.add("AMT", "TT", sum_.value)


def _write_payment(order: Order, writing: Writing) -> None:
    days = None if order.payment_due_days is None else str(order.payment_due_days)
    text = order.payment_terms[0] if order.payment_terms else None
    if days or text:
        writing.add("ITD", *[None] * 6, days, *[None] * 4, text)


def _write_days(delivery: Delivery | None, writing: Writing) -> None:
    if delivery is None:
        return
    part.write_period(writing, delivery.requested_delivery_period, *_REQUESTED)
    if delivery.despatch is not None and delivery.despatch.requested_despatch_date:
        writing.add("DTM", "010", writing.day(delivery.despatch.requested_despatch_date))


def _write_place(delivery: Delivery | None, writing: Writing) -> None:
    if delivery is not None:
        part.write_delivery(writing, "ST", delivery)


def _write_line(line: OrderLine, writing: Writing, currency: str | None) -> None:
    unit = writing.unit(line.quantity.unit_code)
    amount, basis = price.price_elements(line.price, line.quantity.unit_code)
    numbers = part.item_elements(line.item)
    writing.add("PO1", line.id, line.quantity.value, unit, amount, basis, *numbers)
    charges = [each.amount for each in line.allowance_charge]
    amounts = (
        line.price.price_amount if line.price and amount else None,
        line.line_extension_amount,
        *charges,
    )
    price.write_currency(writing, "BY", amounts, currency)
    part.write_item(writing, line.item)
    price.write_allowances(writing, line.allowance_charge)
    split.write_places(writing, line.delivery)
    whole = next((each for each in line.delivery if each.quantity is None), None)
    part.write_period(writing, line.requested_delivery_period, *_REQUESTED)
    _write_days(whole, writing)
    split.write_days(writing, line.delivery)
    note.write_notes(writing, line.note)
    _write_place(whole, writing)
    if line.line_extension_amount is not None:
        writing.add("AMT", "1", line.line_extension_amount.value)


ORDER: Final = MessageType(X12, "850", Order, _LOOP, _read, _write, line="PO1")
"""Purchase Order.

Notes
-----
Source: ASC X12 850, releases 003040 to 008030. Who sends it is the buyer's endpoint, who receives
it the seller's. A price without currency, in CUR or in the partner's profile, is no price here: it
rides along. So does a time without zone. A line without number has that of its place. DTM 002 asks
for a day, 064 and 063 for not before and not after. SCH splits a line on days, SDQ to places.
"""
