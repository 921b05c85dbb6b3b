"""How long a member takes to verify a network's whole history again, offline.

Builds a real chain of a million events (100 thousand with QUICK=1): orders issued, confirmed,
despatched, received, passed and settled by signed batches of 2,048, half of them as runs and half
as lists in random order. Exports it, and verifies the file in a fresh process, on one core: hashes
and roots of the blocks, signatures, nonces, and every event by the contracts' rules. A second
network on the chain holds intents that were signed one by one. The floor is what reading the file
and hashing what it holds once takes.
"""

from __future__ import annotations

import asyncio
import json
import lzma
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from eth_hash.auto import keccak
from rich.console import Console
from rich.table import Table

from benchmarks._commit import commit_measured
from benchmarks.archives.history import EVENTS_PER_WAVE, Trade
from ledger.archive.export import export
from ledger.archive.file import MAGIC
from ledger.archive.network import Network
from ledger.client import Client
from tests.simulation.bare_chain import BareChain, bare_chain

GOAL_EVENTS: Final = 1_000_000
GOAL_S: Final = 60.0
RUNS: Final = 5
IS_QUICK: Final = os.environ.get("QUICK") == "1"
EVENTS: Final = 100_000 if IS_QUICK else GOAL_EVENTS
INTENTS: Final = 2_000 if IS_QUICK else 20_000
_CHUNK: Final = 1 << 20

VERIFY: Final = """
import json, sys, time
from pathlib import Path
began = time.perf_counter()
from ledger.archive.verification import verify
verdict = verify(Path(sys.argv[1]), head_hash=bytes.fromhex(sys.argv[2]))
took = time.perf_counter() - began
status = Path("/proc/self/status")
told = status.read_text().splitlines() if status.exists() else []
peak = sum(int(line.split()[1]) for line in told if line.startswith("VmHWM"))
print(json.dumps({"events": verdict.tally.events, "seconds": took, "peak_kb": peak}))
"""
console = Console(width=120)


@dataclass(frozen=True)
class Archive:
    """A file, and the hash of its head."""

    path: Path
    head: bytes
    export_s: float


@dataclass(frozen=True)
class Figures:
    """What verifying an archive took, in several runs."""

    events: int
    seconds: list[float]
    peak_bytes: int
    size: int
    floor_s: float

    @property
    def median_s(self) -> float:
        """The run in the middle."""
        return median(self.seconds)

    @property
    def rate(self) -> float:
        """Events per second."""
        return self.events / self.median_s


def main() -> int:
    """Measure and print; fail when the goal is missed."""
    # Asked now: the code that runs is the code that stood here at the start.
    commit = commit_measured()
    with tempfile.TemporaryDirectory(prefix="consign-verify-") as folder:
        with bare_chain() as chain:
            batches, single = asyncio.run(_history(chain, Path(folder)))
        by_batch, by_intent = _measured(batches), _measured(single)
        _print(by_batch, by_intent, batches.export_s, commit)
    return 0 if by_batch.rate >= GOAL_EVENTS / GOAL_S else 1


async def _history(chain: BareChain, folder: Path) -> tuple[Archive, Archive]:
    async with Client(chain.url, timeout_s=120) as client:
        began = time.perf_counter()
        trade = await Trade.open(chain, client)
        await trade.batches(-(-EVENTS // EVENTS_PER_WAVE))
        console.print(f"  · {EVENTS:,} events on a chain: {time.perf_counter() - began:.0f} s")
        single = await Trade.open(chain, client)
        await single.intents(INTENTS)
        return (
            await _export(trade, folder / "batches.archive"),
            await _export(single, folder / "intents.archive"),
        )


async def _export(trade: Trade, path: Path) -> Archive:
    network = trade.network
    began = time.perf_counter()
    head = await export(network.client, Network.of(network.deployment), path)
    return Archive(path, head.hash, time.perf_counter() - began)


def _measured(archive: Archive) -> Figures:
    runs = [_verified(archive) for _ in range(RUNS)]
    return Figures(
        events=runs[0]["events"],
        seconds=[run["seconds"] for run in runs],
        peak_bytes=max(run["peak_kb"] for run in runs) * 1024,
        size=archive.path.stat().st_size,
        floor_s=_floor(archive.path),
    )


def _verified(archive: Archive) -> dict[str, Any]:
    """Verify in a process that has seen nothing yet; its imports count."""
    command = [sys.executable, "-c", VERIFY, str(archive.path), archive.head.hex()]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


def _floor(path: Path) -> float:
    began = time.perf_counter()
    content = lzma.decompress(path.read_bytes()[len(MAGIC) :])
    for start in range(0, len(content), _CHUNK):
        keccak(content[start : start + _CHUNK])
    return time.perf_counter() - began


def _print(by_batch: Figures, by_intent: Figures, export_s: float, commit: str) -> None:
    table = Table(
        title="A whole history verified again, offline, on one core", title_justify="left"
    )
    for column in (
        "",
        "events",
        "s (median)",
        "spread",
        "events/s",
        "bytes/event",
        "MB",
        "floor s",
    ):
        table.add_column(column, justify="right" if column else "left")
    for name, figures in (("batches", by_batch), ("single intents", by_intent)):
        table.add_row(
            name,
            f"{figures.events:,}",
            f"{figures.median_s:.2f}",
            f"{min(figures.seconds):.2f}-{max(figures.seconds):.2f}",
            f"{figures.rate:,.0f}",
            f"{figures.size / figures.events:.1f}",
            f"{figures.peak_bytes / 1e6:.0f}",
            f"{figures.floor_s:.2f}",
        )
    console.print(table)
    python = platform.python_version()
    print(
        f"goal: {GOAL_EVENTS:,} events in {GOAL_S:.0f} s; exporting took {export_s:.1f} s; "
        f"{RUNS} runs; {os.cpu_count()} cores, {platform.machine()}, Python {python}, "
        f"load {os.getloadavg()[0]:.1f}; commit {commit}"
    )
    print(
        json.dumps(
            {
                "events_per_s": round(by_batch.rate),
                "seconds_per_million": round(GOAL_EVENTS / by_batch.rate, 2),
                "bytes_per_event": round(by_batch.size / by_batch.events, 2),
                "single_intents_per_s": round(by_intent.rate),
                "single_bytes_per_event": round(by_intent.size / by_intent.events, 1),
            }
        )
    )


if __name__ == "__main__":
    sys.exit(main())
