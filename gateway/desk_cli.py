"""`consign org`, `consign agreement`, `consign order`: a member's desk on the command line.

Each command speaks to a gateway's API as any system of the member would. Which gateway and as whom
is said before the command: ``consign order --as brand list`` for a member of the local network, or
by CONSIGN_URL and CONSIGN_API_KEY.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from rich.console import Console
from rich.table import Table

from gateway.client import Desk, GatewayRefused
from gateway.network.home import Home

console = Console()


@dataclass(frozen=True, slots=True)
class _Login:
    """What was said about who speaks, and to which gateway."""

    alias: str | None
    network: Path
    url: str | None
    api_key: str | None


org = typer.Typer(help="Organisations of the network.", no_args_is_help=True)
agreement = typer.Typer(help="Agreements: propose, sign, decline, end.", no_args_is_help=True)
order = typer.Typer(help="Orders and what was recorded of them.", no_args_is_help=True)

NETWORK = Path(".consign/up")
UNKNOWN = 0
"""Number of an organisation of which only the API key is known."""

USAGE = 2
"""Exit code when the command was not called as it should be."""


@org.callback()
@agreement.callback()
@order.callback()
def sign_in(
    ctx: typer.Context,
    alias: Annotated[
        str | None, typer.Option("--as", help="Alias of a member of the local network.")
    ] = None,
    network: Annotated[
        Path, typer.Option(help="Folder of the local network.", envvar="CONSIGN_NETWORK")
    ] = NETWORK,
    url: Annotated[
        str | None, typer.Option(help="Address of the gateway.", envvar="CONSIGN_URL")
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(help="Your API key there.", envvar="CONSIGN_API_KEY")
    ] = None,
) -> None:
    """Say who you are: --as a member of the local network, or --url with --api-key."""
    ctx.obj = _Login(alias, network, url, api_key)


@org.command("list", epilog="Example: consign org --as brand list")
def list_organisations(
    ctx: typer.Context,
) -> None:
    """List the members of the network."""
    rows = ask(ctx, lambda desk: desk.all_of("/v1/organisations"))
    _print_rows(rows, ("number", "name", "roles", "endpoint"))


@org.command("show", epilog="Example: consign org --as brand show 2")
def show_organisation(
    ctx: typer.Context,
    number: int,
) -> None:
    """Show one member."""
    path = f"/v1/organisations/{number}"
    _print_json(ask(ctx, lambda desk: desk.get(path)))


@agreement.command("list", epilog="Example: consign agreement --as seamworks list")
def list_agreements(
    ctx: typer.Context,
) -> None:
    """List your agreements."""
    rows = ask(ctx, lambda desk: desk.all_of("/v1/agreements"))
    _print_rows(rows, ("id", "state", "seats"))


@agreement.command("show", epilog="Example: consign agreement --as brand show A1-1")
def show_agreement(
    ctx: typer.Context,
    agreement_id: str,
) -> None:
    """Show one agreement with its terms."""
    path = f"/v1/agreements/{agreement_id}"
    _print_json(ask(ctx, lambda desk: desk.get(path)))


@agreement.command(
    "propose", epilog="Example: consign agreement --as brand propose --seller 3 --terms terms.json"
)
def propose_agreement(
    ctx: typer.Context,
    seller: Annotated[int, typer.Option(help="Organisation that sells.")],
    terms: Annotated[Path, typer.Option(help="AgreementTerms document as JSON.", exists=True)],
    buyer: Annotated[
        int | None,
        typer.Option(help="Organisation that buys; with --as you by default, else needed."),
    ] = None,
    arbiter: Annotated[int | None, typer.Option(help="Who resolves disputes.")] = None,
    notice_days: Annotated[int, typer.Option(help="Days of notice.")] = 30,
) -> None:
    """Propose an agreement to another member."""
    if buyer is None and ctx.obj.url:
        # An API key says to the gateway whose it is; the gateway does not say it to us.
        console.print("[red]Say who buys:[/red] with --url your number is not known, add --buyer.")
        raise typer.Exit(USAGE)

    async def propose(desk: Desk) -> Any:
        seats = {"buyer": buyer or desk.organisation, "seller": seller}
        seats |= {"arbiter": arbiter} if arbiter else {}
        body = {"seats": seats, "notice_days": notice_days, "terms": json.loads(terms.read_text())}
        return await desk.post("/v1/agreements", body)

    _print_json(ask(ctx, propose))


@agreement.command("act", epilog="Example: consign agreement --as seamworks act A1-1 sign")
def act_on_agreement(
    ctx: typer.Context,
    agreement_id: str,
    action: Annotated[str, typer.Argument(help="sign, decline, drop, propose-end, sign-end, …")],
) -> None:
    """Take a step in an agreement's life."""
    path = f"/v1/agreements/{agreement_id}/{action}"
    _print_json(ask(ctx, lambda desk: desk.post(path)))


