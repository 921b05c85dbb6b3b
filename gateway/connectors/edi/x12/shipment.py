"""What X12 says about a shipment: carrier, weight, numbers, days and packages, in and out."""

from __future__ import annotations

import re
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import part
from gateway.connectors.edi.x12.hierarchy import PACK, SHIPMENT, TARE, Level
from ledger.document.delivery import Delivery, Package, Shipment, Sscc

_MODES: Final = {"S": "1", "R": "2", "M": "3", "A": "4", "C": "3"}
"""Transportation method (element 91) to UN/ECE Recommendation 19."""

_MODE_CODES: Final = {"1": "S", "2": "R", "3": "M", "4": "A"}
_EXPECTED: Final = ("017", "067", "002")
_SSCC_AI: Final = "00"
_GROSS: Final = "G"
_SERIAL: Final[TypeAdapter[str]] = TypeAdapter(Sscc)
_is_sscc = re.compile(r"(?:00)?(\d{18})", re.ASCII).fullmatch


def shipment(reading: Reading, levels: list[Level], packages: list[dict[str, Any]]) -> Any:
    """Read what travels together, from the head and the level of the shipment."""
    top = next((each.group for each in levels if each.code == SHIPMENT), reading.tree)
    td1, td5, td3 = (top.need(tag) for tag in ("TD1", "TD5", "TD3"))
    carrier = _carrier(reading, td5)
    fields = {
        "gross_weight_measure": _weight(reading, td1),
        "total_transport_handling_unit_quantity": reading.count(td1, 2),
        "transport_mode_code": _MODES.get(reading.code(td5, 4)),
        "vehicle_id": reading.identifier(td3, 3),
        "bill_of_lading_id": part.reference(reading, top, "BM"),
        "consignment_id": part.reference(reading, top, "CN"),
        "delivery": part.held(
            {
                "estimated_delivery_period": _end(_day(reading, levels, *_EXPECTED)),
                "despatch": part.held({"actual_despatch_date": _day(reading, levels, "011")}),
                "carrier_party": carrier,
            }
        ),
        "package": packages or None,
    }
    return part.held(fields) or None


def _end(day: str | None) -> dict[str, str] | None:
    return {"end_date": day} if day else None


def _day(reading: Reading, levels: list[Level], *qualifiers: str) -> str | None:
    for group in (reading.tree, *(each.group for each in levels if each.code == SHIPMENT)):
        dtm = group.first("DTM", *qualifiers)
        if dtm is not None:
            return reading.date(dtm, 2)
    return None


def _weight(reading: Reading, td1: Segment) -> dict[str, Any] | None:
    return part.quantity(reading, td1, 7) if td1[6] == _GROSS else None


def _carrier(reading: Reading, td5: Segment) -> dict[str, Any] | None:
    code = reading.identifier(td5, 3) if td5[2] == "2" else None
    numbers = [{"id": code, "scheme_id": "SCAC"}] if code else None
    return part.held({"name": reading.text(td5, 5), "identifications": numbers}) or None


def package(reading: Reading, level: Level) -> dict[str, Any]:
    """Read a package: its number is what it is marked with, or else that of its level."""
    group = level.group
    marked, named = group.first("MAN", "GM"), group.first("MAN", "CP")
    match = _is_sscc(marked[2]) if marked is not None else None
    number = reading.identifier(named, 2) if named is not None else None
    sscc = match[1] if match and _is_serial(match[1]) else None
    if marked is not None and sscc is None:
        rule = "An SSCC has 18 digits, the last of them its check digit."
        reading.warn(marked, 2, rule, "Correct the number of the package.")
    fields = {
        "id": number or sscc or (reading.identifier(marked, 2) if marked else None) or level.number,
        "sscc": sscc,
        "gross_weight_measure": _weight(reading, group.need("TD1")),
    }
    return reading.came_from(part.held(fields), group.head)


def _is_serial(text: str) -> bool:
    try:
        _SERIAL.validate_python(text)
    except ValidationError:
        return False
    return True


def holder(level: Level) -> Level | None:
    """Find the package that a level lies in."""
    above = level.parent.up() if level.parent is not None else iter(())
    return next((each for each in above if each.code in (TARE, PACK)), None)


def write_days(writing: Writing, delivery: Delivery | None) -> None:
    """Write when it left, and when it is expected."""
    if delivery is None:
        return
    if delivery.despatch is not None and delivery.despatch.actual_despatch_date:
        writing.add("DTM", "011", writing.day(delivery.despatch.actual_despatch_date))
    due = delivery.estimated_delivery_period
    day = (due.end_date or due.start_date) if due is not None else None
    if day:
        writing.add("DTM", _EXPECTED[0], writing.day(day))


def write_shipment(writing: Writing, shipment: Shipment) -> None:
    """Write what travels together."""
    weight, units = shipment.gross_weight_measure, shipment.total_transport_handling_unit_quantity
    if weight is not None or units is not None:
        size = (_GROSS, weight.value, writing.unit(weight.unit_code)) if weight else ()
        writing.add("TD1", None, None if units is None else str(units), *[None] * 3, *size)
    carrier = shipment.delivery.carrier_party if shipment.delivery is not None else None
    mode = _MODE_CODES.get(shipment.transport_mode_code or "")
    codes = [each.id for each in carrier.identifications] if carrier is not None else []
    name = carrier.name if carrier is not None else None
    if codes or mode or name:
        writing.add("TD5", None, *(("2", codes[0]) if codes else (None, None)), mode, name)
    if shipment.vehicle_id:
        writing.add("TD3", None, None, shipment.vehicle_id)
    for qualifier, number in (("BM", shipment.bill_of_lading_id), ("CN", shipment.consignment_id)):
        if number:
            writing.add("REF", qualifier, number)


def write_package(writing: Writing, package: Package) -> None:
    """Write what a package weighs and is marked with."""
    weight = package.gross_weight_measure
    if weight is not None:
        writing.add("TD1", *[None] * 5, _GROSS, weight.value, writing.unit(weight.unit_code))
    if package.sscc is not None:
        writing.add("MAN", "GM", _SSCC_AI + package.sscc)
    if package.id != package.sscc:
        writing.add("MAN", "CP", package.id)
