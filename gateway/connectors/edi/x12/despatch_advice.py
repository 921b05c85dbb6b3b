"""X12 856, Ship Notice/Manifest, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import part, shipment
from gateway.connectors.edi.x12.hierarchy import ITEM, ORDER, PACK, SHIPMENT, TARE, Level, Levels
from gateway.connectors.edi.x12.hierarchy import levels as levels_of
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.delivery import Package
from ledger.document.despatch_advice import DespatchAdvice, DespatchLine

_LOOP: Final = loop_map(
    "BSN! DTM* "
    "(HL LIN* SN1* SLN* PRF* PO4* (PID)* MEA* PWK* PKG* TD1* TD5* TD3* TD4* TSD* REF* PER* "
    "(LH1 LH2* LH3* LFH* LEP* LH4* LHT* LHR* PER* LHE*)* (CLD REF* DTP*)* MAN* DTM* FOB* PAL* "
    f"{part.N1_LOOP} SDQ* ETD* CUR* (SAC CUR*)* (GF DTM*)* YNQ* (LM LQ*)* (V1 R4* DTM*)*)*! "
    "(CTT)"
)

_CANCELLED: Final = ("01", "03", "04")
_ORDER_LINE: Final = "PL"
_NO_TIME: Final = "0000"
"""What stands for a time that is not known, since a notice has one."""


def _is_item(segment: Segment) -> bool:
    return segment[3] == ITEM


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    bsn = tree.need("BSN")
    if reading.code(bsn, 1) in _CANCELLED:
        rule = "BSN01 says that this is a notice: new, replaced or sent once more."
        reading.refuse_value(bsn, 1, rule, "Send the notice as it is now, with 05.")
    levels = levels_of(reading)
    items = [each for each in levels if each.code == ITEM]
    _check_count(reading, len(levels), len(items))
    if not items and levels:
        rule = "A ship notice has a level of items."
        reading.missing(levels[-1].group.head, 3, rule)
    above = [each for each in levels if each.code != ITEM]
    order = next((found for each in above if (found := _order(reading, each))), None)
    packages = _packages(reading, levels)
    numbers = _numbers(reading, items)
    lines = [
        _line(reading, level, number, order, packages)
        for level, number in zip(items, numbers, strict=True)
    ]
    return {
        "id": reading.identifier(bsn, 2),
        "issue_date": reading.date(bsn, 3),
        "issue_time": reading.time(bsn, 4) if bsn[4] != _NO_TIME else None,
        "order_reference": order,
        "despatch_supplier_party": _party(reading, levels, "SF") | part.endpoint(envelope.sender),
        "delivery_customer_party": _party(reading, levels, "ST") | part.endpoint(envelope.receiver),
        "buyer_customer_party": _party(reading, levels, "BY") or None,
        "seller_supplier_party": _party(reading, levels, "SE", "SU", "VN") or None,
        "shipment": shipment.shipment(reading, levels, _distinct(packages)),
        "despatch_line": lines,
    }


def _check_count(reading: Reading, levels: int, items: int) -> None:
    summary = reading.tree.group("CTT")
    if summary is not None and reading.count(summary.head, 1) not in (None, levels, items):
        reading.refuse_count(summary.head, 1, f"CTT01 is the number of levels: {levels}.")


def _order(reading: Reading, level: Level) -> dict[str, Any] | None:
    prf = level.group.need("PRF")
    number = reading.identifier(prf, 1)
    return part.held({"id": number, "issue_date": reading.date(prf, 4)}) if number else None


def _party(reading: Reading, levels: list[Level], *entities: str) -> dict[str, Any]:
    for level in levels:
        group = level.group.group("N1", *entities) if level.code != ITEM else None
        if group is not None:
            return part.party(reading, group)
    return {}


def _packages(reading: Reading, levels: list[Level]) -> dict[str, dict[str, Any]]:
    """Read the packages, under the numbers of their levels: several where one goes on later."""
    packages: dict[str, dict[str, Any]] = {}
    known: dict[str, dict[str, Any]] = {}
    for level in levels:
        if level.code in (TARE, PACK):
            found = shipment.package(reading, level)
            above = shipment.holder(level)
            if above is not None and above.number in packages:
                found["parent_id"] = packages[above.number]["id"]
            packages[level.number] = known.setdefault(found["id"], found)
    return packages


def _numbers(reading: Reading, items: list[Level]) -> list[str]:
    """Number the lines as the sender does; where that is not distinct, by their levels."""
    own = [reading.identifier(each.group.need("LIN"), 1) for each in items]
    texts = [text for text in own if text]
    is_distinct = len(set(texts)) == len(items)
    return texts if is_distinct else [each.number for each in items]


def _distinct(packages: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return list({each["id"]: each for each in packages.values()}.values())


def _line(
    reading: Reading,
    level: Level,
    number: str,
    order: dict[str, Any] | None,
    packages: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    group = level.group
    lin, sn1 = group.need("LIN"), group.need("SN1")
    quantity = part.quantity(reading, sn1, 2)
    if quantity is None and not (sn1[2] and sn1[3]):
        reading.missing(group.head, 0, "An item has SN1 with its quantity and unit.")
    own = next((found for each in level.up() if (found := _order(reading, each))), order)
    line_id = (
        reading.identifier(group.need("PRF"), 5)
        or part.product(reading, lin, _ORDER_LINE)
        or reading.identifier(lin, 1)
        or number
    )
    refers = {"line_id": line_id}
    package = shipment.holder(level)
    held = packages.get(package.number) if package is not None else None
    fields = {
        "id": number,
        "order_line_reference": refers
        | ({"document_reference": own} if own is not None and own != order else {}),
        "delivered_quantity": quantity,
        "item": part.item(reading, Group(group.loop, [lin, *group.groups("PID")]), 2) or None,
        "package_reference": [held["id"]] if held is not None else None,
    }
    if held is not None and quantity is not None:
        inside = {"line_reference": {"line_id": number}, "quantity": quantity}
        held.setdefault("contents", []).append(inside)
    return reading.came_from(part.held(fields), group.head)


def _write(advice: DespatchAdvice, writing: Writing) -> None:
    travel = advice.shipment
    clock = part.clock(advice.issue_time) or _NO_TIME
    writing.add("BSN", "00", advice.id, writing.day(advice.issue_date), clock)
    shipment.write_days(writing, travel.delivery if travel is not None else None)
    levels = Levels(writing)
    levels.begin(SHIPMENT)
    if travel is not None:
        shipment.write_shipment(writing, travel)
    part.write_party(writing, "SF", advice.despatch_supplier_party)
    part.write_party(writing, "ST", advice.delivery_customer_party)
    part.write_party(writing, "BY", advice.buyer_customer_party)
    part.write_party(writing, "SE", advice.seller_supplier_party)
    if advice.order_reference is not None:
        levels.begin(ORDER, SHIPMENT)
        issued = advice.order_reference.issue_date
        day = writing.day(issued) if issued else None
        writing.add("PRF", advice.order_reference.id, None, None, day)
    packages = {each.id: each for each in (travel.package if travel is not None else ())}
    _write_lines(advice, packages, levels)
    writing.add("CTT", str(levels.count))


def _write_lines(advice: DespatchAdvice, packages: dict[str, Package], levels: Levels) -> None:
    begun: str | None = None
    left = dict(packages)
    for line in advice.despatch_line:
        wanted = line.package_reference[0] if line.package_reference else None
        if wanted != begun:
            levels.end(TARE, PACK)
            if wanted is not None:
                _begin_package(packages, wanted, left, levels)
            begun = wanted
        with levels.writing.line():
            _write_line(line, levels)
    for number in list(left):
        if number in left:
            levels.end(TARE, PACK)
            _begin_package(packages, number, left, levels)


def _begin_package(
    packages: dict[str, Package], number: str, left: dict[str, Package], levels: Levels
) -> None:
    """Begin a package, below the one that it lies in."""
    package = packages[number]
    parent = package.parent_id
    is_below = parent is not None and parent != number and TARE not in levels.open
    if parent is not None and is_below:
        levels.begin(TARE, ORDER, SHIPMENT)
        shipment.write_package(levels.writing, packages[parent])
        left.pop(parent, None)
    levels.begin(PACK, TARE, ORDER, SHIPMENT)
    shipment.write_package(levels.writing, package)
    left.pop(number, None)


def _write_line(line: DespatchLine, levels: Levels) -> None:
    writing, quantity = levels.writing, line.delivered_quantity
    levels.begin(ITEM, PACK, TARE, ORDER, SHIPMENT)
    refers, numbers = line.order_line_reference, part.item_elements(line.item)
    order = refers.document_reference
    own = refers.line_id if numbers and refers.line_id != line.id else None
    writing.add("LIN", line.id, *(numbers or [_ORDER_LINE, refers.line_id]))
    writing.add("SN1", None, quantity.value, writing.unit(quantity.unit_code))
    if order is not None or own:
        day = writing.day(order.issue_date) if order is not None and order.issue_date else None
        writing.add("PRF", order.id if order is not None else None, None, None, day, own)
    part.write_item(writing, line.item)


DESPATCH_ADVICE: Final = MessageType(
    X12,
    "856",
    DespatchAdvice,
    _LOOP,
    _read,
    _write,
    line="HL",
    is_line=_is_item,
    parties=("despatch_supplier_party", "delivery_customer_party"),
)
"""Ship Notice/Manifest.

Notes
-----
Source: ASC X12 856, releases 003040 to 008030; structures 0001 to 0004, and those without HL02.
Each level of an item is a line, under LIN01 where that is distinct, and else under HL01; its line
of the order is PRF05, or else LIN01. Tares and packs are packages, under their SSCC. The notice
ships from SF to ST. A time is written in the clock of its own zone, which X12 does not name.
"""
