"""`consign verify`: an order checked again with a member's own keys, and told in plain words."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import aiohttp
from rich.console import Console
from rich.table import Table

from gateway.database import migrate
from gateway.keyring import host_of, hosted_by
from gateway.settings import Settings, SettingsInvalid
from ledger.asker import Askers
from ledger.catalogue import LedgerError
from ledger.client import Client
from ledger.database import connect, reading
from ledger.deployment import Deployment
from ledger.document.errors import EncryptionKeyUnreadable
from ledger.identifier import OrderId, parse_order
from ledger.intent import domain_separator
from ledger.rewrapping import rewrapped_keys
from ledger.vault import Cid, FileVault, VaultError, cid_of
from ledger.verification.evidence import FetchBlock, Reader
from ledger.verification.finding import Report
from ledger.verification.report import verify_order
from ledger.view import read_organisation, read_view

HOLDS, DOES_NOT_HOLD, COULD_NOT_LOOK = 0, 1, 2
ABSENT: Final = "None"
"""State of an order that was never issued."""

FETCH_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)


def run_verify(order: str, home: Path, organisation: int | None, console: Console) -> int:
    """Check an order again and print what was found.

    Parameters
    ----------
    home : Path
        A gateway's or a member's folder: its settings and keys are used, its database is not.
    organisation : int, optional
        Which of the folder's organisations looks; the first by default.

    Returns
    -------
    int
        Exit code: 0 everything holds, 1 something does not, 2 it could not be looked at.
    """
    try:
        report = asyncio.run(verify(parse_order(order), home, organisation))
    except (LedgerError, SettingsInvalid, EncryptionKeyUnreadable, OSError) as problem:
        console.print(f"[red]Could not look:[/red] {problem}", highlight=False)
        return COULD_NOT_LOOK
    print_report(report, console)
    return HOLDS if report.holds else DOES_NOT_HOLD


async def verify(order: OrderId, home: Path, organisation: int | None = None) -> Report:
    """Check an order again with the keys of a folder.

    Raises
    ------
    SettingsInvalid
        If the folder's settings cannot be used, or name no such organisation.
    Unreachable
        If the chain does not answer.
    """
    settings = Settings.load(home)
    deployment = Deployment.load(settings.path(settings.chain.deployment))
    reader = reader_of(settings, deployment, organisation)
    async with (
        Client(settings.chain.url) as client,
        aiohttp.ClientSession(timeout=FETCH_TIMEOUT) as session,
    ):
        endpoints = await endpoints_of(client, deployment)
        authorize = authorizer(settings, deployment, organisation)
        fetch = fetcher(settings.path(settings.vault.folder), session, endpoints, authorize)
        return await verify_order(client, deployment, order, reader, fetch)


def print_report(report: Report, console: Console) -> None:
    """Print who committed to what, then what was checked."""
    table = Table(title=f"Order {report.order}: {report.state}", title_justify="left")
    for column in ("When (UTC)", "Who", "Committed to", "Signed by", "Document"):
        table.add_column(column, overflow="fold")
    for line in report.lines:
        table.add_row(
            f"{line.when:%Y-%m-%d %H:%M:%S}",
            line.who,
            f"{line.what}  [dim]{line.subject}[/dim]",
            f"{line.key[:8]}…{line.key[-4:]}" if line.key else "[red]nobody[/red]",
            line.document,
        )
    console.print(table)
    failed = [finding for finding in report.findings if not finding.holds]
    for finding in failed:
        console.print(f"[red]✗ {finding.subject}: {finding.claim}[/red] — {finding.detail}")
    documents = Counter(line.document for line in report.lines)
    held = len(report.findings) - len(failed)
    console.print(
        f"{held} of {len(report.findings)} checks hold; {len(report.lines)} steps, "
        f"{documents['opened']} documents opened, {documents['sealed']} sealed for others. "
        + _verdict(report),
        highlight=False,
    )


def _verdict(report: Report) -> str:
    if report.state == ABSENT:
        return f"[red]The chain knows no order {report.order}.[/red]"
    if report.holds:
        return "[green]Everything holds.[/green]"
    return "[red]Not everything holds.[/red]"


def reader_of(settings: Settings, deployment: Deployment, organisation: int | None) -> Reader:
    """The eyes of one of a folder's organisations.

    Raises
    ------
    SettingsInvalid
        If the folder hosts no such organisation.
    KeystoreUnreadable
        If a key cannot be opened.
    """
    host = host_of(settings, hosted_by(settings, organisation))

    network = domain_separator(deployment.order_domain)

    def rewrapped(cid: Cid) -> bytes | None:
        if not settings.has_database:
            return None
        engine = connect(settings.database_url)
        try:
            migrate(engine)
            with reading(engine) as session:
                vault = FileVault(settings.path(settings.vault.folder))
                return rewrapped_keys(session, vault, network, host, [cid]).get(cid)
        finally:
            engine.dispose()

    return Reader(host.number, host.encryption_keys, rewrapped)


def authorizer(
    settings: Settings, deployment: Deployment, organisation: int | None
) -> Callable[[str], str]:
    """Open the key with which one of a folder's organisations asks gateways for blocks.

    Raises
    ------
    SettingsInvalid
        If the folder hosts no such organisation.
    KeystoreUnreadable
        If the key cannot be opened.
    """
    host = host_of(settings, hosted_by(settings, organisation))
    askers = Askers(domain_separator(deployment.order_domain), {host.number: host})
    return lambda endpoint: askers.authorization(endpoint, [host.number])


async def endpoints_of(client: Client, deployment: Deployment) -> dict[int, str]:
    """Where each member's gateway is, by organisation, as the registry says."""
    (count,) = await read_view(client, deployment.registry, "OrgRegistry.organisationCount")
    members = [
        await read_organisation(client, deployment.registry, number)
        for number in range(1, count + 1)
    ]
    found = {number: each.endpoint.rstrip("/") for number, each in enumerate(members, 1)}
    return {number: endpoint for number, endpoint in found.items() if endpoint}


def fetcher(
    vault_folder: Path,
    session: aiohttp.ClientSession,
    endpoints: dict[int, str],
    authorize: Callable[[str], str],
) -> FetchBlock:
    """Fetch blocks from the folder's own vault, then from the gateways of who may hold them.

    Parameters
    ----------
    authorize : callable
        Gives the header with which a gateway is asked.
    """
    vault = FileVault(vault_folder) if vault_folder.is_dir() else None

    async def fetch(cid: Cid, holders: Sequence[int]) -> bytes | None:
        if vault is not None and vault.has(cid):
            try:
                return vault.get(cid)
            except VaultError:
                pass  # What lies here is damaged; somebody else may serve it whole.
        for url in dict.fromkeys(endpoints[each] for each in holders if each in endpoints):
            block = await _served(session, f"{url}/v1/blocks/{cid}", authorize(url))
            if block is not None and cid_of(block) == cid:
                return block
        return None

    return fetch


async def _served(session: aiohttp.ClientSession, url: str, authorization: str) -> bytes | None:
    headers = {"Authorization": authorization}
    try:
        async with session.get(url, headers=headers, allow_redirects=False) as answer:
            return await answer.read() if answer.status == 200 else None
    except (TimeoutError, aiohttp.ClientError, OSError):
        return None
