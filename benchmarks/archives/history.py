"""A real chain on which a brand and a supplier have traded much."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.action import Action, agreement_record, list_record, pack_actions
from ledger.client import Client
from ledger.contracts import encode_submit, encode_submit_intents
from ledger.intent import ZERO, Batch, Intent
from ledger.key import SigningKey
from ledger.lifecycle import row_named
from ledger.role import Role
from tests.chain import FAR_FUTURE_S, GAS, Network, found, free_transaction
from tests.simulation.bare_chain import BareChain

WAVE: Final = 2_048
"""How many orders go through their life together: the longest record there is."""

LIFE: Final = (
    ("order", "issue", True),
    ("order", "confirm", False),
    ("delivery", "despatch", False),
    ("delivery", "receive", False),
    ("delivery", "pass", True),
    ("delivery", "settle", True),
)
"""Machine, action, and whether it comes as a run; otherwise as a list in random order."""

EVENTS_PER_WAVE: Final = WAVE * len(LIFE)
INTENTS_AT_ONCE: Final = 200
_SENT_AT_ONCE: Final = 12


@dataclass
class Trade:
    """A network of two, on a chain that a benchmark fills."""

    network: Network
    brand: int
    supplier: int
    agreement: int
    relay: SigningKey = field(default_factory=SigningKey.create)
    _sent: Any = field(default_factory=itertools.count)

    @classmethod
    async def open(cls, chain: BareChain, client: Client) -> "Trade":
        """Found a network and bring an agreement into force."""
        async with chain.mining():
            network = await found(client)
            brand, supplier = await network.admit(), await network.admit(Role.SUPPLIER)
            agreement = await network.agreement((brand, supplier, 0, 0, 0))
        return cls(network, brand, supplier, agreement)

    async def batches(self, waves: int) -> None:
        """Take waves of orders from their issue to their last settled delivery."""
        chance = random.Random(waves)
        calls = [
            self._batch(machine, action, wave, chance if not is_run else None)
            for wave in range(waves)
            for machine, action, is_run in LIFE
        ]
        await self._send(calls)

    async def intents(self, count: int) -> None:
        """Issue and confirm orders, each by an intent that was signed for it alone."""
        first = 1 << 20
        issued = [("issue", self.brand, first + i) for i in range(count // 2)]
        confirmed = [("confirm", self.supplier, first + i) for i in range(count // 2)]
        calls = [
            self._intents(part[start : start + INTENTS_AT_ONCE])
            for part in (issued, confirmed)
            for start in range(0, len(part), INTENTS_AT_ONCE)
        ]
        await self._send(calls)

    def _batch(self, machine: str, action: str, wave: int, chance: random.Random | None) -> bytes:
        row = row_named(machine, action)
        numbers = list(range(wave * WAVE, (wave + 1) * WAVE))
        if chance is not None:
            chance.shuffle(numbers)
        actions = [Action(self.agreement, row.id, n, n if row.opens else 0) for n in numbers]
        if chance is None:
            packed = pack_actions(actions)
        else:
            packed = agreement_record(self.agreement) + list_record(actions)
        organisation = self.brand if "buyer" in row.by else self.supplier
        root = chance.randbytes(32) if chance else ZERO
        batch = Batch(organisation, FAR_FUTURE_S, self.network.nonce(), root, root, packed)
        return encode_submit([batch], [self.network.sign(batch)])

    def _intents(self, steps: Sequence[tuple[str, int, int]]) -> bytes:
        intents = [
            Intent(
                organisation=organisation,
                agreement=self.agreement,
                action=row_named("order", action).id,
                number=number,
                order=0,
                deadline=FAR_FUTURE_S,
                nonce=self.network.nonce(),
                document=number.to_bytes(32),
            )
            for action, organisation, number in steps
        ]
        return encode_submit_intents(intents, list(map(self.network.sign, intents)))

    async def _send(self, calls: Sequence[bytes]) -> None:
        client, deployment = self.network.client, self.network.deployment
        for start in range(0, len(calls), _SENT_AT_ONCE):
            hashes = [
                await client.send_raw(
                    self.relay.sign_transaction(
                        free_transaction(
                            deployment.chain_id,
                            next(self._sent),
                            deployment.order_ledger,
                            call,
                            GAS,
                        )
                    )
                )
                for call in calls[start : start + _SENT_AT_ONCE]
            ]
            while None in (receipts := await client.receipts(hashes)):
                await client.call("evm_mine")
            if not all(receipt is not None and receipt.is_success for receipt in receipts):
                raise RuntimeError("a transaction of the history was undone")
