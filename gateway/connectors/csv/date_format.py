"""Date formats of profiles, read the same under every locale."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_PARTS: Final = {
    "%d": r"(?P<day>\d{1,2})",
    "%m": r"(?P<month>\d{1,2})",
    "%b": r"(?P<name>[A-Za-z]{3})",
    "%y": r"(?P<short>\d\d)",
    "%Y": r"(?P<year>\d{4})",
    "%%": "%",
}
_CENTURY_PIVOT: Final = 69

DateReader = Callable[[str], str | None]


def date_reader(pattern: str) -> DateReader:
    """Compile a date format.

    Parameters
    ----------
    pattern : str
        With ``%d`` day, ``%m`` month, ``%b`` English month name of three letters, ``%y`` year of
        two digits (00–68 are 20xx, 69–99 are 19xx, as POSIX has it), ``%Y`` year of four digits.

    Returns
    -------
    callable
        Text to ``YYYY-MM-DD``; ``None`` when the text is no such date.

    Raises
    ------
    ValueError
        If the format names no day, month and year, or something unknown.
    """
    pieces = re.split(r"(%.)", pattern)
    unknown = [piece for piece in pieces if piece.startswith("%") and piece not in _PARTS]
    if unknown:
        raise ValueError(f"{unknown[0]} is no part of a date")
    try:
        expression = "".join(_PARTS.get(each) or re.escape(each) for each in pieces)
        matcher = re.compile(expression, re.ASCII)
    except re.error:
        raise ValueError("a part of the date stands twice") from None
    groups = matcher.groupindex.keys()
    if not ("day" in groups and groups & {"month", "name"} and groups & {"year", "short"}):
        raise ValueError("a date needs day, month and year")

    def read(text: str) -> str | None:
        match = matcher.fullmatch(text)
        return None if match is None else _assemble(match.groupdict())

    return read


def _assemble(parts: dict[str, str]) -> str | None:
    if "year" in parts:
        year = int(parts["year"])
    else:
        year = int(parts["short"])
        year += 2000 if year < _CENTURY_PIVOT else 1900
    month = int(parts["month"]) if "month" in parts else _MONTHS.get(parts["name"].lower(), 0)
    try:
        return date(year, month, int(parts["day"])).isoformat()
    except ValueError:
        return None
