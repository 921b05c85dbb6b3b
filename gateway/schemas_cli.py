"""`consign schemas`: the published schemas and rules that a gateway checks messages with."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from gateway.connectors import detect
from gateway.connectors.message import ConnectorRefused
from gateway.connectors.schemas.archive import ArchiveRefused
from gateway.connectors.schemas.artefact import Skipped
from gateway.connectors.schemas.check import today
from gateway.connectors.schemas.finding import ERROR, RuleFinding, RulesUnusable
from gateway.connectors.schemas.store import Package, Store, StoreRefused
from gateway.settings import Settings, SettingsInvalid

DEFAULT_HOME: Final = Path(".consign/up/gateways/brand")
BROKEN, COULD_NOT = 1, 2
PLAIN: Final[Any] = {"highlight": False, "soft_wrap": True, "markup": False}
SHOWN_MAX: Final = 10

HomeOption = Annotated[Path, typer.Option("--home", help="Folder of the gateway.")]

schemas = typer.Typer(
    help="The published schemas and rules that messages are checked with.", no_args_is_help=True
)
console = Console()


@schemas.command(epilog="Example: consign schemas add phive-rules-peppol-4.3.7.jar")
def add(
    path: Annotated[Path, typer.Argument(help="A jar, zip, folder or file of the publisher.")],
    customization: Annotated[
        str, typer.Option(help="The CustomizationID that a Schematron of others is for.")
    ] = "",
    since: Annotated[str, typer.Option(help="Day from which on it holds, YYYY-MM-DD.")] = "",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Take what a publisher gives out; a running gateway uses it from the next message on."""
    try:
        if since:
            date.fromisoformat(since)
        store = _store(home)
        package, skipped = store.add(path, customization=customization, since=since)
    except (ArchiveRefused, StoreRefused, ValueError, OSError) as problem:
        raise _could_not(problem) from None
    _show(package)
    _show_skipped(skipped)


@schemas.command("list", epilog="Example: consign schemas list")
def list_packages(home: HomeOption = DEFAULT_HOME) -> None:
    """Say what is there."""
    packages = _store(home).packages()
    for package in packages:
        _show(package)
    if not packages:
        console.print("nothing is checked with published rules", **PLAIN)


@schemas.command(epilog="Example: consign schemas remove phive-rules-peppol-4.3.7")
def remove(
    name: Annotated[str, typer.Argument(help="As `list` shows it.")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Forget a package."""
    try:
        _store(home).remove(name)
    except StoreRefused as problem:
        raise _could_not(problem) from None
    console.print(f"removed {name}", **PLAIN)


@schemas.command(
    epilog="Example: consign schemas check order.xml\n\n"
    "Exit code 0: no rule refuses a file. 1: one does. 2: it could not be checked."
)
def check(
    files: Annotated[list[Path], typer.Argument(help="Messages in UBL, cXML or EPCIS.")],
    day: Annotated[str, typer.Option(help="Day whose rules are used; today.")] = "",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Hold files against the rules, as the inbox does."""
    from gateway.connectors.schemas.checker import Checker

    checker = Checker(_store(home).folder)
    is_broken = False
    for path in files:
        try:
            content = path.read_bytes()
            found = checker.check(content, detect.detect(content), day or today())
        except (ConnectorRefused, RulesUnusable, OSError) as problem:
            raise _could_not(f"{path}: {problem}") from None
        is_broken |= any(each.flag == ERROR for each in found)
        _show_findings(path, found)
    raise typer.Exit(BROKEN if is_broken else 0)


def _show(package: Package) -> None:
    counts = Counter(each.kind for each in package.artefacts)
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    releases = sorted({each.release for each in package.artefacts if each.release})
    told = f" (releases {', '.join(releases)})" if releases else ""
    console.print(f"{package.name}: {listed}{told}", **PLAIN)


def _show_skipped(skipped: tuple[Skipped, ...]) -> None:
    for each in skipped[:SHOWN_MAX]:
        console.print(f"not taken: {each.path} {each.reason}", **PLAIN)
    if len(skipped) > SHOWN_MAX:
        console.print(f"not taken: {len(skipped) - SHOWN_MAX} more", **PLAIN)


def _show_findings(path: Path, found: tuple[RuleFinding, ...]) -> None:
    console.print(f"{path}: {len(found)} findings", **PLAIN)
    for each in found:
        console.print(f"  {each.flag} {each}", **PLAIN)


def _could_not(problem: object) -> typer.Exit:
    Console(stderr=True).print(f"Could not: {problem}", **PLAIN)
    return typer.Exit(COULD_NOT)


def _store(home: Path) -> Store:
    try:
        settings = Settings.load(home)
    except (SettingsInvalid, OSError) as problem:
        raise _could_not(problem) from None
    return Store(settings.path(settings.messages.schemas))
