"""`consign import`, from the file to the summary."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gateway.client import Desk, GatewayRefused
from gateway.connectors.csv.profile import find_profile
from gateway.connectors.csv.reader import BadRow, Imported, RowOutcome, read
from gateway.connectors.csv.writer import write_bad_rows
from gateway.connectors.message import ConnectorRefused, Finding, Location
from gateway.importing.journal import Journal
from gateway.importing.row import RowSender
from gateway.network.home import Home
from gateway.network.network import DEFAULT_PORTS, Network
from gateway.network.terms import agreement_terms
from ledger.client import Client
from ledger.document.errors import DocumentError

IN_FLIGHT = 96
BUYER, SELLER = "brand", "seamworks"
ALL_DONE, SOME_BAD, NOT_STARTED = 0, 1, 2


@dataclass(slots=True)
class Tally:
    """What became of the rows."""

    sent: int = 0
    already: int = 0
    bad: list[BadRow] = field(default_factory=list)
    refused: list[tuple[Imported, GatewayRefused]] = field(default_factory=list)


def run_import(file: Path, profile: str | None, folder: Path, console: Console) -> int:
    """Import a CSV file by its profile, or one UBL order.

    Parameters
    ----------
    profile : str or None
        Path or name of the mapping profile; none for UBL.
    folder : Path
        Folder of the local network; it is started if it does not run.

    Returns
    -------
    int
        Exit code: 0 all rows are on the ledger, 1 some were bad or refused, 2 nothing could start.
    """
    if not file.exists():
        console.print(f"[red]There is no file {file}.[/red]")
        return NOT_STARTED
    network = Network(folder, block_time_s=0.5)
    if not network.is_running():
        network.start(DEFAULT_PORTS, lambda text: console.print(f"  [dim]·[/dim] {text}"))
    try:
        if profile is None:
            return asyncio.run(_import_ubl(file.name, file.read_bytes(), network.home, console))
        return asyncio.run(_import_csv(file, profile, network.home, console))
    except (ConnectorRefused, DocumentError) as refused:
        console.print(f"[red]{type(refused).__name__}:[/red]", highlight=False)
        for finding in getattr(refused, "findings", (refused,)):
            console.print(f"  {finding}", highlight=False)
    except GatewayRefused as refused:
        console.print(f"[red]{refused}[/red]", highlight=False)
        for finding in refused.problem.get("findings", []):
            console.print(f"  {finding}", highlight=False)
    return NOT_STARTED


async def _import_ubl(name: str, content: bytes, home: Home, console: Console) -> int:
    async with aiohttp.ClientSession() as session:
        buyer, seller = _desks(session, home)
        agreement = await _agreement(buyer, seller)
        path = f"/v1/orders?agreement={agreement}"
        answer = await buyer.post(path, xml=content)
    console.print(f"{name} is order [bold]{answer['order']}[/bold]", highlight=False)
    return ALL_DONE


async def _import_csv(file: Path, profile_name: str, home: Home, console: Console) -> int:
    profile = find_profile(profile_name)
    rows = sum(1 for _ in _rows(profile_name, file))
    tally = Tally()
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    ports = home.ports()
    assert ports is not None, "a network that runs has ports"
    began_s = time.monotonic()
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        Client(f"http://127.0.0.1:{ports.chain}") as client,
    ):
        buyer, seller = _desks(session, home)
        agreement = await _agreement(buyer, seller)
        first_block = await client.block_number() + 1
        journal = Journal.of(home.folder / "imports", file, profile_name, agreement)
        sender = RowSender(buyer, seller, agreement, scope=profile.name)
        try:
            with _progress(console) as progress:
                bar = progress.add_task(file.name, total=rows)
                outcomes = _rows(profile_name, file)
                workers = (
                    _work(outcomes, sender, journal, tally, lambda: progress.advance(bar))
                    for _ in range(IN_FLIGHT)
                )
                await asyncio.gather(*workers)
        finally:
            journal.close()
        gas = await _gas_used(client, first_block)
    _write_bad_rows(file, tally)
    _summarise(tally, rows, gas, time.monotonic() - began_s, file, agreement, console)
    return SOME_BAD if tally.bad or tally.refused else ALL_DONE


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
            try:
                journal.note(outcome.key, await sender.send(outcome))
                tally.sent += 1
            except GatewayRefused as refused:
                tally.refused.append((outcome, refused))
        advance()


def _rows(profile_name: str, file: Path) -> Iterator[RowOutcome]:
    with file.open("rb") as stream:
        yield from read(find_profile(profile_name), stream)


def _desks(session: aiohttp.ClientSession, home: Home) -> tuple[Desk, Desk]:
    entries = {entry["alias"]: entry for entry in home.sign_in_entries()}
    buyer, seller = (
        Desk(session, each["gateway"], each["api_key"], each["organisation"], each["name"])
        for each in (entries[BUYER], entries[SELLER])
    )
    return buyer, seller


async def _agreement(buyer: Desk, seller: Desk) -> str:
    """The agreement that imported orders are issued under; made at the first import."""
    found = await buyer.get("/v1/agreements?limit=100")
    for each in found["items"]:
        seats = each["seats"]
        ours = seats["buyer"] == buyer.organisation and seats["seller"] == seller.organisation
        if ours and each["state"] == "Active" and not seats.get("arbiter"):
            agreement: str = each["id"]
            return agreement
    terms = agreement_terms("IMPORT", {"buyer": buyer, "seller": seller}, "Imported history.")
    seats = {"buyer": buyer.organisation, "seller": seller.organisation}
    answer = await buyer.post("/v1/agreements", {"seats": seats, "notice_days": 0, "terms": terms})
    agreement = answer["agreement"]
    path = f"/v1/agreements/{agreement}"
    await seller.until(path, lambda seen: seen["terms"] is not None, "the terms to arrive")
    await seller.post(f"{path}/sign")
    await buyer.until(path, lambda seen: seen["state"] == "Active", "the agreement to be in force")
    return agreement


async def _gas_used(client: Client, first_block: int) -> int:
    """Gas of all blocks since the start; on an embedded chain nobody else uses any."""
    last_block = await client.block_number()
    blocks = await client.blocks(range(first_block, last_block + 1))
    return sum(block.gas_used for block in blocks if block is not None)


def _write_bad_rows(file: Path, tally: Tally) -> None:
    """List every row that is not on the ledger, with line, column and reason."""
    if not tally.bad and not tally.refused:
        return
    refused = (_as_bad_row(row, refusal) for row, refusal in tally.refused)
    rows = sorted([*tally.bad, *refused], key=lambda row: row.line)
    with _bad_rows_file(file).open("w", newline="", encoding="utf-8") as stream:
        write_bad_rows(rows, stream)


def _as_bad_row(row: Imported, refused: GatewayRefused) -> BadRow:
    rule = f"{refused.error}: {refused.problem.get('detail', '')}"
    remedy = "Run the import again; rows that are on the ledger are not sent twice."
    return BadRow(row.line, row.key, (Finding(rule, Location(row.line, 1), "", remedy),))


def _bad_rows_file(file: Path) -> Path:
    return Path.cwd() / f"{file.stem}.bad-rows.csv"


def _summarise(
    tally: Tally,
    rows: int,
    gas: int,
    seconds: float,
    file: Path,
    agreement: str,
    console: Console,
) -> None:
    missing = len(tally.bad) + len(tally.refused)
    assert tally.sent + tally.already + missing == rows, "every row has an outcome"
    console.print(
        f"{rows} rows of {file.name} under {agreement}: {tally.sent} recorded, "
        f"{tally.already} already there, {len(tally.bad)} bad, {len(tally.refused)} refused",
        highlight=False,
    )
    for row in tally.bad[:10]:
        console.print(f"  [yellow]{row.findings[0]}[/yellow]", highlight=False)
    if missing:
        console.print(f"Every one of them is listed in {_bad_rows_file(file)}.", highlight=False)
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
