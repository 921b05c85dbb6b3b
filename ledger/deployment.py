"""Brings the contracts onto a chain, once, whoever does it and however often.

What there is to deploy is `deployment_plan`, the file that tells of it `deployment_artifact`, and
whether a chain holds it `deployment_check`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from eth_hash.auto import keccak

from ledger.client import Client
from ledger.deployment_artifact import Deployment as Deployment
from ledger.deployment_artifact import code_hash
from ledger.deployment_check import is_there
from ledger.deployment_check import require_deployment as require_deployment
from ledger.deployment_plan import (
    CODE_BYTES_MAX,
    INIT_CODE_BYTES_MAX,
    PROXY,
    SALT,
    Plan,
    PlannedContract,
)
from ledger.deployment_proxy import has_proxy, proxy_funds, put_proxy
from ledger.direct import fees_of, send
from ledger.errors import (
    Corrupt,
    DeploymentAbsent,
    DeploymentRefused,
    DeploymentTooLarge,
    DeploymentUnaffordable,
    Refused,
    RpcRefused,
    Unreachable,
)
from ledger.key import SigningKey

BLOCKS_PER_REQUEST: Final = 5_000
"""Range of a request for logs; some nodes refuse a longer one."""

_FOUNDED: Final = "0x" + keccak(b"OwnershipTransferred(address,address)").hex()
_POLL_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Quote:
    """What a deployment would do and cost, before anything is sent.

    Parameters
    ----------
    missing : tuple of PlannedContract
        What the chain does not have yet.
    gas : int
        What the transactions may use together at most.
    gas_price : int
        Wei per gas at most.
    proxy_funds : int, optional
        Wei for the proxy's signer; none where the chain has the proxy.
    """

    chain_id: int
    payer: str
    balance: int
    missing: tuple[PlannedContract, ...]
    gas: int
    gas_price: int
    proxy_funds: int | None

    @property
    def cost(self) -> int:
        """Wei that may be spent at most."""
        return self.gas * self.gas_price + (self.proxy_funds or 0)


def no_words(quote: Quote) -> None:
    """Say nothing."""


async def deploy(
    client: Client,
    key: SigningKey,
    council: str,
    *,
    bond_holder: str | None = None,
    timeout_s: float = 60.0,
    confirmations: int = 1,
    say: Callable[[Quote], None] = no_words,
) -> Deployment:
    """Deploy what is missing, and tell where everything is; safe to run again.

    Parameters
    ----------
    key : SigningKey
        Pays for it, and has no further rights.
    council : str
        Account that will rule the registry.
    bond_holder : str, optional
        Gets the supply of a bond token that is deployed as well; for trial chains only.
    timeout_s : float
        How long each transaction, and the confirmations, may take.
    confirmations : int
        Blocks that have to hold the contracts, their own included.
    say : callable
        Told what it will cost, before anything is sent.

    Raises
    ------
    DeploymentTooLarge, DeploymentUnaffordable, DeploymentProxyMissing, DeploymentRefused
        When it cannot be done; each says why.
    DeploymentCodeDiffers
        When something else is where a contract belongs.
    Unreachable
        When the chain does not answer, or a transaction is not mined in time.
    """
    plan = Plan.of(council, bond_holder)
    refuse_oversized(plan)
    chain_id = await client.chain_id()
    if await missing_of(client, plan, chain_id):
        # Transactions that an earlier run was killed over must not be sent a second time.
        await _settled(client, key.address, timeout_s)
    quote = await quote_for(client, key.address, plan)
    say(quote)
    if quote.cost > quote.balance:
        raise DeploymentUnaffordable(account=key.address, balance=quote.balance, cost=quote.cost)
    if quote.proxy_funds is not None:
        await put_proxy(client, key, timeout_s)
    for contract in quote.missing:
        await _create(client, key, contract, timeout_s)
    await _confirmed(client, plan, chain_id, confirmations, timeout_s)
    registry = plan["OrgRegistry"].address
    return Deployment.of(plan, chain_id, await _first_block(client, registry))


def refuse_oversized(plan: Plan) -> None:
    """Refuse a plan that no chain would take.

    Raises
    ------
    DeploymentTooLarge
        When a contract is larger than chains allow.
    """
    for each in plan.contracts:
        code, init_code = len(each.compiled.deployed_bytecode), len(each.init_code)
        if code > CODE_BYTES_MAX or init_code > INIT_CODE_BYTES_MAX:
            raise DeploymentTooLarge(contract=each.name, code_bytes=code, init_code_bytes=init_code)


async def missing_of(client: Client, plan: Plan, chain_id: int) -> tuple[PlannedContract, ...]:
    """Tell what of a plan the chain does not have yet.

    Raises
    ------
    DeploymentCodeDiffers
        When something else is where a contract belongs.
    """
    return tuple([each for each in plan.contracts if not await _is_created(client, each, chain_id)])


async def quote_for(client: Client, payer: str, plan: Plan) -> Quote:
    """Tell what a deployment would do and cost; sends nothing.

    Raises
    ------
    DeploymentCodeDiffers, DeploymentProxyMissing, DeploymentRefused
        When it could not be done.
    """
    chain_id = await client.chain_id()
    missing = await missing_of(client, plan, chain_id)
    lacks_proxy = bool(missing) and not await has_proxy(client)
    limits = [await _gas_of(client, payer, each, lacks_proxy) for each in missing]
    fees = await fees_of(client, payer)
    return Quote(
        chain_id=chain_id,
        payer=payer,
        balance=await client.balance(payer),
        missing=missing,
        gas=sum(limits),
        gas_price=fees.get("maxFeePerGas", fees.get("gasPrice", 0)),
        proxy_funds=await proxy_funds(client, payer) if lacks_proxy else None,
    )


async def _gas_of(client: Client, payer: str, planned: PlannedContract, lacks_proxy: bool) -> int:
    """Estimate what creating a contract may use; without the proxy, by creating it directly."""
    request: dict[str, Any] = {"from": payer}
    if lacks_proxy:
        request |= {"data": "0x" + planned.init_code.hex()}
    else:
        request |= {"to": PROXY, "data": "0x" + (SALT + planned.init_code).hex()}
    try:
        return int(await client.call("eth_estimateGas", request, "latest"), 16) * 5 // 4
    except RpcRefused as refused:
        raise DeploymentRefused(contract=planned.name, problem=refused.message) from None


async def _create(
    client: Client, key: SigningKey, planned: PlannedContract, timeout_s: float
) -> None:
    chain_id = await client.chain_id()
    problem = "its transaction left no code"
    try:
        await send(client, key, PROXY, SALT + planned.init_code, timeout_s)
    except (Refused, RpcRefused, Corrupt) as undone:
        if isinstance(undone, RpcRefused) and undone.method != "eth_estimateGas":
            raise
        problem = str(undone)
    # Somebody else may have been faster, with a transaction that is yet to be mined.
    clock = asyncio.get_running_loop().time
    until = clock() + timeout_s
    while not await _is_created(client, planned, chain_id):
        if clock() > until:
            raise DeploymentRefused(contract=planned.name, problem=problem)
        await asyncio.sleep(_POLL_S)


async def _is_created(client: Client, planned: PlannedContract, chain_id: int) -> bool:
    expected = code_hash(planned.runtime_code(chain_id))
    return await is_there(client, planned.name, planned.address, expected)


async def _settled(client: Client, account: str, timeout_s: float) -> None:
    """Wait until nothing of an account waits to be mined.

    Raises
    ------
    Unreachable
        When something still does after that time.
    """
    clock = asyncio.get_running_loop().time
    until = clock() + timeout_s
    while await client.nonce(account) < await client.nonce(account, "pending"):
        if clock() > until:
            problem = f"transactions of {account} are in no block after {timeout_s:g} s"
            raise Unreachable(url=client.url, problem=problem)
        await asyncio.sleep(_POLL_S)


async def _confirmed(
    client: Client, plan: Plan, chain_id: int, confirmations: int, timeout_s: float
) -> None:
    """Wait until enough blocks hold every contract.

    Raises
    ------
    Unreachable
        When there are too few blocks after that time.
    DeploymentAbsent
        When the chain has taken a contract back.
    """
    clock = asyncio.get_running_loop().time
    until = clock() + timeout_s
    last = plan.contracts[-1].address
    while not await _held(client, last, confirmations):
        if clock() > until:
            problem = f"fewer than {confirmations} blocks hold the contracts after {timeout_s:g} s"
            raise Unreachable(url=client.url, problem=problem)
        await asyncio.sleep(_POLL_S)
    for each in await missing_of(client, plan, chain_id):
        raise DeploymentAbsent(address=each.address, chain_id=chain_id)


async def _held(client: Client, address: str, confirmations: int) -> bool:
    number = await client.block_number() - (confirmations - 1)
    return number >= 0 and await client.call("eth_getCode", address, hex(number)) != "0x"


async def _first_block(client: Client, registry: str) -> int:
    """Tell the block in which a registry named its council for the first time."""
    head = await client.block_number()
    for last in range(head, -1, -BLOCKS_PER_REQUEST):
        wanted = {
            "address": registry,
            "topics": [_FOUNDED, "0x" + "00" * 32],
            "fromBlock": hex(max(0, last - BLOCKS_PER_REQUEST + 1)),
            "toBlock": hex(last),
        }
        logs = await client.call("eth_getLogs", wanted)
        if logs:
            return int(logs[0]["blockNumber"], 16)
    raise Corrupt(problem=f"the registry at {registry} is there and never began")
