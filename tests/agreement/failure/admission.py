"""Failures of admission: deadline, nonce, what was signed, the form of signatures, keys."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ledger.intent import digest
from ledger.key import recover
from ledger.role import Permission
from tests.agreement.failure.registry import set_key, suspend
from tests.agreement.failure.trial import Trial, instead, meanwhile
from tests.agreement.stage import Stage, record

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
Case = Callable[[Stage], Trial]


def flipped(signature: bytes) -> bytes:
    """The other signature of the same digest: s in the upper half."""
    high = ORDER - int.from_bytes(signature[32:64])
    return signature[:32] + high.to_bytes(32) + bytes([55 - signature[64]])


BENT: dict[str, Callable[[bytes], bytes]] = {
    "high-s": flipped,
    "v-zero": lambda good: good[:64] + b"\0",
    "v-one": lambda good: good[:64] + b"\1",
    "v-beyond": lambda good: good[:64] + b"\x1d",
    "compact": lambda good: good[:32] + bytes([good[32] | (good[64] - 27) << 7]) + good[33:64],
    "a-byte-more": lambda good: good + good[64:],
    "a-byte-less": lambda good: good[1:],
    "one-byte": lambda good: good[64:],
    "r-zero": lambda good: bytes(32) + good[32:],
    "s-zero": lambda good: good[:32] + bytes(32) + good[64:],
    "r-beyond-the-order": lambda good: ORDER.to_bytes(32) + good[32:],
}
"""Signatures that are none, made of good ones."""


def bent(bend: Callable[[bytes], bytes]) -> Case:
    def case(s: Stage) -> Trial:
        batch = s.batch()
        good = s.sign(batch)
        return instead(s.send(batch, good), s.send(batch, bend(good)))

    return case


def other_v(s: Stage) -> Trial:
    batch = s.batch()
    good = s.sign(batch)
    wrong = good[:64] + bytes([55 - good[64]])
    recovered = recover(digest(s.domain_of(batch), batch), wrong)
    return instead(s.send(batch, good), s.send(batch, wrong), recovered=recovered)


def elsewhere(**changes: Any) -> Case:
    """Signed for another chain or contract."""

    def case(s: Stage) -> Trial:
        batch = s.batch()
        here = s.domain_of(batch)
        if changes.get("contract") == "":
            there = replace(here, contract=s.deployment.pool_auction)
        else:
            there = replace(here, chain_id=here.chain_id + 1)
        signature = s.sign(batch, domain=there)
        recovered = recover(digest(here, batch), signature)
        return instead(s.send(batch), s.send(batch, signature), recovered=recovered)

    return case


def changed(build: Callable[[Stage], Any], change: Callable[[Stage, Any], Any]) -> Case:
    """Changed after it was signed."""

    def case(s: Stage) -> Trial:
        signed = build(s)
        signature, other = s.sign(signed), change(s, signed)
        recovered = recover(digest(s.domain_of(other), other), signature)
        return instead(s.send(signed), s.send(other, signature), recovered=recovered)

    return case


def of_batch(change: Callable[[Stage, Any], Any]) -> Case:
    return changed(lambda s: s.batch(), change)


def by_key(build: Callable[[Stage], Any], right: str, wrong: str) -> Case:
    """Signed by one key or another."""

    def case(s: Stage) -> Trial:
        value = build(s)
        valid, refused = [
            s.send(value, s.sign(value, s.cast.keys[name])) for name in (right, wrong)
        ]
        return instead(valid, refused)

    return case


def for_nobody(s: Stage) -> Trial:
    """Organisation 0 is nobody, though an empty seat holds its number."""
    batch, key = s.batch(), s.cast.keys["buyer"]
    wrong = replace(batch, organisation=0)
    return instead(s.send(batch), s.send(wrong, s.sign(wrong, key)))


def too_late(s: Stage) -> Trial:
    batch = replace(s.batch(), deadline=s.now + 1)
    return instead(s.send(batch), s.send(batch, time=s.now + 1), later=s.now + 1)


def expired_key(s: Stage) -> Trial:
    batch = s.batch()
    signature = s.sign(batch, s.cast.keys["expired_key"])
    return instead(s.send(batch, signature, time=s.now - 1), s.send(batch, signature))


def unsigned(s: Stage) -> Trial:
    batch = s.batch()
    return instead(s.send(batch, b"", sender="buyer"), s.send(batch, b"", sender="stranger"))


def key_event(*events: Callable[[Stage], Any]) -> Case:
    """Signed by a key of the buyer, before something happens to that key."""

    def case(s: Stage) -> Trial:
        batch = s.batch()
        valid = s.send(batch, s.sign(batch, s.cast.keys["record_key"]))
        return meanwhile(valid, *(event(s) for event in events))

    return case


def nonce_used(s: Stage) -> Trial:
    batch = s.batch()
    other = replace(s.batch(record(1, 1, 2)), nonce=batch.nonce)
    return meanwhile(s.send(batch), s.send(other))


def nonce_used_by_step(s: Stage) -> Trial:
    batch = s.batch()
    return meanwhile(s.send(batch), s.send(s.step("buyer propose", nonce=batch.nonce)))


def sent_twice(s: Stage) -> Trial:
    valid = s.send(s.batch())
    return meanwhile(valid, valid)


CASES: dict[str, Case] = {
    "deadline-reached": too_late,
    "nonce-used": nonce_used,
    "nonce-used-by-another-kind": nonce_used_by_step,
    "sent-twice": sent_twice,
    "signed-for-other-chain": elsewhere(),
    "signed-for-other-contract": elsewhere(contract=""),
    "organisation-changed": of_batch(lambda s, b: replace(b, organisation=s.names["seller"])),
    "deadline-changed": of_batch(lambda s, b: replace(b, deadline=b.deadline + 1)),
    "nonce-changed": of_batch(lambda s, b: replace(b, nonce=s.cast.network.nonce())),
    "actions-changed": of_batch(lambda s, b: replace(b, actions=b.actions[:-1] + b"\2")),
    "actions-left-out": of_batch(lambda s, b: replace(b, actions=b"")),
    "documents-changed": of_batch(lambda s, b: replace(b, documents_root=b"\1" * 32)),
    "manifest-changed": of_batch(lambda s, b: replace(b, manifest=b"\1" * 32)),
    "order-changed": changed(
        lambda s: s.intent("buyer issue 1"), lambda s, one: replace(one, number=2)
    ),
    "agreement-changed": changed(
        lambda s: s.step("buyer propose"),
        lambda s, one: replace(one, agreement=s.proposal + 1),
    ),
    **{f"signature-{name}": bent(bend) for name, bend in BENT.items()},
    "signature-other-v": other_v,
    "signature-of-stranger": by_key(lambda s: s.batch(), "buyer", "stranger"),
    "signature-of-other-member": by_key(lambda s: s.batch(), "buyer", "seller"),
    "unsigned-by-stranger": unsigned,
    "organisation-of-nobody": for_nobody,
    "key-may-not-record": by_key(lambda s: s.batch(), "record_key", "trade_key"),
    "key-may-not-agree": by_key(lambda s: s.step("buyer propose"), "agree_key", "record_key"),
    "key-may-not-trade": by_key(lambda s: s.withdrawal(), "trade_key", "agree_key"),
    "key-expired": expired_key,
    "key-revoked": key_event(lambda s: set_key(s, key="record_key", permissions=0)),
    "key-lowered": key_event(lambda s: set_key(s, key="record_key", permissions=Permission.AGREE)),
    "key-rotated": key_event(
        lambda s: set_key(s, key="stranger"),
        lambda s: set_key(s, sender="stranger", key="record_key", permissions=0),
    ),
    "organisation-suspended": key_event(suspend),
}
