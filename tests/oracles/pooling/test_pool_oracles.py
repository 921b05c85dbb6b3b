"""The planner, the auction and the shares against trying everything, on tiny cases."""

from dataclasses import replace

from hypothesis import given, settings

from pooling.auction import award_lots
from pooling.coalition import CoalitionGame
from pooling.demand import Demand
from pooling.errors import NoFeasiblePlan
from pooling.fleet import Fleet
from pooling.plan import LeftOutReason
from pooling.routing import RoutingSettings, plan_pool
from pooling.shares import shapley_value, share_price
from pooling.tariff import price_alone
from pooling.tender import Allocation, Bid
from tests.oracles.pooling.brute_force import (
    best_award,
    cheapest_plan_minor,
    least_excess_by_grid,
    shapley_by_orders,
)
from tests.property.pooling.pool_strategies import auctions, demand_lists, fleets, games

PROVEN = RoutingSettings(lane_radius_m=20_000_000, window_slack_s=10**9)
"""One cell, so that the planner is not asked to part what the oracle may join."""
SEARCHED = replace(PROVEN, iterations=300, exact_demands_max=0)
ROAD_FACTOR = PROVEN.road_factor_permille
NEVER = {LeftOutReason.NO_VEHICLE_FITS, LeftOutReason.WINDOW_TOO_TIGHT}


def planned_minor(
    demands: list[Demand], fleet: Fleet, settings: RoutingSettings
) -> tuple[int, int]:
    """Return objective and bound, both with the alone prices of what can never be carried."""
    try:
        plan = plan_pool(demands, fleet, settings)
    except NoFeasiblePlan:
        return sum(one.alone_price_minor or 0 for one in demands), 0
    never = sum(one.demand.alone_price_minor or 0 for one in plan.left_out if one.reason in NEVER)
    return plan.objective_minor + never, plan.bound_minor + never


def priced_or_none(demands: list[Demand], fleet: Fleet) -> list[Demand] | None:
    """Price the demands, None where one of them fits no vehicle."""
    try:
        return list(price_alone(demands, fleet, ROAD_FACTOR))
    except NoFeasiblePlan:
        return None


@given(demands=demand_lists(size_max=3), fleet=fleets())
def test_proven_plan_equals_brute_force(demands: list[Demand], fleet: Fleet) -> None:
    priced = priced_or_none(demands, fleet)
    if priced is not None:
        best = cheapest_plan_minor(priced, fleet, ROAD_FACTOR)
        objective, bound = planned_minor(priced, fleet, PROVEN)
        assert objective == best
        assert bound <= best


@given(demands=demand_lists(size_max=3), fleet=fleets())
def test_brute_force_lies_between_searched_plan_and_its_bound(
    demands: list[Demand], fleet: Fleet
) -> None:
    priced = priced_or_none(demands, fleet)
    if priced is not None:
        best = cheapest_plan_minor(priced, fleet, ROAD_FACTOR)
        objective, bound = planned_minor(priced, fleet, SEARCHED)
        assert bound <= best <= objective


@given(auction=auctions(bids_max=7))
def test_auction_equals_brute_force_to_the_last_tie(auction: tuple[list[int], list[Bid]]) -> None:
    reserves, bids = auction
    allocation = award_lots(reserves, bids)
    assert rank(allocation, bids) == best_award(reserves, bids)


def rank(allocation: Allocation, bids: list[Bid]) -> tuple[int, int, int, int]:
    """Return what the oracle compares by."""
    ordered = sorted(bids, key=lambda bid: bid.bid_id)
    ranks = [ordered.index(bid) for bid in allocation.winners]
    return (allocation.score_minor, len(allocation.uncovered), len(ranks), sum(ranks))


@given(game=games(players_max=5, cost_max=1000))
def test_shapley_value_equals_the_average_over_all_orders(game: CoalitionGame) -> None:
    assert shapley_value(game) == shapley_by_orders(game)


@settings(max_examples=30)
@given(game=games(players_max=3, cost_max=25))
def test_excess_is_that_of_the_best_whole_shares_or_less(game: CoalitionGame) -> None:
    shares = share_price(game)
    best = least_excess_by_grid(game)
    # Whole shares can miss the best fractional ones by less than one unit a player.
    assert best - len(game.players) < shares.excess_up_minor <= best
