"""The gas of every operation as it was: `.gas-snapshot`, and the table in docs/gas.md.

`python -m benchmarks.operations.snapshot` renews both. A line of the snapshot is an operation, the
events in its transaction, and the transaction's gas, in the form that Foundry and Hardhat read;
what is compared is gas per event.
"""

import asyncio
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from . import measure_all, open_stage

ROOT: Final = Path(__file__).resolve().parents[2]
SNAPSHOT: Final = ROOT / ".gas-snapshot"
PAGE: Final = ROOT / "docs/gas.md"
TOLERANCE_PERCENT: Final = 1
RENEWAL: Final = "make gas-snapshot"
LINE: Final = re.compile(r"(\w+)#(\d+) \(gas: (\d+)\)")
FIGURES: Final = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)


class Cost(NamedTuple):
    """What an operation cost."""

    gas: int
    events: int

    @property
    def per_event(self) -> int:
        """Gas per event, rounded up."""
        return -(-self.gas // self.events)


Costs = Mapping[str, Cost]


def measured() -> dict[str, Cost]:
    """Measure every operation now."""
    return asyncio.run(_measure())


def written(costs: Costs) -> str:
    """Spell a snapshot as its file does."""
    lines = [f"{name}#{cost.events} (gas: {cost.gas})\n" for name, cost in sorted(costs.items())]
    return "".join(lines)


def parsed(text: str) -> dict[str, Cost]:
    """Read a snapshot from its file's text."""
    return {name: Cost(int(gas), int(events)) for name, events, gas in LINE.findall(text)}


def complaints(before: Costs, now: Costs) -> Iterator[str]:
    """Yield what is wrong: operations that cost more than before, are new, or are gone.

    What costs less is welcome, and becomes the measure when the snapshot is renewed.
    """
    for name in sorted(before.keys() | now.keys()):
        if name not in before or name not in now:
            yield f"{name} is {'new' if name in now else 'gone'}"
            continue
        old, new = before[name], now[name]
        ratio = new.gas * old.events / (old.gas * new.events)
        if ratio > 1 + TOLERANCE_PERCENT / 100:
            rise = f"{(ratio - 1) * 100:.1f} %"
            yield f"{name} costs {new.per_event:,} instead of {old.per_event:,}, {rise} more"


def page(text: str, costs: Costs) -> str:
    """Put the figures into the page's text."""
    rows = [
        f"| {name.removeprefix('gas_').replace('_', ' ')} | {cost.events:,} | {cost.per_event:,} |"
        for name, cost in sorted(costs.items())
    ]
    table = ["| operation | events | gas per event |", "|---|--:|--:|", *rows]
    return FIGURES.sub("\n".join(table) + "\n", text)


def main() -> int:
    """Renew both files, and tell what changed."""
    now = measured()
    if SNAPSHOT.exists():
        before = parsed(SNAPSHOT.read_text(encoding="utf-8"))
        for name in now.keys() & before.keys():
            if now[name].per_event != before[name].per_event:
                print(f"{name}: {before[name].per_event:,} -> {now[name].per_event:,}")
    SNAPSHOT.write_text(written(now), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), now), encoding="utf-8")
    return 0


async def _measure() -> dict[str, Cost]:
    async with open_stage() as stage:
        measures = await measure_all(stage)
    return {name: Cost(measure.gas, measure.events) for name, measure in measures.items()}


if __name__ == "__main__":
    sys.exit(main())
