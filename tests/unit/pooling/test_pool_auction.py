"""Winner determination: who wins, at what score, and the refusal list."""

import random
from typing import Any

import pytest

from pooling.auction import award_lots, lot_prices_minor
from pooling.check import check_allocation
from pooling.errors import InvalidBid
from pooling.tender import Allocation, AllocationStatus, Bid


def bid(id_: str, lots: set[int], price_minor: int, bidder: str = "carrier") -> Bid:
    """Return a bid."""
    return Bid(id_, bidder, frozenset(lots), price_minor)


def award(reserves_minor: list[int], *bids: Bid) -> Allocation:
    """Award and check."""
    allocation = award_lots(reserves_minor, bids)
    check_allocation(reserves_minor, bids, allocation)
    return allocation


def winners(reserves_minor: list[int], *bids: Bid) -> list[str]:
    """Return the ids of the winners."""
    return [one.bid_id for one in award(reserves_minor, *bids).winners]


def test_bundle_wins_when_it_beats_its_parts() -> None:
    singles = (bid("a", {0}, 60), bid("b", {1}, 60))
    assert winners([100, 100], *singles, bid("c", {0, 1}, 110)) == ["c"]
    assert winners([100, 100], *singles, bid("c", {0, 1}, 130)) == ["a", "b"]


def test_one_bidder_may_win_several_disjoint_bids() -> None:
    assert winners([100, 100], bid("a", {0}, 10, "x"), bid("b", {1}, 10, "x")) == ["a", "b"]


def test_lot_without_bid_below_its_reserve_stays_uncovered() -> None:
    allocation = award([100, 50], bid("a", {0}, 90), bid("b", {1}, 51))
    assert allocation.uncovered == (1,)
    assert allocation.score_minor == 90 + 50
    assert allocation.bound_minor == allocation.score_minor
    assert allocation.status is AllocationStatus.OPTIMAL


def test_auction_without_bids_awards_nothing() -> None:
    allocation = award([100, 50])
    assert (allocation.winners, allocation.score_minor) == ((), 150)


def test_free_auction_has_no_gap_and_says_why() -> None:
    allocation = award([5], bid("a", {0}, 0))
    assert allocation.gap_ppm is None
    assert "zero" in allocation.gap_note


def test_equal_scores_are_won_by_coverage_then_fewer_bids_then_earlier_ids() -> None:
    assert winners([100], bid("a", {0}, 100)) == ["a"]
    assert winners([100, 100], bid("a", {0}, 50), bid("b", {1}, 50), bid("c", {0, 1}, 100)) == ["c"]
    assert winners([100], bid("b", {0}, 70), bid("a", {0}, 70)) == ["a"]


@pytest.mark.parametrize("work_limit_milli", [1, 100])
def test_search_cut_short_still_ends_in_a_feasible_allocation(work_limit_milli: int) -> None:
    draw = random.Random(3)
    bids = [
        bid(f"b{i:03}", set(draw.sample(range(40), draw.randint(2, 5))), draw.randint(100, 260))
        for i in range(400)
    ]
    reserves = [70] * 40
    allocation = award_lots(reserves, bids, work_limit_milli)
    check_allocation(reserves, bids, allocation)
    assert allocation.status is AllocationStatus.FEASIBLE
    assert allocation.bound_minor < allocation.score_minor <= sum(reserves)


def test_bundle_price_is_split_by_reserve_and_no_lot_exceeds_its_own() -> None:
    reserves = [100, 200, 50]
    allocation = award(reserves, bid("a", {0, 1}, 100), bid("b", {2}, 50))
    assert lot_prices_minor(allocation, reserves) == {0: 33, 1: 67, 2: 50}


def test_lots_of_no_reserve_are_split_for_nothing() -> None:
    allocation = award([0, 0], bid("a", {0, 1}, 0))
    assert lot_prices_minor(allocation, [0, 0]) == {0: 0, 1: 0}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bid_id": ""}, "bid.bid_id"),
        ({"bidder": ""}, "bid.bidder"),
        ({"lots": frozenset()}, "bid.lots"),
        ({"lots": frozenset({-1})}, "bid.lots"),
        ({"lots": frozenset({256})}, "bid.lots"),
        ({"price_minor": -1}, "bid.price_minor"),
        ({"price_minor": 1.5}, "bid.price_minor"),
    ],
)
def test_nonsensical_bid_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    sound: dict[str, Any] = {
        "bid_id": "a",
        "bidder": "x",
        "lots": frozenset({255}),
        "price_minor": 1,
    }
    Bid(**sound)
    with pytest.raises(InvalidBid) as refusal:
        Bid(**{**sound, **changes})
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("reserves", "bids", "work_limit_milli", "field"),
    [
        ([], [], 1, "reserves_minor"),
        ([1] * 257, [], 1, "reserves_minor"),
        ([-1], [], 1, "reserves_minor"),
        ([1], [bid("a", {1}, 1)], 1, "bid.lots"),
        ([1], [bid("a", {0}, 1), bid("a", {0}, 2)], 1, "bid.bid_id"),
        ([1], [], 0, "work_limit_milli"),
    ],
)
def test_nonsensical_auction_is_refused_by_field(
    reserves: list[int], bids: list[Bid], work_limit_milli: int, field: str
) -> None:
    with pytest.raises(InvalidBid) as refusal:
        award_lots(reserves, bids, work_limit_milli)
    assert refusal.value.field == field
