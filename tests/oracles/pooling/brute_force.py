"""Slow, obvious versions of the planner, the auction and the shares: try everything.

They use the data types and the estimated distances of pooling, and nothing else of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise, permutations

from pooling.coalition import CoalitionGame
from pooling.demand import Demand
from pooling.fleet import Fleet, Vehicle
from pooling.tender import Bid
from pooling.travel import TravelEstimate

Visit = tuple[Demand, bool]
"""A demand and whether it is picked up."""


def cheapest_plan_minor(demands: Sequence[Demand], fleet: Fleet, road_factor: int) -> int:
    """Return the least cost of lots plus alone prices of the demands left out."""
    places = [place for one in demands for place in (one.origin, one.destination)]
    travel = TravelEstimate.between(places, road_factor)
    trips: dict[tuple[frozenset[str], str], int | None] = {}

    def trip(group: Sequence[Demand], vehicle: Vehicle) -> int | None:
        key = (frozenset(one.id for one in group), vehicle.name)
        if key not in trips:
            trips[key] = cheapest_trip_minor(group, vehicle, fleet.handling_s, travel)
        return trips[key]

    def rest(left: tuple[Demand, ...], stock: Mapping[str, int]) -> int:
        if not left:
            return 0
        first, others = left[0], left[1:]
        assert first.alone_price_minor is not None
        best = first.alone_price_minor + rest(others, stock)
        for size in range(len(others) + 1):
            for company in combinations(others, size):
                remaining = tuple(one for one in others if one not in company)
                for vehicle in fleet.vehicles:
                    if stock[vehicle.name] == 0:
                        continue
                    cost = trip((first, *company), vehicle)
                    if cost is not None:
                        smaller = {**stock, vehicle.name: stock[vehicle.name] - 1}
                        best = min(best, cost + rest(remaining, smaller))
        return best

    return rest(tuple(demands), {vehicle.name: vehicle.count for vehicle in fleet.vehicles})


def cheapest_trip_minor(
    group: Sequence[Demand], vehicle: Vehicle, handling_s: int, travel: TravelEstimate
) -> int | None:
    """Return the least cost of one trip that carries the whole group, None if there is none."""
    costs = [
        vehicle.fixed_cost_minor + -(-vehicle.cost_per_km_minor * _length_m(visits, travel) // 1000)
        for visits in _orders(group)
        if _is_allowed(visits, vehicle, handling_s, travel)
    ]
    return min(costs, default=None)


def _orders(group: Sequence[Demand]) -> Iterator[tuple[Visit, ...]]:
    """Yield every order in which each pickup comes before its delivery."""
    visits = [(demand, is_pickup) for demand in group for is_pickup in (True, False)]
    for order in permutations(visits):
        if all(order.index((one, True)) < order.index((one, False)) for one in group):
            yield order


def _place_m(first: Visit, second: Visit, travel: TravelEstimate) -> int:
    start = first[0].origin if first[1] else first[0].destination
    end = second[0].origin if second[1] else second[0].destination
    return travel.between_m(start, end)


def _length_m(visits: Sequence[Visit], travel: TravelEstimate) -> int:
    return sum(_place_m(a, b, travel) for a, b in pairwise(visits))


def _is_allowed(
    visits: Sequence[Visit], vehicle: Vehicle, handling_s: int, travel: TravelEstimate
) -> bool:
    """Walk an order second by second where it matters."""
    mass = volume = floor = 0
    clock_s = 0
    for i, (demand, is_pickup) in enumerate(visits):
        sign = 1 if is_pickup else -1
        mass += sign * demand.mass_g
        volume += sign * demand.volume_cm3
        floor += sign * demand.pallets * (1 if demand.stackable else 2)
        is_over = mass > vehicle.capacity_mass_g or volume > vehicle.capacity_volume_cm3
        if is_over or floor > 2 * vehicle.capacity_pallets:
            return False
        if i > 0:
            metres = _place_m(visits[i - 1], visits[i], travel)
            clock_s += -(-metres * 3600 // (1000 * vehicle.speed_kmh))
        window = demand.pickup_window if is_pickup else demand.delivery_window
        clock_s = max(clock_s, window.start_s)
        if clock_s >= window.end_s:
            return False
        clock_s += handling_s
    return True


def best_award(reserves_minor: Sequence[int], bids: Sequence[Bid]) -> tuple[int, int, int, int]:
    """Return the least score, lots uncovered, bids and sum of ranks, compared in this order."""
    ordered = sorted(bids, key=lambda bid: bid.bid_id)
    best = (sum(reserves_minor), len(reserves_minor), 0, 0)
    for size in range(1, len(ordered) + 1):
        for ranks in combinations(range(len(ordered)), size):
            lots = [lot for rank in ranks for lot in ordered[rank].lots]
            if len(lots) == len(set(lots)):
                uncovered = [lot for lot in range(len(reserves_minor)) if lot not in lots]
                score = sum(ordered[rank].price_minor for rank in ranks)
                score += sum(reserves_minor[lot] for lot in uncovered)
                best = min(best, (score, len(uncovered), size, sum(ranks)))
    return best


def shapley_by_orders(game: CoalitionGame) -> tuple[Fraction, ...]:
    """Average each player's cost of joining over every order of joining."""
    n = len(game.players)
    totals = [Fraction(0)] * n
    orders = list(permutations(range(n)))
    for order in orders:
        coalition = 0
        for player in order:
            larger = coalition | 1 << player
            totals[player] += game.costs_minor[larger] - game.costs_minor[coalition]
            coalition = larger
    return tuple(total / len(orders) for total in totals)


def least_excess_by_grid(game: CoalitionGame) -> int:
    """Return the least excess, at least 0, over all shares in whole minor units."""
    best = sum(game.costs_minor)
    for shares in _whole_shares(game.alone_minor, game.price_minor):
        worst = 0
        for coalition in range(1, len(game.costs_minor) - 1):
            paid = sum(one for i, one in enumerate(shares) if coalition >> i & 1)
            worst = max(worst, paid - game.costs_minor[coalition])
        best = min(best, worst)
    return best


def _whole_shares(caps: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to pay `total` in whole minor units within the caps."""
    if len(caps) == 1:
        if total <= caps[0]:
            yield (total,)
        return
    for first in range(min(caps[0], total) + 1):
        for others in _whole_shares(caps[1:], total - first):
            yield (first, *others)
