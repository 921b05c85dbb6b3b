"""EDIFACT DELFOR, delivery schedule, in and out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from gateway.connectors.edi.edifact import amount, moment, note, part, party, reference
from gateway.connectors.edi.edifact.release import is_before
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.sending import unwritable
from ledger.document.delivery import Delivery
from ledger.document.delivery_schedule import DeliverySchedule, ScheduleLine
from ledger.document.party import Location, Party

_QTY_LOOP: Final = "(QTY SCC DTM* (RFF DTM*)*)*"
_SCC_LOOP: Final = "(SCC (QTY DTM* (RFF DTM*)*)*)*"
_PLANNED: Final = f"{_QTY_LOOP} {_SCC_LOOP}"
"""Quantities with their certainty: after each of them until D.96A, before several since D.96B."""

_LINE: Final = (
    "LIN PIA* IMD* MEA* ALI* GIN* GIR* LOC* DTM* FTX* (CTA COM*)* (RFF DTM*)* (TDT DTM*)* "
    f"{_PLANNED} (PAC MEA* QTY* DTM* (PCI GIN*)* (QVA DTM* (RFF DTM*)*)*)*"
)
_PLACED: Final = (
    f"(NAD LOC* FTX* (DOC DTM*)* (CTA COM*)* (QVR* DTM*)* {_PLANNED} "
    "(QVA DTM* (RFF DTM*)*)* (TDT DTM*)*)*"
)
_POINT: Final = "(NAD LOC* FTX* (DOC DTM*)* (CTA COM*)* (TDT DTM*)*)*"

_LOOP: Final = loop_map(
    f"BGM! DTM* FTX* (RFF DTM*)* {party.NAD_LOOP} (TDT DTM*)* UNS "
    f"(NAD LOC* FTX* (DOC DTM*)* (CTA COM*)* (TDT DTM*)* ({_LINE})*)* "
    + " ".join(f"({tag} {_POINT} ({_LINE} {_PLACED})*)*" for tag in ("GIS", "GEI", "SEQ"))
    + f" ({_LINE} {_PLACED})* UNS CNT* FTX* AUT*"
)

_FUNCTIONS: Final = ("5", "7", "9", "31", "42", "43", "46")
_KINDS: Final = ("113", "1", "21", "131", "84")
"""Quantities that come at a time: no sums of what came before."""

_ORDERS: Final = ("ON", "CO", "BO", "CT")
_NUMBER: Final = "AAN"
_PLACES: Final = ("DP", "ST", "CN")
_DUE: Final = ("69", "64", "63")
"""Promised for a day, not before, not after."""

_OTHER_DUE: Final = ("2", "10", "67", "17", "11")
_FIRM: Final = "1"
_FORECAST: Final = "4"
"""How certain a quantity is (4017)."""

_NOT_FIRM: Final = "not firm"
_DELETED: Final = "2"
_COMPLETE: Final = "37"
_LAST_KNOWN: Final = "02A"
"""From here on DELFOR begins its lines with another segment."""


@dataclass(frozen=True, slots=True)
class _Planned:
    """A quantity, the line it is of, where it goes, and how certain it is."""

    quantity: Group
    line: Group
    place: Group | None
    certainty: Segment


def _read(reading: Reading) -> dict[str, Any]:
    part.check_function(reading, _FUNCTIONS, "A delivery schedule")
    tree = reading.tree
    lines = list(_planned(tree, _place(tree)))
    order = next(
        (
            found
            for each in (tree, *(planned.line for planned in lines))
            if (found := reference.document(reading, each, *_ORDERS)) is not None
        ),
        None,
    )
    bgm = tree.need("BGM")
    if order is None:
        reading.missing(bgm, 0, "A delivery schedule names the order, with RFF+ON.")
    if not lines:
        reading.missing(bgm, 0, "A delivery schedule has quantities, QTY+113.")
    numbered = {
        lin.position: str(number)
        for number, lin in enumerate((s for s in reading.message.body if s.tag == "LIN"), start=1)
    }
    part.check_lines(reading, len(numbered))
    return {
        "id": part.number(reading),
        **moment.issued(reading, "137"),
        "note": note.notes(reading, tree),
        "order_reference": order,
        "schedule_line": [
            _line(reading, each, number, order, numbered)
            for each, number in zip(lines, _numbers(reading, lines), strict=True)
        ],
    }


def _planned(group: Group, place: Group | None, line: Group | None = None) -> Iterator[_Planned]:
    """Iterate over the quantities that come, each with its line and place."""
    for child in group.children:
        if isinstance(child, Segment):
            continue
        tag = child.head.tag
        if line is not None and _is_planned(child.head):
            certainty = child.first("SCC") or (group.head if group.head.tag == "SCC" else None)
            yield _Planned(child, line, place, certainty or Segment("SCC", ()))
        elif tag == "LIN":
            yield from _planned(child, _place(child) or place, child)
        else:
            yield from _planned(child, child if tag == "NAD" else _place(child) or place, line)


def _is_planned(head: Segment) -> bool:
    return head.tag == "QTY" and head.part(1) in _KINDS


def _place(group: Group) -> Group | None:
    """Find where all of a loop goes: a place that has no lines or quantities of its own."""
    places = (each for each in group.groups("NAD") if each.head.key[1] in _PLACES)
    own = ("LIN", "QTY", "SCC")
    return next((each for each in places if not any(any(each.groups(tag)) for tag in own)), None)


def _numbers(reading: Reading, lines: list[_Planned]) -> list[str]:
    """Number the lines as the sender does; where that is not distinct, by their place."""
    places = [str(place) for place in range(1, len(lines) + 1)]
    own = [reference.number_of(reading, each.quantity, _NUMBER) for each in lines]
    numbers = [number or place for number, place in zip(own, places, strict=True)]
    return numbers if len(set(numbers)) == len(numbers) else places


def _line(
    reading: Reading,
    planned: _Planned,
    number: str,
    order: dict[str, Any] | None,
    numbered: dict[int, str],
) -> dict[str, Any]:
    lin, quantity = planned.line, planned.quantity
    if reading.code(lin.head, 2) == _DELETED:
        rule = "A schedule says what will come: no line of it is deleted."
        reading.refuse_value(lin.head, 2, rule, "Send the schedule as it is now, without the line.")
    head = order["id"] if order is not None else None
    refers = reference.line(reading, lin, head, *_ORDERS)
    if refers is None:
        refers = {"line_id": reading.identifier(lin.head, 1) or numbered[lin.head.position]}
        own = reference.document(reading, lin, *_ORDERS)
        if own is not None and own["id"] != head:
            refers["document_reference"] = {"id": own["id"]}
    due = _due(reading, quantity) or _due(reading, lin)
    if not due:
        reading.missing(quantity.head, 0, "A quantity that comes has its day, in DTM.")
    fields = {
        "id": number,
        "order_line_reference": refers,
        "quantity": amount.quantity_of(reading, quantity.head),
        "promised_delivery_period": due,
        "delivery_location": _location(reading, planned.place),
        "note": [_NOT_FIRM] if reading.code(planned.certainty, 1) == _FORECAST else None,
    }
    held = {key: value for key, value in fields.items() if value is not None}
    return reading.came_from(held, quantity.head)


def _due(reading: Reading, group: Group) -> dict[str, Any]:
    found = moment.period(reading, group, *_DUE)
    return found or moment.first_period(reading, group, *_OTHER_DUE) or {}


def _location(reading: Reading, nad: Group | None) -> dict[str, Any] | None:
    if nad is None:
        return None
    found = party.delivery(reading, nad)
    location: dict[str, Any] = found.get("delivery_location", {})
    return (location | found.get("delivery_party", {})) or None


def _write(schedule: DeliverySchedule, writing: Writing) -> None:
    release = writing.profile.release
    if not is_before(release, _LAST_KNOWN):
        rule = f"DELFOR is written in directories before D.{_LAST_KNOWN}."
        raise unwritable(rule, release, "Name an earlier one in the partner's profile.")
    is_old = is_before(release, "96B")
    writing.add("BGM", "241", schedule.id, "9")
    moment.write_date(writing, "137", schedule.issue_date, schedule.issue_time)
    if not is_old:
        note.write_notes(writing, schedule.note)
    reference.write_document(writing, _ORDERS[0], schedule.order_reference)
    if is_old:
        writing.add("UNS", "D")
    else:
        writing.add("GIS", _COMPLETE)
    places = {line.id: str(place) for place, line in enumerate(schedule.schedule_line, start=1)}
    for lines in _together(schedule.schedule_line):
        refers, head = lines[0].order_line_reference, schedule.order_reference.id
        writing.add("LIN", refers.line_id)
        reference.write_line(writing, _ORDERS[0], refers, head, refers.line_id)
        _write_lines(lines, places, writing, is_old)
    if is_old:
        writing.add("UNS", "S")
        writing.add("CNT", ("2", str(writing.count("LIN"))))
        note.write_notes(writing, schedule.note)


def _together(lines: tuple[ScheduleLine, ...]) -> Iterator[list[ScheduleLine]]:
    """Put neighbours together that are of one line, those without a place before the others."""
    group: list[ScheduleLine] = []
    for line in lines:
        if group and (
            line.order_line_reference != group[-1].order_line_reference
            or (line.delivery_location is None and group[-1].delivery_location is not None)
        ):
            yield group
            group = []
        group.append(line)
    yield group


def _write_lines(
    lines: list[ScheduleLine], places: dict[str, str], writing: Writing, is_old: bool
) -> None:
    begun = None
    for (location, certainty), each in groupby(lines, key=_kind):
        if location is not None and location != begun:
            party.write_delivery(writing, _PLACES[0], _delivery(location))
            begun = location
        if not is_old:
            writing.add("SCC", certainty)
        for line in each:
            with writing.line():
                amount.write_quantity(writing, _KINDS[0], line.quantity)
                if is_old and certainty == _FORECAST:
                    writing.add("SCC", certainty)
                moment.write_period(writing, line.promised_delivery_period, *_DUE)
                if line.id != places[line.id]:
                    writing.add("RFF", (_NUMBER, line.id))


def _delivery(location: Location) -> Delivery:
    """Give a place its name as that of who is there, which is what DELFOR has."""
    place = location.model_copy(update={"name": None})
    return Delivery(delivery_location=place, delivery_party=Party(name=location.name))


def _kind(line: ScheduleLine) -> tuple[Location | None, str]:
    return line.delivery_location, _FORECAST if line.note == (_NOT_FIRM,) else _FIRM


DELIVERY_SCHEDULE: Final = MessageType(
    EDIFACT,
    "DELFOR",
    DeliverySchedule,
    _LOOP,
    _read,
    _write,
    line="QTY",
    is_line=_is_planned,
)
"""Delivery schedule: each quantity that comes is a line.

Notes
-----
Source: UN/EDIFACT DELFOR, D.93A to D.21B; EANCOM. A week or a month is
the days from its first to its last. A forecast (SCC+4) is noted as not firm. Sums of what came
before and patterns of deliveries ride along.
"""
