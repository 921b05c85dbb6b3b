"""The command line: `consign`. Heavy parts are imported by the command that needs them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    name="consign",
    help="An order network between companies: every order is co-signed, nobody owns the record.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)
console = Console()

DEFAULT_HOME = Path(".consign")
UP_HOME = DEFAULT_HOME / "up"
DEMO_HOME = DEFAULT_HOME / "demo"
RECORD_COLUMNS = 132

HomeOption = Annotated[
    Path,
    typer.Option("--home", help="Folder of the network.", envvar="CONSIGN_NETWORK"),
]


@app.command(epilog="Example: consign demo")
def demo(
    home: HomeOption = DEMO_HOME,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the network's folder for a look.")
    ] = False,
    record: Annotated[
        Path | None, typer.Option("--record", help="Save what is shown as an SVG picture.")
    ] = None,
) -> None:
    """Run the main job: one order and one pooled truck, from the UBL file to the verified close."""
    from gateway.demo.run import run_demo

    screen = Console(record=True, width=RECORD_COLUMNS) if record else console
    code = run_demo(home, screen, keep=keep)
    if record:
        screen.save_svg(str(record), title="make demo")
    raise typer.Exit(code)


@app.command(epilog="Example: consign up")
def up(
    home: HomeOption = UP_HOME,
    free_ports: Annotated[
        bool, typer.Option("--free-ports", help="Move to ports that are free now.")
    ] = False,
) -> None:
    """Start the local network, or resume it, and leave it running."""
    from gateway.demo.run import run_up

    raise typer.Exit(run_up(home, console, is_moving=free_ports))


@app.command(epilog="Example: consign down")
def down(home: HomeOption = UP_HOME) -> None:
    """Stop the local network; what it recorded stays for the next `consign up`."""
    from gateway.network.network import Network, NetworkProblem

    try:
        stopped = Network(home).stop()
    except NetworkProblem as problem:
        console.print(f"[red]{problem}[/red]", highlight=False)
        raise typer.Exit(1) from None
    console.print(f"stopped {', '.join(stopped)}" if stopped else "nothing was running")


@app.command(epilog="Example: consign doctor")
def doctor(home: HomeOption = UP_HOME) -> None:
    """Say what is missing on this machine and how to mend it."""
    from gateway.doctor import run_doctor

    raise typer.Exit(run_doctor(home, console))


@app.command(epilog="Example: consign serve --home .consign/up/gateways/brand")
def serve(
    home: Annotated[Path, typer.Option("--home", help="Folder of the gateway.")],
) -> None:
    """Run one gateway in the foreground; 2 when it refuses to start."""
    from gateway.serve import run
    from gateway.settings import SettingsInvalid
    from ledger.catalogue import LedgerError

    try:
        run(home)
    except (LedgerError, SettingsInvalid) as problem:
        console.print(f"[red]{type(problem).__name__}:[/red] {problem}", highlight=False)
        raise typer.Exit(2) from None


@app.command(epilog="Example: consign node --folder .consign/up/network/chain --port 8545")
def node(
    folder: Annotated[Path, typer.Option("--folder", help="Where the chain is kept.")],
    port: Annotated[int, typer.Option("--port", help="Loopback port of its JSON-RPC.")] = 8545,
    block_time_s: Annotated[
        float, typer.Option("--block-time", help="Seconds between blocks under load.")
    ] = 1.0,
) -> None:
    """Run the embedded chain in the foreground (one node, no consensus)."""
    from ledger.embedded import EmbeddedChain

    EmbeddedChain(folder, port=port, block_time_s=block_time_s).run()


@app.command(
    epilog="Example: consign verify A1-1-O1 --home .consign/up/gateways/auditor\n\n"
    "Exit code 0: everything holds. 1: something does not. 2: it could not be looked at."
)
def verify(
    order: Annotated[str, typer.Argument(help="Order id, for example A1-1-O1.")],
    home: Annotated[
        Path, typer.Option("--home", help="A member's folder: its keys, its view.")
    ] = UP_HOME / "gateways" / "brand",
    organisation: Annotated[
        int | None, typer.Option(help="Which of the folder's organisations looks.")
    ] = None,
) -> None:
    """Re-check every step of an order from the chain and the sealed documents alone."""
    from gateway.verification import run_verify

    raise typer.Exit(run_verify(order, home, organisation, console))


@app.command(
    name="import",
    epilog="Examples: consign import --profile scms delivery_history.csv\n\n"
    "consign import order-1.xml order-2.xml\n\n"
    "Exit code 0: all is on the ledger. 1: some rows or files were not taken. 2: nothing could "
    "start.",
)
def import_file(
    files: Annotated[list[Path], typer.Argument(help="CSV files, or UBL orders.")],
    profile: Annotated[
        str | None, typer.Option("--profile", help="Mapping profile of a CSV file.")
    ] = None,
    home: HomeOption = UP_HOME,
) -> None:
    """Bring files' orders and deliveries onto the ledger; safe to stop and run again."""
    from gateway.importing.run import run_import

    raise typer.Exit(run_import(files, profile, home, console))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example: consign bench import",
)
def bench(name: Annotated[str, typer.Argument(help="A file of benchmarks/, without .py")]) -> None:
    """Run one benchmark of a source checkout."""
    import runpy

    script = Path(__file__).resolve().parents[1] / "benchmarks" / f"{name}.py"
    if not script.exists():
        known = ", ".join(sorted(path.stem for path in script.parent.glob("*.py"))) or "none"
        console.print(f"[red]There is no benchmark {name}.[/red] There are: {known}.")
        raise typer.Exit(2)
    runpy.run_path(str(script), run_name="__main__")


def _add_resources() -> None:
    from gateway.archive_cli import archive
    from gateway.connector_cli import connector
    from gateway.conversion_cli import EPILOG as CONVERT_EPILOG
    from gateway.conversion_cli import convert
    from gateway.deploy_cli import EPILOG, deploy
    from gateway.desk_cli import agreement, order, org
    from gateway.keys_cli import keys
    from gateway.proof_cli import proof
    from gateway.schemas_cli import schemas
    from gateway.vault_cli import vault

    app.command(epilog=EPILOG)(deploy)
    app.command(epilog=CONVERT_EPILOG)(convert)
    app.add_typer(archive, name="archive")
    app.add_typer(org, name="org")
    app.add_typer(agreement, name="agreement")
    app.add_typer(order, name="order")
    app.add_typer(proof, name="proof")
    app.add_typer(keys, name="keys")
    app.add_typer(vault, name="vault")
    app.add_typer(connector, name="connector")
    app.add_typer(schemas, name="schemas")


_add_resources()

if __name__ == "__main__":
    # A detached process must not keep the folder it was started from busy.
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    app()
