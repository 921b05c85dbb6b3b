"""Failures of auctions: opening, bidding, revealing, proposing, finalising."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ledger.intent import bid_commitment
from tests.agreement.cast import BOND, DEPOSIT
from tests.agreement.failure.past import BIDS, auctioned
from tests.agreement.failure.trial import Trial, instead
from tests.agreement.stage import PRICE, RESERVES, SALT, WINDOW_S, Act, Stage

Case = Callable[[Stage], Trial]
ALL_BIDS = 256
ALL_BIDS_OF_ONE = 32
CONFIRMATION_S = 7 * 86_400
END_OF_TIME = 2**64 - 1


def opened(fields: Callable[[Stage], dict[str, Any]], **valid: Any) -> Case:
    """An opening with something else in it."""

    def case(s: Stage) -> Trial:
        right = s.opening(**valid)
        wrong = replace(right, nonce=s.cast.network.nonce(), **fields(s))
        return instead(s.send(right), s.send(wrong))

    return case


def opened_by_carrier(s: Stage) -> Trial:
    wrong = s.opening(organisation=s.names["rival"], auction=s.names["rival"] << 32 | 1)
    return instead(s.send(s.opening()), s.send(wrong))


def opened_twice(s: Stage) -> Trial:
    act = s.send(s.opening())
    return Trial([act], [*auctioned(s, "opened"), act])


def bid(s: Stage, by: str = "carrier", time: int | None = None, **fields: Any) -> Act:
    return s.send(s.bid(by, 0b1, **fields), time=time)


def placed(wrong: Callable[[Stage], Act], until: str = "opened") -> Case:
    return lambda s: instead(bid(s), wrong(s), past=auctioned(s, until))


def bonds_locked(s: Stage) -> Trial:
    """The carrier's whole deposit is locked in the bids of a dearer auction."""
    act = bid(s)
    dear = [s.send(s.opening(bond=DEPOSIT - BOND + 1))]
    cheap = [s.send(s.opening(bond=BOND))]
    other = s.send(s.bid("carrier", 0b10))
    also = {"available": BOND - 1, "bond": DEPOSIT - BOND + 1}
    return Trial([*cheap, other, act], [*dear, other, act], also)


def full(s: Stage) -> Trial:
    """All bids but one were placed, or all; by as many bidders as it takes."""
    free = [s.send(s.opening(bond=0))]
    bidders = ALL_BIDS // ALL_BIDS_OF_ONE
    admitted = [
        s.call(
            "OrgRegistry.admit", 4, "Bidder", "", b"\1" * 32, s.names["stranger"], sender="council"
        )
        for _ in range(bidders)
    ]
    key = s.cast.keys["stranger"]
    bids = [
        replace(s.bid("carrier", 0b1), organisation=s.names["next_member"] + index % bidders)
        for index in range(ALL_BIDS)
    ]
    acts = [s.send(one, s.sign(one, key)) for one in bids]
    past, last = [*free, *admitted], bid(s)
    return Trial([*past, *acts[:-1], last], [*past, *acts, last])


def full_of_one(s: Stage) -> Trial:
    bids = [s.send(s.bid("carrier", 0b1)) for _ in range(ALL_BIDS_OF_ONE)]
    past, last = [*auctioned(s, "opened")], bid(s)
    return Trial([*past, *bids[:-1], last], [*past, *bids, last])


def reveal(
    s: Stage,
    number: int = 0,
    lots: int = 0b01,
    price: int = PRICE,
    salt: bytes = SALT,
    time_s: int = WINDOW_S,
    auction: int | None = None,
) -> Act:
    target = s.auction if auction is None else auction
    arguments = (target, number, lots, price, salt)
    return s.call("PoolAuction.reveal", *arguments, time=s.now + time_s)


def revealed(past: str = "committed", **changes: Any) -> Case:
    return lambda s: instead(
        reveal(s), reveal(s, **changes), past=auctioned(s, past), **edges(s, changes)
    )


def revealed_late(s: Stage) -> Trial:
    valid, wrong = reveal(s, time_s=2 * WINDOW_S - 1), reveal(s, time_s=2 * WINDOW_S)
    return instead(valid, wrong, past=auctioned(s, "committed"), **edges(s, {"time_s": 2000}))


def revealed_twice(s: Stage) -> Trial:
    return Trial(
        [*auctioned(s, "committed"), reveal(s)], [*auctioned(s, "committed"), reveal(s), reveal(s)]
    )


def copied(s: Stage) -> Trial:
    """The rival commits to what the carrier did, and reveals what the carrier reveals."""
    domain = s.deployment.auction_domain
    member = s.cast.members["carrier"]
    copy = bid_commitment(domain, s.auction, member, 0b01, PRICE, SALT)
    past = [*auctioned(s, "opened"), bid(s), bid(s, "rival", commitment=copy)]
    return instead(reveal(s), reveal(s, 1), past=past)


def bundle(lots: int, fit: int = 0b11111) -> Case:
    """A sealed bid on lots that no bid may cover, beside one on the most that it may."""

    def case(s: Stage) -> Trial:
        pasts = [auctioned(s, "committed", bids=[("carrier", one, PRICE)]) for one in (fit, lots)]
        return Trial([*pasts[0], reveal(s, lots=fit)], [*pasts[1], reveal(s, lots=lots)])

    return case


def propose(s: Stage, bids: int, time_s: int = 2 * WINDOW_S, auction: int | None = None) -> Act:
    target = s.auction if auction is None else auction
    return s.call("PoolAuction.propose", target, bids, time=s.now + time_s)


