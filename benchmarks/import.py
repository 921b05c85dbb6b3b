"""What it costs to bring a real history of purchase orders onto the ledger.

Imports the delivery history of SCMS (8,254 rows: order, confirmation, despatch advice and receipt
advice each) through two gateways on a fresh local network, as `consign import` does. With QUICK=1
the first 300 rows. SCMS_FILE names the file if it does not lie in ../shared/data.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._commit import commit_measured
from gateway.importing.table_file import Tally, import_table
from gateway.network.network import Network, free_ports
from ledger.client import Client

ROOT = Path(__file__).resolve().parents[1]
FILE = Path(os.environ.get("SCMS_FILE", ROOT.parent / "shared/data/scms_delivery_history.csv"))
QUICK_ROWS = 300
BLOCK_TIME_S = 0.5
ACTIONS_PER_ROW = 4
console = Console()


@dataclass(frozen=True)
class Run:
    """What one import did and cost."""

    tally: Tally
    seconds: float
    gas: int
    folder_bytes: int
    memory_bytes: int


def main() -> int:
    """Import and print the figures."""
    if not FILE.exists():
        console.print(f"skipped: there is no {FILE}; name it with SCMS_FILE")
        return 0
    # Asked now: the code that runs is the code that stood here at the start.
    commit = commit_measured()
    with tempfile.TemporaryDirectory(prefix="consign-bench-") as folder:
        run = _run(_rows_of(FILE, Path(folder)), Path(folder))
    _print(run, commit)
    return 0 if not run.tally.missing else 1


def _rows_of(file: Path, folder: Path) -> Path:
    """The whole file, or its first rows."""
    if os.environ.get("QUICK") != "1":
        return file
    part = folder / file.name
    with file.open("rb") as whole, part.open("wb") as written:
        written.writelines(islice(whole, QUICK_ROWS + 1))
    return part


def _run(file: Path, folder: Path) -> Run:
    network = Network(folder / "network", BLOCK_TIME_S)
    ports = free_ports()
    try:
        network.start(ports, lambda text: console.print(f"  · {text}"))
        url = f"http://127.0.0.1:{ports.chain}"
        first_block = asyncio.run(_head(url)) + 1
        began_s = time.monotonic()
        tally = asyncio.run(import_table(file, "scms", network.home, console))
        seconds = time.monotonic() - began_s
        gas = asyncio.run(_gas(url, first_block))
        memory = max(_peak_bytes(pid) for pid in network.pids().values())
    finally:
        network.stop()
    kept = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Run(tally, seconds, gas, kept, memory)


async def _head(url: str) -> int:
    async with Client(url) as client:
        return await client.block_number()


async def _gas(url: str, first_block: int) -> int:
    async with Client(url) as client:
        blocks = await client.blocks(range(first_block, await client.block_number() + 1))
    return sum(block.gas_used for block in blocks if block is not None)


def _peak_bytes(pid: int) -> int:
    """Most memory a process has had (Linux); 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _print(run: Run, commit: str) -> None:
    tally, sent = run.tally, max(run.tally.sent, 1)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    figures: dict[str, Any] = {
        "rows": f"{tally.rows:,}",
        "recorded, bad": f"{tally.sent:,}, {len(tally.missing):,}",
        "seconds": f"{run.seconds:,.1f}",
        "rows per second": f"{tally.sent / run.seconds:,.1f}",
        "actions per second": f"{ACTIONS_PER_ROW * tally.sent / run.seconds:,.1f}",
        "gas": f"{run.gas:,}",
        "gas per row": f"{run.gas // sent:,}",
        "gas per action": f"{run.gas // (ACTIONS_PER_ROW * sent):,}",
        "largest gateway or chain, MB": f"{run.memory_bytes / 1e6:,.0f}",
        "importer, MB": f"{own / 1e6:,.0f}",
        "on disk, all three gateways and the chain, MB": f"{run.folder_bytes / 1e6:,.0f}",
    }
    table = Table(title=f"Import of {FILE.name}", title_justify="left")
    table.add_column("what")
    table.add_column("figure", justify="right")
    for name, figure in figures.items():
        table.add_row(name, figure)
    console.print(table)
    print(f"{_hardware()}; load {os.getloadavg()[2]:.1f} in the last 15 minutes; commit {commit}")
    print(
        json.dumps(
            {
                "rows": tally.rows,
                "recorded": tally.sent,
                "bad": len(tally.missing),
                "seconds": round(run.seconds, 1),
                "gas_total": run.gas,
                "gas_per_row": run.gas // sent,
                "rows_per_s": round(tally.sent / run.seconds, 2),
            }
        )
    )


def _hardware() -> str:
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {python}"


if __name__ == "__main__":
    sys.exit(main())
