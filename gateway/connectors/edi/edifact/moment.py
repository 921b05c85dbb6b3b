"""Days and times in DTM: which moment of which format becomes which field.

Source: UNCL2005 (what a moment is about) and UNCL2379 (its format). A time has the zone that it
names, as ``+01`` or ``UTC``, or else that of the partner's profile. One whose zone is not known, or
only by a word such as ``CET``, rides along; so do formats that have no day.
"""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from gateway.connectors.edi.finding import Fault
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from ledger.document.period import Period

REQUESTED: Final = ("2", "64", "63")
"""Delivery requested on a day, not before, not after."""

PROMISED: Final = ("69", "67", "17")
"""Delivery promised, current schedule, estimated."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A format: how many digits of a day and of a time, whether a zone follows, and its order."""

    day: int
    clock: int = 0
    has_zone: bool = False
    order: tuple[int, ...] = ()
    """Where year, month and day begin and end, if they are not in this order."""


_FORMS: Final = {
    "": _Form(8),
    "2": _Form(6, order=(4, 6, 2, 4, 0, 2)),
    "3": _Form(6, order=(4, 6, 0, 2, 2, 4)),
    "4": _Form(8, order=(4, 8, 2, 4, 0, 2)),
    "101": _Form(6),
    "102": _Form(8),
    "201": _Form(6, 4),
    "202": _Form(6, 6),
    "203": _Form(8, 4),
    "204": _Form(8, 6),
    "205": _Form(8, 4, has_zone=True),
    "301": _Form(6, 4, has_zone=True),
    "302": _Form(6, 6, has_zone=True),
    "303": _Form(8, 4, has_zone=True),
    "304": _Form(8, 6, has_zone=True),
}
_SPANS: Final = {"711": "102", "717": "101", "718": "102", "719": "203"}
"""Formats of a period, with that of each of its ends."""

_WHOLE: Final = {"602": "CCYY", "609": "YYMM", "610": "CCYYMM", "615": "YYWW", "616": "CCYYWW"}
"""Formats of a whole year, month or week."""

_CENTURY: Final = "20"
_UTC: Final = "UTC"

_is_clock = re.compile(r"([01]\d|2[0-3])([0-5]\d)([0-5]\d)?", re.ASCII).fullmatch
_is_offset = re.compile(r"([+-])(0\d|1[0-4]):?([0-5]\d)?", re.ASCII).fullmatch
_is_time = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)").fullmatch

Moment = tuple[str | None, str | None]
"""A day, and its time."""


def date(reading: Reading, dtm: Segment | None) -> str | None:
    """Read the day of a moment."""
    return when(reading, dtm)[0]


def when(reading: Reading, dtm: Segment | None) -> Moment:
    """Read the day of a moment, and its time where the zone is known."""
    if dtm is None or not dtm.part(1, 2) or dtm.part(1, 3) not in _FORMS:
        return None, None
    return _moment(reading, dtm, dtm.part(1, 2), _FORMS[dtm.part(1, 3)])


def fields(reading: Reading, dtm: Segment | None, day: str, time: str) -> dict[str, Any]:
    """Read a moment into two fields, as far as it is there."""
    found = dict(zip((day, time), when(reading, dtm), strict=True))
    return {name: value for name, value in found.items() if value is not None}


def _moment(reading: Reading, dtm: Segment, text: str, form: _Form) -> Moment:
    clock = form.day + form.clock
    is_whole = len(text) > clock if form.has_zone else len(text) == clock
    digits = text[: form.day] if is_whole else text
    if form.order and is_whole and not reading.profile.dates:
        at = form.order
        digits = digits[at[0] : at[1]] + digits[at[2] : at[3]] + digits[at[4] : at[5]]
    found = _day(reading, dtm, digits)
    if found is None or not form.clock:
        return found, None
    match = _is_clock(text[form.day : clock])
    if match is None:
        rule, advice = "A time is a time of day.", "Write it as HHMM, or HHMMSS."
        reading.report.add(dtm, 1, Fault.TIME_INVALID, rule, advice, component=2)
        return found, None
    zone = _zone(text[clock:]) if form.has_zone else reading.profile.zone
    return found, f"{match[1]}:{match[2]}:{match[3] or '00'}{zone}" if zone else None


def _zone(text: str) -> str:
    """Read a zone; empty when it is only a word."""
    if text in (_UTC, "GMT", "Z"):
        return "Z"
    match = _is_offset(text)
    return f"{match[1]}{match[2]}:{match[3] or '00'}" if match else ""


def _day(reading: Reading, dtm: Segment, text: str) -> str | None:
    try:
        return reading.day(text)
    except ValueError:
        rule = "A date is a day of the calendar, in the format that DTM names."
        advice = "Write it as CCYYMMDD with format 102."
        reading.report.add(dtm, 1, Fault.DATE_INVALID, rule, advice, component=2)
        return None


