"""A pool as small as a first demonstration: three SMEs, one lot, three carriers."""

import time

from pooling.auction import award_lots, lot_prices_minor
from pooling.check import check_allocation, check_plan, check_shares
from pooling.coalition import lot_game
from pooling.plan import Plan
from pooling.routing import plan_pool
from pooling.shares import Shares, share_price
from pooling.statement import share_statements
from pooling.tender import Allocation, AllocationStatus, Bid
from tests.unit.pooling.pool_cases import FLEET, three_neighbours

BIDS = (
    Bid("b1", "carrier north", frozenset({0}), 118_000),
    Bid("b2", "carrier south", frozenset({0}), 112_500),
    Bid("b3", "carrier bundle", frozenset({0}), 121_900),
)


def run_pool() -> tuple[Plan, Allocation, Shares]:
    """Plan, award and share."""
    plan = plan_pool(three_neighbours(), FLEET)
    reserves = [lot.alone_minor for lot in plan.lots]
    allocation = award_lots(reserves, BIDS)
    price = lot_prices_minor(allocation, reserves)[0]
    return plan, allocation, share_price(lot_game(plan.lots[0], price, plan.road_factor_permille))


def test_three_neighbours_travel_in_one_lot() -> None:
    plan, _, _ = run_pool()
    check_plan(three_neighbours(), FLEET, plan)
    assert [demand.id for demand in plan.lots[0].demands] == ["d1", "d2", "d3"]
    assert len(plan.lots) == 1
    assert plan.left_out == ()


def test_cheapest_of_three_carriers_wins_the_lot() -> None:
    plan, allocation, _ = run_pool()
    check_allocation([plan.lots[0].alone_minor], BIDS, allocation)
    assert [bid.bid_id for bid in allocation.winners] == ["b2"]
    assert allocation.status is AllocationStatus.OPTIMAL
    assert allocation.gap_ppm == 0


def test_each_neighbour_saves_and_is_told_why() -> None:
    plan, allocation, shares = run_pool()
    price = allocation.score_minor
    check_shares(
        plan.lots[0], price, dict(zip(shares.game.players, shares.shares_minor, strict=True))
    )
    statements = share_statements(plan.lots[0], shares)
    assert [one.organisation for one in statements] == ["sme of d1", "sme of d2", "sme of d3"]
    assert sum(one.share_minor for one in statements) == 112_500
    for one in statements:
        assert one.saving_minor > 0
        assert f"You pay {one.share_minor} instead of {one.alone_price_minor}" in one.why


def test_planning_and_awarding_take_less_than_a_second() -> None:
    start_s = time.perf_counter()
    run_pool()
    assert time.perf_counter() - start_s < 1.0
