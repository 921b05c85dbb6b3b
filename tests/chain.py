"""A small network on a chain, for tests: contracts, organisations with keys, and a sender."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.block import Receipt
from ledger.client import Client
from ledger.contracts import encode_admit, encode_agree
from ledger.deployment import Deployment, deploy
from ledger.embedded import EmbeddedChain
from ledger.event import OrganisationAdmitted
from ledger.intent import ZERO, AgreementStep, Signable, digest
from ledger.key import SigningKey
from ledger.lifecycle import row_named
from ledger.log import decode_logs
from ledger.number import AgreementNumber, agreement_number
from ledger.role import Role

FAR_FUTURE_S = 2**40
GAS = 2**24
"""What one transaction may use at most (EIP-7825)."""


@dataclass
class Network:
    """Contracts of its own on a chain, ruled by a council that no other network has."""

    client: Client
    deployment: Deployment
    council: SigningKey
    keys: dict[int, SigningKey] = field(default_factory=dict)
    _nonces: Any = field(default_factory=lambda: itertools.count(1))
    _serials: Any = field(default_factory=lambda: itertools.count(1))

    async def admit(self, roles: Role = Role.BRAND) -> int:
        """Admit an organisation with a key of its own."""
        key = SigningKey.create()
        data = encode_admit(roles, "Test", "http://localhost", b"\1" * 32, key.address)
        receipt = await self.send(self.council, self.deployment.registry, data)
        admitted = [e for e in decode_logs(receipt.logs) if isinstance(e, OrganisationAdmitted)]
        self.keys[admitted[0].organisation] = key
        return admitted[0].organisation

    async def send(self, key: SigningKey, to: str, data: bytes) -> Receipt:
        """Send one transaction, free of charge, and wait for it."""
        nonce = await self.client.nonce(key.address)
        raw = key.sign_transaction(free_transaction(self.deployment.chain_id, nonce, to, data))
        return await self.client.mined(await self.client.send_raw(raw), 30)

    async def agreement(self, seats: Sequence[int]) -> AgreementNumber:
        """Bring an agreement between these seats into force."""
        number = agreement_number(seats[0], next(self._serials))
        signers = list(dict.fromkeys(seat for seat in seats if seat))
        for organisation in signers:
            action = "propose" if organisation == seats[0] else "sign"
            step = AgreementStep(
                organisation=organisation,
                agreement=number,
                action=row_named("agreement", action).id,
                seats=(seats[0], seats[1], seats[2], seats[3], seats[4]),
                notice_days=30,
                terms=b"\7" * 32,
                manifest=ZERO,
                deadline=FAR_FUTURE_S,
                nonce=self.nonce(),
            )
            data = encode_agree(step, self.sign(step))
            receipt = await self.send(self.council, self.deployment.order_ledger, data)
            assert receipt.is_success
        return number

    def sign(self, value: Signable) -> bytes:
        """Sign an intent with its organisation's key."""
        is_order = type(value).__name__ in ("Batch", "Intent", "AgreementStep")
        domain = self.deployment.order_domain if is_order else self.deployment.auction_domain
        return self.keys[value.organisation].sign(digest(domain, value))

    def nonce(self) -> int:
        """Give a nonce that was not used before."""
        return int(next(self._nonces))


def free_transaction(
    chain_id: int, nonce: int, to: str, data: bytes, gas: int = GAS
) -> dict[str, Any]:
    """A transaction that pays nothing for its gas, to be signed."""
    return {
        "chainId": chain_id,
        "nonce": nonce,
        "gas": gas,
        "maxFeePerGas": 0,
        "maxPriorityFeePerGas": 0,
        "to": to,
        "value": 0,
        "data": data,
    }


async def found(client: Client) -> Network:
    """Deploy a network of its own."""
    council = SigningKey.create()
    deployment = await deploy(client, council, council.address, bond_holder=council.address)
    return Network(client, deployment, council)


def with_client(chain: EmbeddedChain, trial: Callable[[Client], Awaitable[None]]) -> None:
    """Run a trial with a client of its own, closed in the end."""

    async def run() -> None:
        async with Client(chain.url) as client:
            await trial(client)

    asyncio.run(run())
