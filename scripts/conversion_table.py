"""What each standard holds of each document, found out by writing every field and reading it again.

Nothing is declared: a document with a field is written by the connector of a standard, read again,
and compared. Fields that only stand together are tried together; where that cannot be written, one
by one.
"""

import itertools
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from conversion_samples import SAMPLES
from pydantic import ValidationError

from gateway.connectors.message import ConnectorRefused
from gateway.connectors.profile.partner import Partner
from gateway.conversion.conversion import write
from gateway.conversion.form import Manner, form_of
from gateway.conversion.loss import ADDED, CHANGED, Loss
from ledger.document.part import Document
from ledger.document.schema import DOCUMENT_MODELS

PARTNER = Partner(addresses=("ZZ:PARTNER",), own_address="ZZ:WE")
MANNER = Manner(datetime(2026, 3, 2, 9, 14), PARTNER)  # noqa: DTZ001

SOURCES: Final = ("x12", "edifact", "ubl", "cxml", "epcis", "json")
"""Shops write only what came from them."""

HELD, FIRST, OTHERWISE, NOT = "yes", "first", "changed", "no"

_BY_NAME: Final = {
    "currency_id": "EUR",
    "document_currency_code": "EUR",
    "tax_currency_code": "EUR",
    "unit_code": "C62",
    "endpoint_id": "4012345000009",
    "endpoint_scheme": "0088",
    "country": "DE",
    "line_id": "1",
}
_BY_PATTERN: Final = (
    ("[A-Z0-9]{1,3}", "C62"),
    ("[A-Z]{3}", "EUR"),
    ("[A-Z]{2}", "DE"),
    ("0x", "0x" + "ab" * 32),
    ("^[a-z]+/", "text/plain"),
)
_LEFT_OUT: Final = ("document_type", "schema_version", "extras", "attachment")

Fields = dict[str, Any]
Table = dict[str, dict[str, dict[str, str]]]


def held_fields() -> Table:
    """Find out, for each type of document, how each standard holds each field."""
    found: Table = {}
    for name, fields in SAMPLES.items():
        standards = [each for each in SOURCES if form_of(each, name) is not None]
        found[name] = dict(sorted(_of_type(_Kind(name, fields), standards).items()))
    return found


class _Kind:
    """A type of document: its schema, and a sample to which fields are added."""

    def __init__(self, name: str, sample: Fields) -> None:
        self.model = DOCUMENT_MODELS[name]
        self.schema = self.model.model_json_schema()
        self.sample: Fields = {
            "document_type": name,
            "schema_version": 2,
            "id": "DOC-1",
            "issue_date": "2026-03-02",
            **sample,
        }

    def document(self, fields: Fields) -> Document | None:
        """Make a document, if the model takes the fields."""
        try:
            return self.model.model_validate(fields)
        except ValidationError:
            return None

    def groups(self) -> Iterator[tuple[str, ...]]:
        """Name the fields of the head, and those of a line."""
        lines = self.model.lines_field
        for name, node in self.schema["properties"].items():
            if name == lines:
                inner = self._resolved(node["items"])
                yield from ((name, "0", each) for each in inner["properties"] if each != "extras")
            elif name not in _LEFT_OUT:
                yield (name,)

    def filled(self, steps: tuple[str, ...]) -> Any:
        """Give a field everything that it may have."""
        node = self.schema["properties"][steps[0]]
        if len(steps) > 1:
            node = self._resolved(node["items"])["properties"][steps[2]]
        return self._value(node, steps[-1], 0, ())

    def _resolved(self, node: Fields) -> Fields:
        while "$ref" in node or "anyOf" in node:
            if "anyOf" in node:
                node = next(each for each in node["anyOf"] if each.get("type") != "null")
            else:
                node = self.schema["$defs"][node["$ref"].rpartition("/")[2]]
        return node

    def _value(self, node: Fields, name: str, nth: int, trail: tuple[str, ...]) -> Any:
        node = self._resolved(node)
        if node.get("type") == "object":
            title = node["title"]
            if title in trail:
                return None
            values = {
                each: self._value(inner, each, nth, (*trail, title))
                for each, inner in node["properties"].items()
                if each not in _LEFT_OUT
            }
            return {each: value for each, value in values.items() if value not in (None, [])}
        if node.get("type") == "array":
            items = [self._value(node["items"], name, each, trail) for each in (0, 1)]
            return [each for each in items if each is not None]
        return _scalar(node, name, nth)


