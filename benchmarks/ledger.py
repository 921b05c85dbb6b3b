"""How many order events a second travel from an HTTP call to a subscriber, none lost, none twice.

Real processes on one machine: the embedded chain (one node, no consensus), one gateway that hosts
buyer and seller, or two gateways where documents travel; and this process, which is the members'
systems and the subscriber. Traffic is whole lives of orders, nine actions each, in bulk calls.
Rates count what the subscriber heard; in the end every fact is counted on the chain itself.

QUICK=1 makes each part short. SECONDS is the length of the sustained part (300); CASES names the
parts to run.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._commit import commit_measured
from benchmarks.runtime import (
    CpuTime,
    Ear,
    Facts,
    Load,
    Outcome,
    Papers,
    Stream,
    Town,
    cpu_times,
    facts_on_chain,
    individual,
    opened_of,
    organised,
    town,
)

QUICK = os.environ.get("QUICK") == "1"
SECONDS = float(os.environ.get("SECONDS", "15" if QUICK else "300"))
SHORT_S = 12.0 if QUICK else 60.0
BLOCK_TIME_S = 0.25
SHARE_OF_LOAD = 0.7
console = Console(width=150)


@dataclass
class Case:
    """What one kind of traffic did.

    Parameters
    ----------
    shares : dict
        Share of one processor's time by process.
    """

    name: str
    per_second: float
    latencies: list[float]
    lost: int
    doubled: int
    busy: int = 0
    shares: dict[str, float] = field(default_factory=dict)

    def quantile(self, share: float) -> float:
        """Give the latency that a share of all actions stays below."""
        return self.latencies[int(share * (len(self.latencies) - 1))] if self.latencies else 0.0


def main() -> int:
    """Measure, print, and fail when something was lost or came twice."""
    commit = commit_measured()
    cases = asyncio.run(_measure())
    console.print(_table(list(cases.values())))
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; "
        f"load {os.getloadavg()[2]:.1f} in the last 15 minutes; commit {commit}\n"
        f"block time {BLOCK_TIME_S} s; one node without consensus; load and subscriber on the "
        "same cores"
    )
    lost = sum(case.lost for case in cases.values())
    doubled = sum(case.doubled for case in cases.values())
    figures: dict[str, float | None] = {
        "org_signed_per_s": _rounded(cases, "organised"),
        "individually_signed_per_s": _rounded(cases, "individual"),
        "with_documents_per_s": _rounded(cases, "documents"),
        "p99_s": round(cases["paced"].quantile(0.99), 2) if "paced" in cases else None,
        "lost": lost,
        "duplicated": doubled,
    }
    print(json.dumps(figures))
    return 1 if lost or doubled else 0


def _rounded(cases: dict[str, Case], name: str) -> int | None:
    return round(cases[name].per_second) if name in cases else None


async def _measure() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    wanted = os.environ.get(
        "CASES", "organised,paced,individual,poisoned,documents,delivered,withheld"
    )
    with tempfile.TemporaryDirectory(prefix="consign-bench-") as folder:
        for name in wanted.split(","):
            console.print(f"{name}:")
            cases[name] = await _CASES[name](Path(folder) / name, cases)
            rate, p99 = cases[name].per_second, cases[name].quantile(0.99)
            console.print(f"  {rate:,.0f}/s, p99 {p99:.2f} s")
    return cases


async def _organised(folder: Path, _: dict[str, Case]) -> Case:
    async with _rented(folder) as place:
        return await _flooded("organised", place, _organised_streams(place), SECONDS, 20_000)


async def _paced(folder: Path, cases: dict[str, Case]) -> Case:
    rate = SHARE_OF_LOAD * cases["organised"].per_second if "organised" in cases else 2_100
    async with _rented(folder) as place, Ear(place.seller) as ear:
        streams = _organised_streams(place, per_call=200)
        outcome = await Load(ear, 20_000).pace(streams, rate, SHORT_S)
        return await _judged("paced", place, ear, outcome, {})


async def _individual(folder: Path, _: dict[str, Case], poison: float = 0.0) -> Case:
    async with _rented(folder) as place:
        keys = place.signing_keys()
        domain = place.deployment.order_domain
        streams = [
            individual(stream, seed, keys, domain, poison)
            for seed, stream in enumerate(_streams(place, 200))
        ]
        name = "poisoned" if poison else "individual"
        return await _flooded(name, place, streams, SHORT_S, 4_000)


async def _poisoned(folder: Path, cases: dict[str, Case]) -> Case:
    return await _individual(folder, cases, poison=0.01)


async def _documents(folder: Path, _: dict[str, Case]) -> Case:
    return await _exchanged("documents", folder)


async def _delivered(folder: Path, _: dict[str, Case]) -> Case:
    """Like `_withheld`, with every document where it should be."""
    return await _exchanged("delivered", folder, beside=0.1)


async def _withheld(folder: Path, _: dict[str, Case]) -> Case:
    return await _exchanged("withheld", folder, beside=0.1, is_withheld=True)


async def _exchanged(name: str, folder: Path, **mixture: Any) -> Case:
    async with town(
        folder,
        console,
        gateways=("brand", "suppliers"),
        parties=("brand", "seamworks"),
        agreements=4,
        block_time_s=BLOCK_TIME_S,
    ) as place:
        async with (
            Ear(place.buyer, opened_of) as at_buyer,
            Ear(place.seller, opened_of) as at_seller,
        ):
            papers = Papers(place, at_buyer, at_seller, **mixture)
            before, began_s = cpu_times(place.pids()), time.monotonic()
            _, rate = await asyncio.gather(papers.flow(SHORT_S), _rate(papers, SHORT_S))
            shares = _shares(place, before, began_s)
        doubled = at_buyer.doubled + at_seller.doubled
        return Case(name, rate, papers.latencies(), papers.lost(), doubled, 0, shares)


async def _rate(papers: Papers, seconds: float) -> float:
    """Give the documents opened a second, from the second sixth of the time on."""
    await asyncio.sleep(seconds / 6)
    before, began_s = papers.opened(), time.monotonic()
    await asyncio.sleep(seconds * 5 / 6)
    return (papers.opened() - before) / (time.monotonic() - began_s)


def _shares(place: Town, before: CpuTime, began_s: float) -> dict[str, float]:
    """Give the share of one processor's time that each process took since a moment."""
    took_s = time.monotonic() - began_s
    used = cpu_times(place.pids()).since(before)
    return {process: seconds / took_s for process, seconds in used.items()}


