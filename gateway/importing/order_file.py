"""Importing UBL orders: one file, one order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import aiohttp
from rich.console import Console

from gateway.client import GatewayRefused
from gateway.importing.agreement import import_agreement, import_desks
from gateway.network.home import Home


async def import_orders(files: Sequence[Path], home: Home, console: Console) -> int:
    """Issue the order of each file, and say what became of it.

    Returns
    -------
    int
        How many files were refused.
    """
    refused = 0
    async with aiohttp.ClientSession() as session:
        buyer, seller = import_desks(session, home)
        agreement = await import_agreement(buyer, seller)
        path = f"/v1/orders?agreement={agreement}"
        for file in files:
            try:
                content = file.read_bytes()
                # The same bytes are the same order, however often they are imported.
                key = hashlib.sha256(agreement.encode() + b"\n" + content).hexdigest()
                answer = await buyer.post(path, xml=content, idempotency_key=key)
                console.print(f"{file.name} is order [bold]{answer['order']}[/bold]")
            except OSError as problem:
                refused += 1
                console.print(f"[red]{file}: {problem.strerror}[/red]", highlight=False)
            except GatewayRefused as problem:
                refused += 1
                print_refusal(f"{file.name}: ", problem, console)
    if len(files) > 1:
        console.print(
            f"{len(files) - refused} of {len(files)} files are on the ledger under {agreement}, "
            f"{refused} were refused."
        )
    return refused


def print_refusal(where: str, refused: GatewayRefused, console: Console) -> None:
    """Print what a gateway refused, with every finding."""
    console.print(f"[red]{where}{refused}[/red]", highlight=False)
    for finding in refused.problem.get("findings", []):
        place = " ".join(str(finding[each]) for each in ("path", "message") if finding.get(each))
        console.print(f"  {place or finding}", highlight=False)
