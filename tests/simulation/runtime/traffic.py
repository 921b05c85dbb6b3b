"""Random transactions to the network's contracts, good and bad, as raw bytes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from ledger.deployment import Deployment
from ledger.intent import AgreementStep, Batch, Intent, Signable, digest
from ledger.key import SigningKey
from tests.chain import free_transaction
from tests.oracles.ledger.ledger import Ledger
from tests.oracles.ledger.table import TABLE
from tests.simulation.ledger.binary import encode_call
from tests.simulation.ledger.streams import stream
from tests.simulation.ledger.wish import Wisher

FAR_FUTURE_S = 2**40
STEPS: list[int] = [row["id"] for row in TABLE["agreement"]["rows"]]


@dataclass
class Traffic:
    """Makes up what members, strangers and the council might send next."""

    deployment: Deployment
    council: SigningKey
    rng: random.Random
    ledger: Ledger
    """The model as of the last block."""
    now: int = 0
    keys: dict[int, SigningKey] = field(default_factory=dict)
    nonces: dict[str, int] = field(default_factory=dict)
    kept: dict[str, list[tuple[Any, bytes]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._wisher = Wisher(self.ledger, self.rng)
        self._stranger = self._key()

    def found(self) -> list[bytes]:
        """Admit members and bring an agreement of each pair of neighbours into force."""
        raws = [self._admit() for _ in range(4)]
        for buyer, seller in ((1, 2), (2, 3), (3, 4)):
            agreement = (buyer << 32) + 1
            seats = (buyer, seller, 0, 4 if buyer < 3 else 0, 0)
            for organisation, action in ((buyer, 0), (seller, 1), (4, 1)):
                step = self._step_of(organisation, agreement, STEPS[action], seats)
                raws.append(self._agree(step))
        return raws

    def next(self, ledger: Ledger, now: int) -> bytes:
        """Make one transaction up."""
        self.ledger = self._wisher.ledger = ledger
        self.now = now
        self._wisher.begin()
        moves = (self._submit, self._submit_intents, self._random_step, self._change)
        (move,) = self.rng.choices(moves, (45, 30, 15, 10))
        return move()

    def _submit(self) -> bytes:
        signed = [self._signed(self._batch()) for _ in range(self.rng.choice((1, 2, 3)))]
        return self._ledger_call("submit", *zip(*signed, strict=True))

    def _submit_intents(self) -> bytes:
        signed = [self._signed(self._intent()) for _ in range(self.rng.choice((1, 4, 9)))]
        return self._ledger_call("submitIntents", *zip(*signed, strict=True))

    def _random_step(self) -> bytes:
        agreements = list(self.ledger.agreements.table)
        organisation = self.rng.choice(list(self.keys))
        fresh = (organisation << 32) + self.rng.randrange(1, 6)
        agreement = self.rng.choice([*agreements, fresh])
        there = self.ledger.agreements.of(agreement)
        seats = tuple(there.seats.values()) if any(there.seats.values()) else (1, 2, 0, 0, 3)
        step = self._step_of(organisation, agreement, self.rng.choice(STEPS), seats)
        return self._agree(step)

    def _change(self) -> bytes:
        organisation = self.rng.choice(list(self.keys))
        own = self.keys[organisation]
        key = self.rng.choice([own, own, self.council, self.council, self._stranger])
        changes: list[tuple[str, tuple[Any, ...]]] = [
            ("setEndpoint", ("http://" + "z" * self.rng.randrange(50),)),
            ("setEncryptionKey", (self.rng.randbytes(32),)),
            ("setKey", (self._stranger.address, self.rng.randrange(8), 0)),
            ("setRoles", (self.rng.randrange(64),)),
            ("setSuspended", (self.rng.random() < 0.2,)),
        ]
        function, arguments = self.rng.choice(changes)
        data = encode_call("OrgRegistry", function, (organisation, *arguments))
        return self._raw(key, self.deployment.registry, data)

    def _admit(self) -> bytes:
        number = len(self.keys) + 1
        key = self.keys[number] = self._key()
        arguments = (31, f"Member {number}", "http://x", b"\1" * 32, key.address)
        data = encode_call("OrgRegistry", "admit", arguments)
        return self._raw(self.council, self.deployment.registry, data)

    def _batch(self) -> Batch:
        organisation = self.rng.choice(list(self.keys))
        agreements = list(self.ledger.agreements.table)
        return Batch(
            organisation=organisation,
            deadline=self._deadline(),
            nonce=self.rng.randrange(2**40),
            documents_root=self.rng.choice((bytes(32), self.rng.randbytes(32))),
            manifest=self.rng.choice((bytes(32), self.rng.randbytes(32))),
            actions=stream(self._wisher, organisation, agreements, self.now),
        )

    def _intent(self) -> Intent:
        organisation = self.rng.choice(list(self.keys))
        agreement = self.rng.choice(list(self.ledger.agreements.table))
        likely = self._wisher.likely(organisation, agreement, self.now)
        if likely is None or self.rng.random() < 0.2:
            action, number, order = self._wisher.wild(agreement)
        else:
            action, number, order = self.rng.choice(likely[1])
        return Intent(
            organisation=organisation,
            deadline=self._deadline(),
            nonce=self.rng.randrange(2**40),
            agreement=agreement,
            action=action,
            number=number,
            order=order,
            document=self.rng.randbytes(32),
            manifest=bytes(32),
        )

    def _step_of(
        self, organisation: int, agreement: int, action: int, seats: Sequence[int]
    ) -> AgreementStep:
        return AgreementStep(
            organisation=organisation,
            agreement=agreement,
            action=action,
            seats=(seats[0], seats[1], seats[2], seats[3], seats[4]),
            notice_days=30,
            terms=b"\7" * 32,
            manifest=bytes(32),
            deadline=self._deadline(),
            nonce=self.rng.randrange(2**40),
        )

    def _signed(self, value: Signable) -> tuple[Any, bytes]:
        """Sign, mostly rightly; sometimes give something of the same kind that went before."""
        kept = self.kept.setdefault(type(value).__name__, [])
        if kept and self.rng.random() < 0.06:
            return self.rng.choice(kept)
        is_right = self.rng.random() < 0.93
        key = self.keys[value.organisation] if is_right else self._stranger
        signature = key.sign(digest(self.deployment.order_domain, value))
        words = tuple(getattr(value, each.name) for each in fields(value))
        kept.append((words, signature if self.rng.random() < 0.98 else signature[:-1]))
        return kept[-1]

    def _agree(self, step: AgreementStep) -> bytes:
        return self._ledger_call("agree", *self._signed(step))

    def _deadline(self) -> int:
        return self.now if self.now and self.rng.random() < 0.03 else FAR_FUTURE_S

    def _ledger_call(self, function: str, *arguments: Any) -> bytes:
        data = encode_call("OrderLedger", function, arguments)
        return self._raw(self._stranger, self.deployment.order_ledger, data)

    def _raw(self, key: SigningKey, to: str, data: bytes) -> bytes:
        nonce = self.nonces.get(key.address, 0)
        self.nonces[key.address] = nonce + 1
        return key.sign_transaction(free_transaction(self.deployment.chain_id, nonce, to, data))

    def _key(self) -> SigningKey:
        return SigningKey(self.rng.randbytes(31) + b"\1")
