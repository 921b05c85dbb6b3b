"""Failures of streams: what cannot be read, and what nobody may do in an agreement."""

from collections.abc import Callable
from dataclasses import replace

from ledger.contracts import encode_call, struct
from ledger.intent import Batch, Intent
from tests.agreement.failure.past import agreed, in_force, recorded
from tests.agreement.failure.trial import Trial, instead
from tests.agreement.stage import NOTICE_DAYS, Act, Stage, action_id, record, run

Case = Callable[[Stage], Trial]
LAST = 2**32 - 1
MAX_COUNT = 2_048
DAY_S = 86_400


def streamed(s: Stage, actions: bytes, by: str = "buyer") -> Act:
    return s.send(replace(s.batch(by=by), actions=actions))


def told(
    wrong: Callable[[Stage], bytes],
    valid: Callable[[Stage], bytes] = lambda s: s.stream(record(1, 3, 1, 2, 3)),
    by: str = "buyer",
    past: Callable[[Stage], list[Act]] = lambda _: [],
) -> Case:
    """One stream or another."""
    return lambda s: instead(streamed(s, valid(s), by), streamed(s, wrong(s), by), past=past(s))


def confirmed(s: Stage) -> list[Act]:
    return recorded(s, "buyer issue 1", "seller confirm 1")


def by_wrong_member(by: str) -> Case:
    return lambda s: instead(
        s.send(s.batch(record(1, 3, 1, 2, 3))), s.send(s.batch(record(1, 3, 1, 2, 3), by=by))
    )


def not_in_force(*said: str) -> Case:
    """Issued in an agreement with another past."""

    def case(s: Stage) -> Trial:
        issued = s.send(s.batch(record(1, 2, 1, 2), agreement=s.proposal))
        return Trial([*in_force(s), issued], [*agreed(s, *said), issued])

    return case


SIGNED = (
    "buyer propose",
    *(f"{name} sign" for name in ("seller", "carrier", "inspector", "arbiter")),
)
ENDED = (
    "buyer propose_end",
    *(f"{name} sign_end" for name in ("seller", "carrier", "inspector", "arbiter")),
)


def after_notice(s: Stage) -> Trial:
    past = [*in_force(s), *agreed(s, "seller give_notice")]
    batch = s.batch(record(1, 2, 1, 2), agreement=s.proposal)
    ends_at = s.now + NOTICE_DAYS * DAY_S
    return instead(
        s.send(batch, time=ends_at - 1), s.send(batch, time=ends_at), past=past, ends_at=ends_at
    )


def sizes_differ(more_signatures: bool, value: Callable[[Stage], Batch | Intent]) -> Case:
    """A signature more, or less, than there are batches or intents."""

    def case(s: Stage) -> Trial:
        one = value(s)
        valid, signature = s.send(one), s.sign(one)
        function = "OrderLedger.submit" if isinstance(one, Batch) else "OrderLedger.submitIntents"
        data = encode_call(function, [struct(one)], [signature, signature] * more_signatures)
        return instead(valid, replace(valid, data=data))

    return case


CASES: dict[str, Case] = {
    "signature-too-many": sizes_differ(True, lambda s: s.batch()),
    "signature-missing": sizes_differ(False, lambda s: s.batch()),
    "signature-missing-for-intent": sizes_differ(False, lambda s: s.intent("buyer issue 1")),
    "agreement-cut": told(lambda s: s.stream()[:-1]),
    "head-cut": told(lambda s: s.stream(b"\1")),
    "number-cut": told(lambda s: s.stream(record(1, 3, 1, 2, 3)[:-1])),
    "fewer-numbers-than-counted": told(lambda s: s.stream(record(1, 4, 1, 2, 3))),
    "run-without-number": told(lambda s: s.stream(record(0x81, 3))),
    "opening-without-order": told(
        lambda s: s.stream(record(action_id("announce"), 1, 7)),
        lambda s: s.stream(record(action_id("announce"), 1, 7, order=1)),
        by="seller",
        past=confirmed,
    ),
    "count-of-none": told(lambda s: s.stream(record(1, 0))),
    "run-of-none": told(lambda s: s.stream(record(0x81, 0, 1))),
    "list-too-long": told(
        lambda s: s.stream(record(1, MAX_COUNT + 1, *range(MAX_COUNT + 1))),
        lambda s: s.stream(record(1, MAX_COUNT, *range(MAX_COUNT))),
    ),
    "run-too-long": told(
        lambda s: s.stream(run("issue", MAX_COUNT + 1, 1)),
        lambda s: s.stream(run("issue", MAX_COUNT, 1)),
    ),
    "run-past-the-last-number": told(
        lambda s: s.stream(run("issue", 2, LAST)), lambda s: s.stream(run("issue", 1, LAST))
    ),
    "run-past-the-last-order": told(
        lambda s: s.stream(run("announce", 2, 7, order=LAST)),
        lambda s: s.stream(run("announce", 1, 7, order=LAST)),
        by="seller",
        past=lambda s: recorded(s, f"buyer issue {LAST}", f"seller confirm {LAST}"),
    ),
    "action-unknown": told(lambda s: s.stream(record(30, 3, 1, 2, 3))),
    "action-unknown-in-a-run": told(lambda s: s.stream(record(0xFF, 3, 1))),
    "agreement-unknown": told(lambda s: s.stream(record(1, 3, 1, 2, 3), agreement=s.proposal)),
    "agreement-not-named": told(lambda s: record(1, 3, 1, 2, 3)),
    "seat-missing": by_wrong_member("outsider"),
    "seat-of-another": by_wrong_member("seller"),
    "agreement-not-signed-by-all": not_in_force(*SIGNED[:-1]),
    "agreement-declined": not_in_force("buyer propose", "seller decline"),
    "agreement-ended": not_in_force(*SIGNED, *ENDED),
    "agreement-noticed": after_notice,
}
