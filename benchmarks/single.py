"""What one HTTP call per action costs: how many are accepted a second, how fast each is answered.

One gateway that hosts buyer and seller, the embedded chain, and this process, which is the members'
systems: all on one machine. First as many calls at once as saturate the gateway, then calls that
begin at fixed times, 300 a second, each measured from when it should have begun. Every call has an
idempotency key and takes the next of the nine steps of an order's life. In the end every accepted
action is counted on the chain itself.

QUICK=1 makes each part 8 seconds long instead of 30.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._commit import commit_measured
from benchmarks.runtime import Town, cpu_times, facts_on_chain, town
from benchmarks.runtime.traffic import OPENING, STEPS

QUICK = os.environ.get("QUICK") == "1"
SECONDS = 8.0 if QUICK else 30.0
WARM_S = 2.0
AT_ONCE = 48
RATE = 300
BLOCK_TIME_S = 0.25
PATIENCE_S = 120.0
COMMITMENT = "0x" + "1b" * 32
ACCEPTED = 202
console = Console(width=150)


@dataclass
class Life:
    """An order on its way: which step comes next, and what it and its delivery are called."""

    agreement: str
    step: int = 0
    order: str = ""
    delivery: str = ""


@dataclass
class Members:
    """The members' systems: they know what they sent and what was accepted."""

    place: Town
    ready: deque[Life] = field(default_factory=deque)
    accepted: list[tuple[str, str]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    sent: int = 0

    async def act(self) -> None:
        """Take the next step of an order whose last one was answered; of a new one if none is."""
        life = self.ready.popleft() if self.ready else self._born()
        party, machine, action = STEPS[life.step]
        desk = self.place.buyer if party == "buyer" else self.place.seller
        self.sent += 1
        headers = desk.headers() | {"Idempotency-Key": f"single-{self.sent}"}
        wish = self._wish(life, machine, action)
        url = f"{desk.url}/v1/actions"
        async with self.place.session.post(url, json=wish, headers=headers) as answer:
            body = await answer.json(content_type=None)
        if answer.status != ACCEPTED:
            self.refused[str(body.get("error"))] += 1
            return
        life.order, life.delivery = body.get("order", life.order), body.get("delivery", "")
        subject = life.order if machine == "order" else life.delivery
        self.accepted.append((subject, action))
        life.step += 1
        if life.step < len(STEPS):
            self.ready.append(life)

    def _born(self) -> Life:
        return Life(self.place.agreements[self.sent % len(self.place.agreements)])

    def _wish(self, life: Life, machine: str, action: str) -> dict[str, Any]:
        wish: dict[str, Any] = {"agreement": life.agreement, "action": action}
        wish["commitment"] = COMMITMENT
        if action == OPENING:
            wish["order"] = _number(life.order)
        elif machine == "delivery":
            wish["number"] = _number(life.delivery)
        elif life.order:
            wish["number"] = _number(life.order)
        return wish


@dataclass(frozen=True)
class Figures:
    """What was measured.

    Parameters
    ----------
    latencies : list of float
        Seconds of the calls that began at fixed times, in order of size.
    missing, doubled : int
        Accepted actions that the chain has not, or more than once.
    """

    per_second: float
    latencies: list[float]
    accepted: int
    refused: Counter[str]
    missing: int
    doubled: int
    shares: dict[str, float]

    def quantile_ms(self, share: float) -> float:
        """Give the latency that a share of the calls stays below."""
        return self.latencies[int(share * (len(self.latencies) - 1))] * 1000


def main() -> int:
    """Measure, print, and fail when something was lost, came twice or was refused."""
    commit = commit_measured()
    with tempfile.TemporaryDirectory(prefix="consign-bench-") as folder:
        figures = asyncio.run(_measure(Path(folder)))
    console.print(_table(figures))
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; "
        f"load {os.getloadavg()[2]:.1f} in the last 15 minutes; commit {commit}"
    )
    print(
        json.dumps(
            {
                "accepted_per_s": round(figures.per_second),
                "accept_p99_ms": round(figures.quantile_ms(0.99), 1),
                "accepted": figures.accepted,
                "lost": figures.missing,
                "duplicated": figures.doubled,
            }
        )
    )
    return 1 if figures.missing or figures.doubled or figures.refused else 0


