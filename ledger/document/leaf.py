r"""The leaves of plain values; what a leaf is stands in `ledger.document.canonical`.

This is most of what sealing and opening do in Python itself. Pointers repeat from document to
document, so they are kept in a tree as they are met, and a leaf takes one step in it and one
concatenation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, Final

from ledger.document.errors import (
    FieldEmpty,
    FieldNameInvalid,
    LeavesTooMany,
    NestingTooDeep,
    NumberInexact,
    TextTooLarge,
    UnicodeInvalid,
)
from ledger.document.scalar import INTEGER_MAX

DEPTH_MAX: Final = 32
TEXT_BYTES_MAX: Final = 65_536
LEAVES_MAX: Final = 1_000_000
PLACES_MAX: Final = 32_768

# A string of so many characters cannot exceed TEXT_BYTES_MAX: UTF-8 needs at most 4 bytes for one.
_TEXT_CHARS_SAFE: Final = TEXT_BYTES_MAX // 4
_POSITIONS_KEPT: Final = 1_024
_is_field_name: Final = re.compile(r"[a-z][a-z0-9_]{0,63}").fullmatch


def leaves_as_they_come(fields: Mapping[str, Any]) -> list[str]:
    r"""List the leaves, ``pointer ‖ "\n" ‖ value``, in the order of names as they come.

    Lists are gone through in the order of their positions as text, so that the leaves are in order
    if and only if all names are.

    Raises
    ------
    CommitmentError
        If the values cannot be committed to.
    """
    found: list[str] = []
    _collect(fields, _tree.top(), 1, found.append)
    if not 0 < len(found) <= LEAVES_MAX:
        raise LeavesTooMany(f"A document must have 1 to {LEAVES_MAX} fields.", leaves=len(found))
    return found


class _Place(dict[str, "_Place"]):
    """A place in documents, and those places below it that have been met.

    Parameters
    ----------
    pointer : str
        JSON pointer of the place.
    """

    __slots__ = ("head", "members")

    def __init__(self, pointer: str) -> None:
        super().__init__()
        self.head = pointer + "\n"
        self.members: dict[int, _Place] = {}

    @property
    def pointer(self) -> str:
        return self.head[:-1]

    def __missing__(self, name: object) -> _Place:
        if not isinstance(name, str) or not _is_field_name(name):
            raise FieldNameInvalid("A field name is not lower snake case.")
        place = _Place(f"{self.pointer}/{name}")
        if _tree.has_room():
            self[name] = place
        return place

    def member(self, position: int) -> _Place:
        """Give the place of a list's member."""
        place = self.members.get(position)
        if place is None:
            place = _Place(f"{self.pointer}/{position}")
            if _tree.has_room():
                self.members[position] = place
        return place


class _Tree:
    """All places kept. Names can come from anyone, so there is a bound: a full tree starts anew."""

    def __init__(self) -> None:
        self._top, self._room = _Place(""), PLACES_MAX

    def top(self) -> _Place:
        """Give the place of a whole document."""
        if self._room <= 0:
            self._top, self._room = _Place(""), PLACES_MAX
        return self._top

    def has_room(self) -> bool:
        """Tell whether one more may be kept, and count it."""
        self._room -= 1
        return self._room >= 0


_tree: Final = _Tree()


def _positions(count: int) -> Iterable[int]:
    """Put the positions of a list in the order of their texts: 0, 1, 10, 11, 2, ..."""
    return _kept_positions(count) if count <= _POSITIONS_KEPT else sorted(range(count), key=str)


@lru_cache(maxsize=64)
def _kept_positions(count: int) -> tuple[int, ...]:
    return tuple(sorted(range(count), key=str))


def _collect(
    fields: Mapping[str, Any], place: _Place, depth: int, add: Callable[[str], None]
) -> None:
    # This loop runs once per field of every document sealed or opened: the two common cases come
    # first and are written out, everything else goes through `_collect_other`.
    quote, chars_safe = encode_basestring, _TEXT_CHARS_SAFE
    for name, value in fields.items():
        kind = type(value)
        if kind is str:
            if len(value) > chars_safe:
                _check_size(value, place[name])
            add(place[name].head + quote(value))
        elif kind is dict and value and depth < DEPTH_MAX:
            _collect(value, place[name], depth + 1, add)
        else:
            _collect_other(value, place[name], depth, add)


def _collect_other(value: Any, place: _Place, depth: int, add: Callable[[str], None]) -> None:
    if isinstance(value, bool):
        add(place.head + ("true" if value else "false"))
    elif isinstance(value, int) and -INTEGER_MAX <= value <= INTEGER_MAX:
        add(f"{place.head}{value}")
    elif isinstance(value, int | float):
        raise NumberInexact("A number is a float or beyond 2**53 - 1.", path=place.pointer)
    elif value is None or value == [] or value == ():
        raise FieldEmpty("A field is null or an empty list.", path=place.pointer)
    elif depth >= DEPTH_MAX:
        raise NestingTooDeep("The document nests too deeply.", depth_max=DEPTH_MAX)
    elif isinstance(value, list | tuple):
        for position in _positions(len(value)):
            each = value[position]
            if type(each) is dict and each:
                _collect(each, place.member(position), depth + 1, add)
            else:
                _collect_other(each, place.member(position), depth + 1, add)
    elif isinstance(value, Mapping):
        if not value:
            add(place.head + "{}")
        _collect(value, place, depth + 1, add)
    elif isinstance(value, str):
        _check_size(value, place)
        add(place.head + encode_basestring(value))
    else:
        raise TypeError(f"{type(value).__name__} at {place.pointer} is not a JSON value")


def _check_size(text: str, place: _Place) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise UnicodeInvalid("A string of the document holds a lone surrogate.") from None
    if size > TEXT_BYTES_MAX:
        raise TextTooLarge("A string is too large.", path=place.pointer, bytes_max=TEXT_BYTES_MAX)
