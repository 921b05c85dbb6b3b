"""What EDIFACT says about a shipment: carrier, weight, numbers, days and packages, in and out.

Source: UNCL 8067 (modes, the tens of which are those of UN/ECE Recommendation 19), 6313 (what is
measured), 7405 (numbers of packages).
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from gateway.connectors.edi.edifact import moment, part, reference
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.delivery import Delivery, Package, Shipment, Sscc
from ledger.document.money import Quantity

_EXPECTED: Final = ("17", "132", "67")
_LEFT: Final = ("actual_despatch_date", "actual_despatch_time")
_GROSS: Final = ("AAD", "G")
_VOLUME: Final = ("AAW", "ABJ")
_SSCC: Final = "BJ"
_LABEL: Final = "ML"
_SERIAL: Final[TypeAdapter[str]] = TypeAdapter(Sscc)


def shipment(reading: Reading, packages: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Read what travels together, from the head."""
    tree = reading.tree
    tdt = next((each.head for each in tree.groups("TDT")), None)
    transport = _transport(reading) if tdt is not None else {}
    carrier = transport.pop("carrier_party", None)
    left = moment.fields(reading, tree.first("DTM", "11"), *_LEFT)
    fields = transport | {
        "gross_weight_measure": _measure(reading, tree, *_GROSS),
        "gross_volume_measure": _measure(reading, tree, *_VOLUME),
        "bill_of_lading_id": reference.number_of(reading, tree, "BM"),
        "consignment_id": reference.number_of(reading, tree, "CN"),
        "delivery": part.held(
            {
                "estimated_delivery_period": moment.first_period(reading, tree, *_EXPECTED),
                "despatch": left or None,
                "carrier_party": carrier,
            }
        ),
        "package": packages,
    }
    return part.held(fields) or None


def _transport(reading: Reading) -> dict[str, Any]:
    tdt = next(each.head for each in reading.tree.groups("TDT"))
    mode, number = reading.code(tdt, 3), reading.identifier(tdt, 5, 1)
    scheme = reading.token(tdt, 5, 3)
    numbers = [part.held({"id": number, "scheme_id": scheme})] if number else None
    return part.held(
        {
            "transport_mode_code": mode[0] if mode in _MODES.values() else None,
            "vehicle_id": reading.identifier(tdt, 8, 1),
            "carrier_party": part.held(
                {"name": reading.text(tdt, 5, 4), "identifications": numbers}
            ),
        }
    )


_MODES: Final = {digit: f"{digit}0" for digit in "123456789"}


def _measure(reading: Reading, group: Group, *kinds: str) -> dict[str, Any] | None:
    for mea in group.all("MEA"):
        if mea.part(2) in kinds and mea.part(3, 1) and mea.part(3, 2):
            value, unit = reading.decimal(mea, 3, 2), reading.unit(mea, 3, 1)
            return {"value": value, "unit_code": unit} if value and unit else None
    return None


def packages(reading: Reading, cps: Group) -> list[dict[str, Any]]:
    """Read the packages of a level: one for each number, or else one for each description."""
    found: list[dict[str, Any]] = []
    for pac in cps.groups("PAC"):
        fields = part.held(
            {
                "packaging_type_code": reading.token(pac.head, 3),
                "gross_weight_measure": _measure(reading, pac, *_GROSS),
            }
        )
        numbered = [each for pci in pac.groups("PCI") for each in _numbers(reading, pci)]
        if not numbered:
            place = f".{len(found)}" if found else ""
            number = {"id": f"{cps.head[1]}{place}", "quantity": reading.count(pac.head, 1)}
            numbered = [part.held(number)]
        found += [reading.came_from(fields | each, pac.head) for each in numbered]
    return found


def _numbers(reading: Reading, pci: Group) -> list[dict[str, Any]]:
    serials = _listed(reading, pci, _SSCC)
    labels = _listed(reading, pci, _LABEL)
    if len(serials) == len(labels) == 1:
        return [part.held({"id": labels[0], "sscc": _serial(serials[0])})]
    return [part.held({"id": each, "sscc": _serial(each)}) for each in serials] + [
        {"id": each} for each in labels
    ]


def _listed(reading: Reading, pci: Group, kind: str) -> list[str]:
    gins = [
        gin for gin in (*pci.all("GIN"), *(g.head for g in pci.groups("GIN"))) if gin[1] == kind
    ]
    found = (
        reading.identifier(gin, element, 1)
        for gin in gins
        for element in range(2, len(gin.elements) + 1)
    )
    return [each for each in found if each]


def _serial(text: str) -> str | None:
    try:
        return _SERIAL.validate_python(text) if len(text) == 18 else None
    except ValidationError:
        return None


def write_days(writing: Writing, delivery: Delivery | None) -> None:
    """Write when it left, and when it is expected."""
    if delivery is None:
        return
    if delivery.despatch is not None:
        left = delivery.despatch.actual_despatch_date
        moment.write_date(writing, "11", left, delivery.despatch.actual_despatch_time)
    moment.write_last(writing, _EXPECTED[0], delivery.estimated_delivery_period)


def write_measures(writing: Writing, shipment: Shipment) -> None:
    """Write weight and volume."""
    _write_measure(writing, "WT", _GROSS[0], shipment.gross_weight_measure)
    _write_measure(writing, "VOL", _VOLUME[0], shipment.gross_volume_measure)


def _write_measure(writing: Writing, use: str, kind: str, measure: Quantity | None) -> None:
    if measure is not None:
        writing.add("MEA", use, kind, (writing.unit(measure.unit_code), measure.value))


def write_references(writing: Writing, shipment: Shipment) -> None:
    """Write the numbers of the shipment."""
    for qualifier, number in (("BM", shipment.bill_of_lading_id), ("CN", shipment.consignment_id)):
        if number:
            writing.add("RFF", (qualifier, number))


def write_transport(writing: Writing, shipment: Shipment) -> None:
    """Write how it travels, and with whom."""
    carrier = shipment.delivery.carrier_party if shipment.delivery is not None else None
    mode = _MODES.get(shipment.transport_mode_code or "")
    number = next(iter(carrier.identifications), None) if carrier is not None else None
    own = (number.id, None, number.scheme_id) if number is not None else (None, None, None)
    name = carrier.name if carrier is not None else None
    if mode or number or name or shipment.vehicle_id:
        vehicle = shipment.vehicle_id
        writing.add("TDT", "20", None, mode, None, (*own, name), None, None, vehicle)


def write_package(writing: Writing, package: Package) -> None:
    """Write a package with its numbers."""
    count = None if package.quantity is None else str(package.quantity)
    writing.add("PAC", count, None, package.packaging_type_code)
    _write_measure(writing, "WT", _GROSS[0], package.gross_weight_measure)
    writing.add("PCI", "33E")
    if package.sscc is not None:
        writing.add("GIN", _SSCC, package.sscc)
    if package.id != package.sscc:
        writing.add("GIN", _LABEL, package.id)
