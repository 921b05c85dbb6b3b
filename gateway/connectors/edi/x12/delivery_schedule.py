"""X12 830, Planning Schedule with Release Capability, in and out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import part
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.delivery_schedule import DeliverySchedule, ScheduleLine
from ledger.document.party import Location

_FST: Final = "(FST QTY* SDQ* DTM* (LM LQ*)* (JIT REF* DTM*)*)*"
_N1_LOOP: Final = "(N1 N2* N3* N4* REF* PER* FOB* TD1* TD5* TD3* TD4*)*"

_LOOP: Final = loop_map(
    "BFR! XPO* CUR REF* PER* TAX* FOB* CTP* SAC* CSH* ITD* DTM* PID* MEA* PWK* PKG* TD1* TD5* TD3* "
    f"TD4* MAN* NTE* {_N1_LOOP} (LM LQ*)* "
    "(LIN UIT* DTM* CUR PO3* CTP* PID* MEA* PWK* PKG* PO4* PRS REF* PER* SAC* ITD* TAX* FOB* LDT* "
    f"QTY* ATH* TD1* TD5* TD3* TD4* MAN* DD* (SLN PID* NM1*)* {_N1_LOOP} (LM LQ*)* {_FST} "
    f"(SDP {_FST})* ATH* (SHP REF*)* TD1* TD5* TD3* TD4*)*! (CTT)"
)

_CANCELLED: Final = ("01", "03")
_CUMULATIVE: Final = "C"
_FIRM: Final = ("C", "A")
_PLANNED: Final = "D"
"""Forecasts (element 680): firm or immediate, and one of those that are not."""

_NOT_FIRM: Final = "not firm"
_DAILY: Final = ("D", "C")
_INTERVAL: Final = "F"
"""Timing (element 681): on a day, or between two."""

_ORDER: Final = "PO"
_ORDER_LINE: Final = "PL"
_LINE_ID: Final = "LI"
_SHIP_TO: Final = "ST"


@dataclass(frozen=True, slots=True)
class _Goods:
    """What the quantities of one LIN have in common."""

    refers: dict[str, Any]
    unit: str | None
    location: dict[str, Any] | None


def _read(reading: Reading) -> dict[str, Any]:
    tree = reading.tree
    bfr = tree.need("BFR")
    if reading.code(bfr, 1) in _CANCELLED:
        rule = "BFR01 says that this is a schedule: new, changed or replaced."
        reading.refuse_value(bfr, 1, rule, "Send the schedule as it is now, with 05.")
    if reading.code(bfr, 5) == _CUMULATIVE:
        rule = "BFR05 says that quantities are those of each delivery, not sums since a day."
        reading.refuse_value(bfr, 5, rule, "Send the quantities themselves, with A.")
    groups = list(tree.groups("LIN"))
    named = [part.product(reading, each.head, _ORDER) for each in groups]
    order = (
        reading.identifier(bfr, 11)
        or part.reference(reading, tree, _ORDER)
        or next((each for each in named if each), None)
        or reading.identifier(bfr, 10)
    )
    if order is None:
        reading.missing(bfr, 11, "A schedule names the order or the contract that it is for.")
    place = _location(reading, tree)
    part.check_lines(reading, len(groups))
    lines = [
        line
        for number, (group, own) in enumerate(zip(groups, named, strict=True), start=1)
        for line in _lines(reading, group, str(number), own if own != order else None, place)
    ]
    if len({line["id"] for line in lines}) < len(lines):
        for number, line in enumerate(lines, start=1):
            line["id"] = str(number)
    fields = {
        "id": reading.identifier(bfr, 2) or reading.identifier(bfr, 3),
        "issue_date": reading.date(bfr, 8),
        "order_reference": {"id": order},
        "schedule_line": lines,
    }
    return part.held(fields)


def _location(reading: Reading, group: Group) -> dict[str, Any] | None:
    found = part.delivery(reading, group.group("N1", _SHIP_TO))
    place: dict[str, Any] = found.get("delivery_location", {})
    name = found.get("delivery_party", {}).get("name")
    return place | ({"name": name} if name else {}) or None


def _lines(
    reading: Reading, group: Group, number: str, order: str | None, place: dict[str, Any] | None
) -> Iterator[dict[str, Any]]:
    lin, uit = group.head, group.need("UIT")
    line_id = part.product(reading, lin, _ORDER_LINE) or reading.identifier(lin, 1) or number
    refers: dict[str, Any] = {"line_id": line_id}
    if order:
        refers["document_reference"] = {"id": order}
    goods = _Goods(refers, reading.unit(uit, 1), _location(reading, group) or place)
    if not uit[1]:
        reading.missing(lin, 0, "The quantities of a schedule have a unit, in UIT01.")
    inner = [fst for sdp in group.groups("SDP") for fst in sdp.groups("FST")]
    for count, fst in enumerate([*group.groups("FST"), *inner], start=1):
        yield _line(reading, fst.head, f"{line_id}-{count}", goods)


def _line(reading: Reading, fst: Segment, number: str, goods: _Goods) -> dict[str, Any]:
    own = reading.identifier(fst, 9) if fst[8] == _LINE_ID else None
    value = reading.decimal(fst, 1)
    day, end = reading.date(fst, 4), reading.date(fst, 5)
    is_day = reading.code(fst, 3) in _DAILY and not end
    period = {"end_date": day} if is_day else {"start_date": day, "end_date": end}
    fields = {
        "id": own or number,
        "order_line_reference": goods.refers,
        "quantity": {"value": value, "unit_code": goods.unit},
        "promised_delivery_period": part.held(period),
        "delivery_location": goods.location,
        "note": [] if reading.code(fst, 2) in _FIRM else [_NOT_FIRM],
    }
    return reading.came_from(part.held(fields), fst)


def _write(schedule: DeliverySchedule, writing: Writing) -> None:
    days = [
        day
        for line in schedule.schedule_line
        for day in (
            line.promised_delivery_period.start_date,
            line.promised_delivery_period.end_date,
        )
        if day
    ]
    first = writing.day(min(days, default=schedule.issue_date))
    last = writing.day(max(days, default=schedule.issue_date))
    issued = writing.day(schedule.issue_date)
    order = schedule.order_reference.id
    head = ("05", schedule.id, None, "DL", "A", first, last, issued, None, None, order)
    writing.add("BFR", *head)
    places = {line.delivery_location for line in schedule.schedule_line}
    shared = next(iter(places)) if len(places) == 1 else None
    _write_location(shared, writing)
    runs = [list(run) for _, run in groupby(schedule.schedule_line, key=_goods)]
    for run in runs:
        _write_goods(run, order, shared, writing)
    writing.add("CTT", str(len(runs)))


def _goods(line: ScheduleLine) -> tuple[object, ...]:
    return line.order_line_reference, line.quantity.unit_code, line.delivery_location


def _write_location(place: Location | None, writing: Writing) -> None:
    if place is not None:
        part.write_location(writing, _SHIP_TO, place)


def _write_goods(
    lines: list[ScheduleLine], order: str, shared: Location | None, writing: Writing
) -> None:
    refers, unit = lines[0].order_line_reference, lines[0].quantity.unit_code
    document = refers.document_reference
    number = document.id if document is not None else order
    writing.add("LIN", refers.line_id, _ORDER, number)
    writing.add("UIT", writing.unit(unit))
    if shared is None:
        _write_location(lines[0].delivery_location, writing)
    for count, line in enumerate(lines, start=1):
        with writing.line():
            _write_line(line, f"{refers.line_id}-{count}", writing)


def _write_line(line: ScheduleLine, number: str, writing: Writing) -> None:
    forecast = _PLANNED if line.note == (_NOT_FIRM,) else _FIRM[0]
    due = line.promised_delivery_period
    start, end = (each and writing.day(each) for each in (due.start_date, due.end_date))
    is_day = start is None or (start == end)
    days = (end, None) if is_day else (start, end)
    own = (None, None, _LINE_ID, line.id) if line.id != number else ()
    timing = _DAILY[0] if is_day else _INTERVAL
    writing.add("FST", line.quantity.value, forecast, timing, *days, *own)


DELIVERY_SCHEDULE: Final = MessageType(
    X12,
    "830",
    DeliverySchedule,
    _LOOP,
    _read,
    _write,
    line="FST",
    parties=("", ""),
)
"""Planning Schedule with Release Capability.

Notes
-----
Source: ASC X12 830, releases 003040 to 008030. Each FST is a line: a quantity of a line of an order
(LIN01, or PL and PO in LIN), on a day or between two. What is not firm says so
in a note. Cumulative quantities are refused; authorizations and what was received (ATH, SHP) ride
along.
"""