def _scalar(node: Fields, name: str, nth: int) -> Any:
    if "const" in node or "enum" in node:
        return node["const"] if "const" in node else node["enum"][0]
    if node["type"] == "boolean":
        return True
    if node["type"] == "integer":
        return max(node.get("minimum", 1), 1) + nth
    if name in _BY_NAME:
        return _BY_NAME[name]
    pattern = node.get("pattern", "")
    if "T([01]" in pattern:
        return f"2026-03-0{nth + 1}T12:30:00Z"
    if "02-29" in pattern:
        return f"2026-03-0{nth + 1}"
    if ":[0-5]" in pattern:
        return "12:30:00Z"
    if pattern.startswith("^(0|"):
        return str(nth + 2)
    for part, value in _BY_PATTERN:
        if part in pattern:
            return value
    return f"{name[:12]}{nth + 1}" if "\\s" in pattern else f"{name[:20]} {nth + 1}"


def _of_type(kind: _Kind, standards: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for steps in kind.groups():
        fields = _with(kind, kind.sample, steps, kind.filled(steps))
        pointers = list(_leaves(_at(fields, steps), "/" + "/".join(steps)))
        for standard in standards:
            for pointer, mark in _tried(kind, fields, steps, pointers, standard).items():
                found.setdefault(pointer, {})[standard] = mark
    return found


def _with(kind: _Kind, fields: Fields, steps: tuple[str, ...], value: Any) -> Fields:
    """Set a field, or as much of it as the model takes."""
    whole = _put(fields, steps, value)
    if kind.document(whole) is not None:
        return whole
    if isinstance(value, dict):
        for name, inner in value.items():
            fields = _with(kind, fields, (*steps, name), inner)
    elif isinstance(value, list) and value:
        fields = _with(kind, fields, steps, value[:-1])
    return fields


def _put(fields: Fields, steps: tuple[str, ...], value: Any) -> Fields:
    """Give a copy with one value set; what is around it is made where it is missing."""
    copy: Any = json.loads(json.dumps(fields))
    at = copy
    for step, following in itertools.pairwise(steps):
        inner: Any = [] if following.isdecimal() else {}
        if isinstance(at, list):
            at.extend([inner] if int(step) >= len(at) else [])
            at = at[min(int(step), len(at) - 1)]
        else:
            at = at.setdefault(step, inner)
    if isinstance(at, list):
        at[int(steps[-1]) :] = [value]
    else:
        at[steps[-1]] = value
    return dict(copy)


def _at(fields: Fields, steps: tuple[str, ...]) -> Any:
    at: Any = fields
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at.get(step, {})
    return at


def _leaves(value: Any, pointer: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{pointer}/{name}")
    elif isinstance(value, list):
        for nth, inner in enumerate(value):
            yield from _leaves(inner, f"{pointer}/{nth}")
    else:
        yield pointer


def _tried(
    kind: _Kind, fields: Fields, steps: tuple[str, ...], pointers: list[str], standard: str
) -> dict[str, str]:
    losses = _losses(kind, fields, standard)
    if losses is not None:
        return _summed((each, _mark(each, losses)) for each in pointers)
    marks = []
    for pointer in pointers:
        place = tuple(pointer[1:].split("/"))
        single = _with(kind, kind.sample, place, _at(fields, place))
        own = _losses(kind, single, standard)
        marks.append((pointer, NOT if own is None else _mark(pointer, own)))
    return _summed(marks)


def _losses(kind: _Kind, fields: Fields, standard: str) -> tuple[Loss, ...] | None:
    document = kind.document(fields)
    if document is None:
        return None
    try:
        return write(document, standard, MANNER).losses
    except ConnectorRefused:
        return None


def _mark(pointer: str, losses: tuple[Loss, ...]) -> str:
    for loss in losses:
        is_about = pointer == loss.pointer or pointer.startswith(f"{loss.pointer}/")
        if is_about and loss.reason != ADDED:
            return OTHERWISE if loss.reason == CHANGED else NOT
    return HELD


def _summed(marks: Any) -> dict[str, str]:
    """Bring the items of lists together: all are held, or the first one only, or none."""
    found: dict[str, list[str]] = {}
    for pointer, mark in marks:
        pattern = "/".join("*" if each.isdecimal() else each for each in pointer.split("/"))
        found.setdefault(pattern, []).append(mark)
    return {
        pattern: FIRST if each[0] == HELD and each[-1] != HELD else each[0]
        for pattern, each in found.items()
    }
