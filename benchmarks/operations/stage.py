"""A network on a private chain whose every transaction costs the same gas in every run.

Keys, nonces, deadlines and block times are fixed, so that calldata and hashes are as well. The
contracts come by the project's own deployment; intents are encoded and signed by `ledger`.
"""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

from eth_abi.abi import encode
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from ledger.block import Receipt
from ledger.client import Client
from ledger.contracts import encode_admit, encode_agree, selector
from ledger.contracts_artifact import load_contract
from ledger.deployment import Deployment, deploy
from ledger.embedded import EmbeddedChain
from ledger.intent import AgreementStep, Domain, Signable, digest
from ledger.key import SigningKey
from ledger.lifecycle import row_named
from ledger.number import agreement_number
from ledger.role import Role

TRANSACTION_GAS_MAX: Final = 1 << 24
"""What one transaction may use at most (EIP-7825)."""

NONCES_IN_A_WORD: Final = 256
START_S: Final = 2_000_000_000
"""Block time at which everything begins."""

DEADLINE_S: Final = 1 << 40
TERMS: Final = keccak(b"terms")
DOCUMENT: Final = keccak(b"document")
MANIFEST: Final = keccak(b"manifest")


class OperationFailed(Exception):
    """A transaction was undone, or did not leave the state that it has to."""


@dataclass(frozen=True)
class Measure:
    """What one transaction cost.

    Parameters
    ----------
    events : int
        How many actions it carried out.
    intrinsic : int
        The share that is paid before any code runs: 21,000 and the calldata.
    """

    events: int
    gas: int
    intrinsic: int
    calldata_bytes: int

    @property
    def per_event(self) -> int:
        """Gas per event, rounded up."""
        return -(-self.gas // self.events)

    @property
    def execution(self) -> int:
        """Gas of what the contracts did."""
        return self.gas - self.intrinsic


@dataclass
class Stage:
    """Contracts, organisations with keys, and a relay that pays for everything."""

    client: Client
    deployment: Deployment
    council: SigningKey
    relay: SigningKey
    keys: dict[int, SigningKey] = field(default_factory=dict)
    _nonces: dict[tuple[str, int], Any] = field(default_factory=dict)
    _serials: Any = field(default_factory=lambda: count(1))

    async def admit(self, role: Role) -> int:
        """Admit an organisation with one key that may do everything."""
        number = len(self.keys) + 1
        key = key_of(f"organisation {number}")
        data = encode_admit(role, f"Member {number}", "https://gateway.example", TERMS, key.address)
        await self.send(self.deployment.registry, data, self.council)
        self.keys[number] = key
        return number

    async def send(self, to: str, data: bytes, sender: SigningKey | None = None) -> Receipt:
        """Send one transaction, free of charge, that has to succeed; without `to` it deploys."""
        sender = sender or self.relay
        raw = sender.sign_transaction(
            {
                "chainId": self.deployment.chain_id,
                "nonce": await self.client.nonce(sender.address),
                "gas": TRANSACTION_GAS_MAX,
                "maxFeePerGas": 0,
                "maxPriorityFeePerGas": 0,
                "to": to,
                "value": 0,
                "data": data,
            }
        )
        receipt = await self.client.mined(await self.client.send_raw(raw), 60)
        if not receipt.is_success:
            raise OperationFailed(f"a call of {data[:4].hex()} on {to} was undone")
        return receipt

    async def measure(
        self, to: str, data: bytes, events: int = 1, sender: SigningKey | None = None
    ) -> Measure:
        """Send one transaction and tell what it cost."""
        receipt = await self.send(to, data, sender)
        return Measure(events, receipt.gas_used, intrinsic_gas(data), len(data))

    async def view(
        self, to: str, signature: str, calls: Sequence[tuple[int, ...]], word: int = 0
    ) -> list[int]:
        """Call a view of integers many times; gives one word of each answer."""
        types = signature[signature.index("(") + 1 : -1].split(",")
        head = selector(signature)
        asked = [
            ("eth_call", ({"to": to, "data": "0x" + (head + encode(types, each)).hex()}, "latest"))
            for each in calls
        ]
        first = 2 + 64 * word
        return [int(answer[first : first + 64], 16) for answer in await self.client.batch(asked)]

    async def deploy_mock(self, name: str, *arguments: str) -> str:
        """Deploy a contract that is no part of the network; gives its address."""
        code = load_contract(name).bytecode + encode(["address"] * len(arguments), arguments)
        address = (await self.send("", code)).contract_address
        assert address is not None
        return to_checksum_address(address)

    async def pass_to(self, time_s: int) -> None:
        """Let the next block be of a time."""
        await self.client.call("evm_setNextBlockTimestamp", time_s)
        await self.client.call("evm_mine")

    def nonce(self, domain: Domain, organisation: int) -> int:
        """Give an organisation's next nonce at a contract."""
        return int(next(self._nonces.setdefault((domain.name, organisation), count())))

    def sign(self, domain: Domain, value: Signable) -> bytes:
        """Sign an intent with its organisation's key."""
        return self.keys[value.organisation].sign(digest(domain, value))

    def step(self, organisation: int, agreement: int, action: str, seats: Sequence[int]) -> bytes:
        """Encode a step in an agreement's life."""
        domain = self.deployment.order_domain
        step = AgreementStep(
            organisation=organisation,
            agreement=agreement,
            action=row_named("agreement", action).id,
            seats=(seats[0], seats[1], seats[2], seats[3], seats[4]),
            notice_days=30,
            terms=TERMS,
            manifest=MANIFEST,
            deadline=DEADLINE_S,
            nonce=self.nonce(domain, organisation),
        )
        return encode_agree(step, self.sign(domain, step))

    async def conclude(self, buyer: int, seller: int) -> int:
        """Bring an agreement into force; uses each party's first nonces."""
        agreement = agreement_number(buyer, next(self._serials))
        for organisation, action in ((buyer, "propose"), (seller, "sign")):
            data = self.step(organisation, agreement, action, (buyer, seller, 0, 0, 0))
            await self.send(self.deployment.order_ledger, data)
        return agreement


@asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    """Start a chain of its own with the real contracts, and end it."""
    with (
        tempfile.TemporaryDirectory(prefix="consign-gas-") as folder,
        EmbeddedChain(Path(folder) / "chain", port=0, block_time_s=0.02) as chain,
    ):
        async with Client(chain.url, timeout_s=120) as client:
            await client.call("evm_setNextBlockTimestamp", START_S)
            council = key_of("council")
            deployment = await deploy(client, council, council.address, bond_holder=council.address)
            yield Stage(client, deployment, council, key_of("relay"))


def key_of(name: str) -> SigningKey:
    """Give the key of a name: the same in every run, and worth nothing."""
    return SigningKey(keccak(b"gas benchmark: " + name.encode()))


def intrinsic_gas(data: bytes) -> int:
    """Tell what a transaction costs before any code runs: 21,000, 4 per zero byte, 16 per other."""
    zeros = data.count(0)
    return 21_000 + 4 * zeros + 16 * (len(data) - zeros)