@order.command("list", epilog="Example: consign order --as brand list")
def list_orders(
    ctx: typer.Context,
) -> None:
    """List your orders, last changed first."""
    rows = ask(ctx, lambda desk: desk.all_of("/v1/orders"))
    _print_rows(rows, ("id", "state", "allowed_actions"))


@order.command("show", epilog="Example: consign order --as brand show A1-1-O1")
def show_order(
    ctx: typer.Context,
    order_id: str,
) -> None:
    """Show one order as it is agreed now."""
    path = f"/v1/orders/{order_id}"
    _print_json(ask(ctx, lambda desk: desk.get(path)))


@order.command("timeline", epilog="Example: consign order --as brand timeline A1-1-O1")
def show_timeline(
    ctx: typer.Context,
    order_id: str,
) -> None:
    """Show everything recorded of an order, in order."""
    path = f"/v1/orders/{order_id}/timeline"
    answer = ask(ctx, lambda desk: desk.get(path))
    facts = [entry | {"time": _clock(entry["time"])} for entry in answer["items"]]
    _print_rows(facts, ("time", "event", "organisation_name", "signer", "transaction"))


@order.command("issue", epilog="Example: consign order --as brand issue A1-1 examples/order.xml")
def issue_order(
    ctx: typer.Context,
    agreement_id: str,
    file: Annotated[
        Path, typer.Argument(help="UBL Order, or Order document as JSON.", exists=True)
    ],
) -> None:
    """Issue an order under an agreement."""

    async def issue(desk: Desk) -> Any:
        if file.suffix == ".json":
            body = {"agreement": agreement_id, "document": json.loads(file.read_text())}
            return await desk.post("/v1/orders", body)
        return await desk.post(f"/v1/orders?agreement={agreement_id}", xml=file.read_bytes())

    _print_json(ask(ctx, issue))


@order.command(
    "act",
    epilog="Example: consign order --as seamworks act A1-1-O2 confirm --document response.json",
)
def act_on_order(
    ctx: typer.Context,
    order_id: str,
    action: Annotated[str, typer.Argument(help="acknowledge, confirm, reject, close, …")],
    document: Annotated[
        Path | None, typer.Option(help="The action's document as JSON.", exists=True)
    ] = None,
) -> None:
    """Take a step in an order's life."""
    body = {"document": json.loads(document.read_text())} if document else {}
    path = f"/v1/orders/{order_id}/{action}"
    _print_json(ask(ctx, lambda desk: desk.post(path, body)))


def ask(ctx: typer.Context, question: Callable[[Desk], Awaitable[Any]]) -> Any:
    """Ask a gateway; a refusal is printed with its reason and ends the command."""
    where = _where(ctx.obj)

    async def asking() -> Any:
        async with aiohttp.ClientSession() as session:
            return await question(Desk(session, *where))

    try:
        return asyncio.run(asking())
    except GatewayRefused as refused:
        console.print(f"[red]{refused}[/red]", highlight=False)
        for finding in refused.problem.get("findings", []):
            console.print(f"  {finding}", highlight=False)
    except (aiohttp.ClientError, TimeoutError) as problem:
        console.print(f"[red]No gateway answers at {where[0]}:[/red] {problem}", highlight=False)
    raise typer.Exit(1)


def _where(login: _Login) -> tuple[str, str, int, str]:
    """Address, API key, organisation and name to speak with."""
    if login.url and login.api_key:
        return login.url.rstrip("/"), login.api_key, UNKNOWN, ""
    if login.url or login.api_key:
        console.print("[red]Say who you are:[/red] --url and --api-key go together.")
        raise typer.Exit(USAGE)
    entries = Home(login.network).sign_in_entries()
    for entry in entries:
        if entry["alias"] == login.alias:
            return entry["gateway"], entry["api_key"], entry["organisation"], entry["name"]
    known = ", ".join(entry["alias"] for entry in entries) or "none: run `consign up` first"
    console.print(f"[red]Say who you are:[/red] --as one of {known}; or --url with --api-key.")
    raise typer.Exit(USAGE)


def _print_rows(items: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    for item in items:
        table.add_row(*(_cell(item.get(column)) for column in columns))
    console.print(table)


def _clock(time: int) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S}"


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items() if each)
    return "" if value is None else str(value)


def _print_json(value: Any) -> None:
    console.print_json(data=value)
