"""Examines one lot of a plan; the part of the checker that knows roads, loads and tariffs."""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, ceil, cos, radians, sin, sqrt

from pooling.demand import Demand, Place
from pooling.errors import Violation
from pooling.fleet import Fleet, Vehicle
from pooling.plan import Lot, Stop, StopAction

_EARTH_RADIUS_M = 6_371_008.8


def lot_violations(lot: Lot, name: str, fleet: Fleet, road_factor_permille: int) -> list[Violation]:
    """Find every rule that a lot breaks by itself.

    Parameters
    ----------
    lot
        To be examined.
    name
        Of the lot, for the violations.
    fleet
        As given to the planner.
    road_factor_permille
        Of the plan.
    """
    demands = {demand.id: demand for demand in lot.demands}
    known = [stop for stop in lot.stops if stop.demand_id in demands]
    return [
        *_stops(lot, known, name, fleet.handling_s),
        *_rides(lot, known, name, road_factor_permille),
        *_company(lot, name),
        *_money(lot, name),
    ]


def _stops(lot: Lot, known: Sequence[Stop], name: str, handling_s: int) -> list[Violation]:
    """Walk the stops: place, window, precedence, load, capacity."""
    demands = {demand.id: demand for demand in lot.demands}
    found: list[Violation] = []
    on_board: set[str] = set()
    for i, stop in enumerate(known):
        demand, at = demands[stop.demand_id], f"{name}, stop {i}"
        is_pickup = stop.action is StopAction.PICKUP
        if is_pickup == (demand.id in on_board):
            found.append(Violation("precedence", at, f"{stop.action} of {demand.id} out of order"))
        on_board ^= {demand.id}
        if stop.place != (demand.origin if is_pickup else demand.destination):
            found.append(Violation("place", at, f"is at {stop.place}"))
        window = demand.pickup_window if is_pickup else demand.delivery_window
        if not window.start_s <= stop.begin_s < window.end_s or stop.begin_s < stop.arrival_s:
            found.append(Violation("window", at, f"work begins at {stop.begin_s}"))
        if stop.departure_s != stop.begin_s + handling_s:
            found.append(Violation("handling", at, f"leaves at {stop.departure_s}"))
        loads = _loads([demands[id_] for id_ in on_board])
        if stop.loads != loads:
            found.append(Violation("load", at, f"{stop.loads} stated, {loads} found"))
        if any(one > limit for one, limit in zip(loads, _limits(lot.vehicle), strict=True)):
            found.append(Violation("capacity", at, f"{loads} in {_limits(lot.vehicle)}"))
    return found


def _rides(
    lot: Lot, known: Sequence[Stop], name: str, road_factor_permille: int
) -> list[Violation]:
    """Measure the ways between the stops: travel times, distance, duration."""
    found: list[Violation] = []
    legs_m = [road_m(a.place, b.place, road_factor_permille) for a, b in pairwise(known)]
    for i, ((before, after), leg_m) in enumerate(zip(pairwise(known), legs_m, strict=True)):
        # A metre less than found: two roundings of one distance may differ by that.
        ride_s = after.arrival_s - before.departure_s
        if ride_s * lot.vehicle.speed_kmh < 3.6 * (leg_m - 1):
            detail = f"{leg_m} m in {ride_s} s"
            found.append(Violation("travel", f"{name}, stop {i + 1}", detail))
    if abs(lot.distance_m - sum(legs_m)) > len(legs_m):
        detail = f"{lot.distance_m} m stated, {sum(legs_m)} m found"
        found.append(Violation("distance", name, detail))
    if known and lot.duration_s != known[-1].departure_s - known[0].arrival_s:
        found.append(Violation("duration", name, f"{lot.duration_s} s stated"))
    return found


def _company(lot: Lot, name: str) -> list[Violation]:
    """Find goods that may not share a vehicle, or not this one."""
    found = []
    classes = [demand.hazmat_class or "" for demand in lot.demands]
    is_explosive = any(one.startswith("1.") for one in classes)
    is_mixed = any(
        one in closed and any(other not in closed for other in classes)
        for closed in ({"6.1", "6.2"}, {"7"})
        for one in classes
    )
    if is_mixed or (is_explosive and len(classes) > 1):
        found.append(Violation("segregation", name, f"hazmat classes {sorted(classes)} together"))
    temperatures = {demand.temperature_class for demand in lot.demands}
    if len(temperatures) > 1 or not temperatures <= lot.vehicle.temperature_classes:
        found.append(Violation("temperature", name, f"{sorted(temperatures)} on board"))
    if any(classes) and not lot.vehicle.is_hazmat_equipped:
        found.append(Violation("hazmat", name, f"{lot.vehicle.name} is not equipped"))
    return found


def _money(lot: Lot, name: str) -> list[Violation]:
    """Find a cost that the tariff does not give, or that exceeds going alone."""
    found = []
    cost = trip_minor(lot.vehicle, lot.distance_m)
    if lot.cost_minor != cost:
        found.append(Violation("cost", name, f"{lot.cost_minor} stated, {cost} found"))
    alone = sum(demand.alone_price_minor or 0 for demand in lot.demands)
    if lot.cost_minor > alone:
        found.append(Violation("worth its cost", name, f"{lot.cost_minor}, alone {alone}"))
    return found


def can_take(vehicle: Vehicle, demand: Demand) -> bool:
    """Tell whether `demand` fits `vehicle` when it is empty."""
    loads = zip(_loads([demand]), _limits(vehicle), strict=True)
    is_warm = demand.temperature_class in vehicle.temperature_classes
    is_safe = demand.hazmat_class is None or vehicle.is_hazmat_equipped
    return is_warm and is_safe and all(one <= limit for one, limit in loads)


def _loads(demands: Sequence[Demand]) -> tuple[int, int, int]:
    """Sum mass in g, volume in cm3 and floor in half pallet positions."""
    floor = sum(one.pallets * (1 if one.stackable else 2) for one in demands)
    return (sum(one.mass_g for one in demands), sum(one.volume_cm3 for one in demands), floor)


def _limits(vehicle: Vehicle) -> tuple[int, int, int]:
    """Payload in g, volume in cm3 and floor in half pallet positions."""
    return (vehicle.capacity_mass_g, vehicle.capacity_volume_cm3, vehicle.capacity_pallets * 2)


def trip_minor(vehicle: Vehicle, distance_m: int) -> int:
    """Price a trip: fixed cost plus kilometres, rounded up to the minor unit."""
    return vehicle.fixed_cost_minor + (vehicle.cost_per_km_minor * distance_m + 999) // 1000


def road_m(start: Place, end: Place, road_factor_permille: int) -> int:
    """Estimate road metres, rounded up, by the haversine formula (Sinnott, 1984)."""
    north, south = radians(start.latitude_deg), radians(end.latitude_deg)
    east_rad = radians(end.longitude_deg - start.longitude_deg)
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(east_rad / 2) ** 2
    return ceil(2 * _EARTH_RADIUS_M * asin(sqrt(min(1.0, half))) * road_factor_permille / 1000)
