"""EDIFACT DESADV, despatch advice, in and out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gateway.connectors.edi.edifact import (
    amount,
    moment,
    note,
    part,
    party,
    product,
    reference,
    shipment,
)
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.delivery import Package
from ledger.document.despatch_advice import DespatchAdvice, DespatchLine

_LINE: Final = (
    "(LIN PIA* IMD* MEA* QTY* ALI* GIN* GIR* DLM* DTM* FTX* MOA* (CCI CAV* MEA*)* (RFF DTM*)* "
    "(DGS QTY* FTX* (CTA COM*)*)* (LOC NAD* DTM* QTY* COM*)* (SGP QTY*)* "
    "(PCI DTM* MEA* QTY* (GIN DLM*)* (HAN FTX* GDS*)*)* (QVR DTM*)* (NAD LOC*)*)*"
)

_LOOP: Final = loop_map(
    f"BGM! DTM* ALI* MEA* MOA* FTX* (RFF DTM*)* {party.NAD_LOOP} (TOD LOC* FTX*)* "
    "(TDT DTM* SEL* (LOC DTM*)*)* (EQD MEA* SEL* EQA* (HAN FTX*)*)* "
    "(CPS FTX* QVR* (PAC MEA* QTY* RFF* (HAN FTX*)* (PCI RFF* DTM* SEL* (GIN DLM*)*)*)* "
    f"{_LINE})* {_LINE} CNT*"
)

_FUNCTIONS: Final = ("5", "7", "9", "31", "43", "46")


def _read(reading: Reading) -> dict[str, Any]:
    part.check_function(reading, _FUNCTIONS, "A despatch advice")
    tree, envelope = reading.tree, reading.message.envelope
    order = reference.document(reading, tree, "ON")
    placed = list(_placed(tree))
    if order is None and placed:
        order = next(
            (each for _, lin in placed if (each := reference.document(reading, lin, "ON"))), None
        )
    if not placed:
        reading.missing(tree.need("BGM"), 0, "A despatch advice has lines, LIN.")
    held = {id(cps): shipment.packages(reading, cps) for cps in tree.groups("CPS")}
    _nest(tree, held)
    numbers = _numbers(reading, [lin for _, lin in placed])
    lines = [
        _line(reading, lin, number, order, held.get(id(cps), []))
        for (cps, lin), number in zip(placed, numbers, strict=True)
    ]
    part.check_lines(reading, len(lines))
    supplier = party.party(reading, party.find(reading, "SF"), envelope.sender)
    receiver = party.find(reading, "DP", "ST", "CN")
    return {
        "id": part.number(reading),
        **moment.issued(reading, "137"),
        "note": note.notes(reading, tree),
        "order_reference": order,
        "despatch_supplier_party": supplier or None,
        "delivery_customer_party": party.party(reading, receiver, envelope.receiver) or None,
        "buyer_customer_party": party.optional(reading, "BY"),
        "seller_supplier_party": party.optional(reading, "SU", "SE"),
        "shipment": shipment.shipment(reading, [each for found in held.values() for each in found]),
        "despatch_line": lines,
    }


def _placed(tree: Group) -> Iterator[tuple[Group | None, Group]]:
    """Iterate over the lines, each with the level that it lies in."""
    for each in tree.children:
        if isinstance(each, Group) and each.head.tag == "CPS":
            yield from ((each, lin) for lin in each.groups("LIN"))
        elif isinstance(each, Group) and each.head.tag == "LIN":
            yield None, each


def _nest(tree: Group, held: dict[int, list[dict[str, Any]]]) -> None:
    """Say which package each one lies in: that of the level above, where it is one."""
    by_number: dict[str, list[dict[str, Any]]] = {}
    for cps in tree.groups("CPS"):
        above = by_number.get(cps.head[2], [])
        for each in held[id(cps)] if len(above) == 1 else ():
            each["parent_id"] = above[0]["id"]
        by_number[cps.head[1]] = held[id(cps)]


def _numbers(reading: Reading, lines: list[Group]) -> list[str]:
    """Number the lines as the sender does; where that is not distinct, by their place."""
    own = [reading.identifier(each.head, 1) for each in lines]
    texts = [text for text in own if text]
    is_distinct = len(set(texts)) == len(lines)
    return texts if is_distinct else [str(place) for place in range(1, len(lines) + 1)]


def _line(
    reading: Reading,
    group: Group,
    number: str,
    order: dict[str, Any] | None,
    packages: list[dict[str, Any]],
) -> dict[str, Any]:
    quantity = amount.quantity(reading, group, "12", "1")
    if quantity is None and group.first("QTY", "12", "1") is None:
        reading.missing(group.head, 0, "A line has the quantity that was sent, QTY+12.")
    head = order["id"] if order is not None else None
    refers = reference.line(reading, group, head, "ON")
    if refers is None:
        refers = {"line_id": reading.identifier(group.head, 1) or number}
        own = reference.document(reading, group, "ON")
        if own is not None and own["id"] != head:
            refers["document_reference"] = own
    if len(packages) == 1 and quantity is not None:
        inside = {"line_reference": {"line_id": number}, "quantity": quantity}
        packages[0].setdefault("contents", []).append(inside)
    fields = {
        "id": number,
        "order_line_reference": refers,
        "delivered_quantity": quantity,
        "outstanding_quantity": amount.quantity(reading, group, "83"),
        "item": product.item(reading, group) or None,
        "package_reference": [each["id"] for each in packages],
        "note": note.notes(reading, group),
    }
    return reading.came_from({key: value for key, value in fields.items() if value}, group.head)


def _write(advice: DespatchAdvice, writing: Writing) -> None:
    travel, order = advice.shipment, advice.order_reference
    writing.add("BGM", "351", advice.id, "9")
    moment.write_date(writing, "137", advice.issue_date, advice.issue_time)
    shipment.write_days(writing, travel.delivery if travel is not None else None)
    if travel is not None:
        shipment.write_measures(writing, travel)
    note.write_notes(writing, advice.note)
    reference.write_document(writing, "ON", order)
    if travel is not None:
        shipment.write_references(writing, travel)
    party.write_party(writing, "SF", advice.despatch_supplier_party)
    party.write_party(writing, "DP", advice.delivery_customer_party)
    party.write_party(writing, "BY", advice.buyer_customer_party)
    party.write_party(writing, "SU", advice.seller_supplier_party)
    if travel is not None:
        shipment.write_transport(writing, travel)
    packages = {each.id: each for each in (travel.package if travel is not None else ())}
    _write_lines(advice, packages, writing)
    writing.add("CNT", ("2", str(len(advice.despatch_line))))


def _write_lines(advice: DespatchAdvice, packages: dict[str, Package], writing: Writing) -> None:
    """Write levels of packages with their lines, then packages that hold none."""
    levels: dict[str, int] = {}
    begun: tuple[str, ...] | None = None
    for line in advice.despatch_line:
        if line.package_reference != begun:
            begun = line.package_reference
            _begin(begun, packages, levels, writing)
        with writing.line():
            _write_line(line, advice, writing)
    for number in packages:
        if number not in levels:
            _begin((number,), packages, levels, writing)


def _begin(
    wanted: tuple[str, ...], packages: dict[str, Package], levels: dict[str, int], writing: Writing
) -> None:
    """Begin a level, after that of the package around it."""
    parents = {packages[each].parent_id for each in wanted}
    parent = parents.pop() if len(parents) == 1 else None
    if parent is not None and parent not in levels and parent not in wanted:
        _begin((parent,), packages, levels, writing)
    level = writing.count("CPS") + 1
    above = str(levels[parent]) if parent is not None and parent in levels else None
    writing.add("CPS", str(level), above)
    for each in wanted:
        if each not in levels:
            levels[each] = level
            shipment.write_package(writing, packages[each])


def _write_line(line: DespatchLine, advice: DespatchAdvice, writing: Writing) -> None:
    order = advice.order_reference
    product.write_lin(writing, line.id, None, line.item)
    amount.write_quantity(writing, "12", line.delivered_quantity)
    amount.write_quantity(writing, "83", line.outstanding_quantity)
    note.write_notes(writing, line.note)
    head = order.id if order is not None else None
    reference.write_line(writing, "ON", line.order_line_reference, head, line.id)


DESPATCH_ADVICE: Final = MessageType(
    EDIFACT,
    "DESADV",
    DespatchAdvice,
    _LOOP,
    _read,
    _write,
    line="LIN",
    parties=("despatch_supplier_party", "delivery_customer_party"),
)
"""Despatch advice.

Notes
-----
Source: UN/EDIFACT DESADV, D.93A to D.21B; EANCOM. Each SSCC or label of a level (CPS) is a package,
and a level that numbers none is one by its own number. A line lies in all packages of its level.
"""
