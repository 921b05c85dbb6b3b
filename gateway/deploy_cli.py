"""`consign deploy`: the contracts brought onto a chain, foretold, or compared with a chain's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from eth_utils.address import (
    is_address,
    is_checksum_address,
    is_checksum_formatted_address,
    to_checksum_address,
)
from rich.console import Console

from ledger.catalogue import LedgerError
from ledger.client import Client
from ledger.contracts_artifact import ContractsNotCompiled
from ledger.deployment import Deployment, Quote, missing_of, quote_for, refuse_oversized
from ledger.deployment import deploy as carry_out
from ledger.deployment_artifact import code_hash
from ledger.deployment_check import Inspection, inspect
from ledger.deployment_plan import CODE_BYTES_MAX, INIT_CODE_BYTES_MAX, Plan
from ledger.errors import (
    DeploymentFileInvalid,
    KeystoreUnreadable,
    RpcRefused,
    Unreachable,
)
from ledger.key import SigningKey

DONE, REFUSED, COULD_NOT = 0, 1, 2
_COULD_NOT: Final = (Unreachable, RpcRefused, KeystoreUnreadable, DeploymentFileInvalid)
TIMEOUT_S: Final = 180.0
WEI: Final = 10**18
Given = TypeVar("Given")

EPILOG: Final = (
    "Examples: consign deploy --rpc http://node:8545 --keystore key.json --password-file password "
    "--council 0x…\n\n"
    "consign deploy --dry-run --council 0x…\n\n"
    "consign deploy --check deployment.json --rpc http://node:8545\n\n"
    "Exit code 0: all is there, and ours. 1: refused, or something differs. 2: it could not begin."
)

PLAIN: Final[Any] = {"highlight": False, "soft_wrap": True}
"""Addresses and hashes stay whole, so that they can be copied."""

console = Console()


class _Misused(Exception):
    """The command was not called as it should be."""


def deploy(
    rpc: Annotated[
        str | None, typer.Option(help="JSON-RPC address of a node.", envvar="CONSIGN_RPC")
    ] = None,
    keystore: Annotated[
        Path | None, typer.Option(help="Keystore file of the account that pays.")
    ] = None,
    password_file: Annotated[Path | None, typer.Option(help="File with its password.")] = None,
    council: Annotated[
        str | None, typer.Option(help="Account that will admit members; best a multisig.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where to write addresses, hashes and ABIs.")] = Path(
        "deployment.json"
    ),
    bond_token: Annotated[
        bool, typer.Option("--bond-token", help="Deploy a token for bonds too; trial chains only.")
    ] = False,
    confirmations: Annotated[
        int, typer.Option(min=1, max=100, help="Blocks that have to hold the contracts.")
    ] = 1,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be deployed where; send nothing.")
    ] = False,
    check: Annotated[
        Path | None, typer.Option(help="Compare this deployment file with the chain.")
    ] = None,
) -> None:
    """Deploy the contracts, the same on every chain; safe to stop and run again."""

    async def work() -> int:
        if check is not None:
            return await _check(check, _needed(rpc, "--rpc"))
        plan = _plan(_needed(council, "--council"), bond_token)
        key = _key(keystore, password_file, is_needed=not dry_run)
        if key is None or dry_run:
            return await _foretell(plan, rpc, key)
        return await _deploy(_needed(rpc, "--rpc"), key, plan, out, confirmations)

    raise typer.Exit(_told(work))


def _told(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Do something; say in plain words what kept it from being done."""
    try:
        return asyncio.run(work())
    except (_Misused, ContractsNotCompiled) as misuse:
        console.print(f"[red]{misuse}[/red]", **PLAIN)
        return COULD_NOT
    except LedgerError as problem:
        console.print(f"[red]{problem.name}:[/red] {problem}", **PLAIN)
        console.print(problem.remedy, **PLAIN)
        return COULD_NOT if isinstance(problem, _COULD_NOT) else REFUSED


async def _deploy(rpc: str, key: SigningKey, plan: Plan, out: Path, confirmations: int) -> int:
    async with Client(rpc) as client:
        _refuse_other(out, plan, await client.chain_id())
        deployment = await carry_out(
            client,
            key,
            plan.council,
            bond_holder=plan.bond_holder,
            timeout_s=TIMEOUT_S,
            confirmations=confirmations,
            say=_print_quote,
        )
    deployment.save(out)
    for name, contract in deployment.contracts.by_name().items():
        console.print(f"{name:<14} {contract.address}", **PLAIN)
    console.print(f"[green]All is there.[/green] {out} says where and what.", **PLAIN)
    return DONE


