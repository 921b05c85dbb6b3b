"""A stream of actions read byte by byte, and packed in every way: slow, and plain to see through.

Shares no code with `ledger/action.py`, so that the two and the contract can be compared.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

Step = tuple[int, int, int, int]
"""Agreement, action, number, order."""

OPENING = (32, 34)
LAST = 2**32 - 1


class CutShort(Exception):
    """The bytes end within a record."""


class Tape:
    """Bytes with a place to read from."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def number(self, size: int) -> int:
        """Read some bytes as one number."""
        value = 0
        for _ in range(size):
            if self.place == len(self.data):
                raise CutShort
            value = 256 * value + self.data[self.place]
            self.place += 1
        return value


def read_stream(data: bytes) -> tuple[list[Step], int | None]:
    """Give the steps of a stream, and the offset of the record that cannot be read, if one is."""
    tape = Tape(data)
    agreement = 0
    steps: list[Step] = []
    while tape.place < len(data):
        start = tape.place
        try:
            head = tape.number(1)
            if head == 0:
                agreement = tape.number(8)
                continue
            entries = read_entries(tape, head)
        except CutShort:
            return steps, start
        if not is_allowed(entries):
            return steps, start
        for number, order in entries:
            steps.append((agreement, head % 128, number, order))
    return steps, None


def read_entries(tape: Tape, head: int) -> list[tuple[int, int]]:
    """Read the numbers of a record, each with its order."""
    count = tape.number(2)
    opens = head % 128 in OPENING
    if head < 128:
        return [(tape.number(4), tape.number(4) if opens else 0) for _ in range(count)]
    entries = []
    number = tape.number(4)
    order = tape.number(4) if opens else 0
    for _ in range(count):
        entries.append((number, order))
        number = number + 1
        order = order + 1 if opens else 0
    return entries


def is_allowed(entries: list[tuple[int, int]]) -> bool:
    """Whether a record names one to 2,048 numbers that there are."""
    highest = max((max(entry) for entry in entries), default=0)
    return 1 <= len(entries) <= 2048 and highest <= LAST


def least_gas(steps: Sequence[Step], head: int, run: int, entry: int) -> int:
    """Tell what packing steps of one action in one agreement costs at least: tries every way.

    `head` and `entry` are of lists; a run costs the same, whatever its length.
    """
    return min(
        sum(run if size == 0 else head + entry * size for size in way) for way in ways(steps)
    )


def ways(steps: Sequence[Step]) -> Iterator[list[int]]:
    """Give the lists' sizes of every way to cut steps into records; a run is 0."""
    if not steps:
        yield []
        return
    for count in range(1, len(steps) + 1):
        first, rest = steps[:count], steps[count:]
        forms = [count]
        if all(follows(*pair) for pair in pairwise(first)):
            forms.append(0)
        for others in ways(rest):
            for form in forms:
                yield [form, *others]


def gas_of(stream: bytes, head: int, run: int, entry: int) -> int:
    """Tell what the records of a stream cost that names one agreement at its beginning."""
    tape = Tape(stream)
    tape.number(9)
    total = 0
    while tape.place < len(stream):
        form = tape.number(1)
        entries = read_entries(tape, form)
        total += run if form >= 128 else head + entry * len(entries)
    return total


def follows(before: Step, after: Step) -> bool:
    """Whether a step may stand behind another one in a run."""
    agreement, action, number, order = before
    return after == (agreement, action, number + 1, order + 1 if action in OPENING else order)
