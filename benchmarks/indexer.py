"""How fast a gateway reads a chain from its first block, and how fast Ponder reads the same chain.

Orders are issued, confirmed, despatched and received in batches of 1,000 and of 50 events on a
local chain. The indexer reads it into an empty SQLite file, keeping what a reorg would need, five
times (with QUICK=1 a smaller chain, three times); the median counts. Ponder is installed with npm
and indexes the same contract into PGlite; without it that figure is null.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import Engine
from sqlmodel import func, select

from benchmarks._commit import commit_measured
from benchmarks.indexing import peer
from benchmarks.indexing.filled import fill
from benchmarks.operations.stage import Stage, open_stage
from ledger.client import Client
from ledger.database import connect, migrate, reading
from ledger.deployment import Deployment
from ledger.feed import Bell
from ledger.indexer import Indexer
from ledger.model import Event
from ledger.model.table import table_of

IS_QUICK: Final = os.environ.get("QUICK") == "1"
LARGE_EVENTS, SMALL_EVENTS = (72_000, 3_600) if IS_QUICK else (288_000, 36_000)
RUNS: Final = 3 if IS_QUICK else 5


def main() -> int:
    """Fill a chain, have it indexed, and print."""
    return asyncio.run(_main())


async def _main() -> int:
    commit = commit_measured()
    async with open_stage() as stage:
        events = await fill(stage, LARGE_EVENTS, SMALL_EVENTS)
        print(f"{events:,} events in {await stage.client.block_number():,} blocks")
        ours = [await _index(stage, events) for _ in range(RUNS)]
        theirs = await _peer(stage, events)
    print("ours, seconds: " + ", ".join(f"{each:.2f}" for each in ours))
    print("Ponder, seconds: " + ", ".join(f"{each:.2f}" for each in theirs))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; commit {commit}")
    print(
        json.dumps(
            {
                "events_per_s": round(events / median(ours)),
                "ponder_events_per_s": round(events / median(theirs)) if theirs else None,
            }
        )
    )
    return 0


async def _index(stage: Stage, events: int) -> float:
    """Read the chain into a new database; gives the seconds from the first block to the last."""
    with tempfile.TemporaryDirectory(prefix="consign-indexer-") as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'ledger.sqlite'}")
        migrate(engine)
        async with Client(stage.client.url) as client:
            began_s = time.perf_counter()
            indexer = _indexer(engine, client, stage.deployment)
            while await indexer.advance():
                pass
            seconds = time.perf_counter() - began_s
        await indexer.close()
        table = table_of(Event)
        with reading(engine) as session:
            counted = select(func.count()).select_from(table)
            held = session.exec(counted.where(table.c.order_number.is_not(None))).one()
        engine.dispose()
    assert held == events, f"{held} of {events} events were indexed"
    return seconds


def _indexer(engine: Engine, client: Client, deployment: Deployment) -> Indexer:
    return Indexer(engine, client, deployment, hosted=frozenset(), news=Bell(), finality=10_000)


async def _peer(stage: Stage, events: int) -> list[float]:
    try:
        await asyncio.to_thread(peer.install)
        return [
            await asyncio.to_thread(
                peer.seconds_to_index, stage.client.url, stage.deployment, events
            )
            for _ in range(1 if IS_QUICK else 3)
        ]
    except peer.PeerFailed as problem:
        print(f"Ponder cannot be compared with: {problem}")
        return []


if __name__ == "__main__":
    sys.exit(main())
