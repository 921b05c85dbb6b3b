"""Failures of contract accounts: what their answers, their proofs and their askers may lack."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ledger.contracts import selector
from tests.agreement.failure.registry import set_key
from tests.agreement.failure.trial import Trial, instead, meanwhile
from tests.agreement.stage import Act, Stage, record

Case = Callable[[Stage], Trial]
TOO_LITTLE_GAS = 120_000
ANSWER_GAS = 100_000
WAY_GAS = 10_000
"""What an account gets for its answer, and what the way there may cost; see Authority.sol."""


class Below:
    """Equal to every amount below a limit; for what depends on the gas of each step."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and 0 < other < self.limit

    __hash__ = None  # type: ignore[assignment]


def of_account(s: Stage, account: str, proof: bytes) -> bytes:
    """A contract account's signature: its address, the proof, and a zero byte."""
    return bytes.fromhex(s.names[account][2:]) + proof + b"\0"


def sent(s: Stage, batch: Any, account: str, proof: bytes | None = None, **how: Any) -> Act:
    owners = s.sign(batch) if proof is None else proof
    return s.send(batch, of_account(s, account, owners), **how)


def asked(account: str) -> Case:
    """The same proof, asked of another account that is a key as well."""

    def case(s: Stage) -> Trial:
        batch = s.batch()
        return instead(sent(s, batch, "owned_account"), sent(s, batch, account))

    return case


def proven(proof: Callable[[Stage, Any], bytes], account: str = "owned_account") -> Case:
    """The same account, with another proof."""

    def case(s: Stage) -> Trial:
        batch = s.batch()
        return instead(sent(s, batch, account), sent(s, batch, account, proof(s, batch)))

    return case


def signature(build: Callable[[bytes], bytes]) -> Case:
    """The same signature, put together otherwise."""

    def case(s: Stage) -> Trial:
        batch = s.batch()
        good = of_account(s, "owned_account", s.sign(batch))
        return instead(s.send(batch, good), s.send(batch, build(good)))

    return case


def dismissed(s: Stage) -> Trial:
    account = s.names["owned_account"]
    dismissal = Act(s.names["buyer_key"], account, selector("dismissOwner()"), s.now)
    return meanwhile(sent(s, s.batch(), "owned_account"), dismissal)


def starved(s: Stage) -> Trial:
    batch = s.batch()
    needed = ANSWER_GAS * 64 // 63 + WAY_GAS
    return instead(
        sent(s, batch, "slow_account"),
        sent(s, batch, "slow_account", gas=TOO_LITTLE_GAS),
        gas_left=Below(needed),
        gas_needed=needed,
    )


def of_another_member(s: Stage) -> Trial:
    """One owner behind accounts of two members: what it signed for one is not the other's word."""
    batch = s.batch()
    past = [set_key(s, "seller", "second_account", member="seller")]
    other = replace(batch, organisation=s.names["seller"])
    valid = sent(s, batch, "owned_account")
    return instead(valid, sent(s, other, "second_account", s.sign(batch)), past=past)


def by_stranger(s: Stage, batch: Any) -> bytes:
    return s.sign(batch, s.cast.keys["stranger"])


CASES: dict[str, Case] = {
    "says-no": asked("disowned_account"),
    "reverts": asked("reverting_account"),
    "answers-short": asked("terse_account"),
    "answers-more-than-yes": asked("garbling_account"),
    "burns-its-gas": asked("burning_account"),
    "wants-to-write": asked("writing_account"),
    "has-no-code": asked("empty_account"),
    "is-a-plain-key": asked("record_key"),
    "is-no-key": asked("second_account"),
    "is-of-another-member": of_another_member,
    "proof-by-stranger": proven(by_stranger),
    "proof-of-something-else": proven(lambda s, _: s.sign(s.batch(record(1, 1, 2)))),
    "proof-empty": proven(lambda s, _: b""),
    "delegated-proof-by-stranger": proven(by_stranger, "delegated_key"),
    "owner-dismissed": dismissed,
    "address-cut": signature(lambda good: good[:19] + b"\0"),
    "ends-in-something-else": signature(lambda good: good[:-1] + b"\2"),
    "asked-with-too-little-gas": starved,
}


def unusual(s: Stage) -> dict[str, Act]:
    """What is unusual, and right."""
    delegated = s.cast.keys["delegated_key"]
    batches = {name: s.batch() for name in ("key", "sender", "account", "talk", "slow", 44, 45, 0)}
    return {
        "delegated account signs as a key": s.send(
            batches["key"], s.sign(batches["key"], delegated)
        ),
        "delegated account sends": s.send(batches["sender"], b"", sender="delegated_key"),
        "delegated account is asked": sent(s, batches["account"], "delegated_key"),
        "account that says a lot": sent(s, batches["talk"], "talkative_account"),
        "account that takes its time": sent(s, batches["slow"], "slow_account"),
        "65 bytes that end in zero": sent(s, batches[44], "slow_account", b"\x1b" * 44),
        "proof of 45 bytes": sent(s, batches[45], "slow_account", b"\x1b" * 45),
        "no proof for an account that needs none": sent(s, batches[0], "slow_account", b""),
    }
