"""Which network an archive is of."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from eth_utils.address import is_checksum_address

from ledger.deployment import Deployment
from ledger.deployment_plan import Plan
from ledger.errors import Corrupt
from ledger.intent import Domain
from ledger.stretch import filter_bits


@dataclass(frozen=True, slots=True)
class Network:
    """A network: its chain, where it began, and who ruled it first.

    Parameters
    ----------
    block : int
        Where the registry began; nothing happened before.
    registry, order_ledger, pool_auction : str
        Addresses of the contracts, checksummed.
    """

    chain_id: int
    block: int
    council: str
    registry: str
    order_ledger: str
    pool_auction: str

    @classmethod
    def of(cls, deployment: Deployment) -> Self:
        """Take what matters out of a deployment."""
        return cls(**{each.name: getattr(deployment, each.name) for each in fields(cls)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read it from an archive.

        Raises
        ------
        Corrupt
            When it is no network, or its contracts are not ours.
        """
        try:
            table: dict[str, Any] = json.loads(data)
            network = cls(**table)
        except (ValueError, TypeError):
            raise Corrupt(problem="it does not say which network it is of") from None
        network._require_our_contracts()
        return network

    def to_bytes(self) -> bytes:
        """Spell it for an archive."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @property
    def order_domain(self) -> Domain:
        """What batches, intents and agreement steps are signed for."""
        return Domain("OrderLedger", self.chain_id, self.order_ledger)

    @property
    def marks(self) -> tuple[int, ...]:
        """What logs of the contracts leave in a block's bloom."""
        contracts = (self.registry, self.order_ledger, self.pool_auction)
        return tuple(filter_bits(bytes.fromhex(address[2:])) for address in contracts)

    def _require_our_contracts(self) -> None:
        """Hold the addresses against the plan: an address follows from code and council."""
        numbers = (self.chain_id, self.block)
        if not all(type(each) is int and 0 <= each < 1 << 64 for each in numbers):
            raise Corrupt(problem="its chain or first block is no number")
        if not (isinstance(self.council, str) and is_checksum_address(self.council)):
            raise Corrupt(problem="its council is no address")
        plan = Plan.of(self.council)
        for name, address in (
            ("OrgRegistry", self.registry),
            ("OrderLedger", self.order_ledger),
            ("PoolAuction", self.pool_auction),
        ):
            if plan[name].address != address:
                raise Corrupt(problem=f"{address} is not where this council's {name} would be")
