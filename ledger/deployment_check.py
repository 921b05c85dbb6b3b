"""Whether a chain holds exactly what a deployment says, and exactly our contracts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from eth_abi.abi import decode
from eth_utils.address import to_checksum_address

from ledger.client import Client
from ledger.contracts import selector
from ledger.deployment_artifact import DeployedContract, Deployment, code_hash
from ledger.deployment_plan import PROXY, SALT, PlannedContract
from ledger.errors import (
    DeploymentAbsent,
    DeploymentChainDiffers,
    DeploymentCodeDiffers,
    RpcRefused,
)
from ledger.verification.finding import Finding

NOBODY: Final = "0x" + "00" * 20


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a look at a deployment found.

    Parameters
    ----------
    council, pending_council : str, optional
        Who rules the registry, and who was offered to; none where nobody, or nobody can be told.
    """

    findings: tuple[Finding, ...]
    council: str | None
    pending_council: str | None

    @property
    def holds(self) -> bool:
        """Whether everything does."""
        return all(finding.holds for finding in self.findings)


async def require_deployment(client: Client, deployment: Deployment) -> None:
    """Check that a node is on the deployment's chain and has its contracts, byte by byte.

    Raises
    ------
    DeploymentChainDiffers
        When it is on another chain.
    DeploymentAbsent
        When a contract is not there (yet).
    DeploymentCodeDiffers
        When something else is in its place.
    """
    chain_id = await client.chain_id()
    if chain_id != deployment.chain_id:
        raise DeploymentChainDiffers(expected=deployment.chain_id, chain_id=chain_id)
    for name, contract in deployment.contracts.by_name().items():
        if not await is_there(client, name, contract.address, contract.runtime_code_hash):
            raise DeploymentAbsent(address=contract.address, chain_id=chain_id)


async def is_there(client: Client, name: str, address: str, expected: str) -> bool:
    """Tell whether a contract is there: its very code, or none.

    Raises
    ------
    DeploymentCodeDiffers
        When other code is.
    """
    code = await client.code(address)
    if code and code_hash(code) != expected:
        raise DeploymentCodeDiffers(
            address=address,
            chain_id=await client.chain_id(),
            contract=name,
            found=code_hash(code),
            expected=expected,
        )
    return bool(code)


async def inspect(client: Client, deployment: Deployment) -> Inspection:
    """Compare a deployment with our own contracts and with the chain, and ask who rules it.

    Raises
    ------
    Unreachable
        When the chain does not answer.
    """
    chain_id = await client.chain_id()
    findings = [
        _finding("chain", "is the one of the file", deployment.chain_id, chain_id),
        _finding("salt", "is ours", "0x" + SALT.hex(), deployment.salt),
        _finding("proxy", "is the one that chains share", PROXY, deployment.proxy),
    ]
    plan = deployment.plan()
    for name, written in deployment.contracts.by_name().items():
        findings += _findings_on_paper(plan[name], written, deployment.chain_id)
        code = await client.code(written.address)
        expected = code_hash(plan[name].runtime_code(deployment.chain_id))
        found = code_hash(code) if code else "nothing"
        findings.append(_finding(name, "is on the chain, byte by byte ours", expected, found))
    for name, address in (
        ("OrderLedger", deployment.order_ledger),
        ("PoolAuction", deployment.pool_auction),
    ):
        registry = await _account(client, address, "registry()")
        findings.append(_finding(name, "points to the registry", deployment.registry, registry))
    council = await _account(client, deployment.registry, "owner()")
    pending = await _account(client, deployment.registry, "pendingOwner()")
    return Inspection(tuple(findings), council, None if pending == NOBODY else pending)


def _findings_on_paper(
    planned: PlannedContract, written: DeployedContract, chain_id: int
) -> Iterator[Finding]:
    name = planned.name
    yield _finding(name, "has the address that its code gives", planned.address, written.address)
    yield _finding(name, "has our init code", code_hash(planned.init_code), written.init_code_hash)
    yield _finding(
        name,
        "has our runtime code in the file",
        code_hash(planned.runtime_code(chain_id)),
        written.runtime_code_hash,
    )
    yield Finding(name, "has our ABI in the file", planned.compiled.abi == written.abi)


def _finding(subject: str, claim: str, expected: object, found: object) -> Finding:
    holds = expected == found
    return Finding(subject, claim, holds, "" if holds else f"{found} instead of {expected}")


async def _account(client: Client, contract: str, view: str) -> str | None:
    """Ask a contract for an address; none when it does not give one."""
    request = {"to": contract, "data": "0x" + selector(view).hex()}
    try:
        word = bytes.fromhex((await client.call("eth_call", request, "latest"))[2:])
    except RpcRefused:
        return None
    return str(to_checksum_address(decode(["address"], word)[0])) if len(word) == 32 else None