async def _flooded(
    name: str, place: Town, streams: Sequence[Facts], seconds: float, waiting_max: int
) -> Case:
    async with Ear(place.seller) as ear:
        before, began_s = cpu_times(place.pids()), time.monotonic()
        outcome = await Load(ear, waiting_max).flood(streams, seconds)
        return await _judged(name, place, ear, outcome, _shares(place, before, began_s))


async def _judged(
    name: str, place: Town, ear: Ear, outcome: Outcome, shares: dict[str, float]
) -> Case:
    """Count on the chain what was recorded of what was accepted."""
    found: Counter[Any] = await facts_on_chain(place)
    wanted = outcome.intended
    lost = sum(found[key] == 0 or key not in ear.heard for key in wanted)
    doubled = sum(found[key] > 1 for key in wanted) + ear.doubled
    return Case(
        name, outcome.per_second, outcome.latencies(ear), lost, doubled, outcome.busy, shares
    )


def _rented(folder: Path) -> Any:
    """One gateway that hosts buyer and seller."""
    return town(
        folder,
        console,
        gateways=("pool",),
        parties=("brewery", "pool"),
        agreements=4,
        block_time_s=BLOCK_TIME_S,
    )


def _streams(place: Town, per_call: int) -> list[Stream]:
    parties = {"buyer": place.buyer, "seller": place.seller}
    return [Stream(agreement, parties, per_call) for agreement in place.agreements]


def _organised_streams(place: Town, per_call: int = 1000) -> list[Facts]:
    return [organised(stream, seed) for seed, stream in enumerate(_streams(place, per_call))]


def _table(cases: Sequence[Case]) -> Table:
    table = Table(title="From HTTP call to subscriber", title_justify="left")
    table.add_column("traffic")
    for heading in ("events/s", "p50 s", "p99 s", "lost", "twice", "429s", "processor time"):
        table.add_column(heading, justify="right")
    for case in cases:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in case.shares.items())
        table.add_row(
            case.name,
            f"{case.per_second:,.0f}",
            f"{case.quantile(0.5):.2f}",
            f"{case.quantile(0.99):.2f}",
            str(case.lost),
            str(case.doubled),
            str(case.busy),
            shares or "-",
        )
    return table


_CASES = {
    "organised": _organised,
    "paced": _paced,
    "individual": _individual,
    "poisoned": _poisoned,
    "documents": _documents,
    "delivered": _delivered,
    "withheld": _withheld,
}

if __name__ == "__main__":
    sys.exit(main())
