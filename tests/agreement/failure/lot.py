"""Failures of awarded lots, and of deposits and withdrawals."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tests.agreement.cast import BOND, DEPOSIT
from tests.agreement.failure.past import auctioned
from tests.agreement.failure.trial import Trial, instead
from tests.agreement.stage import PERFORM_S, PRICE, RESERVES, WINDOW_S, Act, Stage

Case = Callable[[Stage], Trial]
SOON_S = 3 * WINDOW_S
CONFIRMATION_S = 7 * 86_400
OVERDUE_S = PERFORM_S + CONFIRMATION_S
AWARDED = ("carrier", 0b01, PRICE), ("rival", 0b10, PRICE)
"""Lot 0 goes to the carrier, lot 1 to its rival, the others are void."""


def step(s: Stage, said: str, time_s: int = SOON_S, **fields: Any) -> Act:
    return s.send(s.lot_step(said, **fields), time=s.now + time_s)


def steps(s: Stage, *said: str) -> list[Act]:
    return [*auctioned(s, "finalised", AWARDED), *(step(s, one) for one in said)]


def edges(s: Stage, time_s: int) -> dict[str, int]:
    return {
        "perform_by": s.now + PERFORM_S,
        "confirmed_by": s.now + OVERDUE_S,
        "time": s.now + time_s,
        "forever": 2**64 - 1,
    }


def taken(
    valid: str,
    wrong: str,
    past: Sequence[str] = (),
    *,
    valid_s: int = SOON_S,
    wrong_s: int = SOON_S,
    **fields: Any,
) -> Case:
    """One step or another, at one time or another, with something else in it."""
    return lambda s: instead(
        step(s, valid, valid_s),
        step(s, wrong, wrong_s, **fields),
        past=steps(s, *past),
        **edges(s, wrong_s),
    )


def before_the_award(s: Stage) -> Trial:
    act = step(s, "carrier pick_up 0")
    return Trial([*steps(s), act], [*auctioned(s, "proposed", AWARDED), act])


def in_no_auction(s: Stage) -> Trial:
    wrong = step(s, "carrier pick_up 0", auction=s.auction + 1)
    return instead(step(s, "carrier pick_up 0"), wrong, past=steps(s))


def delivered_twice(s: Stage) -> Trial:
    past, act = steps(s, "carrier pick_up 0"), step(s, "pool deliver 0")
    return Trial([*past, act], [*past, step(s, "pool deliver 0"), act])


def awarded_too_late(s: Stage) -> Trial:
    """An auction that is finalised when nobody could perform any more awards nothing."""
    late = auctioned(s, "finalised", AWARDED, finalised_s=PERFORM_S)
    in_time = auctioned(s, "finalised", AWARDED, finalised_s=PERFORM_S - 1)
    act = step(s, "pool fail 0", PERFORM_S)
    return Trial([*in_time, act], [*late, act])


PICKED_UP = ("carrier pick_up 0",)
CASES: dict[str, Case] = {
    "step-in-no-auction": in_no_auction,
    "step-unknown": taken("carrier pick_up 0", "carrier pick_up 0", action=66),
    "picked-up-before-the-award": before_the_award,
    "picked-up-uncovered": taken("carrier pick_up 0", "carrier pick_up 2"),
    "picked-up-beyond-the-auction": taken("carrier pick_up 0", f"carrier pick_up {len(RESERVES)}"),
    "picked-up-beyond-all": taken("carrier pick_up 0", "carrier pick_up 64"),
    "picked-up-by-rival": taken("carrier pick_up 0", "rival pick_up 0"),
    "picked-up-by-pool": taken("carrier pick_up 0", "pool pick_up 0"),
    "picked-up-too-late": taken(
        "carrier pick_up 0", "carrier pick_up 0", valid_s=PERFORM_S - 1, wrong_s=PERFORM_S
    ),
    "delivered-before-it-is-picked-up": taken("carrier pick_up 0", "pool deliver 0"),
    "delivered-by-its-carrier": taken(
        "carrier deliver 0",
        "carrier deliver 0",
        PICKED_UP,
        valid_s=OVERDUE_S,
        wrong_s=OVERDUE_S - 1,
    ),
    "delivered-by-rival": taken(
        "carrier deliver 0", "rival deliver 0", PICKED_UP, valid_s=OVERDUE_S, wrong_s=OVERDUE_S
    ),
    "delivered-twice": delivered_twice,
    "failed-by-carrier": taken(
        "pool fail 0", "carrier fail 0", valid_s=PERFORM_S, wrong_s=PERFORM_S
    ),
    "failed-before-its-time": taken(
        "pool fail 0", "pool fail 0", valid_s=PERFORM_S, wrong_s=PERFORM_S - 1
    ),
    "failed-in-transit-after-its-time": taken(
        "pool fail 0", "pool fail 0", PICKED_UP, valid_s=OVERDUE_S - 1, wrong_s=OVERDUE_S
    ),
    "failed-when-nothing-was-awarded": awarded_too_late,
}


def deposit(s: Stage, member: str | int = "buyer", token: str = "token", **how: Any) -> Act:
    number = s.names[member] if isinstance(member, str) else member
    arguments = (number, s.names[token], how.pop("amount", BOND))
    return s.call("PoolAuction.deposit", *arguments, **({"sender": "council"} | how))


def deposited(**wrong: Any) -> Case:
    return lambda s: instead(deposit(s), deposit(s, **wrong))


def approve(s: Stage, sender: str, amount: int) -> Act:
    spender = s.deployment.pool_auction
    return s.call("LocalBondToken.approve", spender, amount, sender=sender)


def without_tokens(s: Stage) -> Trial:
    past = [approve(s, "stranger", BOND)]
    return instead(deposit(s), deposit(s, sender="stranger"), past=past)


def without_approval(s: Stage) -> Trial:
    return Trial([deposit(s)], [approve(s, "council", BOND - 1), deposit(s)])


def withdrawn(fields: Callable[[Stage], dict[str, Any]]) -> Case:
    def case(s: Stage) -> Trial:
        valid = s.withdrawal()
        wrong = replace(valid, nonce=s.cast.network.nonce(), **fields(s))
        return instead(s.send(valid), s.send(wrong), deposit=DEPOSIT)

    return case


DEPOSITS: dict[str, Case] = {
    "for-nobody": deposited(member=0),
    "for-member-to-come": deposited(member="next_member"),
    "without-approval": without_approval,
    "without-tokens": without_tokens,
    "of-token-that-says-no": deposited(token="false_token"),
    "of-token-that-calls-back": deposited(token="greedy_token"),
    "withdrawn-too-much": withdrawn(lambda _: {"amount": DEPOSIT + 1}),
    "withdrawn-of-another-member": withdrawn(lambda s: {"organisation": s.names["seller"]}),
    "withdrawn-to-nobody": withdrawn(lambda s: {"to": s.names["nobody"]}),
    "withdrawn-to-the-auction": withdrawn(lambda s: {"to": s.names["auction_contract"]}),
    "withdrawn-in-another-token": withdrawn(lambda s: {"token": s.names["greedy_token"]}),
}
