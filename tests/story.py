"""Blocks of a made-up network: what members could record, as a seed decides."""

import random
from dataclasses import dataclass, field
from typing import Any, Final

from eth_hash.auto import keccak

from ledger.action import Action, pack_actions
from ledger.errors import OrderUnexpectedState
from ledger.event import (
    ActionRefused,
    AgreementProposed,
    AgreementStepped,
    BatchRecorded,
    Event,
    IntentRecorded,
    KeySet,
    OrganisationAdmitted,
)
from ledger.lifecycle import row_named, state_number
from tests.made_up_chain import MadeUpChain

BUYER: Final = 1
AGREEMENTS: Final = tuple(BUYER << 32 | serial for serial in (1, 2, 3))
SELLERS: Final = (2, 3, 2)
ORDERS: Final = ("acknowledge", "confirm", "request_change", "fulfil", "close", "dispute")
DELIVERIES: Final = ("despatch", "receive", "pass", "settle")
PLACE: Final[dict[str, Any]] = {
    "contract": "",
    "block_number": 0,
    "block_hash": b"",
    "tx_hash": b"",
    "log_index": 0,
}


@dataclass
class Story:
    """Says what the next block holds, so that it could follow the blocks before it."""

    chance: random.Random
    orders: list[tuple[int, int]] = field(default_factory=list)
    deliveries: list[tuple[int, int, int]] = field(default_factory=list)
    _digests: int = 0

    def found(self, chain: MadeUpChain) -> None:
        """Admit members and conclude agreements, in one block."""
        members: list[Event] = [
            OrganisationAdmitted(
                organisation=n, roles=3, name=f"Member {n}", endpoint="http://a", **PLACE
            )
            for n in (BUYER, *sorted(set(SELLERS)))
        ]
        steps: list[Event] = []
        for number, seller in zip(AGREEMENTS, SELLERS, strict=True):
            seats = (BUYER, seller, 0, 0, 0)
            steps.append(AgreementProposed(agreement=number, seats=seats, notice_days=1, **PLACE))
            steps.append(self._step(number, BUYER, "propose", "Proposed", 2))
            steps.append(self._step(number, seller, "sign", "Active", 0))
        chain.append(members, steps)

    def go_on(self, chain: MadeUpChain) -> None:
        """Append a block."""
        moves = [self._batch, self._batch, self._intent, self._key, self._notice]
        chain.append(*(self.chance.choice(moves)() for _ in range(self.chance.randint(0, 3))))

    def _step(self, number: int, by: int, action: str, state: str, unsigned: int) -> Event:
        return AgreementStepped(
            agreement=number,
            organisation=by,
            action=row_named("agreement", action).id,
            state=state_number("agreement", state),
            unsigned=unsigned,
            ends_at=0,
            terms=keccak(action.encode()),
            manifest=bytes(32),
            intent=self._digest(),
            **PLACE,
        )

    def _digest(self) -> bytes:
        self._digests += 1
        return keccak(self._digests.to_bytes(8))

    def _actions(self) -> list[Action]:
        return [self._action() for _ in range(self.chance.randint(1, 6))]

    def _action(self) -> Action:
        kind = self.chance.random()
        if not self.orders or kind < 0.4:
            key = self.chance.choice(AGREEMENTS), len(self.orders) + 1
            self.orders.append(key)
            return Action(key[0], row_named("order", "issue").id, key[1])
        agreement, number = self.chance.choice(self.orders)
        if kind < 0.7:
            return Action(agreement, row_named("order", self.chance.choice(ORDERS)).id, number)
        if not self.deliveries or kind < 0.85:
            opened = (agreement, len(self.deliveries) + 1, number)
            self.deliveries.append(opened)
            action = self.chance.choice(("announce", "despatch"))
            return Action(agreement, row_named("delivery", action).id, opened[1], number)
        agreement, number, order = self.chance.choice(self.deliveries)
        row = row_named("delivery", self.chance.choice(DELIVERIES))
        return Action(agreement, row.id, number, order if row.opens else 0)

    def _batch(self) -> list[Event]:
        actions, digest = self._actions(), self._digest()
        events: list[Event] = []
        if self.chance.random() < 0.3:
            # What is refused never stood before it, so it is an order nobody has issued.
            actions.append(Action(AGREEMENTS[0], row_named("order", "confirm").id, 999))
            problem = OrderUnexpectedState(AGREEMENTS[0], 999, 0, 6).encoded()
            position = len(actions) - 1
            events.append(
                ActionRefused(batch=digest, position=position, count=1, problem=problem, **PLACE)
            )
        batch = BatchRecorded(
            organisation=BUYER,
            batch=digest,
            documents_root=digest,
            manifest=bytes(32),
            actions=pack_actions(actions),
            **PLACE,
        )
        return [*events, batch]

    def _intent(self) -> list[Event]:
        agreement, action, number, order = self._action()
        step = agreement << 72 | action << 64 | number << 32 | order
        digest = self._digest()
        return [
            IntentRecorded(
                organisation=BUYER,
                intent=digest,
                step=step,
                document=digest,
                manifest=bytes(32),
                **PLACE,
            )
        ]

    def _key(self) -> list[Event]:
        key = "0x" + f"{self.chance.randint(1, 5):040x}"
        expires = self.chance.choice([0, 10**10, 2**64 - 1])
        return [KeySet(organisation=2, key=key, permissions=1, expires_at=expires, **PLACE)]

    def _notice(self) -> list[Event]:
        return [self._step(self.chance.choice(AGREEMENTS), BUYER, "amend", "Active", 2)]
