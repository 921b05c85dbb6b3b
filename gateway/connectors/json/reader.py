"""JSON in and out, exactly: no floats, no name twice, bounded, and every value has a place.

Reading is done by the standard library; only when something is wrong is the text walked again, for
the line and the column of what is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from secrets import token_hex
from typing import Any, Final

from gateway.connectors.message import ConnectorRefused, Finding, Location, shortened

BYTES_MAX: Final = 64 * 1024 * 1024
DEPTH_MAX: Final = 64
DIGITS_MAX: Final = 128
"""Of one number, so that none takes long to read."""

_MARK: Final = token_hex(16)
_MARKED: Final = re.compile(f'"{_MARK}([^"]*)"')
_BOM: Final = b"\xef\xbb\xbf"
_QUOTED: Final = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_BRACKET: Final = re.compile(rf"{_QUOTED}|[\[\]{{}}]", re.DOTALL)
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_STRING: Final = re.compile(_QUOTED, re.DOTALL)
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_ATOM: Final = re.compile(r"[^\s,\]}]*")

Step = str | int


class MalformedJson(ConnectorRefused):
    """The bytes are not JSON, or not JSON that can be read one way only."""


@dataclass(frozen=True, slots=True)
class JsonText:
    """A value and the text it was read from.

    Parameters
    ----------
    value : object
        Objects are dicts, numbers with a point or an exponent are `Decimal`.
    text : str
        The text, for places.
    """

    value: Any
    text: str
    _inside: dict[int, dict[Step, int]] = field(default_factory=dict, compare=False, repr=False)

    def locate(self, steps: Iterable[Step]) -> Location:
        """Say where a value stands: its own place, or that of the nearest one around it."""
        path = tuple(steps)
        at = _skip(self.text, 0)
        for step in path:
            if at not in self._inside:
                self._inside[at] = dict(_members(self.text, at))
            if step not in self._inside[at]:
                break
            at = self._inside[at][step]
        return _location(self.text, at, pointer_of(path))


def has_step(value: Any, step: Step) -> bool:
    """Tell whether a value is an object with such a member, or an array with such an item."""
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)


def pointer_of(steps: Iterable[Step]) -> str:
    """Spell steps as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def read_json(content: bytes) -> JsonText:
    """Read JSON.

    Raises
    ------
    MalformedJson
        If it is not JSON in UTF-8, names a member twice, holds numbers no document can hold, or
        is too large or too deep.
    """
    if len(content) > BYTES_MAX:
        raise _malformed("", 0, f"A message has at most {BYTES_MAX} bytes.", "Split the message.")
    try:
        text = content.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        raise _malformed(before, len(before), "JSON is UTF-8.", "Write it in UTF-8.") from None
    _require_shallow(text)
    try:
        value = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse_constant,
            object_pairs_hook=_distinct,
        )
    except json.JSONDecodeError as error:
        rule = f"The text is not JSON: {error.msg}."
        raise _malformed(text, error.pos, rule, "Correct the syntax.") from None
    except _Unreadable as error:
        raise _malformed(text, _find(text, error.text), error.rule, error.advice) from None
    _require_unicode(value, text)
    return JsonText(value, text)


def write_json(value: Any) -> bytes:
    """Write a value on one line; numbers as they were read."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_marked)
    return (_MARKED.sub(r"\1", text) if _MARK in text else text).encode()


def _marked(value: object) -> str:
    """Spell a decimal as a text that the encoder takes; its mark cannot be foreseen."""
    assert isinstance(value, Decimal), "nothing else is written"
    return f"{_MARK}{value}"


class _Unreadable(Exception):
    def __init__(self, rule: str, advice: str, text: str) -> None:
        super().__init__(rule)
        self.rule, self.advice, self.text = rule, advice, text


def _malformed(text: str, offset: int, rule: str, advice: str) -> MalformedJson:
    found = shortened(text[offset : offset + 40].partition("\n")[0])
    return MalformedJson([Finding(rule, _location(text, offset, ""), found, advice)])


def _decimal(text: str) -> Decimal:
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > DIGITS_MAX or len(exponent) > 4:
        raise _Unreadable(f"A number has at most {DIGITS_MAX} digits.", "Shorten it.", text)
    return Decimal(text)


def _integer(text: str) -> int:
    if len(text) > DIGITS_MAX:
        raise _Unreadable(f"A number has at most {DIGITS_MAX} digits.", "Shorten it.", text)
    return int(text)


def _refuse_constant(text: str) -> None:
    raise _Unreadable("JSON knows no such number.", "Write a number, or leave it out.", text)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        spelled = json.dumps(twice, ensure_ascii=False)
        raise _Unreadable("An object names each member once.", "Remove one of the two.", spelled)
    return members


def _find(text: str, part: str) -> int:
    return max(text.find(part), 0)


def _require_shallow(text: str) -> None:
    """Refuse what would exhaust the stack, before anything is built of it."""
    depth = 0
    for match in _BRACKET.finditer(text):
        mark = match[0]
        if mark in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                rule = f"A message nests at most {DEPTH_MAX} deep."
                raise _malformed(text, match.start(), rule, "Nest less deeply.")
        elif mark in "]}":
            depth -= 1


def _require_unicode(value: Any, text: str) -> None:
    escape = _SURROGATE.search(text)
    if escape is None:
        return
    try:
        write_json(value)
    except UnicodeEncodeError:
        rule = "Half of a surrogate pair is no character."
        raise _malformed(text, escape.start(), rule, "Write both halves.") from None


def _location(text: str, offset: int, path: str) -> Location:
    line_start = text.rfind("\n", 0, offset) + 1
    return Location(text.count("\n", 0, offset) + 1, offset - line_start + 1, path)


def _members(text: str, at: int) -> Iterator[tuple[Step, int]]:
    """Give the members of an object, or of an array, in a text that is known to be JSON."""
    is_object = text[at] == "{"
    if not is_object and text[at] != "[":
        return
    at, index = _skip(text, at + 1), 0
    while text[at] not in "]}":
        key: Step = index
        if is_object:
            match = _STRING.match(text, at)
            assert match is not None, "the text is JSON"
            key = json.loads(match[0])
            at = _skip(text, _skip(text, match.end()) + 1)
        yield key, at
        at = _skip(text, _end(text, at))
        at = _skip(text, at + 1) if text[at] == "," else at
        index += 1


def _end(text: str, at: int) -> int:
    """Give the offset behind the value that begins here."""
    if text[at] not in '[{"':
        match = _ATOM.match(text, at)
        assert match is not None
        return match.end()
    depth = 0
    for match in _BRACKET.finditer(text, at):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    raise AssertionError("the text is JSON")


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    assert match is not None
    return match.end()
