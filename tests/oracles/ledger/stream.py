"""Reads the stream of a batch byte by byte, as IOrderLedger draws it."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracles.ledger.table import is_opening

COUNT_MAX = 2_048
LAST_NUMBER = 2**32 - 1


@dataclass(frozen=True)
class Selected:
    """The records that follow are in this agreement."""

    agreement: int


@dataclass(frozen=True)
class Record:
    """One action on some numbers, each with the order that it names (else zero)."""

    action: int
    is_run: bool
    entries: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Broken:
    """Nothing can be read from this offset on."""

    offset: int


class EndOfStream(Exception):
    """The stream ended within a record."""


class Reader:
    """A place in a stream."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.offset = 0

    @property
    def is_at_end(self) -> bool:
        return self.offset == len(self.stream)

    def number(self, size: int) -> int:
        """Read so many bytes as one number."""
        value = 0
        for _ in range(size):
            if self.is_at_end:
                raise EndOfStream
            value = value * 256 + self.stream[self.offset]
            self.offset = self.offset + 1
        return value


def read(stream: bytes) -> Iterator[Selected | Record | Broken]:
    """Read records up to the end, or up to the first that cannot be read."""
    reader = Reader(stream)
    while not reader.is_at_end:
        start = reader.offset
        try:
            record = _next(reader)
        except EndOfStream:
            record = None
        if record is None:
            yield Broken(start)
            return
        yield record


def _next(reader: Reader) -> Selected | Record | None:
    head = reader.number(1)
    if head == 0:
        return Selected(reader.number(8))
    is_run = head >= 128
    action = head - 128 if is_run else head
    count = reader.number(2)
    if count == 0 or count > COUNT_MAX:
        return None
    entries = []
    for _ in range(1 if is_run else count):
        number = reader.number(4)
        order = reader.number(4) if is_opening(action) else 0
        entries.append((number, order))
    if is_run:
        number, order = entries[0]
        if number + count - 1 > LAST_NUMBER:
            return None
        if is_opening(action) and order + count - 1 > LAST_NUMBER:
            return None
        further = 1 if is_opening(action) else 0
        entries = [(number + i, order + i * further) for i in range(count)]
    return Record(action, is_run, tuple(entries))