async def _measure(folder: Path) -> Figures:
    async with town(
        folder,
        console,
        gateways=("pool",),
        parties=("brewery", "pool"),
        agreements=4,
        block_time_s=BLOCK_TIME_S,
    ) as place:
        members = Members(place)
        await _saturate(members, WARM_S)
        before, began_s = cpu_times(place.pids()), time.monotonic()
        per_second = await _saturate(members, SECONDS)
        took_s = time.monotonic() - began_s
        used = cpu_times(place.pids()).since(before)
        await _recorded(members)
        latencies = await _paced(members)
        found = await _recorded(members)
    wanted = Counter(members.accepted)
    missing = sum(found[key] == 0 for key in wanted)
    doubled = sum(max(found[key], count) > 1 for key, count in wanted.items())
    shares = {name: seconds / took_s for name, seconds in used.items()}
    return Figures(
        per_second,
        sorted(latencies),
        len(members.accepted),
        members.refused,
        missing,
        doubled,
        shares,
    )


async def _saturate(members: Members, seconds: float) -> float:
    """Keep as many calls on their way as saturate the gateway; give those accepted a second."""
    before, began_s = len(members.accepted), time.monotonic()

    async def keep_on() -> None:
        while time.monotonic() - began_s < seconds:
            await members.act()

    await asyncio.gather(*(keep_on() for _ in range(AT_ONCE)))
    return (len(members.accepted) - before) / (time.monotonic() - began_s)


async def _paced(members: Members) -> list[float]:
    """Begin calls at fixed times, however long those before them take."""
    latencies: list[float] = []
    began_s = time.monotonic()

    async def timed(due_s: float) -> None:
        await members.act()
        latencies.append(time.monotonic() - due_s)

    calls = []
    for place in range(int(RATE * SECONDS)):
        due_s = began_s + place / RATE
        await asyncio.sleep(max(due_s - time.monotonic(), 0))
        calls.append(asyncio.create_task(timed(due_s)))
    await asyncio.gather(*calls)
    return latencies


async def _recorded(members: Members) -> Counter[Any]:
    """Wait until the chain holds what was accepted; give how often it holds each action."""
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        found: Counter[Any] = await facts_on_chain(members.place)
        if all(found[key] for key in members.accepted) or time.monotonic() > deadline_s:
            return found
        await asyncio.sleep(1)


def _number(identifier: str) -> int:
    """Read the number at the end of ``A1-7-O12``."""
    return int(identifier.rpartition("-")[2][1:])


def _table(figures: Figures) -> Table:
    table = Table(title="One HTTP call per action", title_justify="left")
    table.add_column("what")
    table.add_column("figure", justify="right")
    rows = {
        f"accepted a second, {AT_ONCE} calls at once": f"{figures.per_second:,.0f}",
        f"answered at {RATE}/s, p50 ms": f"{figures.quantile_ms(0.5):.1f}",
        f"answered at {RATE}/s, p99 ms": f"{figures.quantile_ms(0.99):.1f}",
        f"answered at {RATE}/s, longest ms": f"{figures.quantile_ms(1):.1f}",
        "accepted, refused": f"{figures.accepted:,}, {figures.refused.total():,}",
        "lost, twice": f"{figures.missing}, {figures.doubled}",
        "processor time while saturated": ", ".join(
            f"{name} {share:.0%}" for name, share in figures.shares.items()
        ),
    }
    for what, figure in rows.items():
        table.add_row(what, figure)
    if figures.refused:
        table.add_row("refusals", str(dict(figures.refused)))
    return table


if __name__ == "__main__":
    sys.exit(main())
