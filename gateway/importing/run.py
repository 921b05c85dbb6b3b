"""`consign import`: files onto the ledger of the local network, safe to stop and run again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import aiohttp
from rich.console import Console

from gateway.client import GatewayRefused, WaitedTooLong
from gateway.connectors.message import ConnectorRefused
from gateway.importing.order_file import import_orders, print_refusal
from gateway.importing.table_file import import_table
from gateway.network.network import DEFAULT_PORTS, Network, NetworkProblem
from ledger.catalogue import LedgerError

ALL_DONE, SOME_MISSING, NOT_STARTED = 0, 1, 2
BLOCK_TIME_S = 0.5


def run_import(files: Sequence[Path], profile: str | None, folder: Path, console: Console) -> int:
    """Import a CSV file by its profile, or UBL orders.

    Parameters
    ----------
    profile : str or None
        Path or name of the mapping profile; none for UBL.
    folder : Path
        Folder of the local network; it is started if it does not run.

    Returns
    -------
    int
        Exit code: 0 all is on the ledger, 1 some rows or files were bad or refused, 2 nothing could
        start.
    """
    absent = [file for file in files if not file.is_file()]
    if absent:
        console.print(f"[red]There is no file {absent[0]}.[/red]", highlight=False)
        return NOT_STARTED
    if profile is None and any(file.suffix.lower() == ".csv" for file in files):
        console.print("[red]A CSV file needs a profile:[/red] --profile NAME or --profile FILE.")
        return NOT_STARTED
    network = Network(folder, BLOCK_TIME_S)
    try:
        if not network.is_running():
            network.start(DEFAULT_PORTS, lambda text: console.print(f"  [dim]·[/dim] {text}"))
        missing = asyncio.run(_import(files, profile, network, console))
    except (ConnectorRefused, GatewayRefused) as refused:
        _print(refused, console)
        return NOT_STARTED
    except (NetworkProblem, WaitedTooLong, LedgerError, aiohttp.ClientError) as problem:
        console.print(f"[red]The import stopped:[/red] {problem}", highlight=False)
        console.print("Run it again: what is on the ledger is not sent twice.", highlight=False)
        return NOT_STARTED
    return SOME_MISSING if missing else ALL_DONE


async def _import(
    files: Sequence[Path], profile: str | None, network: Network, console: Console
) -> int:
    if profile is None:
        return await import_orders(files, network.home, console)
    tallies = [await import_table(file, profile, network.home, console) for file in files]
    return sum(len(tally.missing) for tally in tallies)


def _print(refused: ConnectorRefused | GatewayRefused, console: Console) -> None:
    if isinstance(refused, GatewayRefused):
        print_refusal("", refused, console)
        return
    console.print(f"[red]{type(refused).__name__}:[/red]", highlight=False)
    for finding in refused.findings:
        console.print(f"  {finding}", highlight=False)
