"""Pickup and delivery with time windows and several capacities, by PyVRP."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pyvrp import (
    Depot,
    Location,
    PenaltyParams,
    ProblemData,
    Shipment,
    Solution,
    SolveParams,
    VehicleType,
    solve,
)
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.stop import MaxIterations

from pooling.demand import Demand
from pooling.fleet import Vehicle, amounts
from pooling.plan import StopAction
from pooling.schedule import Visit
from pooling.travel import TravelEstimate, estimate_duration_up_s

_SMALL_UNIT = 10_000
"""Weight of half a pallet position and of a hazmat demand, to be heard beside grams."""

_PENALTY_MAX = 1e7
"""Penalty per unit of violation: above the alone price that breaking a rule could save."""

_COST_MAX = 1e17
"""Largest penalised cost wished for, well inside 64 bits."""


def search_orders(
    demands: Sequence[Demand],
    stock: Sequence[tuple[Vehicle, int]],
    handling_s: int,
    travel: TravelEstimate,
    *,
    seed: int,
    iterations: int,
) -> list[tuple[Vehicle, tuple[Visit, ...]]]:
    """Search trips that minimise trip costs plus alone prices of the demands not carried.

    The result is a proposal: orders of visits that need not be feasible nor worth their cost.
    It depends on nothing but the arguments; the budget is counted in iterations, not seconds.

    Parameters
    ----------
    demands
        Of one cell, ordered by id, each with its alone price and fitting some vehicle.
    stock
        Vehicle types with the number available, each at least 1; at least one type.
    handling_s
        Seconds that each loading or unloading takes.
    travel
        Knows every place.
    seed
        Of the search, 0..2**31 - 1.
    iterations
        Of the search, at least 1.

    Returns
    -------
    list[tuple[Vehicle, tuple[Visit, ...]]]
        One entry per trip.

    Notes
    -----
    Trips have no depot: PyVRP's is a place at no distance from anywhere, visited first and last.
    Costs are in thousandths of a minor unit, so that a metre has a price in whole numbers.
    Source: Wouda, Lan and Kool, PyVRP, INFORMS Journal on Computing, 2024,
    doi:10.1287/ijoc.2023.0055; paired shipments as of PyVRP 0.14.
    """
    data = _problem(demands, stock, handling_s, travel)
    params = SolveParams(penalty=PenaltyParams(max_penalty=_penalty_max(demands)))
    with warnings.catch_warnings():
        # An infeasible proposal is repaired by the caller, so that the warning adds nothing.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        result = solve(
            data, MaxIterations(iterations), seed=seed, collect_stats=False, params=params
        )
    return _orders(result.best, demands, [vehicle for vehicle, _ in stock])


def _penalty_max(demands: Sequence[Demand]) -> float:
    """Return the highest penalty that cannot overflow for these demands."""
    horizon_s = max(one.delivery_window.end_s for one in demands) - _base_s(demands)
    volume = sum(max(one.mass_g, one.volume_cm3) for one in demands)
    floor = _SMALL_UNIT * sum(one.floor_half_positions + 1 for one in demands)
    return min(_PENALTY_MAX, _COST_MAX / max(volume, floor, 2 * len(demands) * horizon_s))


def _base_s(demands: Sequence[Demand]) -> int:
    """Return the moment from which the solver counts."""
    return min(min(one.pickup_window.start_s, one.delivery_window.start_s) for one in demands)


def _problem(
    demands: Sequence[Demand],
    stock: Sequence[tuple[Vehicle, int]],
    handling_s: int,
    travel: TravelEstimate,
) -> ProblemData:
    """State the problem in PyVRP's terms; location 0 is the depot at no distance."""
    locations = [Location(0, 0)] + [Location(x, y) for y, x in travel.positions]
    speeds_kmh = sorted({vehicle.speed_kmh for vehicle, _ in stock})
    distance_m = _with_depot(travel.distance_m)
    durations_s = [estimate_duration_up_s(distance_m, speed_kmh) for speed_kmh in speeds_kmh]
    return ProblemData(
        locations,
        [],
        [Depot(0)],
        [_vehicle_type(vehicle, count, speeds_kmh, len(demands)) for vehicle, count in stock],
        [distance_m] * len(speeds_kmh),  # type: ignore[list-item]  # PyVRP's stub: ndarray[int]
        durations_s,  # type: ignore[arg-type]
        [],
        [_shipment(demand, handling_s, _base_s(demands), travel) for demand in demands],
    )


def _with_depot(distance_m: NDArray[np.int64]) -> NDArray[np.int64]:
    """Put a row and a column of zeros in front."""
    return np.pad(distance_m, ((1, 0), (1, 0)))


def _vehicle_type(
    vehicle: Vehicle, count: int, speeds_kmh: Sequence[int], n_demands: int
) -> VehicleType:
    """State a vehicle: mass, volume, floor, and a dimension that only hazmat demands fill."""
    mass_g, volume_cm3, floor = vehicle.capacities
    hazmat = n_demands * _SMALL_UNIT if vehicle.is_hazmat_equipped else 0
    return VehicleType(
        num_available=min(count, n_demands),
        capacity=[mass_g, volume_cm3, floor * _SMALL_UNIT, hazmat],
        fixed_cost=1000 * vehicle.fixed_cost_minor,
        unit_distance_cost=vehicle.cost_per_km_minor,
        profile=speeds_kmh.index(vehicle.speed_kmh),
        name=vehicle.name,
    )


def _shipment(demand: Demand, handling_s: int, base_s: int, travel: TravelEstimate) -> Shipment:
    """State a demand: optional, with its alone price as the prize for carrying it."""
    mass_g, volume_cm3, floor = amounts(demand)
    hazmat = 0 if demand.hazmat_class is None else _SMALL_UNIT
    return Shipment(
        pickup_location=1 + travel.index(demand.origin),
        delivery_location=1 + travel.index(demand.destination),
        pickup_tw_early=demand.pickup_window.start_s - base_s,
        pickup_tw_late=demand.pickup_window.last_s - base_s,
        pickup_service_duration=handling_s,
        delivery_tw_early=demand.delivery_window.start_s - base_s,
        delivery_tw_late=demand.delivery_window.last_s - base_s,
        delivery_service_duration=handling_s,
        amount=[mass_g, volume_cm3, floor * _SMALL_UNIT, hazmat],
        prize=1000 * (demand.alone_price_minor or 0),
        required=False,
        name=demand.id,
    )


def _orders(
    solution: Solution, demands: Sequence[Demand], vehicles: Sequence[Vehicle]
) -> list[tuple[Vehicle, tuple[Visit, ...]]]:
    """Read the visits of each route."""
    return [
        (
            vehicles[route.vehicle_type()],
            tuple(
                Visit(
                    demands[activity.idx],
                    StopAction.PICKUP if activity.is_pickup() else StopAction.DELIVERY,
                )
                for activity in route.schedule()
                if activity.is_shipment()
            ),
        )
        for route in solution.routes()
    ]