def proposed(
    valid: int,
    wrong: int,
    past: str = "revealed",
    bids: Sequence[tuple[str, int, int]] = BIDS,
    **also: Any,
) -> Case:
    return lambda s: instead(
        propose(s, valid), propose(s, wrong), past=auctioned(s, past, bids, chosen=0b1), **also
    )


def proposed_at(valid_s: int, wrong_s: int, **how: Any) -> Case:
    return lambda s: instead(
        propose(s, 1, valid_s),
        propose(s, 1, wrong_s, **how),
        past=auctioned(s, "revealed"),
        **edges(s, {"time_s": wrong_s}),
    )


def proposed_unrevealed(s: Stage) -> Trial:
    past = auctioned(s, "committed")
    return instead(propose(s, 0b01), propose(s, 0b11), past=[*past, reveal(s)])


def finalise(s: Stage, time_s: int = 3 * WINDOW_S, auction: int | None = None) -> Act:
    target = s.auction if auction is None else auction
    return s.call("PoolAuction.finalise", target, time=s.now + time_s)


def finalised(**changes: Any) -> Case:
    return lambda s: instead(
        finalise(s), finalise(s, **changes), past=auctioned(s, "proposed"), **edges(s, changes)
    )


def edges(s: Stage, changes: dict[str, Any]) -> dict[str, Any]:
    """The ends of the windows, and the time of what is wrong."""
    ends = ("bidding_ends", "reveal_ends", "challenge_ends")
    names = {name: s.now + place * WINDOW_S for place, name in enumerate(ends, 1)}
    return names | {"time": s.now + changes.get("time_s", 0)}


def elsewhere(s: Stage) -> int:
    return s.auction + 1


CASES: dict[str, Case] = {
    "opened-by-who-is-no-pool": opened_by_carrier,
    "number-of-another": opened(lambda s: {"auction": s.names["buyer"] << 32 | 1}),
    "opened-twice": opened_twice,
    "no-lots": opened(lambda _: {"reserves": ()}),
    "65-lots": opened(lambda _: {"reserves": (1,) * 65}, reserves=(1,) * 64),
    "bidding-over-when-opened": opened(lambda s: {"bidding_ends": s.now}),
    "no-time-to-reveal": opened(lambda s: {"reveal_ends": s.now + WINDOW_S}),
    "no-time-to-challenge": opened(lambda s: {"challenge_ends": s.now + 2 * WINDOW_S}),
    "no-time-to-perform": opened(lambda s: {"perform_by": s.now + 3 * WINDOW_S}),
    "no-time-to-confirm": opened(
        lambda _: {"perform_by": END_OF_TIME - CONFIRMATION_S},
        perform_by=END_OF_TIME - CONFIRMATION_S - 1,
    ),
    "bid-in-no-auction": placed(lambda s: bid(s, auction=elsewhere(s))),
    "bid-by-who-is-no-carrier": placed(lambda s: bid(s, "pool")),
    "bid-at-the-end-of-bidding": lambda s: instead(
        bid(s, time=s.now + WINDOW_S - 1),
        bid(s, time=s.now + WINDOW_S),
        past=auctioned(s, "opened"),
        **edges(s, {"time_s": WINDOW_S}),
    ),
    "bid-with-locked-bonds": bonds_locked,
    "bid-beyond-all": full,
    "bid-beyond-the-bidders-own": full_of_one,
    "revealed-in-no-auction": lambda s: instead(
        reveal(s), reveal(s, auction=elsewhere(s)), past=auctioned(s, "committed")
    ),
    "revealed-while-bidding": revealed(time_s=WINDOW_S - 1),
    "revealed-at-the-end-of-revealing": revealed_late,
    "revealed-unknown-bid": revealed(number=2),
    "revealed-twice": revealed_twice,
    "revealed-other-lots": revealed(lots=0b11),
    "revealed-other-price": revealed(price=PRICE - 1),
    "revealed-other-salt": revealed(salt=b"\x34" * 32),
    "revealed-copy": copied,
    "bundle-empty": bundle(0),
    "bundle-of-six": bundle(0b111111),
    "bundle-beyond-the-auction": bundle(1 << len(RESERVES), fit=1 << len(RESERVES) - 1),
    "proposed-in-no-auction": lambda s: instead(
        propose(s, 1), propose(s, 1, auction=elsewhere(s)), past=auctioned(s, "revealed")
    ),
    "proposed-while-revealing": proposed_at(2 * WINDOW_S, 2 * WINDOW_S - 1),
    "proposed-at-the-end-of-the-challenge": proposed_at(3 * WINDOW_S - 1, 3 * WINDOW_S),
    "proposed-unknown-bid": proposed(0b001, 0b101),
    "proposed-unrevealed-bid": proposed_unrevealed,
    "proposed-overlap": proposed(
        0b01, 0b11, bids=[("carrier", 0b011, PRICE), ("rival", 0b110, PRICE)]
    ),
    "proposed-worse": proposed(
        0b11, 0b00, "proposed", score=sum(RESERVES), standing=sum(RESERVES) - 100 + PRICE
    ),
    "proposed-equal": proposed(
        0b11,
        0b01,
        "proposed",
        score=sum(RESERVES) - 100 + PRICE,
        standing=sum(RESERVES) - 100 + PRICE,
    ),
    "finalised-in-no-auction": lambda s: instead(
        finalise(s), finalise(s, auction=elsewhere(s)), past=auctioned(s, "proposed")
    ),
    "finalised-during-the-challenge": finalised(time_s=3 * WINDOW_S - 1),
    "finalised-twice": lambda s: Trial(
        [*auctioned(s, "proposed"), finalise(s)], [*auctioned(s, "finalised"), finalise(s)]
    ),
}
