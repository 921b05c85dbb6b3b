"""Where the contracts are, and how they get there.

Every address follows from the bytecode and the council alone (CREATE2 through the deterministic
deployment proxy that most chains have), so that whoever deploys finds or makes the same contracts.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from eth_abi.abi import encode
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from ledger.client import Client
from ledger.contracts_artifact import load_contract
from ledger.direct import send
from ledger.errors import Corrupt, DeploymentAbsent
from ledger.intent import Domain
from ledger.key import SigningKey

PROXY: Final = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
"""The deterministic deployment proxy: takes salt and init code, answers with the address."""

SALT: Final = keccak(b"consign/1")
BOND_SUPPLY: Final = 10**15


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the contracts of one network are.

    Parameters
    ----------
    bond_token : str, optional
        The token of an embedded chain; none on chains that have one of their own.
    block : int
        The block in which the registry began; nothing happened before it.
    """

    chain_id: int
    registry: str
    order_ledger: str
    pool_auction: str
    bond_token: str | None
    block: int

    @property
    def order_domain(self) -> Domain:
        """What batches, intents and agreement steps are signed for."""
        return Domain("OrderLedger", self.chain_id, self.order_ledger)

    @property
    def auction_domain(self) -> Domain:
        """What openings, bids, lot steps and withdrawals are signed for."""
        return Domain("PoolAuction", self.chain_id, self.pool_auction)

    @property
    def watched(self) -> tuple[str, ...]:
        """The contracts whose logs are the network's facts."""
        return (self.registry, self.order_ledger, self.pool_auction)

    def to_json(self) -> str:
        """Spell it as JSON, the same for the same deployment."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read it from JSON.

        Raises
        ------
        Corrupt
            When it is not a deployment.
        """
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            raise Corrupt(problem="a deployment file that holds no deployment") from None

    def save(self, path: Path) -> None:
        """Write it to a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read it from a file."""
        return cls.from_json(path.read_text(encoding="utf-8"))


async def deploy(
    client: Client,
    key: SigningKey,
    council: str,
    *,
    bond_holder: str | None = None,
    timeout_s: float = 60.0,
) -> Deployment:
    """Deploy what is missing, and tell where everything is; safe to run again.

    Parameters
    ----------
    key : SigningKey
        Pays for it, and has no further rights.
    council : str
        Account that will rule the registry.
    bond_holder : str, optional
        Gets the supply of a bond token that is deployed as well; for embedded chains only.
    timeout_s : float
        How long each transaction may take to be mined.

    Raises
    ------
    DeploymentAbsent
        When the chain has no deployment proxy.
    Unreachable
        When the chain does not answer, or a transaction is not mined in time.
    """
    await _require_proxy(client)
    registry = await _ensure(client, key, _init_code("OrgRegistry", council), timeout_s)
    order_ledger = await _ensure(client, key, _init_code("OrderLedger", registry), timeout_s)
    pool_auction = await _ensure(client, key, _init_code("PoolAuction", registry), timeout_s)
    bond_token = None
    if bond_holder is not None:
        token_code = _init_code("LocalBondToken", bond_holder, BOND_SUPPLY)
        bond_token = await _ensure(client, key, token_code, timeout_s)
    # The registry's constructor names its council in the first log it ever emits.
    first_log = (await client.logs([registry], 0))[0]
    return Deployment(
        chain_id=await client.chain_id(),
        registry=registry,
        order_ledger=order_ledger,
        pool_auction=pool_auction,
        bond_token=bond_token,
        block=first_log.block_number,
    )


async def require_deployment(client: Client, deployment: Deployment) -> None:
    """Check that a node is on the deployment's chain and has its contracts.

    Raises
    ------
    DeploymentAbsent
        When it is not, or has not.
    """
    chain_id = await client.chain_id()
    addresses = [*deployment.watched, *filter(None, [deployment.bond_token])]
    for address in addresses:
        if chain_id != deployment.chain_id or not await client.code(address):
            raise DeploymentAbsent(address=address, chain_id=chain_id)


def create2_address(init_code: bytes) -> str:
    """Tell where the proxy puts a contract."""
    seed = b"\xff" + bytes.fromhex(PROXY[2:]) + SALT + keccak(init_code)
    return str(to_checksum_address(keccak(seed)[12:]))


def _init_code(name: str, *arguments: str | int) -> bytes:
    contract = load_contract(name)
    constructor = next(item for item in contract.abi if item["type"] == "constructor")
    # An interface or contract parameter is an address on the wire, as the ABI's `type` says.
    types = [parameter["type"] for parameter in constructor["inputs"]]
    return contract.bytecode + encode(types, arguments)


async def _require_proxy(client: Client) -> None:
    if not await client.code(PROXY):
        raise DeploymentAbsent(address=PROXY, chain_id=await client.chain_id())


async def _ensure(client: Client, key: SigningKey, init_code: bytes, timeout_s: float) -> str:
    """Deploy a contract unless it is there; gives its address."""
    address = create2_address(init_code)
    if not await client.code(address):
        await send(client, key, PROXY, SALT + init_code, timeout_s)
        if not await client.code(address):
            raise Corrupt(problem=f"no code at {address} after its deployment")
    return address
