"""`consign archive`: a network's history as one file, written, verified and started from."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, ParamSpec

import typer
from rich.console import Console
from rich.table import Table

from gateway.settings import Settings, SettingsInvalid
from ledger.archive.export import export
from ledger.archive.network import Network
from ledger.archive.proof import head_of, network_of
from ledger.archive.verification import Verdict, head_hash_of, verify
from ledger.catalogue import LedgerError
from ledger.client import Client
from ledger.deployment import Deployment
from ledger.fault import ArchiveFalse, ArchiveUnreadable

HOLDS, DOES_NOT_HOLD, COULD_NOT_LOOK = 0, 1, 2
CONFIRMATIONS: Final = 2
DEFAULT_HOME: Final = Path(".consign/up/gateways/brand")
CODES: Final = (
    "Exit code 0: done, and all holds. 1: something does not hold. 2: it could not begin."
)
PLAIN: Final[Any] = {"highlight": False, "soft_wrap": True}

P = ParamSpec("P")
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The archive.")]
HomeOption = Annotated[Path, typer.Option("--home", help="Folder of the gateway.")]

archive = typer.Typer(
    help="A network's history as one file that nobody has to be trusted for.",
    no_args_is_help=True,
)
console = Console()


def _coded(command: Callable[P, None]) -> Callable[P, None]:
    """Say what went wrong in a sentence, and end with its exit code."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (ArchiveFalse, ArchiveUnreadable) as wrong:
            console.print(f"[red]✗ {wrong}[/red] {wrong.remedy}", **PLAIN)
            raise typer.Exit(DOES_NOT_HOLD) from None
        except (LedgerError, SettingsInvalid, OSError) as problem:
            console.print(f"[red]Could not:[/red] {problem}", **PLAIN)
            raise typer.Exit(COULD_NOT_LOOK) from None

    return run


@archive.command("export", epilog=f"Example: consign archive export network.archive\n\n{CODES}")
@_coded
def export_file(
    file: FileArgument,
    home: HomeOption = DEFAULT_HOME,
    from_node: Annotated[
        str | None, typer.Option("--from-node", help="Node to read; the gateway's by default.")
    ] = None,
    confirmations: Annotated[
        int, typer.Option(min=0, help="Youngest blocks to leave out: they may yet be taken back.")
    ] = CONFIRMATIONS,
) -> None:
    """Write the network's whole history to a file."""
    settings = Settings.load(home)
    network = Network.of(Deployment.load(settings.path(settings.chain.deployment)))

    async def write() -> None:
        async with Client(from_node or settings.chain.url) as client:
            last = await export(client, network, file, confirmations=confirmations)
        size = file.stat().st_size
        console.print(
            f"{file}: {size:,} bytes, blocks {network.block} to {last.number}.\n"
            f"Its head is 0x{last.hash.hex()}.",
            **PLAIN,
        )

    asyncio.run(write())


@archive.command("verify", epilog=f"Example: consign archive verify network.archive\n\n{CODES}")
@_coded
def verify_file(
    file: FileArgument,
    head: Annotated[
        str | None, typer.Option(help="Hash of its last block, from somebody you trust.")
    ] = None,
    node: Annotated[
        str | None, typer.Option(help="Your own node: asked for one block, and nothing else.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="Gateway whose network it has to be of.")
    ] = None,
) -> None:
    """Check a file: that the chain holds what it tells, and that the contracts' rules gave it."""
    network = None
    if home is not None:
        settings = Settings.load(home)
        network = Network.of(Deployment.load(settings.path(settings.chain.deployment)))
    trusted = _trusted(head)
    if node is not None:
        trusted = asyncio.run(_ask(node, file, trusted))
    _print(verify(file, network=network, head_hash=trusted))


@archive.command("import", epilog=f"Example: consign archive import network.archive\n\n{CODES}")
@_coded
def import_file(file: FileArgument, home: HomeOption = DEFAULT_HOME) -> None:
    """Verify a file against the gateway's own node, then start the gateway's database from it."""
    settings = Settings.load(home)
    network = Network.of(Deployment.load(settings.path(settings.chain.deployment)))
    trusted = asyncio.run(_ask(settings.chain.url, file, None))
    _print(verify(file, network=network, head_hash=trusted))
    _fold(file, settings)


def _fold(file: Path, settings: Settings) -> None:
    from ledger.archive.intake import fold_archive
    from ledger.database import connect, migrate
    from ledger.lease import LeaseLost

    engine = connect(settings.database_url)
    try:
        migrate(engine)
        taken = fold_archive(engine, file, hosted=settings.organisations)
    except LeaseLost:
        console.print("[red]Could not:[/red] stop the gateway that uses this database.", **PLAIN)
        raise typer.Exit(COULD_NOT_LOOK) from None
    finally:
        engine.dispose()
    console.print(f"{taken:,} blocks taken in; the gateway goes on from there.", **PLAIN)


async def _ask(url: str, file: Path, trusted: bytes | None) -> bytes:
    """Ask a node for its block at the height of an archive's head."""
    head, network = head_of(file), network_of(file)
    async with Client(url) as client:
        answer = await head_hash_of(client, head, network)
    if trusted not in (None, answer):
        problem = f"the node has block 0x{answer.hex()}, which is not the head that was named"
        raise ArchiveFalse(block=head.number, problem=problem)
    return answer


def _trusted(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        digest = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise typer.BadParameter("a block's hash has 64 hexadecimal digits", param_hint="--head")
    return digest


def _print(verdict: Verdict) -> None:
    network, head, tally = verdict.network, verdict.head, verdict.tally
    table = Table(title=f"Chain {network.chain_id}, registry {network.registry}", min_width=60)
    table.add_column("Checked")
    table.add_column("How many", justify="right")
    for what, count in (
        ("Blocks linked by their hashes", head.blocks),
        ("Blocks whose transactions and receipts are proven", head.bodies),
        ("Events recorded as the rules give", tally.events),
        ("Actions and intents rightly refused", tally.refused),
        ("Signatures recovered", tally.signatures),
        ("Changes to members and keys", tally.members),
        ("[dim]Not checkable: signatures of contract accounts[/dim]", tally.by_accounts),
        ("[dim]Not checkable: signers behind other contracts[/dim]", tally.through_contracts),
        ("[dim]Not checkable: authors of changes to members[/dim]", tally.members_unasked),
        ("[dim]On the chain, rules not gone through: tenders[/dim]", tally.tenders),
    ):
        table.add_row(what, f"{count:,}")
    console.print(table)
    console.print(f"Council at first: {network.council}.", **PLAIN)
    console.print(f"Head: block {head.number}, 0x{head.hash.hex()}.", **PLAIN)
    if verdict.is_anchored:
        console.print("[green]Everything holds.[/green]", **PLAIN)
        return
    console.print(
        "[yellow]It holds together, but nobody you trust has named its head:[/yellow] compare the "
        "hash above with your own node, with --node or --head.",
        **PLAIN,
    )
