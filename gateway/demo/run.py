"""`consign demo` and `consign up`: the stories on the local network."""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.table import Table

from gateway.client import Desk, GatewayRefused, WaitedTooLong
from gateway.demo.direct_signer import DirectSigner
from gateway.demo.errors import StoryWrong
from gateway.demo.order_story import OrderStory
from gateway.demo.pool_story import PoolStory
from gateway.demo.show import Show
from gateway.network.errors import NetworkProblem
from gateway.network.home import Home
from gateway.network.members import MEMBERS, member
from gateway.network.network import DEFAULT_PORTS, Network, free_ports
from gateway.settings import Settings
from gateway.verification import authorizer, endpoints_of, fetcher, print_report, reader_of, verify
from ledger.catalogue import LedgerError
from ledger.client import Client
from ledger.deployment import Deployment
from ledger.identifier import parse_order
from ledger.verification.finding import Report

ORDER_FILE = Path(__file__).resolve().parents[2] / "examples" / "order.xml"
DEMO_BLOCK_TIME_S = 0.2
STORY_PROBLEMS = (GatewayRefused, WaitedTooLong, StoryWrong, LedgerError, aiohttp.ClientError)
DEMO_PROBLEMS = (*STORY_PROBLEMS, NetworkProblem)
UP_BLOCK_TIME_S = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the stories left on the ledger."""

    order: str
    auction: str


def run_demo(folder: Path, console: Console, *, keep: bool) -> int:
    """Start a fresh network, tell the stories, check the order again, stop.

    Returns
    -------
    int
        Exit code: 0 when every step was recorded and every check holds.
    """
    began_s = time.monotonic()
    network = Network(folder, DEMO_BLOCK_TIME_S)
    network.stop()
    shutil.rmtree(folder, ignore_errors=True)
    show = Show(console)
    try:
        show.chapter("A chain, three gateways and eleven members with keys of their own")
        network.start(free_ports(), show.say)
        outcome = asyncio.run(_tell(network.home, show))
        show.table()
        is_sound = _verify_as_members(network.home, outcome.order, console)
    except DEMO_PROBLEMS as problem:
        console.print(f"\n[red]The demonstration stopped:[/red] {problem}", highlight=False)
        console.print(f"Logs are in {network.home.processes}.", highlight=False)
        return 1
    finally:
        network.stop()
    console.print(f"\nAll of it took {time.monotonic() - began_s:.1f} s.", highlight=False)
    if not keep and is_sound:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_sound else 1


def run_up(folder: Path, console: Console, *, is_moving: bool = False) -> int:
    """Start or resume the network, tell the stories if it is fresh, print how to sign in.

    Stories that were interrupted are told again from their beginning, under agreements of their
    own: what the first telling recorded stands as it is and is not touched.

    Parameters
    ----------
    is_moving : bool
        Whether the network takes ports that are free now, whatever ports it had.

    Returns
    -------
    int
        Exit code: 0 when the network is up.
    """
    network = Network(folder, UP_BLOCK_TIME_S)
    show = Show(console)
    begun, told = (
        network.home.folder / "network" / f"stories-{each}" for each in ("begun", "told")
    )
    try:
        network.start(free_ports() if is_moving else DEFAULT_PORTS, show.say, is_moving=is_moving)
        if not told.exists():
            if begun.exists():
                show.say("the stories were interrupted: what they recorded stands; told anew")
            begun.touch()
            outcome = asyncio.run(_tell(network.home, show))
            told.write_text(f"{outcome.order}\n{outcome.auction}\n")
    except NetworkProblem as problem:
        console.print(f"[red]The network is not up:[/red] {problem}", highlight=False)
        return 1
    except STORY_PROBLEMS as problem:
        console.print(
            f"[red]The stories stopped; `consign up` again tells them anew:[/red] {problem}",
            highlight=False,
        )
        return 1
    _print_sign_in(network.home, console)
    return 0


async def _tell(home: Home, show: Show) -> Outcome:
    """Tell both stories at once, as they would happen."""
    desks, timeout = {}, aiohttp.ClientTimeout(total=60)
    deployment = Deployment.load(home.deployment)
    settings = Settings.load(home.gateway("auditor"))
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        Client(settings.chain.url) as client,
    ):
        for entry in home.sign_in_entries():
            desks[entry["alias"]] = Desk(
                session, entry["gateway"], entry["api_key"], entry["organisation"], entry["name"]
            )
        auditor = DirectSigner(
            client=client,
            deployment=deployment,
            key=home.signing_key(member("auditor")),
            reader=reader_of(settings, deployment, None),
            fetch=fetcher(
                settings.path(settings.vault.folder),
                session,
                await endpoints_of(client, deployment),
                authorizer(settings, deployment, None),
            ),
            name=member("auditor").name,
            show=show,
        )
        order_story = OrderStory(
            brand=desks["brand"],
            supplier=desks["seamworks"],
            arbiter=auditor.reader.organisation,
            sign_as_arbiter=auditor.sign_agreement,
            order_file=ORDER_FILE,
            show=show,
        )
        assert deployment.bond_token is not None, "the embedded chain has a bond token"
        pool_story = PoolStory(
            firms=(desks["brewery"], desks["atelier"], desks["grocer"]),
            pool=desks["pool"],
            carriers=(desks["rhone"], desks["ardenne"], desks["noordzee"]),
            token=deployment.bond_token,
            show=show,
        )
        order, auction = await asyncio.gather(order_story.run(), pool_story.run())
    return Outcome(order, auction)


def _verify_as_members(home: Home, order: str, console: Console) -> bool:
    """Check the order with three pairs of eyes; print what the arbiter's see."""
    console.print(f"\n[bold]$ consign verify {order}[/bold]  (with the arbiter's own keys)")
    reports: dict[str, Report] = {}
    for alias in ("auditor", "brand", "seamworks", "trims"):
        owner = member(alias).gateway or alias
        number = next(
            (each["organisation"] for each in home.sign_in_entries() if each["alias"] == alias),
            None,
        )
        reports[alias] = asyncio.run(verify(parse_order(order), home.gateway(owner), number))
    print_report(reports["auditor"], console)
    outsider = reports["trims"]
    sealed = sum(line.document == "sealed" for line in outsider.lines)
    console.print(
        f"Buyer and seller come to the same; {member('trims').name}, no party to it, sees "
        f"{len(outsider.lines)} signatures and {sealed} sealed documents, and opens none.",
        highlight=False,
    )
    opened = {
        alias: sum(line.document == "opened" for line in report.lines)
        for alias, report in reports.items()
    }
    parties_agree = opened["auditor"] == opened["brand"] == opened["seamworks"] > 0
    all_hold = all(report.holds for report in reports.values())
    return all_hold and parties_agree and opened["trims"] == 0


def _print_sign_in(home: Home, console: Console) -> None:
    table = Table(title="The network is up", title_justify="left")
    for column in ("Member", "No.", "Alias (--as)", "Gateway"):
        table.add_column(column, overflow="fold")
    entries = home.sign_in_entries()
    for entry in entries:
        number = str(entry["organisation"])
        table.add_row(entry["name"], number, entry["alias"], entry["gateway"])
    console.print(table)
    console.print("API key of each (Authorization: Bearer …):", highlight=False)
    for entry in entries:
        # Never broken over lines, so that it can be copied.
        console.print(f"  {entry['alias']:<10} {entry['api_key']}", soft_wrap=True, highlight=False)
    ports = home.ports()
    assert ports is not None, "a network that is up has ports"
    hostless = ", ".join(each.name for each in MEMBERS if each.gateway is None)
    console.print(
        f"Chain (JSON-RPC): http://127.0.0.1:{ports.chain}. {hostless} speaks to it with its own "
        f"key. API pages: <gateway>/docs. Keys and logs: {home.folder}. Stop with `make down`.",
        highlight=False,
    )
