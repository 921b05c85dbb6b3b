"""Days and times in DTM: which moment of which format becomes which field.

Source: UNCL2005 (what a moment is about) and UNCL2379 (its format). Formats that name a week, a
month or a time with a zone of its own words have no field, and ride along.
"""

from __future__ import annotations

import re
from typing import Any, Final

from gateway.connectors.edi.finding import Fault
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing, compact_date
from gateway.connectors.edi.segment import Segment
from ledger.document.period import Period

REQUESTED: Final = ("2", "64", "63")
"""Delivery requested on a day, not before, not after."""

PROMISED: Final = ("69", "67", "17")
"""Delivery promised, current schedule, estimated."""

_DATE_LENGTHS: Final = {"": (8,), "101": (6,), "102": (8,), "201": (6,), "203": (8,), "204": (8,)}
_CLOCK_LENGTHS: Final = {"201": 4, "203": 4, "204": 6}
_SPANS: Final = {"711": 8, "718": 8, "719": 12}
"""Formats of a period, with the length of each of its ends."""

_is_clock = re.compile(r"([01]\d|2[0-3])([0-5]\d)([0-5]\d)?", re.ASCII).fullmatch


def date(reading: Reading, dtm: Segment | None) -> str | None:
    """Read the day of a moment."""
    return when(reading, dtm)[0]


def when(reading: Reading, dtm: Segment | None) -> tuple[str | None, str | None]:
    """Read the day of a moment, and its time where the partner's zone is known."""
    if dtm is None or not dtm.part(1, 2):
        return None, None
    text, form = dtm.part(1, 2), dtm.part(1, 3)
    if form not in _DATE_LENGTHS:
        return None, None
    length, clock_length = _DATE_LENGTHS[form][0], _CLOCK_LENGTHS.get(form, 0)
    found = _day(reading, dtm, text[:length] if len(text) == length + clock_length else text)
    if found is None or not clock_length:
        return found, None
    match = _is_clock(text[length:])
    if match is None:
        rule, advice = "A time is a time of day.", "Write it as HHMM, or HHMMSS."
        reading.report.add(dtm, 1, Fault.TIME_INVALID, rule, advice, component=2)
        return found, None
    zone = reading.profile.zone
    return found, f"{match[1]}:{match[2]}:{match[3] or '00'}{zone}" if zone else None


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
    length = _SPANS.get(dtm.part(1, 3))
    if length is None:
        end = date(reading, dtm)
        return {"end_date": end} if end else {}
    text = dtm.part(1, 2).replace("-", "")
    first, last = text[:length], text[length:]
    if len(last) != length:
        first = last = text
    ends = (_day(reading, dtm, first[:8]), _day(reading, dtm, last[:8]))
    return {"start_date": ends[0], "end_date": ends[1]} if all(ends) else {}


def period(reading: Reading, group: Group, on: str, after: str, before: str) -> dict[str, Any]:
    """Read when something is due: on a day, or not before and not after; empty if never."""
    ends = {
        field: date(reading, group.first("DTM", qualifier))
        for field, qualifier in (("start_date", after), ("end_date", before))
    }
    held = {field: found for field, found in ends.items() if found}
    return held or span(reading, group.first("DTM", on))


def first_period(reading: Reading, group: Group, *qualifiers: str) -> dict[str, Any] | None:
    """Read the first of several periods that is there."""
    for qualifier in qualifiers:
        found = span(reading, group.first("DTM", qualifier))
        if found:
            return found
    return None


def issued(reading: Reading, *qualifiers: str) -> str | None:
    """Read the day of a message: of the first qualifier it has, or else of its envelope."""
    for qualifier in qualifiers:
        segment = reading.tree.first("DTM", qualifier)
        if segment is not None and segment.part(1, 2):
            return date(reading, segment)
    if reading.message.envelope.date:
        return reading.message.envelope.date
    reading.missing(reading.tree.need("DTM"), 1, "A message names its day, with DTM+137.")
    return None


def write_date(writing: Writing, qualifier: str, found: str | None) -> None:
    """Write a day."""
    if found:
        writing.add("DTM", (qualifier, compact_date(found), "102"))


def write_period(writing: Writing, due: Period | None, on: str, after: str, before: str) -> None:
    """Write when something is due."""
    if due is None:
        return
    if due.end_date and due.start_date in (None, due.end_date):
        write_date(writing, on, due.end_date)
        return
    write_date(writing, after, due.start_date)
    write_date(writing, before, due.end_date)


def write_last(writing: Writing, qualifier: str, due: Period | None) -> None:
    """Write a period as one segment."""
    if due is None:
        return
    if due.start_date and due.end_date and due.start_date != due.end_date:
        ends = compact_date(due.start_date) + "-" + compact_date(due.end_date)
        writing.add("DTM", (qualifier, ends, "718"))
    else:
        write_date(writing, qualifier, due.end_date or due.start_date)
