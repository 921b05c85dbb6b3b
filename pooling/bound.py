"""A lower bound on what any plan of a cell can cost, found without planning."""

from collections.abc import Sequence

from pooling.demand import Demand
from pooling.fleet import Vehicle, amounts
from pooling.tariff import trip_cost_up_minor
from pooling.travel import TravelEstimate

BOUND_NOTE = (
    "bound: in a tiny cell the cheapest plan itself; else the larger of the capacity bound (each "
    "demand pays for the part of a vehicle that it fills, over its own distance) and the "
    "longest-trip bound (one vehicle must cover the longest trip served)"
)
"""How the bound comes about, in words."""


def bound_down_minor(
    demands: Sequence[Demand], vehicles: Sequence[Vehicle], travel: TravelEstimate
) -> int:
    """Bound from below the cost of the lots plus the alone prices of demands left out.

    Parameters
    ----------
    demands
        Of one cell, each with its alone price.
    vehicles
        Types that may be used, at least one.
    travel
        Knows every place.

    Returns
    -------
    int
        Minor units, rounded down.

    Notes
    -----
    Capacity bound: at every metre a vehicle carries at most its capacity Q, and goods travel at
    least their own distance. So a trip of length L obeys sum(q_i d_i) <= Q L, and its running cost
    c L is at least sum(c d_i q_i / Q). A served demand therefore pays at least its own term, one
    left out its alone price, and if any is served, so is one fixed cost.
    Longest-trip bound: some trip is at least as long as the longest demand served, and whatever
    lies farther pays its alone price.
    Source: the load-distance (ton-kilometre) bound, derived here.
    """
    distances_m = [travel.between_m(demand.origin, demand.destination) for demand in demands]
    capacity = max(_capacity_bound_minor(demands, distances_m, vehicles, k) for k in range(3))
    return max(capacity, _longest_trip_bound_minor(demands, distances_m, vehicles))


def _capacity_bound_minor(
    demands: Sequence[Demand],
    distances_m: Sequence[int],
    vehicles: Sequence[Vehicle],
    dimension: int,
) -> int:
    """Bound by the part of a vehicle that each demand fills in one dimension, rounded down."""
    total_milli = 1000 * min(vehicle.fixed_cost_minor for vehicle in vehicles)
    for demand, distance_m in zip(demands, distances_m, strict=True):
        amount = amounts(demand)[dimension]
        filled_milli = min(
            vehicle.cost_per_km_minor * distance_m * amount // max(1, vehicle.capacities[dimension])
            for vehicle in vehicles
        )
        total_milli += min(1000 * (demand.alone_price_minor or 0), filled_milli)
    alone_minor = sum(demand.alone_price_minor or 0 for demand in demands)
    return min(alone_minor, total_milli // 1000)


def _longest_trip_bound_minor(
    demands: Sequence[Demand], distances_m: Sequence[int], vehicles: Sequence[Vehicle]
) -> int:
    """Bound by the longest trip served, over every choice of which that is."""
    by_distance = sorted(zip(distances_m, demands, strict=True), key=lambda pair: pair[0])
    alone_of_longer = sum(demand.alone_price_minor or 0 for demand in demands)
    bound = alone_of_longer
    for distance_m, demand in by_distance:
        alone_of_longer -= demand.alone_price_minor or 0
        trip = min(trip_cost_up_minor(vehicle, distance_m) for vehicle in vehicles)
        bound = min(bound, trip + alone_of_longer)
    return bound
