"""Importing a CSV file by its profile: one row, one order with its delivery."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gateway.client import GatewayRefused
from gateway.connectors.csv.profile import Profile, find_profile
from gateway.connectors.csv.reader import BadRow, Imported, RowOutcome, read
from gateway.connectors.csv.writer import write_bad_rows
from gateway.connectors.message import Finding, Location
from gateway.importing.agreement import import_agreement, import_desks
from gateway.importing.feed import Feed
from gateway.importing.journal import Journal
from gateway.importing.row import LOOK_AGAIN_S, LOOK_S, RowSender, Side
from gateway.network.home import Home
from ledger.client import Client

IN_FLIGHT = 64
"""Rows under way at once: enough to fill batches while each waits for blocks and documents."""

SHOWN_MAX = 10


@dataclass(slots=True)
class Tally:
    """What became of the rows; `bad` and `refused` are rows that are not on the ledger."""

    rows: int = 0
    sent: int = 0
    already: int = 0
    bad: list[BadRow] = field(default_factory=list)
    refused: list[BadRow] = field(default_factory=list)

    @property
    def missing(self) -> list[BadRow]:
        """Rows that are not on the ledger, in the order of the file."""
        return sorted([*self.bad, *self.refused], key=lambda row: row.line)


async def import_table(file: Path, profile_name: str, home: Home, console: Console) -> Tally:
    """Bring a file's rows onto the ledger and say what became of them.

    Raises
    ------
    ConnectorRefused
        If the profile or the file's header cannot be used; no row was sent.
    """
    profile = find_profile(profile_name)
    rows = sum(1 for _ in _rows(profile, file))
    tally, began_s = Tally(rows), time.monotonic()
    ports = home.ports()
    assert ports is not None, "a network that runs has ports"
    async with Client(f"http://127.0.0.1:{ports.chain}") as client, _sides(home) as (buyer, seller):
        agreement = await import_agreement(buyer.desk, seller.desk)
        first_block = await client.block_number() + 1
        journal = Journal.of(home.folder / "imports", file, profile_name, agreement)
        sender = RowSender(buyer, seller, agreement, profile.name, journal)
        with contextlib.closing(journal), _progress(console) as progress:
            bar = progress.add_task(file.name, total=rows)
            outcomes = _rows(profile, file)
            workers = (
                _work(outcomes, sender, journal, tally, lambda: progress.advance(bar))
                for _ in range(IN_FLIGHT)
            )
            await asyncio.gather(*workers)
        gas = await _gas_used(client, first_block)
    _write_missing(file, tally)
    _summarise(tally, gas, time.monotonic() - began_s, file, agreement, console)
    return tally


@contextlib.asynccontextmanager
async def _sides(home: Home) -> AsyncIterator[tuple[Side, Side]]:
    """Open buyer's and seller's desk and follow what their gateways tell."""
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        sides = [Side(desk, Feed(desk)) for desk in import_desks(session, home)]
        following = [asyncio.create_task(side.feed.follow()) for side in sides]
        try:
            yield sides[0], sides[1]
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)


async def _work(
    outcomes: Iterator[RowOutcome],
    sender: RowSender,
    journal: Journal,
    tally: Tally,
    advance: Callable[[], None],
) -> None:
    """Take rows off the file and send them, until there are none."""
    for outcome in outcomes:
        if isinstance(outcome, BadRow):
            tally.bad.append(outcome)
        elif outcome.key in journal.done:
            tally.already += 1
        else:
            # Only what was under way when an earlier import ended can have been sent before.
            was_sent = journal.is_resumed and tally.sent < 2 * IN_FLIGHT
            try:
                order = await sender.send(outcome, LOOK_AGAIN_S if was_sent else LOOK_S)
                journal.note(outcome.key, order)
                tally.sent += 1
            except (GatewayRefused, aiohttp.ClientError, TimeoutError) as problem:
                tally.refused.append(_as_bad_row(outcome, problem))
        advance()


def _rows(profile: Profile, file: Path) -> Iterator[RowOutcome]:
    with file.open("rb") as stream:
        yield from read(profile, stream)


def _as_bad_row(row: Imported, problem: Exception) -> BadRow:
    rule = f"{type(problem).__name__}: {problem}"
    if isinstance(problem, GatewayRefused):
        rule = f"{problem.error}: {problem.problem.get('detail', '')}"
    remedy = "Run the import again; rows that are on the ledger are not sent twice."
    return BadRow(row.line, row.key, (Finding(rule, Location(row.line, 1), "", remedy),))


async def _gas_used(client: Client, first_block: int) -> int:
    """Gas of all blocks since the start; on an embedded chain nobody else uses any."""
    last_block = await client.block_number()
    blocks = await client.blocks(range(first_block, last_block + 1))
    return sum(block.gas_used for block in blocks if block is not None)


def _write_missing(file: Path, tally: Tally) -> None:
    """List every row that is not on the ledger, with line, column and reason."""
    listing = _listing_of(file)
    if not tally.missing:
        listing.unlink(missing_ok=True)
        return
    with listing.open("w", newline="", encoding="utf-8") as stream:
        write_bad_rows(tally.missing, stream)


def _listing_of(file: Path) -> Path:
    return Path.cwd() / f"{file.stem}.bad-rows.csv"


def _summarise(
    tally: Tally, gas: int, seconds: float, file: Path, agreement: str, console: Console
) -> None:
    missing = tally.missing
    assert tally.sent + tally.already + len(missing) == tally.rows, "every row has an outcome"
    console.print(
        f"{tally.rows} rows of {file.name} under {agreement}: {tally.sent} recorded, "
        f"{tally.already} already there, {len(tally.bad)} bad, {len(tally.refused)} refused",
        highlight=False,
    )
    for row in missing[:SHOWN_MAX]:
        console.print(f"  [yellow]{row.findings[0]}[/yellow]", highlight=False)
    if missing:
        console.print(f"Every one of them is listed in {_listing_of(file)}.", highlight=False)
    each = f", {gas // tally.sent:,} a row" if tally.sent else ""
    console.print(f"{seconds:.1f} s, {gas:,} gas{each}", highlight=False)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )
