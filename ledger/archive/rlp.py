"""Recursive length prefix: how Ethereum spells headers, transactions and receipts.

Only the one shortest spelling of a value is read, so that what was read spells the same again.
"""

from collections.abc import Sequence
from typing import Final, cast

from ledger.errors import Corrupt

Item = bytes | list["Item"]

_DEPTH_MAX: Final = 8
"""Deeper than anything that headers, transactions and receipts hold."""


def encode(item: bytes | Sequence[object]) -> bytes:
    """Spell bytes, or lists of such."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return _head(0x80, len(item)) + item
    return join([encode(cast(bytes, each)) for each in item])


def join(parts: Sequence[bytes]) -> bytes:
    """Spell a list whose members are spelled already."""
    body = b"".join(parts)
    return _head(0xC0, len(body)) + body


def encode_number(number: int) -> bytes:
    """Spell a number: big-endian, without leading zeros."""
    return encode(to_bytes(number))


def to_bytes(number: int) -> bytes:
    """Give a number's bytes without leading zeros; none for zero."""
    return number.to_bytes((number.bit_length() + 7) // 8)


def decode(data: bytes) -> Item:
    """Read one item that takes up all of the bytes.

    Raises
    ------
    Corrupt
        When they are no item, more than one, or not spelled in the shortest way.
    """
    item, end = _read(data, 0, len(data), 0)
    if end != len(data):
        raise Corrupt(problem=f"{len(data) - end} bytes behind the end of an item")
    return item


def decode_list(data: bytes) -> list[Item]:
    """Read one list that takes up all of the bytes.

    Raises
    ------
    Corrupt
        When they are something else.
    """
    return as_list(decode(data))


def as_list(item: Item) -> list[Item]:
    """Take an item for a list.

    Raises
    ------
    Corrupt
        When it is none.
    """
    if isinstance(item, bytes):
        raise Corrupt(problem="bytes where a list belongs")
    return item


def as_bytes(item: Item) -> bytes:
    """Take an item for bytes.

    Raises
    ------
    Corrupt
        When it is a list.
    """
    if not isinstance(item, bytes):
        raise Corrupt(problem="a list where bytes belong")
    return item


def as_number(item: Item) -> int:
    """Take an item for a number.

    Raises
    ------
    Corrupt
        When it is a list, or has leading zeros.
    """
    data = as_bytes(item)
    if data[:1] == b"\0":
        raise Corrupt(problem="a number with leading zeros")
    return int.from_bytes(data)


def _head(base: int, length: int) -> bytes:
    if length < 56:
        return bytes([base + length])
    size = to_bytes(length)
    return bytes([base + 55 + len(size)]) + size


def _read(data: bytes, at: int, end: int, depth: int) -> tuple[Item, int]:
    """Read the item at a place; gives it and where it ends."""
    if at >= end:
        raise Corrupt(problem="an item is cut short")
    first = data[at]
    if first < 0x80:
        return data[at : at + 1], at + 1
    base = 0x80 if first < 0xC0 else 0xC0
    start, stop = _span(data, at, end, first - base)
    if base == 0x80:
        if stop - start == 1 and data[start] < 0x80:
            raise Corrupt(problem="a byte is not spelled in the shortest way")
        return data[start:stop], stop
    if depth == _DEPTH_MAX:
        raise Corrupt(problem="lists stand too deep in each other")
    members: list[Item] = []
    while start < stop:
        member, start = _read(data, start, stop, depth + 1)
        members.append(member)
    return members, stop


def _span(data: bytes, at: int, end: int, kind: int) -> tuple[int, int]:
    """Tell where an item's content begins and ends."""
    start, length = at + 1, kind
    if kind > 55:
        start += kind - 55
        length = int.from_bytes(data[at + 1 : start])
        if length < 56 or data[at + 1] == 0:
            raise Corrupt(problem="a length is not spelled in the shortest way")
    if start + length > end:
        raise Corrupt(problem="an item is cut short")
    return start, start + length
