"""Whatever members do with their keys, each opens what was sealed for it while it was one.

A network of five members trades while keys are drawn anew, of either kind, are lost, and members
are suspended and admitted again. Everybody keeps every private key it ever had and every block
there is. After each step, what everyone can open is exactly what it should.
"""

from __future__ import annotations

import os
from collections import defaultdict

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlmodel import Session, SQLModel, create_engine

from ledger.document.block import read_header
from ledger.document.content_key import Recipient, unwrap
from ledger.document.encryption_key import (
    EncryptionKey,
    HybridKey,
    bundle_of,
    new_encryption_key,
    new_hybrid_key,
    public_bytes,
)
from ledger.document.envelope import open_with_key
from ledger.document.errors import EnvelopeError, KeyUnwrapFailed
from ledger.document.rewrap import open_rewrap, read_rewrap, rewrap
from ledger.model import Organisation
from ledger.model.table import table_of
from ledger.sealing import recipients_of
from ledger.vault import cid_of, digest_of
from tests.property.document.document_strategies import (
    BINDING,
    SENDER,
    SMALLEST,
    opened,
    sealed,
    sign,
)

MEMBERS = (1, 2, 3, 4, 5)
members = st.sampled_from(MEMBERS)
# Drawn once: a member that takes another's place in a run is told from it by its number.
SPARE: list[EncryptionKey] = [
    new_hybrid_key() if n % 4 == 3 else new_encryption_key() for n in range(64)
]


class Membership(RuleBasedStateMachine):
    """Members, what they ever held, and what each should be able to open."""

    def __init__(self) -> None:
        super().__init__()
        engine = create_engine("sqlite://")
        SQLModel.metadata.create_all(engine, [table_of(Organisation)])
        self.session = Session(engine)
        self.keys: dict[int, dict[int, EncryptionKey]] = defaultdict(dict)
        self.ever: dict[int, dict[int, EncryptionKey]] = defaultdict(dict)
        self.blocks: list[tuple[bytes, bytes]] = []
        self.rewraps: list[bytes] = []
        self.may_open: set[tuple[int, int]] = set()
        self.out: set[int] = set()
        self.drawn = 0
        for number in MEMBERS:
            member = Organisation(number=number, roles=1, name=str(number), endpoint="")
            self.session.add(member)
            self.take(member)

    def take(self, member: Organisation) -> None:
        key = SPARE[self.drawn % len(SPARE)]
        self.drawn += 1
        member.encryption_epoch += 1
        member.encryption_key = public_bytes(key)
        for held in (self.keys, self.ever):
            held[member.number][member.encryption_epoch] = key
        self.session.flush()

    def member(self, number: int) -> Organisation:
        found = self.session.get(Organisation, number)
        assert found is not None
        return found

    def recipients(self, numbers: set[int]) -> list[Recipient]:
        bundles = {
            public_bytes(key): bundle_of(key)
            for keys in self.keys.values()
            for key in keys.values()
            if isinstance(key, HybridKey)
        }
        return [
            Recipient(each.organisation, each.epoch, each.public_key, bundles.get(each.public_key))
            for each in recipients_of(self.session, numbers)
        ]

    @rule(numbers=st.sets(members, min_size=1))
    def seal(self, numbers: set[int]) -> None:
        recipients = self.recipients(numbers)
        if recipients:
            made = sealed(SMALLEST, recipients=recipients)
            self.may_open |= {(each, len(self.blocks)) for each in numbers - self.out}
            self.blocks.append((made.block, made.commitment.root))

    @rule(number=members)
    def rotate(self, number: int) -> None:
        self.take(self.member(number))

    @rule(number=members)
    def suspend_or_admit(self, number: int) -> None:
        member = self.member(number)
        member.is_suspended = number not in self.out
        member.roles = 1
        self.out ^= {number}
        self.session.flush()

    @rule(number=members)
    def lose_all_roles(self, number: int) -> None:
        self.member(number).roles = 0
        self.out.add(number)
        self.session.flush()

    @precondition(lambda self: self.blocks)
    @rule(giver=members, taker=members)
    def rewrap_for(self, giver: int, taker: int) -> None:
        recipients = self.recipients({taker})
        owned = {
            digest_of(cid_of(block)): unwrap(read_header(block), giver, self.keys[giver])
            for block, _ in self.blocks
            if self.is_wrapped(giver, block)
        }
        if owned and taker not in self.out:
            self.rewraps.append(
                rewrap(owned, network=BINDING.network, sender=giver, sign=sign, to=recipients[0])
            )
            self.may_open |= {
                (taker, at)
                for at, (block, _) in enumerate(self.blocks)
                if digest_of(cid_of(block)) in owned
            }

    def is_wrapped(self, number: int, block: bytes) -> bool:
        return any(each.organisation == number for each in read_header(block).recipients)

    @invariant()
    def everyone_opens_exactly_what_it_may(self) -> None:
        for number in MEMBERS:
            found = {at for at in range(len(self.blocks)) if self.opens(number, at)}
            assert found == {at for who, at in self.may_open if who == number}

    def opens(self, number: int, at: int) -> bool:
        """Try every key that the member ever had, under every name, and every rewrap."""
        block, commitment = self.blocks[at]
        for name in MEMBERS:
            try:
                opened(block, commitment, organisation=name, private_keys=self.ever[number])
                return True
            except EnvelopeError:
                pass
        return any(self.opens_by(number, each, at) for each in self.rewraps)

    def opens_by(self, number: int, block: bytes, at: int) -> bool:
        sealed_block, commitment = self.blocks[at]
        try:
            keys = open_rewrap(
                read_rewrap(block),
                organisation=number,
                private_keys=self.ever[number],
                network=BINDING.network,
            )
            open_with_key(
                sealed_block,
                content_key=keys[digest_of(cid_of(sealed_block))],
                expected_binding=BINDING,
                expected_commitment=commitment,
                expected_senders=[SENDER],
            )
        except (EnvelopeError, KeyError):
            return False
        return True

    def teardown(self) -> None:
        self.session.close()


Membership.TestCase.settings = settings(
    max_examples=200 if os.environ.get("DEEP") == "1" else 10, stateful_step_count=15
)
TestMembership = Membership.TestCase


def test_a_key_of_one_half_opens_nothing_sealed_to_both() -> None:
    key = new_hybrid_key()
    made = sealed(SMALLEST, recipients=[Recipient(2, 1, public_bytes(key), bundle_of(key))])
    halves: list[EncryptionKey] = [
        key.x25519,
        HybridKey(new_hybrid_key().mlkem, key.x25519),
        HybridKey(key.mlkem, X25519PrivateKey.generate()),
    ]
    assert opened(made.block, made.commitment.root, private_keys={1: key}).document == SMALLEST
    for half in halves:
        with pytest.raises(KeyUnwrapFailed):
            opened(made.block, made.commitment.root, private_keys={1: half})
