"""The peer: OpenZeppelin's ERC-2771 forwarder over a plain order contract, as an expert would."""

from collections.abc import Sequence
from typing import Any, Final

from eth_abi.abi import encode
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak

from ledger.contracts import selector
from ledger.key import SigningKey

from .orders import SIGNERS, SLOT
from .stage import DEADLINE_S, DOCUMENT, MANIFEST, Measure, OperationFailed, Stage, key_of

REQUESTS: Final = 100
REQUEST_GAS: Final = 100_000
STEP: Final = "(uint64,uint32,bytes32,bytes32)"
NOBODY: Final = "0x" + "00" * 20
REQUEST_FIELDS: Final = (
    ("from", "address"),
    ("to", "address"),
    ("value", "uint256"),
    ("gas", "uint256"),
    ("nonce", "uint256"),
    ("deadline", "uint48"),
    ("data", "bytes"),
)
REQUEST_TYPE: Final = "(address,address,uint256,uint256,uint48,bytes,bytes)"


class Forwarding:
    """A forwarder, the contract that trusts it, and four suppliers of one buyer."""

    def __init__(self, stage: Stage, forwarder: str, orders: str) -> None:
        self.stage, self.forwarder, self.orders = stage, forwarder, orders
        self.buyer = key_of("forwarded buyer")
        self.sellers = [key_of(f"forwarded seller {i}") for i in range(SIGNERS)]
        self._nonces: dict[str, int] = {}

    @classmethod
    async def open(cls, stage: Stage) -> "Forwarding":
        """Deploy both contracts and name the parties of an agreement with each supplier."""
        forwarder = await stage.deploy_mock("OrderForwarder")
        self = cls(stage, forwarder, await stage.deploy_mock("ForwardedOrders", forwarder))
        for agreement, seller in enumerate(self.sellers):
            parties = encode(
                ["uint64", "address", "address"], [agreement, self.buyer.address, seller.address]
            )
            await stage.send(self.orders, selector("conclude(uint64,address,address)") + parties)
        return self

    def request(self, key: SigningKey, action: str, agreement: int, number: int) -> tuple[Any, ...]:
        """Sign a request that calls one action."""
        arguments = encode(
            ["uint64", "uint32", "bytes32", "bytes32"], [agreement, number, DOCUMENT, MANIFEST]
        )
        data = selector(action + STEP) + arguments
        nonce = self._nonces.get(key.address, 0)
        self._nonces[key.address] = nonce + 1
        values = (key.address, self.orders, 0, REQUEST_GAS, nonce, DEADLINE_S, data)
        signature = key.sign(self._digest(values))
        return (key.address, self.orders, 0, REQUEST_GAS, DEADLINE_S, data, signature)

    async def execute(self, requests: Sequence[tuple[Any, ...]]) -> Measure:
        """Send requests as one transaction, all or none."""
        name = f"executeBatch({REQUEST_TYPE}[],address)"
        data = selector(name) + encode([REQUEST_TYPE + "[]", "address"], [requests, NOBODY])
        return await self.stage.measure(self.forwarder, data, len(requests))

    async def require(self, orders: Sequence[tuple[int, int]], state: int) -> None:
        """See that all of these stand in a state."""
        found = await self.stage.view(self.orders, "orderState(uint64,uint32)", orders)
        if set(found) != {state}:
            raise OperationFailed(f"not all forwarded orders stand in state {state}")

    def _digest(self, values: tuple[Any, ...]) -> bytes:
        fields = [{"name": name, "type": kind} for name, kind in REQUEST_FIELDS]
        domain = {
            "name": "OrderForwarder",
            "version": "1",
            "chainId": self.stage.deployment.chain_id,
            "verifyingContract": self.forwarder,
        }
        names = [name for name, _ in REQUEST_FIELDS]
        message = dict(zip(names, values, strict=True))
        signable = encode_typed_data(domain, {"ForwardRequest": fields}, message)
        return keccak(b"\x19" + signable.version + signable.header + signable.body)


async def measure_forwarded(stage: Stage) -> dict[str, Measure]:
    """Issue and acknowledge orders through the forwarder.

    The buyer signs what it issues; the four suppliers acknowledge in turn, as in our own case of
    individually signed intents. All signers' nonces were used before.
    """
    forwarding = await Forwarding.open(stage)
    parties = list(enumerate(forwarding.sellers))
    buyer = forwarding.buyer
    await forwarding.execute([forwarding.request(buyer, "issue", a, 0) for a, _ in parties])
    await forwarding.execute([forwarding.request(key, "acknowledge", a, 0) for a, key in parties])
    orders = [(i % SIGNERS, SLOT + i // SIGNERS) for i in range(REQUESTS)]
    issues = [forwarding.request(buyer, "issue", *order) for order in orders]
    measures = {"gas_erc2771_new": await forwarding.execute(issues)}
    await forwarding.require(orders, 1)
    acknowledgements = [
        forwarding.request(forwarding.sellers[order[0]], "acknowledge", *order) for order in orders
    ]
    measures["gas_erc2771"] = await forwarding.execute(acknowledgements)
    await forwarding.require(orders, 2)
    return measures
