"""What a document does not give again of the JSON it was read from, to ride along and be put back.

A document is written in the format it came in; where that gives something else than what came, the
residue says what to set and what to leave out. Whatever a document gives fully is not in it, and so
follows the document when it is changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from gateway.connectors.json.reader import read_json, write_json
from ledger.document.part import Extra
from ledger.document.scalar import TEXT_CHARS_MAX

_SET: Final = "set"
_ABSENT: Final = "absent"
_INNER: Final = "inner"


def residue(given: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Say what makes `whole` of `given`; empty when they are the same."""
    names_set: dict[str, Any] = {}
    inner: dict[str, Any] = {}
    for name, value in whole.items():
        known = given.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            deeper = residue(known, value)
            if deeper:
                inner[name] = deeper
        elif name not in given or write_json(known) != write_json(value):
            names_set[name] = value
    absent = [name for name in given if name not in whole]
    parts = {_SET: names_set, _ABSENT: absent, _INNER: inner}
    return {name: part for name, part in parts.items() if part}


def restore(given: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    """Make the whole again."""
    absent = rest.get(_ABSENT, ())
    whole = {name: value for name, value in given.items() if name not in absent}
    for name, deeper in rest.get(_INNER, {}).items():
        known = whole.get(name)
        whole[name] = restore(known if isinstance(known, dict) else {}, deeper)
    return {**whole, **rest.get(_SET, {})}


def to_extras(path: str, value: Any) -> list[Extra]:
    """Carry a value in extras of one path, long texts in pieces; nothing when it is empty."""
    if value in ({}, []):
        return []
    text = write_json(value).decode()
    return [
        Extra(path=path, value=text[start : start + TEXT_CHARS_MAX])
        for start in range(0, len(text), TEXT_CHARS_MAX)
    ]


def from_extras(extras: Iterable[Extra], path: str, default: Any) -> Any:
    """Give back the value of a path.

    Raises
    ------
    MalformedJson
        If somebody has changed the extras to what is no JSON.
    """
    text = "".join(each.value for each in extras if each.path == path)
    return read_json(text.encode()).value if text else default
