"""What has happened before the act in question, said in words."""

from collections.abc import Sequence

from tests.agreement.stage import PRICE, SALT, WINDOW_S, Act, Stage

BIDS = (("carrier", 0b01, PRICE), ("rival", 0b10, PRICE))
"""By whom, on which lots, at which price; unless a test says otherwise."""

PHASES = ("opened", "committed", "revealed", "proposed", "finalised")


def recorded(stage: Stage, *said: str, agreement: int | None = None) -> list[Act]:
    """Actions on orders and deliveries, for example ``seller despatch 7 of 1``."""
    return [stage.send(stage.intent(one, agreement)) for one in said]


def agreed(stage: Stage, *said: str) -> list[Act]:
    """Steps of the agreement that is proposed next, for example ``seller sign``."""
    return [stage.send(stage.step(one)) for one in said]


def in_force(stage: Stage) -> list[Act]:
    """The agreement that is proposed next, signed by everybody."""
    others = ("seller", "carrier", "inspector", "arbiter")
    return agreed(stage, "buyer propose", *(f"{name} sign" for name in others))


def auctioned(
    stage: Stage,
    until: str,
    bids: Sequence[tuple[str, int, int]] = BIDS,
    chosen: int = 0b11,
    finalised_s: int = 3 * WINDOW_S,
) -> list[Act]:
    """The auction up to a phase; each phase takes place as early as it may."""
    now, auction = stage.now, stage.auction
    reveals = [
        stage.call("PoolAuction.reveal", auction, number, lots, price, SALT, time=now + WINDOW_S)
        for number, (_, lots, price) in enumerate(bids)
    ]
    acts = {
        "opened": [stage.send(stage.opening())],
        "committed": [stage.send(stage.bid(by, lots, price)) for by, lots, price in bids],
        "revealed": reveals,
        "proposed": [stage.call("PoolAuction.propose", auction, chosen, time=now + 2 * WINDOW_S)],
        "finalised": [stage.call("PoolAuction.finalise", auction, time=now + finalised_s)],
    }
    return [act for phase in PHASES[: PHASES.index(until) + 1] for act in acts[phase]]
