"""What holds of everything signed: its deadline, any gas, any relay; and what is unusual."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest

from ledger.client import Client
from ledger.embedded import EmbeddedChain
from ledger.intent import Signable
from tests import rehearsal
from tests.agreement.failure.account import of_account, unusual
from tests.agreement.failure.past import auctioned
from tests.agreement.failure.trial import Course, Seen, refusals_of, run_plays
from tests.agreement.stage import PRICE, WAYS_IN, WINDOW_S, Act, Stage, action_id, record
from tests.rehearsal import Answer

DEADLINE_S = 5 * WINDOW_S
GAS_LIMITS = range(60_000, 300_000, 2_500)
SLOW_PROOF = b"\x1b"


def signed(s: Stage) -> dict[str, tuple[list[Act], Signable]]:
    """One of everything that is signed, with the past in which it is valid at the deadline."""
    wait = {
        "bidding_ends": s.now + 2 * DEADLINE_S,
        "reveal_ends": s.now + 3 * DEADLINE_S,
        "challenge_ends": s.now + 4 * DEADLINE_S,
        "perform_by": s.now + 5 * DEADLINE_S,
    }
    opening = s.opening(**wait)
    opened = [s.send(s.opening(**wait))]
    won = auctioned(s, "finalised", [("carrier", 0b1, PRICE)], chosen=0b1)
    values: list[tuple[list[Act], Signable]] = [
        ([], s.batch()),
        ([], s.intent("buyer issue 1")),
        ([], s.step("buyer propose")),
        ([], opening),
        (opened, s.bid("carrier", 0b1)),
        (won, s.lot_step("carrier pick_up 0")),
        ([], s.withdrawal()),
    ]
    return {WAYS_IN[type(value)]: (past, value) for past, value in values}


def perform(chain: EmbeddedChain, stage: Stage, plays: Sequence[Sequence[Act]]) -> list[Course]:
    async def run() -> list[Course]:
        async with Client(chain.url) as client:
            return await run_plays(client, stage, plays)

    return asyncio.run(run())


@pytest.mark.parametrize("function", WAYS_IN.values())
def test_what_is_signed_counts_until_its_deadline_and_not_at_it(
    function: str, stage: Stage, shared_chain: EmbeddedChain
) -> None:
    past, value = signed(stage)[function]
    deadline = stage.now + DEADLINE_S
    limited = replace(value, deadline=deadline)
    plays = [[*past, stage.send(limited, time=deadline + late_s)] for late_s in (-1, 0, 1)]

    in_time, *late = perform(shared_chain, stage, plays)

    assert refusals_of(in_time.last) == []
    for course, late_s in zip(late, (0, 1), strict=True):
        (refusal,) = refusals_of(course.last)
        assert (refusal.error, refusal.arguments) == (
            "IntentExpired",
            (deadline, deadline + late_s),
        )
        assert not course.is_nonce_used


def test_no_amount_of_gas_makes_the_ledger_refuse_what_is_valid(
    stage: Stage, shared_chain: EmbeddedChain
) -> None:
    batch = stage.batch()
    signature = of_account(stage, "slow_account", SLOW_PROOF)
    plays = [[stage.send(batch, signature, gas=gas)] for gas in GAS_LIMITS]

    courses = perform(shared_chain, stage, plays)

    taken = [course.last.is_success for course in courses]
    assert not taken[0]
    assert taken[-1]
    assert taken == sorted(taken)
    for course in courses:
        assert course.is_nonce_used == course.last.is_success
        assert not any(told.told == "IntentRefused" for told in said(course))


def said(course: Course) -> list[Seen]:
    return refusals_of(course.last) if course.last.is_success else []


def test_no_relay_makes_more_or_other_of_batches_than_their_signers_did(
    stage: Stage, shared_chain: EmbeddedChain
) -> None:
    """A relay drops, repeats and reorders; each batch counts once, whole and in its own order."""
    revise, acknowledge = action_id("revise"), action_id("acknowledge")
    batches = {
        "buyer": stage.batch(record(1, 1, 1), record(revise, 1, 1)),
        "seller": stage.batch(record(acknowledge, 1, 1), by="seller"),
        "buyer again": stage.batch(record(1, 1, 2)),
    }
    sequences = [names for length in (1, 2, 3) for names in product(batches, repeat=length)]
    plays = [[stage.send(batches[name]) for name in names] for names in sequences]

    answers = asyncio.run(_answers(shared_chain, plays))

    for names, play in zip(sequences, answers, strict=True):
        for place, (name, answer) in enumerate(zip(names, play, strict=True)):
            errors = [one.error for one in refusals_of(answer)]
            if name in names[:place]:
                assert errors == ["IntentReplayed"], names
            elif name == "seller" and "buyer" not in names[:place]:
                assert errors == ["OrderUnexpectedState"], names
            else:
                assert errors == [], names


async def _answers(chain: EmbeddedChain, plays: Sequence[Sequence[Act]]) -> list[list[Answer]]:
    async with Client(chain.url) as client:
        return await rehearsal.perform(client, plays, {})


def test_what_is_unusual_and_right_is_taken(stage: Stage, shared_chain: EmbeddedChain) -> None:
    acts = unusual(stage)

    courses = perform(shared_chain, stage, [[act] for act in acts.values()])

    for name, course in zip(acts, courses, strict=True):
        assert refusals_of(course.last) == [], name
        assert course.after != course.before, name
