"""Places demands into draft trips one by one, and says what binds those that find no place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pooling.demand import Demand
from pooling.fleet import Fleet, Vehicle
from pooling.plan import LeftOut, LeftOutReason
from pooling.schedule import Misfit, Visit, dedicated, schedule, trip_distance_m
from pooling.tariff import trip_cost_up_minor
from pooling.travel import TravelEstimate

MOVING_DEMANDS_MAX = 30
"""Demands of a cell up to which single moves are tried; larger cells leave them to the search."""


@dataclass(frozen=True)
class Draft:
    """A trip in the making: a vehicle and the order of its visits.

    Parameters
    ----------
    vehicle
        Type that drives.
    visits
        In order; feasible on `vehicle`.
    cost_minor
        Trip cost by tariff.
    """

    vehicle: Vehicle
    visits: tuple[Visit, ...]
    cost_minor: int

    @property
    def demands(self) -> tuple[Demand, ...]:
        """What it carries, ordered by id."""
        by_id = {visit.demand.id: visit.demand for visit in self.visits}
        return tuple(by_id[id_] for id_ in sorted(by_id))

    @property
    def alone_minor(self) -> int:
        """Sum of the alone prices of its demands in minor units."""
        return sum(demand.alone_price_minor or 0 for demand in self.demands)


@dataclass(frozen=True)
class Opening:
    """A feasible place for a demand: `draft` replaces ``drafts[index]``, or is new if None."""

    extra_minor: int
    index: int | None
    draft: Draft


@dataclass(frozen=True)
class Workshop:
    """What planning one cell works with.

    Parameters
    ----------
    fleet
        Vehicle types and handling time.
    stock
        Vehicles available to this cell, by name.
    travel
        Knows every place of the cell.
    """

    fleet: Fleet
    stock: Mapping[str, int]
    travel: TravelEstimate

    def draft(self, vehicle: Vehicle, visits: Sequence[Visit]) -> Draft:
        """Price `visits` on `vehicle`."""
        distance_m = trip_distance_m(visits, self.travel)
        return Draft(vehicle, tuple(visits), trip_cost_up_minor(vehicle, distance_m))

    def is_feasible(self, draft: Draft) -> bool:
        """Tell whether `draft` keeps capacity, windows and what its vehicle may take."""
        if any(draft.vehicle.misfits(demand) for demand in draft.demands):
            return False
        stops = schedule(draft.visits, draft.vehicle, self.fleet.handling_s, self.travel)
        return not isinstance(stops, Misfit)

    def unused(self, drafts: Sequence[Draft]) -> list[Vehicle]:
        """Return the vehicle types of which one is left."""
        used = [draft.vehicle.name for draft in drafts]
        return [
            vehicle
            for vehicle in self.fleet.vehicles
            if self.stock[vehicle.name] > used.count(vehicle.name)
        ]


def place_all(
    drafts: Sequence[Draft], waiting: Sequence[Demand], workshop: Workshop
) -> tuple[list[Draft], list[LeftOut]]:
    """Insert every waiting demand whose cheapest place costs no more than its alone price.

    In a small cell, demands are also moved to cheaper places, one at a time, until no single
    move pays: there PyVRP's perturbation can be too weak to leave a poor order of visits.

    Parameters
    ----------
    drafts
        Feasible trips, none costing more than its demands would pay alone.
    waiting
        Demands in none of them; each could be carried by some vehicle of the fleet alone.
    workshop
        Fleet, stock and distances.

    Returns
    -------
    tuple[list[Draft], list[LeftOut]]
        Trips that still cost no more than alone, and the demands left, ordered by id.
    """
    trips = list(drafts)
    left = sorted(waiting, key=lambda demand: demand.id)
    n_demands = len(left) + sum(len(trip.visits) // 2 for trip in trips)
    is_settled = False
    while not is_settled:
        is_settled = True
        for demand in tuple(left):
            opening = _cheapest_opening(demand, trips, workshop)
            if opening is None or opening.extra_minor > (demand.alone_price_minor or 0):
                continue
            trips = _with_opening(trips, opening)
            left.remove(demand)
            is_settled = False
        moved = _moved(trips, workshop) if n_demands <= MOVING_DEMANDS_MAX else None
        if moved is not None:
            trips, is_settled = moved, False
    return trips, [_left_out(demand, trips, workshop) for demand in left]


def _with_opening(trips: Sequence[Draft], opening: Opening) -> list[Draft]:
    """Return the trips with an opening taken."""
    if opening.index is None:
        return [*trips, opening.draft]
    return [*trips[: opening.index], opening.draft, *trips[opening.index + 1 :]]


def _moved(trips: Sequence[Draft], workshop: Workshop) -> list[Draft] | None:
    """Return the trips after the first single move that makes them cheaper, None without one."""
    cost_minor = sum(trip.cost_minor for trip in trips)
    for index, trip in enumerate(trips):
        for demand in trip.demands:
            rest = [visit for visit in trip.visits if visit.demand.id != demand.id]
            shorter = [workshop.draft(trip.vehicle, rest)] if rest else []
            others = [*trips[:index], *shorter, *trips[index + 1 :]]
            opening = _cheapest_opening(demand, others, workshop)
            assert opening is not None, "a demand fits where it was"
            changed = _with_opening(others, opening)
            is_cheaper = sum(one.cost_minor for one in changed) < cost_minor
            if is_cheaper and all(one.cost_minor <= one.alone_minor for one in changed):
                return changed
    return None


def _left_out(demand: Demand, trips: Sequence[Draft], workshop: Workshop) -> LeftOut:
    """Say what binds `demand`, given the final trips."""
    opening = _cheapest_opening(demand, trips, workshop)
    if opening is None:
        detail = (
            f"{len(trips)} trip(s) have no room or time for it and no vehicle that fits is left"
        )
        return LeftOut(demand, LeftOutReason.NO_VEHICLE_LEFT, detail)
    detail = (
        f"its cheapest place adds {opening.extra_minor} minor units, "
        f"alone it costs {demand.alone_price_minor}"
    )
    return LeftOut(demand, LeftOutReason.DEARER_THAN_ALONE, detail)


def _cheapest_opening(demand: Demand, trips: Sequence[Draft], workshop: Workshop) -> Opening | None:
    """Return the feasible place that adds least; the first found among equals."""
    best: Opening | None = None
    for opening in _openings(demand, trips, workshop):
        is_cheaper = best is None or opening.extra_minor < best.extra_minor
        if is_cheaper and workshop.is_feasible(opening.draft):
            best = opening
    return best


def _openings(demand: Demand, trips: Sequence[Draft], workshop: Workshop) -> Iterator[Opening]:
    """Yield every place on a vehicle that fits, feasible or not."""
    pickup, delivery = dedicated(demand)
    for index, trip in enumerate(trips):
        if trip.vehicle.misfits(demand):
            continue
        for i in range(len(trip.visits) + 1):
            for j in range(i, len(trip.visits) + 1):
                parts = (trip.visits[:i], (pickup,), trip.visits[i:j], (delivery,), trip.visits[j:])
                draft = workshop.draft(trip.vehicle, [visit for part in parts for visit in part])
                yield Opening(draft.cost_minor - trip.cost_minor, index, draft)
    for vehicle in workshop.unused(trips):
        if not vehicle.misfits(demand):
            draft = workshop.draft(vehicle, (pickup, delivery))
            yield Opening(draft.cost_minor, None, draft)
