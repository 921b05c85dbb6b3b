"""`consign connector`: profiles of partners, proposed from samples and tried with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.connectors.message import ConnectorRefused, Finding
from gateway.connectors.profile.comparison import Comparison, Line
from gateway.connectors.profile.learning import learn
from gateway.connectors.profile.partner import Partner, read_partner
from gateway.connectors.profile.trial import compare

READABLE, UNREADABLE, COULD_NOT_LOOK = 0, 1, 2
SAMPLE_BYTES_MAX: Final = 64 * 1024 * 1024
PLAIN: Final[Any] = {"highlight": False, "soft_wrap": True}

connector = typer.Typer(help="Profiles of partners: docs/profiles.md.", no_args_is_help=True)
console = Console()

Samples = Annotated[
    list[Path], typer.Argument(help="Files that the partner has sent: X12, EDIFACT, CSV, Excel.")
]


@connector.command(
    "learn",
    epilog="Example: consign connector learn --name acme order-1.edi order-2.edi > acme.toml\n\n"
    "Exit code 0: a profile is proposed. 2: a sample could not be read.",
)
def learn_profile(
    samples: Samples,
    name: Annotated[
        str, typer.Option("--name", help="Name of the partner: small letters, digits, - and _.")
    ] = "partner",
    version: Annotated[
        str | None, typer.Option("--version", help="Of the profile; today, when left out.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="File to write, instead of showing it.")
    ] = None,
) -> None:
    """Propose a profile from what a partner has sent, with the reasons in comments."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    contents = [(each.name, content) for each, content in _contents(samples)]
    try:
        text = learn(contents, name, version or today)
        partner = read_partner(text.encode())
    except ConnectorRefused as refused:
        raise _could_not(refused) from None
    if output is not None:
        output.write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)
    read = [each for _, content in contents for each in _compared(partner, content)]
    right = sum(each.is_readable for each in read)
    Console(stderr=True).print(f"{right} of {len(read)} messages and rows are read by it", **PLAIN)


@connector.command(
    "test",
    epilog="Example: consign connector test acme.toml order-1.edi order-2.edi\n\n"
    "Exit code 0: all is readable, and written back as it was sent. 1: something is not. "
    "2: the profile or a file could not be read.",
)
def try_profile(
    profile: Annotated[Path, typer.Argument(help="The profile: a TOML file.")],
    samples: Samples,
    is_brief: Annotated[
        bool, typer.Option("--brief", help="Show only what is wrong or altered.")
    ] = False,
) -> None:
    """Show what was sent, what it means, and what would be written back, side by side."""
    ((_, content),) = _contents([profile])
    try:
        partner = read_partner(content)
    except ConnectorRefused as refused:
        raise _could_not(refused) from None
    wrong = total = 0
    for path, sample in _contents(samples):
        for each in _compared(partner, sample):
            total += 1
            is_right = each.is_readable and each.is_same
            wrong += not is_right
            if not (is_brief and is_right):
                _show(path, each)
    console.print(f"{total - wrong} of {total} are read, and written back as sent", **PLAIN)
    raise typer.Exit(UNREADABLE if wrong or not total else READABLE)


def _compared(partner: Partner, content: bytes) -> Iterator[Comparison]:
    try:
        yield from compare(partner, content)
    except ConnectorRefused as refused:
        yield Comparison("as a whole", (), refused.findings)


def _show(path: Path, comparison: Comparison) -> None:
    verdict = "[green]read[/green]" if comparison.is_readable else "[red]refused[/red]"
    console.print(f"[bold]{_shown(path.name)}[/bold] {_shown(comparison.title)}: {verdict}")
    table = Table(show_edge=False, pad_edge=False)
    for name in ("where", "sent", "means", "written back"):
        table.add_column(name, overflow="fold")
    for line in comparison.lines:
        cells = (line.place, line.sent, "\n".join(line.means), _back(line))
        table.add_row(*map(_shown, cells), style="yellow" if line.is_altered else "")
    if comparison.lines:
        console.print(table)
    _list(comparison.findings, "red")
    _list(comparison.warnings, "yellow")


def _back(line: Line) -> str:
    if line.written is None:
        return ""
    return (line.written or "nothing") if line.is_altered else "same"


def _shown(text: str) -> str:
    """Keep what partners send from moving the cursor, or worse."""
    return escape(
        "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text)
    )


def _list(findings: Sequence[Finding], colour: str) -> None:
    for each in findings:
        console.print(f"  [{colour}]·[/{colour}] {_shown(str(each))}", **PLAIN)


def _contents(paths: Sequence[Path]) -> list[tuple[Path, bytes]]:
    found = []
    for path in paths:
        try:
            if path.stat().st_size > SAMPLE_BYTES_MAX:
                console.print(f"[red]{_shown(str(path))} is larger than 64 MB.[/red]", **PLAIN)
                raise typer.Exit(COULD_NOT_LOOK)
            found.append((path, path.read_bytes()))
        except OSError as problem:
            console.print(f"[red]{_shown(str(problem))}[/red]", **PLAIN)
            raise typer.Exit(COULD_NOT_LOOK) from None
    return found


def _could_not(refused: ConnectorRefused) -> typer.Exit:
    console.print(f"[red]{refused.name}:[/red]", **PLAIN)
    _list(refused.findings, "red")
    return typer.Exit(COULD_NOT_LOOK)
