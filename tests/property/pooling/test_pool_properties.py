"""What holds for every pool, auction and game, not only for the examples."""

import random
from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from pooling.auction import award_lots, lot_prices_minor
from pooling.bound import bound_down_minor
from pooling.check import check_allocation, check_plan, check_shares
from pooling.coalition import CoalitionGame, lot_game
from pooling.consolidation import consolidate
from pooling.demand import Demand, Place
from pooling.errors import NoFeasiblePlan
from pooling.fleet import Fleet
from pooling.plan import Plan
from pooling.routing import RoutingSettings, plan_pool
from pooling.shares import ShareRule, share_price
from pooling.tender import Bid
from pooling.travel import TravelEstimate
from tests.property.pooling.pool_strategies import (
    auctions,
    demand_lists,
    fleets,
    games,
    mixed_demand_lists,
    places,
)

PROVEN = RoutingSettings(iterations=60)
SEARCHED = RoutingSettings(iterations=60, exact_demands_max=0)
both_ways = st.sampled_from([PROVEN, SEARCHED])


def plan_or_none(
    demands: list[Demand], fleet: Fleet, routing: RoutingSettings = PROVEN
) -> Plan | None:
    """Plan, or None where no demand can be carried."""
    try:
        return plan_pool(demands, fleet, routing)
    except NoFeasiblePlan:
        return None


@given(demands=mixed_demand_lists(size_max=7), fleet=fleets(), routing=both_ways)
def test_every_plan_passes_the_independent_checker(
    demands: list[Demand], fleet: Fleet, routing: RoutingSettings
) -> None:
    plan = plan_or_none(demands, fleet, routing)
    if plan is not None:
        check_plan(demands, fleet, plan)
        assert plan.bound_minor <= plan.objective_minor
        assert all(lot.cost_minor <= lot.alone_minor for lot in plan.lots)


@given(demands=demand_lists(size_max=6), fleet=fleets(), routing=both_ways, seed=st.integers(0, 99))
def test_order_of_demands_does_not_change_the_plan(
    demands: list[Demand], fleet: Fleet, routing: RoutingSettings, seed: int
) -> None:
    shuffled = random.Random(seed).sample(demands, len(demands))
    assert plan_or_none(shuffled, fleet, routing) == plan_or_none(demands, fleet, routing)


@given(demands=mixed_demand_lists(size_max=8))
def test_cells_hold_each_demand_once_and_only_compatible_ones(demands: list[Demand]) -> None:
    cells = consolidate(demands)
    assert sorted(one.id for cell in cells for one in cell.demands) == sorted(
        one.id for one in demands
    )
    for cell in cells:
        assert len({one.temperature_class for one in cell.demands}) == 1
        hazmat = [one.hazmat_class for one in cell.demands]
        assert "1.4" not in hazmat or len(hazmat) == 1
        assert len(set(hazmat) & {"6.1", "7"}) == 0 or len(set(hazmat)) == 1


@given(trio=st.tuples(places, places, places), permille=st.integers(1000, 5000))
def test_estimated_distances_are_symmetric_and_obey_the_triangle(
    trio: tuple[Place, Place, Place], permille: int
) -> None:
    travel = TravelEstimate.between(trio, permille)
    a, b, c = trio
    assert travel.between_m(a, b) == travel.between_m(b, a)
    assert travel.between_m(a, c) <= travel.between_m(a, b) + travel.between_m(b, c)
    assert travel.between_m(a, a) == 0


@given(demands=demand_lists(size_max=6), fleet=fleets(), factor=st.integers(1, 3))
def test_bound_never_exceeds_going_alone(demands: list[Demand], fleet: Fleet, factor: int) -> None:
    priced = [replace(one, alone_price_minor=1000 * factor) for one in demands]
    ends = [place for one in demands for place in (one.origin, one.destination)]
    bound = bound_down_minor(priced, fleet.vehicles, TravelEstimate.between(ends, 1300))
    assert 0 <= bound <= 1000 * factor * len(demands)


@given(auction=auctions(bids_max=12), seed=st.integers(0, 99))
def test_every_allocation_passes_the_checker_in_any_order_of_bids(
    auction: tuple[list[int], list[Bid]], seed: int
) -> None:
    reserves, bids = auction
    allocation = award_lots(reserves, bids)
    check_allocation(reserves, bids, allocation)
    shuffled = random.Random(seed).sample(bids, len(bids))
    assert award_lots(reserves, shuffled) == allocation