def span(reading: Reading, dtm: Segment | None) -> dict[str, Any]:
    """Read a period in one segment, or its day as the last of one."""
    if dtm is None:
        return {}
    form = dtm.part(1, 3)
    if form in _WHOLE:
        return _whole(reading, dtm, _WHOLE[form])
    if form not in _SPANS:
        return fields(reading, dtm, "end_date", "end_time")
    text, end = dtm.part(1, 2).replace("-", ""), _FORMS[_SPANS[form]]
    length = end.day + end.clock
    first, last = text[:length], text[length:] or text
    names = ("start_date", "start_time", "end_date", "end_time")
    values = (*_moment(reading, dtm, first, end), *_moment(reading, dtm, last, end))
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _whole(reading: Reading, dtm: Segment, pattern: str) -> dict[str, Any]:
    """Read a year, a month or a week as the days from its first to its last."""
    text = dtm.part(1, 2)
    digits = text if pattern.startswith("CC") else _CENTURY + text
    try:
        if not digits.isascii() or not digits.isdecimal() or len(text) != len(pattern):
            raise ValueError(text)
        first, last = _ENDS[pattern[-2:]](int(digits[:4]), int(digits[4:] or 1))
    except ValueError:
        rule = f"A year, month or week of the calendar is written as {pattern}."
        advice = "Write its first and last day with format 718."
        reading.report.add(dtm, 1, Fault.DATE_INVALID, rule, advice, component=2)
        return {}
    return {"start_date": first.isoformat(), "end_date": last.isoformat()}


_ENDS: Final[dict[str, Callable[[int, int], tuple[datetime.date, datetime.date]]]] = {
    "YY": lambda year, _: (datetime.date(year, 1, 1), datetime.date(year, 12, 31)),
    "MM": lambda year, month: (
        datetime.date(year, month, 1),
        datetime.date(year, month, monthrange(year, month)[1]),
    ),
    "WW": lambda year, week: (
        datetime.date.fromisocalendar(year, week, 1),
        datetime.date.fromisocalendar(year, week, 7),
    ),
}


def period(reading: Reading, group: Group, on: str, after: str, before: str) -> dict[str, Any]:
    """Read when something is due: on a day, or not before and not after; empty if never."""
    held = fields(reading, group.first("DTM", after), "start_date", "start_time")
    held |= fields(reading, group.first("DTM", before), "end_date", "end_time")
    return held or span(reading, group.first("DTM", on))


def first_period(reading: Reading, group: Group, *qualifiers: str) -> dict[str, Any] | None:
    """Read the first of several periods that is there."""
    for qualifier in qualifiers:
        found = span(reading, group.first("DTM", qualifier))
        if found:
            return found
    return None


def issued(reading: Reading, *qualifiers: str) -> dict[str, Any]:
    """Read when a message was issued: the first qualifier it has, or else the day it was sent."""
    for qualifier in qualifiers:
        segment = reading.tree.first("DTM", qualifier)
        if segment is not None and segment.part(1, 2):
            return fields(reading, segment, "issue_date", "issue_time")
    if reading.message.envelope.date:
        return {"issue_date": reading.message.envelope.date}
    reading.missing(reading.tree.need("DTM"), 1, "A message names its day, with DTM+137.")
    return {}


def write_date(writing: Writing, qualifier: str, day: str | None, time: str | None = None) -> None:
    """Write a day, with its time in the zone of the receiver or else with the zone."""
    if not day:
        return
    match = _is_time(time or "")
    if match is None:
        writing.add("DTM", (qualifier, writing.day(day), "102"))
        return
    hours, minutes, seconds, zone = match.groups()
    text = f"{writing.day(day)}{hours}{minutes}"
    if zone != writing.profile.zone and zone[4:] not in ("", "00"):
        writing.add("DTM", (qualifier, text + zone.replace(":", ""), "205"))
        return
    form = 203
    if seconds != "00":
        text, form = text + seconds, form + 1
    if zone != writing.profile.zone:
        text, form = text + (_UTC if zone == "Z" else zone[:3]), form + 100
    writing.add("DTM", (qualifier, text, str(form)))


def write_period(writing: Writing, due: Period | None, on: str, after: str, before: str) -> None:
    """Write when something is due."""
    if due is None:
        return
    if not due.start_date:
        write_date(writing, on, due.end_date, due.end_time)
        return
    write_date(writing, after, due.start_date, due.start_time)
    write_date(writing, before, due.end_date, due.end_time)


def write_last(writing: Writing, qualifier: str, due: Period | None) -> None:
    """Write a period as one segment; an open end has none that says so."""
    if due is None or not due.end_date:
        return
    if due.start_date:
        ends = [writing.day(due.start_date), writing.day(due.end_date)]
        form, clocks = "718", [_clock(writing, each) for each in (due.start_time, due.end_time)]
        if all(clocks):
            form, ends = "719", [day + clock for day, clock in zip(ends, clocks, strict=True)]
        writing.add("DTM", (qualifier, "-".join(ends), form))
    else:
        write_date(writing, qualifier, due.end_date, due.end_time)


def _clock(writing: Writing, time: str | None) -> str:
    """Spell hours and minutes of a time in the zone of the receiver; empty when it is no such."""
    match = _is_time(time or "")
    is_plain = match is not None and match[3] == "00" and match[4] == writing.profile.zone
    return match[1] + match[2] if match is not None and is_plain else ""
