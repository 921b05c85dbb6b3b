"""How large the database is, and whether questions stay fast as it grows.

A history of orders goes through the indexer's own write path from a chain that is made up. The file
is measured after a checkpoint, with all its indexes, at 100 thousand and at 1 million events (with
QUICK=1 at 20 and 100 thousand); then random orders and organisations are asked about.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from benchmarks._commit import commit_measured
from benchmarks.indexing import outbox
from benchmarks.indexing.history import first_events
from benchmarks.indexing.stand_in import StandIn
from ledger.database import connect, migrate
from ledger.deployment import Deployment
from ledger.deployment_plan import Plan
from ledger.feed import Bell
from ledger.indexer import Indexer
from ledger.model import Event
from ledger.model.table import table_of
from ledger.queries import Queries

AGREEMENTS: Final = 20
BATCH: Final = 1_000
ASKED: Final = 1_000
COUNCIL: Final = "0x" + "11" * 20
IS_QUICK: Final = os.environ.get("QUICK") == "1"
SIZES: Final = (20_000, 100_000) if IS_QUICK else (100_000, 1_000_000)


Times = tuple[float, float]
"""Milliseconds by the clock, and of this thread's processor."""


@dataclass(frozen=True)
class Figures:
    """What was measured at one size."""

    events: int
    bytes_per_event: float
    events_per_s: float
    p99_ms: dict[str, Times]


def main() -> int:
    """Fill, measure and print."""
    commit = commit_measured()
    figures = [_measure(size) for size in SIZES]
    for each in figures:
        asked = ", ".join(
            f"{name} {took:.1f} ms ({busy:.1f} of CPU)"
            for name, (took, busy) in each.p99_ms.items()
        )
        print(
            f"{each.events:,} events: {each.bytes_per_event:.0f} bytes each, "
            f"{each.events_per_s:,.0f} taken in a second; 99 of 100 answers within: {asked}"
        )
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; commit {commit}")
    with tempfile.TemporaryDirectory(prefix="consign-storage-") as folder:
        beside = outbox.bytes_per_event(Path(folder), 50_000)
    print(f"the sending gateway keeps {beside:.0f} bytes more: the wish and what was signed")
    small, large = figures
    print(
        json.dumps(
            {
                "bytes_per_event": round(large.bytes_per_event, 1),
                "query_p99_ms_100k": round(max(took for took, _ in small.p99_ms.values()), 2),
                "query_p99_ms_1m": round(max(took for took, _ in large.p99_ms.values()), 2),
                "events": [each.events for each in figures],
                "outbox_bytes_per_event": round(beside, 1),
            }
        )
    )
    return 0


def _measure(events: int) -> Figures:
    with tempfile.TemporaryDirectory(prefix="consign-storage-") as folder:
        file = Path(folder) / "ledger.sqlite"
        engine = connect(f"sqlite:///{file}")
        migrate(engine)
        deployment = Deployment.of(Plan.of(COUNCIL, None), 31_337, 0)
        turns = first_events(events, AGREEMENTS, BATCH)
        client = StandIn(deployment, turns, AGREEMENTS)
        began_s = time.process_time()
        asyncio.run(_index(engine, client, deployment))
        taken_s = time.process_time() - began_s
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            table = table_of(Event)
            trade = table.select().where(table.c.order_number.is_not(None))
            held = connection.exec_driver_sql(
                f"SELECT count(*) FROM ({trade.compile(engine)})"
            ).scalar_one()
        size = file.stat().st_size
        answers = _ask(Queries(engine), client, max(turn.first for turn in turns))
        engine.dispose()
    return Figures(held, size / held, held / taken_s, answers)


async def _index(engine: Engine, client: StandIn, deployment: Deployment) -> None:
    indexer = Indexer(engine, client, deployment, hosted=frozenset(), news=Bell(), finality=10_000)
    while await indexer.advance():
        pass
    await indexer.close()


def _ninety_nine(values: list[float]) -> float:
    return sorted(values)[int(0.99 * len(values))]


def _ask(queries: Queries, client: StandIn, highest: int) -> dict[str, Times]:
    chance = random.Random(1)

    def asked(question: Callable[[int, int, int], object]) -> Times:
        took_ms, busy_ms = [], []
        for _ in range(ASKED):
            agreement, *parties = chance.choice(client.agreements)
            by, order = chance.choice(parties), chance.randint(1, highest)
            began_s, busy_s = time.perf_counter(), time.thread_time()
            assert question(by, agreement, order)
            busy_ms.append(1_000 * (time.thread_time() - busy_s))
            took_ms.append(1_000 * (time.perf_counter() - began_s))
        return _ninety_nine(took_ms), _ninety_nine(busy_ms)

    return {
        "timeline": asked(queries.timeline),
        "worklist": asked(lambda by, _, __: queries.worklist(by)),
        "orders": asked(lambda by, _, __: queries.orders(by)),
        "orders of an agreement": asked(lambda by, a, _: queries.orders(by, agreement=a)),
    }


if __name__ == "__main__":
    sys.exit(main())
