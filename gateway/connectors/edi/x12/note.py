"""Notes in words, in and out.

Source: ASC X12 segments N9, MSG and MTX, which took the place of MSG in later releases.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing

_NOTE: Final = "L1"
"""Qualifier of N9 for letters and notes."""

_TEXT_SINCE: Final = "005010"


def notes(reading: Reading, group: Group) -> list[str]:
    """Read what is said in words, under any reference and under none."""
    return [text for each in (*group.groups("N9"), group) for text in _texts(reading, each)]


def _texts(reading: Reading, group: Group) -> Iterable[Any]:
    places = {"MSG": 1, "MTX": 2}
    found = (reading.text(each, places[each.tag]) for each in group.all(*places))
    return (text for text in found if text)


def write_notes(writing: Writing, notes: Iterable[str]) -> None:
    """Write notes, each with a reference of its own."""
    is_later = writing.profile.release >= _TEXT_SINCE
    for text in notes:
        writing.add("N9", _NOTE, "NOTE")
        writing.add(*(("MTX", None, text) if is_later else ("MSG", text)))
