"""Turns an order of visits into stops with times and loads, or says what forbids it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from pooling.demand import Demand, Place, TimeWindow
from pooling.fleet import Vehicle, amounts
from pooling.plan import Stop, StopAction
from pooling.travel import TravelEstimate, estimate_duration_up_s


class Misfit(StrEnum):
    """What forbids an order of visits."""

    CAPACITY = "capacity"
    WINDOW = "window"


@dataclass(frozen=True)
class Visit:
    """One end of a demand, to be visited.

    Parameters
    ----------
    demand
        Whose goods.
    action
        Which end.
    """

    demand: Demand
    action: StopAction

    @property
    def place(self) -> Place:
        """Where it happens."""
        is_pickup = self.action is StopAction.PICKUP
        return self.demand.origin if is_pickup else self.demand.destination

    @property
    def window(self) -> TimeWindow:
        """When work may begin."""
        is_pickup = self.action is StopAction.PICKUP
        return self.demand.pickup_window if is_pickup else self.demand.delivery_window


def dedicated(demand: Demand) -> tuple[Visit, Visit]:
    """Return the visits of a trip for `demand` alone."""
    return (Visit(demand, StopAction.PICKUP), Visit(demand, StopAction.DELIVERY))


def trip_distance_m(visits: Sequence[Visit], travel: TravelEstimate) -> int:
    """Return the estimated metres from the first to the last visit."""
    return sum(travel.between_m(first.place, second.place) for first, second in pairwise(visits))


def schedule(
    visits: Sequence[Visit], vehicle: Vehicle, handling_s: int, travel: TravelEstimate
) -> tuple[Stop, ...] | Misfit:
    """Give `visits`, in this order, times and loads on `vehicle`.

    The trip ends as early as it can and, given that, starts as late as it can, so that the
    vehicle waits as little as possible.

    Parameters
    ----------
    visits
        At least one; each pickup before its delivery.
    vehicle
        Which drives.
    handling_s
        Seconds that each loading or unloading takes.
    travel
        Knows every place of `visits`.

    Returns
    -------
    tuple[Stop, ...] or Misfit
        The stops; or what forbids this order, capacity before windows.
    """
    loads = _loads(visits)
    for load in loads:
        if any(one > limit for one, limit in zip(load, vehicle.capacities, strict=True)):
            return Misfit.CAPACITY
    rides_s = [
        estimate_duration_up_s(travel.between_m(first.place, second.place), vehicle.speed_kmh)
        for first, second in pairwise(visits)
    ]
    begins_s = _earliest_begins_s(visits, rides_s, handling_s, visits[0].window.start_s)
    if any(begin > visit.window.last_s for begin, visit in zip(begins_s, visits, strict=True)):
        return Misfit.WINDOW
    start_s = _latest_start_s(visits, rides_s, handling_s, begins_s[-1])
    begins_s = _earliest_begins_s(visits, rides_s, handling_s, start_s)
    return _stops(visits, rides_s, handling_s, begins_s, loads)


def _loads(visits: Sequence[Visit]) -> list[tuple[int, int, int]]:
    """Return what is on board after each visit."""
    mass = volume = floor = 0
    loads = []
    for visit in visits:
        sign = 1 if visit.action is StopAction.PICKUP else -1
        taken = amounts(visit.demand)
        mass, volume, floor = (
            mass + sign * taken[0],
            volume + sign * taken[1],
            floor + sign * taken[2],
        )
        loads.append((mass, volume, floor))
    return loads


def _earliest_begins_s(
    visits: Sequence[Visit], rides_s: Sequence[int], handling_s: int, start_s: int
) -> list[int]:
    """Return when work begins at each visit if the first begins at `start_s`; ends are not kept."""
    begins = [start_s]
    for visit, ride_s in zip(visits[1:], rides_s, strict=True):
        begins.append(max(visit.window.start_s, begins[-1] + handling_s + ride_s))
    return begins


def _latest_start_s(
    visits: Sequence[Visit], rides_s: Sequence[int], handling_s: int, end_s: int
) -> int:
    """Return the latest begin of the first visit that still lets the last begin at `end_s`."""
    latest = end_s
    for visit, ride_s in zip(reversed(visits[:-1]), reversed(rides_s), strict=True):
        latest = min(visit.window.last_s, latest - ride_s - handling_s)
    return latest


def _stops(
    visits: Sequence[Visit],
    rides_s: Sequence[int],
    handling_s: int,
    begins_s: Sequence[int],
    loads: Sequence[tuple[int, int, int]],
) -> tuple[Stop, ...]:
    """Put times and loads together."""
    arrivals = [begins_s[0]]
    arrivals += [begin + handling_s + ride for begin, ride in zip(begins_s, rides_s, strict=False)]
    return tuple(
        Stop(
            demand_id=visit.demand.id,
            action=visit.action,
            place=visit.place,
            arrival_s=arrivals[i],
            begin_s=begins_s[i],
            departure_s=begins_s[i] + handling_s,
            load_mass_g=loads[i][0],
            load_volume_cm3=loads[i][1],
            load_half_positions=loads[i][2],
        )
        for i, visit in enumerate(visits)
    )
