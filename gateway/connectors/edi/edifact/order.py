"""EDIFACT ORDERS, purchase order, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.edifact import (
    amount,
    charge,
    moment,
    note,
    order_part,
    part,
    party,
    payment,
    product,
    reference,
)
from gateway.connectors.edi.edifact.order_loop import HEAD, LINE, SUMMARY
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.order import Order, OrderHead, OrderLine
from ledger.document.order_change import OrderChangeLine
from ledger.document.reference import DocumentReference

_LOOP: Final = loop_map(f"{HEAD} ({LINE})*! {SUMMARY}")

_PLACE: Final = ("DP", "ST")
"""Delivery party, or ship to."""

_SHIP: Final = ("requested_despatch_date", "requested_despatch_time")

_ADDS: Final = frozenset({"ALC", "TAX"})
"""Segments that add to the total of the lines, or take something off it."""

_FUNCTIONS: Final = ("7", "9", "16", "31", "42", "43", "46")
"""Original or a copy of it, confirmed or proposed: no cancellation, change or replacement."""


def _read(reading: Reading) -> dict[str, Any]:
    part.check_function(reading, _FUNCTIONS, "An order")
    currency = amount.currency(reading)
    groups = enumerate(reading.tree.groups("LIN"), start=1)
    lines = [_line(reading, group, number, currency) for number, group in groups]
    part.check_lines(reading, len(lines))
    return read_head(reading, currency) | {
        "sales_order_id": reference.number_of(reading, reading.tree, "VN"),
        "order_line": lines,
    }


def read_head(reading: Reading, currency: str | None) -> dict[str, Any]:
    """Read the head that an order and a change of an order share."""
    tree, envelope = reading.tree, reading.message.envelope
    bgm = tree.need("BGM")
    place = read_delivery(reading, tree)
    ship = moment.fields(reading, tree.first("DTM", "10"), *_SHIP)
    if ship:
        place["despatch"] = ship
    return {
        "id": part.number(reading),
        **moment.issued(reading, "137", "4"),
        "order_type_code": reading.token(bgm, 1),
        "note": note.notes(reading, tree),
        "document_currency_code": amount.named_currency(reading),
        "customer_reference": reference.number_of(reading, tree, "CR"),
        "contract": reference.documents(reading, tree, "CT"),
        "project_reference": reference.documents(reading, tree, "AEP"),
        "quotation_document_reference": reference.document(reading, tree, "AAG"),
        "payment_terms": note.notes(reading, tree, payment.TEXT),
        "allowance_charge": charge.charges(reading, tree, currency, []),
        "buyer_customer_party": party.party(reading, party.find(reading, "BY"), envelope.sender),
        "seller_supplier_party": party.party(
            reading, party.find(reading, "SU", "SE"), envelope.receiver
        ),
        "accounting_customer_party": party.optional(reading, "IV"),
        "delivery": [place] if place else [],
        "delivery_terms": part.terms(reading),
        "payment_due_days": part.due_days(reading),
        "anticipated_monetary_total": _total(reading, currency),
    }


def read_delivery(reading: Reading, group: Group) -> dict[str, Any]:
    """Read where and when to deliver."""
    found = party.delivery(reading, party.find_in(group, *_PLACE))
    due = moment.period(reading, group, *moment.REQUESTED)
    if due:
        found["requested_delivery_period"] = due
    return found


def _total(reading: Reading, currency: str | None) -> dict[str, Any] | None:
    """Read the total of the lines, or that of the message when nothing else is in it."""
    kinds = ("79", "86") if _ADDS.isdisjoint(reading.tags) else ("79",)
    found = amount.money(reading, reading.tree, currency, *kinds)
    return {"line_extension_amount": found} if found else None


def _line(reading: Reading, group: Group, number: int, currency: str | None) -> dict[str, Any]:
    fields = read_line(reading, group, number, currency)
    if "quantity" not in fields and not any(group.all("QTY")):
        reading.missing(group.head, 1, "A line has a quantity, QTY+21.")
    return reading.came_from(fields, group.head)


def read_line(reading: Reading, group: Group, number: int, currency: str | None) -> dict[str, Any]:
    """Read what the lines of an order and of a change of an order share."""
    place = read_delivery(reading, group)
    period = place.get("requested_delivery_period")
    is_bare = place.keys() == {"requested_delivery_period"}
    fields = {
        "id": reading.identifier(group.head, 1) or str(number),
        "item": product.item(reading, group),
        "quantity": amount.quantity(reading, group, "21", "1"),
        "price": amount.price(reading, group, currency),
        "line_extension_amount": amount.money(reading, group, currency, "203"),
        "requested_delivery_period": period if is_bare else None,
        "delivery": ([place] if place and not is_bare else []) + order_part.parts(reading, group),
        "allowance_charge": charge.charges(reading, group, currency, []) or None,
        "note": note.notes(reading, group),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _write(order: Order, writing: Writing) -> None:
    kind = (order.order_type_code or "220", "9")
    write_head(order, writing, kind, (("VN", order.sales_order_id),))
    for line in order.order_line:
        with writing.line():
            product.write_lin(writing, line.id, None, line.item)
            write_line(line, writing)
    write_summary(order, writing, len(order.order_line))


def write_head(
    head: OrderHead,
    writing: Writing,
    kind: tuple[str, str],
    references: tuple[tuple[str, str | None], ...],
    changed: DocumentReference | None = None,
) -> None:
    """Write the head that an order and a change of an order share."""
    writing.add("BGM", kind[0], head.id, kind[1])
    moment.write_date(writing, "137", head.issue_date, head.issue_time)
    delivery = part.first_delivery(head.delivery)
    if delivery is not None:
        moment.write_period(writing, delivery.requested_delivery_period, *moment.REQUESTED)
        if delivery.despatch is not None:
            ship = delivery.despatch.requested_despatch_date
            moment.write_date(writing, "10", ship, delivery.despatch.requested_despatch_time)
    note.write_notes(writing, head.note)
    note.write_notes(writing, head.payment_terms, payment.TEXT)
    reference.write_document(writing, "ON", changed)
    for qualifier, number in (*references, ("CR", head.customer_reference)):
        if number:
            writing.add("RFF", (qualifier, number))
    for qualifier, documents in (("CT", head.contract), ("AEP", head.project_reference)):
        for each in documents:
            reference.write_document(writing, qualifier, each)
    reference.write_document(writing, "AAG", head.quotation_document_reference)
    party.write_party(writing, "BY", head.buyer_customer_party)
    party.write_party(writing, "SU", head.seller_supplier_party)
    party.write_delivery(writing, _PLACE[0], delivery)
    party.write_party(writing, "IV", head.accounting_customer_party)
    amount.write_currency(writing, head.document_currency_code, "9")
    if head.payment_due_days is not None:
        writing.add("PAT", "1", None, ("5", "3", "D", str(head.payment_due_days)))
    part.write_terms(writing, head.delivery_terms)
    charge.write_charges(writing, head.allowance_charge)


def write_line(line: OrderLine | OrderChangeLine, writing: Writing) -> None:
    """Write what follows the product of a line."""
    whole = part.first_delivery(line.delivery)
    amount.write_quantity(writing, "21", line.quantity)
    due = line.requested_delivery_period
    if due is None and whole is not None:
        due = whole.requested_delivery_period
    moment.write_period(writing, due, *moment.REQUESTED)
    if line.line_extension_amount is not None:
        writing.add("MOA", ("203", line.line_extension_amount.value))
    note.write_notes(writing, line.note)
    amount.write_price(writing, line.price)
    order_part.write_places(writing, line.delivery)
    party.write_delivery(writing, _PLACE[0], whole)
    charge.write_charges(writing, line.allowance_charge)
    order_part.write_days(writing, line.delivery)


def write_summary(head: OrderHead, writing: Writing, lines: int) -> None:
    """Write what stands after the lines."""
    writing.add("UNS", "S")
    if head.anticipated_monetary_total is not None:
        writing.add("MOA", ("79", head.anticipated_monetary_total.line_extension_amount.value))
    writing.add("CNT", ("2", str(lines)))


ORDER: Final = MessageType(EDIFACT, "ORDERS", Order, _LOOP, _read, _write, line="LIN")
"""Purchase order.

Notes
-----
Source: UN/EDIFACT ORDERS, D.93A to D.21B; EANCOM. A quantity without unit counts the product. A
price without currency, in CUX or in the partner's profile, is no price here: it rides along. So
does a gross price from which something is taken off. A line without number has that of its place.
"""
