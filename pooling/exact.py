"""Proves the cheapest plan of a tiny cell by dynamic programming over all orders of visits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pooling.demand import Demand
from pooling.fleet import Vehicle, amounts
from pooling.plan import StopAction
from pooling.schedule import Visit
from pooling.tariff import trip_cost_up_minor
from pooling.travel import TravelEstimate, estimate_duration_up_s

EXACT_DEMANDS_MAX = 5
"""Demands of a cell up to which the cheapest plan is proven, in well under a second."""


@dataclass(frozen=True)
class Label:
    """A way to have made some visits: no other is both shorter and earlier.

    Parameters
    ----------
    visits
        Made so far: 2 i is the pickup, 2 i + 1 the delivery of demand i.
    distance_m
        Driven so far.
    departure_s
        Earliest departure from the last of them.
    """

    visits: tuple[int, ...]
    distance_m: int
    departure_s: int


@dataclass(frozen=True)
class Trip:
    """The cheapest trip of one vehicle type for one set of demands, given as a bitmap."""

    vehicle: Vehicle
    demands: int
    visits: tuple[Visit, ...]
    cost_minor: int


def cheapest_trips(
    demands: Sequence[Demand],
    vehicles: Sequence[Vehicle],
    handling_s: int,
    travel: TravelEstimate,
) -> list[Trip]:
    """Return, per vehicle type and set of demands, the cheapest feasible trip where there is one.

    Parameters
    ----------
    demands
        Few, each with its alone price: the work grows about sixfold with each.
    vehicles
        Types that may be used.
    handling_s
        Seconds that each loading or unloading takes.
    travel
        Knows every place.

    Notes
    -----
    Source: forward dynamic programming for pickup and delivery with time windows, Dumas,
    Desrosiers and Soumis, European Journal of Operational Research 54, 1991.
    """
    visits = [Visit(demand, action) for demand in demands for action in StopAction]
    trips = []
    for vehicle in vehicles:
        best: dict[int, Label] = {}
        for label in _labels(visits, vehicle, handling_s, travel):
            made = sum(1 << visit for visit in label.visits)
            carried = sum(1 << i for i in range(len(demands)) if made >> 2 * i & 2)
            is_empty = 2 * carried.bit_count() == len(label.visits)
            if is_empty and (carried not in best or label.distance_m < best[carried].distance_m):
                best[carried] = label
        for carried, label in sorted(best.items()):
            cost_minor = trip_cost_up_minor(vehicle, label.distance_m)
            order = tuple(visits[visit] for visit in label.visits)
            trips.append(Trip(vehicle, carried, order, cost_minor))
    return trips


def cheapest_partition(
    demands: Sequence[Demand], trips: Sequence[Trip], stock: Mapping[str, int]
) -> tuple[int, tuple[Trip, ...]]:
    """Choose disjoint trips, within the stock, so that trips plus demands left out cost least.

    Parameters
    ----------
    demands
        Each with its alone price.
    trips
        From `cheapest_trips`.
    stock
        Vehicles available, by name.

    Returns
    -------
    tuple[int, tuple[Trip, ...]]
        The least cost in minor units and the trips; among equals, demands rather travel.
    """
    names = sorted(stock)

    @cache
    def best(left: int, counts: tuple[int, ...]) -> tuple[int, tuple[Trip, ...]]:
        if left == 0:
            return 0, ()
        first = (left & -left).bit_length() - 1
        options = []
        for trip in trips:
            k = names.index(trip.vehicle.name)
            if trip.demands >> first & 1 and trip.demands & left == trip.demands and counts[k] > 0:
                fewer = (*counts[:k], counts[k] - 1, *counts[k + 1 :])
                rest_minor, rest = best(left & ~trip.demands, fewer)
                options.append((trip.cost_minor + rest_minor, (trip, *rest)))
        rest_minor, rest = best(left & ~(1 << first), counts)
        options.append(((demands[first].alone_price_minor or 0) + rest_minor, rest))
        return min(options, key=lambda option: option[0])

    # More vehicles than demands are never used; the cap keeps the table small.
    counts = tuple(min(stock[name], len(demands)) for name in names)
    return best(2 ** len(demands) - 1, counts)


def _labels(
    visits: Sequence[Visit], vehicle: Vehicle, handling_s: int, travel: TravelEstimate
) -> Iterator[Label]:
    """Yield every label, one more visit at a time."""
    ways_m = [[travel.between_m(a.place, b.place) for b in visits] for a in visits]
    rides_s = [[estimate_duration_up_s(m, vehicle.speed_kmh) for m in row] for row in ways_m]
    frontier = [
        Label((i,), 0, visits[i].window.start_s + handling_s)
        for i in range(0, len(visits), 2)
        if _is_within(visits, (i,), vehicle)
    ]
    while frontier:
        yield from frontier
        fresh: dict[tuple[int, int], list[Label]] = {}
        for label in frontier:
            last = label.visits[-1]
            for i in _next_visits(label, len(visits)):
                arrival_s = label.departure_s + rides_s[last][i]
                begin_s = max(visits[i].window.start_s, arrival_s)
                made = (*label.visits, i)
                if begin_s <= visits[i].window.last_s and _is_within(visits, made, vehicle):
                    distance_m = label.distance_m + ways_m[last][i]
                    longer = Label(made, distance_m, begin_s + handling_s)
                    _keep(fresh.setdefault((sum(1 << one for one in made), i), []), longer)
        frontier = [label for labels in fresh.values() for label in labels]


def _next_visits(label: Label, n_visits: int) -> list[int]:
    """Return pickups not made, and deliveries of what is on board."""
    made = set(label.visits)
    return [i for i in range(n_visits) if i not in made and (i % 2 == 0 or i - 1 in made)]


def _is_within(visits: Sequence[Visit], made: Sequence[int], vehicle: Vehicle) -> bool:
    """Tell whether what is on board after `made` fits."""
    on_board = [visits[i].demand for i in made if i % 2 == 0 and i + 1 not in made]
    if any(vehicle.misfits(demand) for demand in on_board[-1:]):
        return False
    loads = [amounts(demand) for demand in on_board]
    limits = enumerate(vehicle.capacities)
    return all(sum(load[k] for load in loads) <= limit for k, limit in limits)


def _keep(labels: list[Label], new: Label) -> None:
    """Add `new` unless another is as good; drop those that it makes needless."""
    for old in labels:
        if old.distance_m <= new.distance_m and old.departure_s <= new.departure_s:
            return
    labels[:] = [
        old
        for old in labels
        if old.distance_m < new.distance_m or old.departure_s < new.departure_s
    ]
    labels.append(new)
