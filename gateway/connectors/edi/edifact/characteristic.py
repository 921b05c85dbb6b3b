"""Characteristics of QALITY: what was measured, and whether it is within its limits.

Source: UN/EDIFACT CCI, MEA and TEM; UNCL 6311 (what a measurement is for), 6321 (its significance).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from gateway.connectors.edi.edifact import note
from gateway.connectors.edi.edifact.part import held
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from ledger.document.quality_report import Characteristic

CCI_LOOP: Final = (
    "(CCI CAV* PSD* SPS* DTM* FTX* (RFF DTM*)* (MEA DTM* (RFF DTM*)*)* (STA DTM* (RFF DTM*)*)* "
    "(TEM MEA* DTM* (RFF DTM*)*)*)*"
)
"""The loop of a characteristic."""

_RESULTS: Final = ("TR", "VO", "DV", "MV", "VT")
_LIMITS: Final = ("SV", "SE")
_BOUNDS: Final = dict.fromkeys(("5", "6"), "lower_limit") | dict.fromkeys(("7", "8"), "upper_limit")
_SIGNS: Final = {"5": "≥", "6": ">", "7": "<", "8": "≤"}
_OUT_OF_RANGE: Final = "15"

_Kind = tuple[str, str]
"""What is measured, and its unit as it was sent."""


def characteristics(reading: Reading, line: Group) -> list[dict[str, Any]]:
    """Read what was tested of a line, with distinct numbers."""
    parents = [line, *line.groups("GIN")] if len(list(line.groups("GIN"))) == 1 else [line]
    found = [
        each
        for parent in parents
        for cci in parent.groups("CCI")
        for each in _characteristics(reading, cci)
    ]
    numbers = [each.get("id") for each in found]
    if None in numbers or len(set(numbers)) < len(numbers):
        for place, each in enumerate(found, start=1):
            each["id"] = str(place)
    for each in found:
        each.setdefault("name", each["id"])
    return found


def _characteristics(reading: Reading, cci: Group) -> Iterator[dict[str, Any]]:
    """Read what is measured together: results of one property in one unit are one."""
    measured = [each.head for each in cci.groups("MEA")]
    results = [mea for mea in measured if mea[1] in _RESULTS and (mea.part(3, 2) or mea.part(2, 4))]
    kinds = list(dict.fromkeys(_kind(mea) for mea in results))
    own = reading.identifier(cci.head, 3, 1) or reading.identifier(cci.head, 2, 1)
    name = reading.text(cci.head, 3, 4) or reading.text(cci.head, 2, 4)
    tem = cci.group("TEM")
    method = None
    if tem is not None:
        method = reading.text(tem.head, 1, 4) or reading.text(tem.head, 1, 1)
    for kind in kinds or [("", "")]:
        of_kind = [mea for mea in results if _kind(mea) == kind]
        limits = [mea for mea in measured if mea[1] in _LIMITS and _is_of(mea, kind, kinds)]
        marked = [mea for mea in measured if mea[1] in _RESULTS and _is_of(mea, kind, kinds)]
        fields = {
            "id": (own if len(kinds) < 2 else None) or kind[0] or own,
            "name": name,
            "method": method,
            "note": note.notes(reading, cci),
        } | _values(reading, of_kind, limits, marked)
        yield reading.came_from(held(fields), of_kind[0] if of_kind else cci.head)


def _kind(mea: Segment) -> _Kind:
    return mea.part(2), mea.part(3)


def _is_of(mea: Segment, kind: _Kind, kinds: list[_Kind]) -> bool:
    """Tell whether a limit or a mark is of a kind of results, or of the only one there is."""
    return _kind(mea) == kind or (len(kinds) < 2 and mea.part(3) in ("", kind[1] or mea.part(3)))


def _values(
    reading: Reading, results: list[Segment], limits: list[Segment], marked: list[Segment]
) -> dict[str, Any]:
    """Read values and limits, and hold the ones against the others."""
    values, observed = [], []
    for mea in results:
        value = reading.decimal(mea, 3, 2, is_signed=True)
        sign = _SIGNS.get(mea.part(2, 2))
        if value is not None:
            observed += [f"{sign} {value}"] if sign else []
            values += [] if sign else [value]
        text = reading.text(mea, 2, 4)
        observed += [text] if text else []
    fields = _bounds(reading, limits)
    low, high = fields.get("lower_limit"), fields.get("upper_limit")
    fits = all(
        (low is None or Decimal(value) >= Decimal(low))
        and (high is None or Decimal(value) <= Decimal(high))
        for value in values
    )
    return fields | {
        "unit_code": next(
            (reading.unit(mea, 3) for mea in (*results, *limits) if mea.part(3)), None
        ),
        "measured_value": [{"value": value} for value in values],
        "observed": "; ".join(observed) or None,
        "conforms": fits and all(mea.part(2, 2) != _OUT_OF_RANGE for mea in marked),
    }


def _bounds(reading: Reading, limits: list[Segment]) -> dict[str, Any]:
    """Read the target, and from where to where values may be."""
    found: dict[str, Any] = {}
    for mea in limits:
        value, low, high = (reading.decimal(mea, 3, at, is_signed=True) for at in (2, 3, 4))
        field = _BOUNDS.get(mea.part(2, 2), "target_value")
        found |= held({"lower_limit": low, "upper_limit": high}) | held({field: value})
    return found


def write_characteristic(writing: Writing, found: Characteristic) -> None:
    """Write one thing that was tested."""
    name = found.name if found.name != found.id else None
    writing.add("CCI", None, None, (found.id, None, None, name))
    note.write_notes(writing, found.note)
    unit = writing.unit(found.unit_code) if found.unit_code else None
    if found.target_value is not None:
        writing.add("MEA", _LIMITS[0], None, (unit, found.target_value))
    if found.lower_limit is not None or found.upper_limit is not None:
        writing.add("MEA", _LIMITS[0], None, (unit, None, found.lower_limit, found.upper_limit))
    mark = None if found.conforms else _OUT_OF_RANGE
    for measured in found.measured_value:
        writing.add("MEA", _RESULTS[0], (None, mark), (unit, measured.value))
    if found.observed or (mark and not found.measured_value):
        writing.add("MEA", _RESULTS[0], (None, mark, None, found.observed), (unit,))
    if found.method:
        writing.add("TEM", (None, None, None, found.method))
