"""The levels of HL: shipment, order, tare, pack, item, each below another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing

SHIPMENT: Final = "S"
ORDER: Final = "O"
TARE: Final = "T"
PACK: Final = "P"
ITEM: Final = "I"


@dataclass(slots=True)
class Level:
    """One level: its loop, and the level that it belongs to."""

    group: Group
    parent: Level | None

    @property
    def number(self) -> str:
        """Its number in the message."""
        return self.group.head[1]

    @property
    def code(self) -> str:
        """What it is about."""
        return self.group.head[3]

    def up(self) -> Iterator[Level]:
        """Iterate over it and all levels above."""
        level: Level | None = self
        while level is not None:
            yield level
            level = level.parent


def levels(reading: Reading) -> list[Level]:
    """List all levels; one that names no parent belongs to the last one of a higher rank."""
    found: list[Level] = []
    by_number: dict[str, Level] = {}
    latest: dict[str, Level] = {}
    for group in reading.tree.groups("HL"):
        head = group.head
        parent = by_number.get(head[2])
        if head[2] and parent is None:
            rule = "HL02 names a level that stands above this one."
            reading.refuse_value(head, 2, rule, "Give the number of the level it belongs to.")
        if head[1] in by_number:
            rule = "HL01 numbers each level anew."
            reading.refuse_value(head, 1, rule, "Count the levels up from 1.")
        level = Level(group, parent or _above(head[3], latest))
        found.append(level)
        by_number[head[1]] = latest[head[3]] = level
    return found


def _above(code: str, latest: dict[str, Level]) -> Level | None:
    ranks = (SHIPMENT, ORDER, TARE, PACK, ITEM)
    higher = ranks[: ranks.index(code)] if code in ranks else ()
    return next((latest[each] for each in reversed(higher) if each in latest), None)


@dataclass(slots=True)
class Levels:
    """The levels of a message that is being written."""

    writing: Writing
    count: int = 0
    open: dict[str, int] = field(default_factory=dict)

    def begin(self, code: str, *above: str) -> None:
        """Begin a level below the latest of the first code above it that is open."""
        self.count += 1
        parent = next((self.open[each] for each in above if each in self.open), None)
        self.writing.add("HL", str(self.count), str(parent) if parent else None, code)
        self.open[code] = self.count

    def end(self, *codes: str) -> None:
        """Leave levels, so that nothing more belongs to them."""
        for code in codes:
            self.open.pop(code, None)