@given(auction=auctions(bids_max=12))
def test_lot_prices_sum_to_the_winning_prices_below_the_reserves(
    auction: tuple[list[int], list[Bid]],
) -> None:
    reserves, bids = auction
    allocation = award_lots(reserves, bids)
    prices = lot_prices_minor(allocation, reserves)
    assert sum(prices.values()) == sum(bid.price_minor for bid in allocation.winners)
    assert all(0 <= price <= reserves[lot] for lot, price in prices.items())


@given(game=games(players_max=6, cost_max=10**9))
def test_shares_sum_exactly_and_nobody_pays_more_than_alone(game: CoalitionGame) -> None:
    shares = share_price(game)
    assert sum(shares.shares_minor) == game.price_minor
    for share, alone in zip(shares.shares_minor, game.alone_minor, strict=True):
        assert 0 <= share <= alone


@given(game=games(players_max=5, cost_max=1000))
def test_no_coalition_pays_more_than_its_cost_and_the_stated_excess(game: CoalitionGame) -> None:
    shares = share_price(game)
    n = len(game.players)
    for coalition in range(1, 2**n - 1):
        paid = sum(one for i, one in enumerate(shares.shares_minor) if coalition >> i & 1)
        # Rounding adds less than one minor unit a member.
        size = coalition.bit_count()
        assert paid < game.costs_minor[coalition] + shares.excess_up_minor + size + 0.01
    assert (shares.excess_up_minor > 0) == (shares.rule is ShareRule.LEAST_CORE)


@given(
    game=games(players_max=5, cost_max=1000), pair=st.tuples(st.integers(0, 4), st.integers(0, 4))
)
def test_symmetric_players_pay_the_same_up_to_one_minor_unit(
    game: CoalitionGame, pair: tuple[int, int]
) -> None:
    n = len(game.players)
    i, j = pair[0] % n, pair[1] % n
    even = symmetric(game, i, j)
    if even.price_minor <= sum(even.alone_minor):
        shares = share_price(even).shares_minor
        assert abs(shares[i] - shares[j]) <= 1


def symmetric(game: CoalitionGame, i: int, j: int) -> CoalitionGame:
    """Return `game` with players i and j made exchangeable."""
    costs = list(game.costs_minor)
    for coalition in range(len(costs)):
        if coalition >> i & 1 and not coalition >> j & 1:
            costs[coalition ^ (1 << i | 1 << j)] = costs[coalition]
    alone = list(game.alone_minor)
    alone[j] = alone[i]
    return replace(game, costs_minor=tuple(costs), alone_minor=tuple(alone))


@settings(max_examples=30)
@given(demands=demand_lists(size_max=6), fleet=fleets(), permille=st.integers(0, 1000))
def test_every_lot_can_be_shared_at_any_price_up_to_its_reserve(
    demands: list[Demand], fleet: Fleet, permille: int
) -> None:
    plan = plan_or_none(demands, fleet)
    for lot in plan.lots if plan is not None else ():
        price = lot.alone_minor * permille // 1000
        game = lot_game(lot, price, plan.road_factor_permille) if plan is not None else None
        assert game is not None
        assert is_monotone(game)
        shares = share_price(game)
        check_shares(lot, price, dict(zip(game.players, shares.shares_minor, strict=True)))


def is_monotone(game: CoalitionGame) -> bool:
    """Tell whether no coalition costs less than a part of it."""
    everybody = range(len(game.players))
    return all(
        game.costs_minor[coalition & ~(1 << i)] <= game.costs_minor[coalition]
        for coalition in range(1, len(game.costs_minor))
        for i in everybody
        if coalition >> i & 1
    )


@settings(max_examples=20)
@given(costs=st.lists(st.integers(1, 500), min_size=2, max_size=12))
def test_airport_game_of_up_to_twelve_is_shared_by_its_shapley_value(costs: list[int]) -> None:
    n = len(costs)
    table = [0] + [
        max(cost for i, cost in enumerate(costs) if coalition >> i & 1)
        for coalition in range(1, 2**n)
    ]
    shares = share_price(CoalitionGame(tuple("abcdefghijkl"[:n]), tuple(table), tuple(costs)))
    assert shares.rule is ShareRule.SHAPLEY
    for first, second in combinations(range(n), 2):
        if costs[first] <= costs[second]:
            assert shares.shares_minor[first] <= shares.shares_minor[second] + 1
