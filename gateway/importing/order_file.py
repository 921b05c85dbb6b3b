"""Importing UBL orders: one file, one order."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

import aiohttp
from rich.console import Console

from gateway.client import Desk, GatewayRefused
from gateway.importing.agreement import import_agreement, import_desks
from gateway.network.home import Home

IN_FLIGHT = 16


async def import_orders(files: Sequence[Path], home: Home, console: Console) -> int:
    """Issue the order of each file, and say what became of it.

    Returns
    -------
    int
        How many files were refused.
    """
    async with aiohttp.ClientSession() as session:
        buyer, seller = import_desks(session, home)
        agreement = await import_agreement(buyer, seller)
        turn = asyncio.Semaphore(IN_FLIGHT)
        outcomes = await asyncio.gather(*(_issue(buyer, agreement, file, turn) for file in files))
    for file, outcome in zip(files, outcomes, strict=True):
        if isinstance(outcome, str):
            console.print(f"{file.name} is order [bold]{outcome}[/bold]", highlight=False)
        elif isinstance(outcome, GatewayRefused):
            print_refusal(f"{file.name}: ", outcome, console)
        else:
            console.print(f"[red]{file.name}: {outcome}[/red]", highlight=False)
    refused = sum(not isinstance(outcome, str) for outcome in outcomes)
    if len(files) > 1:
        console.print(
            f"{len(files) - refused} of {len(files)} files are on the ledger under {agreement}, "
            f"{refused} were refused.",
            highlight=False,
        )
    return refused


async def _issue(
    buyer: Desk, agreement: str, file: Path, turn: asyncio.Semaphore
) -> str | GatewayRefused | OSError:
    """Issue the order of a file; give its id, or why there is none."""
    async with turn:
        try:
            content = await asyncio.to_thread(file.read_bytes)
            # The same bytes are the same order, however often they are imported.
            key = hashlib.sha256(agreement.encode() + b"\n" + content).hexdigest()
            path = f"/v1/orders?agreement={agreement}"
            answer = await buyer.post(path, xml=content, idempotency_key=key)
        except (GatewayRefused, OSError) as problem:
            return problem
    return str(answer["order"])


def print_refusal(where: str, refused: GatewayRefused, console: Console) -> None:
    """Print what a gateway refused, with every finding."""
    console.print(f"[red]{where}{refused}[/red]", highlight=False)
    for finding in refused.problem.get("findings", []):
        place = " ".join(str(finding[each]) for each in ("path", "message") if finding.get(each))
        console.print(f"  {place or finding}", highlight=False)
