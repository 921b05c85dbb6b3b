"""`consign vault`: what a vault holds, what of it is needed, and what is in IPFS."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from sqlalchemy import Engine

from gateway.database import migrate
from gateway.settings import Settings, SettingsInvalid
from ledger.catalogue import LedgerError
from ledger.database import connect
from ledger.vault import FileVault, VaultError
from ledger.vault.ipfs import replicate
from ledger.vault.kubo import Kubo
from ledger.vault.retention import check, collect

DEFAULT_HOME: Final = Path(".consign/up/gateways/brand")
HOLDS, DOES_NOT_HOLD, COULD_NOT_LOOK = 0, 1, 2
PLAIN: Final[Any] = {"highlight": False, "soft_wrap": True}
MB: Final = 1_000_000
NO_DAEMON: Final = "the settings name no IPFS daemon"

HomeOption = Annotated[Path, typer.Option("--home", help="Folder of the gateway.")]

vault = typer.Typer(help="The blocks that a gateway keeps.", no_args_is_help=True)
console = Console()


@vault.command("collect", epilog="Example: consign vault collect")
def collect_blocks(home: HomeOption = DEFAULT_HOME) -> None:
    """Forget the blocks that nothing needs any more; a gateway may be running meanwhile."""
    settings = _settings(home)
    with _database(settings) as engine:
        done = collect(
            engine,
            _vault_of(settings),
            keep_days=settings.vault.keep_days,
            upload_days=settings.vault.upload_days,
        )
    size = f"{done.dropped_bytes / MB:.1f} MB"
    console.print(f"kept {done.kept} blocks, forgot {done.dropped} ({size})", **PLAIN)
    if settings.vault.ipfs is not None:
        _replicate(settings, settings.vault.ipfs)


@vault.command("check", epilog="Example: consign vault check")
def check_blocks(home: HomeOption = DEFAULT_HOME) -> None:
    """Read every block that has to be here; exit code 1 when one is missing or damaged."""
    settings = _settings(home)
    with _database(settings) as engine:
        found = check(engine, _vault_of(settings), keep_days=settings.vault.keep_days)
    for name, cids in (("missing", found.missing), ("damaged", found.damaged)):
        for cid in cids:
            console.print(f"[red]{name}[/red] {cid}", **PLAIN)
    console.print(f"{found.whole} blocks are whole", **PLAIN)
    raise typer.Exit(DOES_NOT_HOLD if found.missing or found.damaged else HOLDS)


@vault.command("mend", epilog="Example: consign vault mend")
def mend_blocks(home: HomeOption = DEFAULT_HOME) -> None:
    """Fetch what is missing or damaged here from IPFS."""
    settings = _settings(home)
    url = settings.vault.ipfs
    if url is None:
        raise _could_not(NO_DAEMON)
    kept = _vault_of(settings)
    with _database(settings) as engine:
        found = check(engine, kept, keep_days=settings.vault.keep_days)
    wanted = [*found.missing, *found.damaged]
    try:
        fetched = asyncio.run(_fetched(url, wanted))
    except VaultError as problem:
        raise _could_not(problem) from None
    kept.put_all(list(fetched.values()))
    console.print(f"mended {len(fetched)} of {len(wanted)} blocks", **PLAIN)
    raise typer.Exit(HOLDS if len(fetched) == len(wanted) else DOES_NOT_HOLD)


@vault.command("replicate", epilog="Example: consign vault replicate")
def replicate_blocks(home: HomeOption = DEFAULT_HOME) -> None:
    """Make the IPFS daemon hold what the vault holds, and no more of it; gateways do so anyhow."""
    settings = _settings(home)
    if settings.vault.ipfs is None:
        raise _could_not(NO_DAEMON)
    _replicate(settings, settings.vault.ipfs)


def _replicate(settings: Settings, url: str) -> None:
    try:
        done = replicate(_vault_of(settings), url)
    except VaultError as problem:
        raise _could_not(problem) from None
    console.print(f"IPFS: added {done.added} blocks, forgot {done.removed}", **PLAIN)


async def _fetched(url: str, cids: Sequence[str]) -> dict[str, bytes]:
    async with Kubo(url) as kubo:
        return await kubo.fetch(cids)


def _could_not(problem: Exception | str) -> typer.Exit:
    console.print(f"[red]Could not:[/red] {problem}", **PLAIN)
    return typer.Exit(COULD_NOT_LOOK)


def _settings(home: Path) -> Settings:
    try:
        return Settings.load(home)
    except (LedgerError, SettingsInvalid, OSError) as problem:
        raise _could_not(problem) from None


@contextmanager
def _database(settings: Settings) -> Iterator[Engine]:
    try:
        engine = connect(settings.database_url)
        migrate(engine)
    except LedgerError as problem:
        raise _could_not(problem) from None
    try:
        yield engine
    finally:
        engine.dispose()


def _vault_of(settings: Settings) -> FileVault:
    return FileVault(settings.path(settings.vault.folder))
