"""Failures of orders and deliveries, in batches and in individually signed intents."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.agreement.failure.past import agreed, in_force, recorded
from tests.agreement.failure.trial import Trial, instead
from tests.agreement.stage import Stage, action_id, record, run

Case = Callable[[Stage], Trial]
CONFIRMED = ("buyer issue 1", "seller confirm 1")
BOTH_CONFIRMED = (*CONFIRMED, "buyer issue 2", "seller confirm 2")
DESPATCHED = (*CONFIRMED, "seller despatch 7 of 1")
RECEIVED = (*DESPATCHED, "buyer receive 7")
CANCELLED = ("buyer request_cancel 1", "seller accept_cancel 1")


def listed(s: Stage, by: str, action: str, *numbers: int) -> Any:
    return s.send(s.batch(record(action_id(action), len(numbers), *numbers), by=by))


def in_list(by: str, action: str, past: tuple[str, ...], *, fit: int, unfit: int) -> Case:
    """In a batch, on a number whose state fits or on one whose state does not."""
    return lambda s: instead(
        listed(s, by, action, fit), listed(s, by, action, unfit), past=recorded(s, *past)
    )


def run_of_neighbours(s: Stage) -> Trial:
    valid = s.send(s.batch(run("issue", 3, 1)))
    batch = s.batch(run("confirm", 3, 1), by="seller")
    return Trial([valid, s.send(batch)], [s.send(batch)])


def intended(said: str, past: tuple[str, ...], more: tuple[str, ...]) -> Case:
    """An intent after one past, or with something more in it."""

    def case(s: Stage) -> Trial:
        act = s.send(s.intent(said))
        return Trial([*recorded(s, *past), act], [*recorded(s, *past, *more), act])

    return case


def too_early(said: str, past: tuple[str, ...], *, missing: int) -> Case:
    """An intent after a past, or without the last that has to come before it."""

    def case(s: Stage) -> Trial:
        act = s.send(s.intent(said))
        return Trial([*recorded(s, *past), act], [*recorded(s, *past[:-missing]), act])

    return case


def said(valid: str, wrong: str, past: tuple[str, ...] = ()) -> Case:
    """One intent or another."""
    return lambda s: instead(
        s.send(s.intent(valid)), s.send(s.intent(wrong)), past=recorded(s, *past)
    )


def with_order(said: str, past: tuple[str, ...]) -> Case:
    """An intent that opens no delivery, without or with an order named."""

    def case(s: Stage) -> Trial:
        intent = s.intent(said)
        wrong = replace(intent, order=1, nonce=s.cast.network.nonce())
        return instead(s.send(intent), s.send(wrong), past=recorded(s, *past))

    return case


def with_action(action: int) -> Case:
    def case(s: Stage) -> Trial:
        intent = s.intent("buyer issue 1")
        return instead(s.send(intent), s.send(replace(intent, action=action)))

    return case


def in_proposal(*steps: str) -> Case:
    """Issued by an intent, in the next agreement with another past."""

    def case(s: Stage) -> Trial:
        act = s.send(s.intent("buyer issue 1", s.proposal))
        return Trial([*in_force(s), act], [*agreed(s, *steps), act])

    return case


CASES: dict[str, Case] = {
    "issued-twice": in_list("buyer", "issue", ("buyer issue 1",), fit=2, unfit=1),
    "confirmed-before-it-is-issued": in_list(
        "seller", "confirm", ("buyer issue 1",), fit=1, unfit=2
    ),
    "neighbours-confirmed-before-they-are-issued": run_of_neighbours,
    "announced-twice": lambda s: instead(
        s.send(s.batch(record(action_id("announce"), 1, 1, order=1), by="seller")),
        s.send(s.batch(record(action_id("announce"), 1, 7, order=1), by="seller")),
        past=recorded(s, *CONFIRMED, "seller announce 7 of 1"),
    ),
    "announced-for-an-order-not-confirmed": lambda s: instead(
        s.send(s.batch(record(action_id("announce"), 1, 7, order=1), by="seller")),
        s.send(s.batch(record(action_id("announce"), 1, 7, order=2), by="seller")),
        past=recorded(s, *CONFIRMED, "buyer issue 2"),
    ),
    "despatched-for-another-order": lambda s: instead(
        s.send(s.batch(record(action_id("despatch"), 1, 7, order=1), by="seller")),
        s.send(s.batch(record(action_id("despatch"), 1, 7, order=2), by="seller")),
        past=recorded(s, *BOTH_CONFIRMED, "seller announce 7 of 1"),
    ),
    "despatched-for-no-order": said("seller despatch 7 of 1", "seller despatch 7", CONFIRMED),
    "received-before-it-is-despatched": too_early("buyer receive 7", DESPATCHED, missing=1),
    "received-after-the-order-was-cancelled": intended("buyer receive 7", DESPATCHED, CANCELLED),
    "inspected-before-it-is-received": too_early("inspector pass 7", RECEIVED, missing=1),
    "settled-before-it-is-inspected": too_early(
        "seller settle 7", (*RECEIVED, "inspector pass 7"), missing=1
    ),
    "acted-on-after-it-was-withdrawn": intended(
        "seller confirm 1", ("buyer issue 1",), ("buyer withdraw 1",)
    ),
    "closed-before-it-is-fulfilled": too_early(
        "seller close 1", (*CONFIRMED, "buyer fulfil 1"), missing=1
    ),
    "resolved-before-it-is-disputed": too_early(
        "arbiter resolve_close 1", (*CONFIRMED, "buyer dispute 1"), missing=1
    ),
    "change-accepted-by-who-asked": said(
        "seller accept_change 1", "buyer accept_change 1", (*CONFIRMED, "buyer request_change 1")
    ),
    "resolved-by-a-party": said(
        "arbiter resolve_close 1", "buyer resolve_close 1", (*CONFIRMED, "buyer dispute 1")
    ),
    "passed-by-the-seller": said("inspector pass 7", "seller pass 7", RECEIVED),
    "intended-by-an-outsider": said("buyer issue 1", "outsider issue 1"),
    "intended-action-unknown": with_action(30),
    "intended-in-no-agreement": in_proposal(),
    "intended-in-an-agreement-not-in-force": in_proposal("buyer propose"),
    "order-named-for-an-order": with_order("seller confirm 2", ("buyer issue 2",)),
    "order-named-for-a-delivery": with_order("buyer receive 7", DESPATCHED),
}