def _refuse_other(out: Path, plan: Plan, chain_id: int) -> None:
    """Keep the file of another deployment from being overwritten."""
    if out.exists():
        there = Deployment.load(out)
        ours = (chain_id, plan["OrgRegistry"].address, plan["OrderLedger"].address)
        if (there.chain_id, there.registry, there.order_ledger) != ours:
            raise _Misused(f"{out} tells of another deployment: choose another file with --out.")


async def _foretell(plan: Plan, rpc: str | None, payer: SigningKey | None) -> int:
    """Print what would be deployed; of a chain what it has, and for an account the cost."""
    for each in plan.contracts:
        code, init_code = len(each.compiled.deployed_bytecode), len(each.init_code)
        console.print(f"{each.name:<14} {each.address}", **PLAIN)
        console.print(f"{'':<14} init code hash {code_hash(each.init_code)}", **PLAIN)
        sizes = f"code {code} of {CODE_BYTES_MAX}, init code {init_code} of {INIT_CODE_BYTES_MAX}"
        console.print(f"{'':<14} {sizes} bytes", **PLAIN)
    refuse_oversized(plan)
    if rpc is not None:
        async with Client(rpc) as client:
            if payer is not None:
                _print_quote(await quote_for(client, payer.address, plan))
            else:
                missing = await missing_of(client, plan, await client.chain_id())
                names = ", ".join(each.name for each in missing)
                console.print(f"The chain lacks {names or 'nothing'}.", **PLAIN)
    console.print("Nothing was sent.")
    return DONE


async def _check(file: Path, rpc: str) -> int:
    deployment = Deployment.load(file)
    async with Client(rpc) as client:
        inspection = await inspect(client, deployment)
    _print_inspection(inspection)
    return DONE if inspection.holds else REFUSED


def _print_quote(quote: Quote) -> None:
    if not quote.missing:
        console.print(f"Chain {quote.chain_id} has everything; nothing is to be sent.")
        return
    names = ", ".join(each.name for each in quote.missing)
    if quote.proxy_funds is not None:
        names = f"the deployment proxy, {names}"
    console.print(
        f"Chain {quote.chain_id} lacks {names}. At most {quote.gas} gas at {quote.gas_price} wei, "
        f"{quote.cost / WEI:.6f} coins in all; {quote.payer} has {quote.balance / WEI:.6f}.",
        highlight=False,
    )


def _print_inspection(inspection: Inspection) -> None:
    for each in inspection.findings:
        mark = "[green]✓[/green]" if each.holds else "[red]✗[/red]"
        detail = f": {each.detail}" if each.detail else ""
        console.print(f"{mark} {each.subject} {each.claim}{detail}", **PLAIN)
    console.print(f"Council: {inspection.council or 'not to be told'}", **PLAIN)
    if inspection.pending_council is not None:
        console.print(f"Offered to: {inspection.pending_council}", **PLAIN)
    held = sum(each.holds for each in inspection.findings)
    verdict = "[green]All is ours.[/green]" if inspection.holds else "[red]Not all is ours.[/red]"
    console.print(f"{held} of {len(inspection.findings)} checks hold. {verdict}", **PLAIN)


def _needed(value: Given | None, option: str) -> Given:
    if value is None:
        raise _Misused(f"Add {option}; `consign deploy --help` shows examples.")
    return value


def _plan(council: str, has_bond_token: bool) -> Plan:
    """Plan for a council; an address with a wrong checksum, or nobody's, is refused."""
    is_mistyped = is_checksum_formatted_address(council) and not is_checksum_address(council)
    if not is_address(council) or is_mistyped or int(council, 16) == 0:
        raise _Misused(f"{council} is no account that can be the council: check its spelling.")
    ruler = str(to_checksum_address(council))
    return Plan.of(ruler, ruler if has_bond_token else None)


def _key(
    keystore: Path | None, password_file: Path | None, *, is_needed: bool
) -> SigningKey | None:
    if keystore is None and not is_needed:
        return None
    file = _needed(keystore, "--keystore")
    password = _needed(password_file, "--password-file")
    try:
        return SigningKey.load(file, password.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as problem:
        raise _Misused(f"{password} cannot be read: {type(problem).__name__}.") from None
