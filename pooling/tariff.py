"""What a trip costs by tariff, and so what a demand would cost alone."""

from collections.abc import Iterable
from dataclasses import replace

from pooling.demand import Demand
from pooling.errors import NoFeasiblePlan
from pooling.fleet import Fleet, Vehicle
from pooling.travel import ROAD_FACTOR_PERMILLE, TravelEstimate


def trip_cost_up_minor(vehicle: Vehicle, distance_m: int) -> int:
    """Price a trip: fixed cost plus kilometres, in minor units, rounded up.

    Parameters
    ----------
    vehicle
        Whose tariff holds.
    distance_m
        Metres from the first pickup to the last delivery.

    Notes
    -----
    Source: convention of this network, a two-part tariff of a standing and a running cost.
    """
    return vehicle.fixed_cost_minor - (-vehicle.cost_per_km_minor * distance_m // 1000)


def alone_price_up_minor(demand: Demand, fleet: Fleet, travel: TravelEstimate) -> int:
    """Price a dedicated trip for `demand` on the cheapest vehicle that can take it.

    Returns
    -------
    int
        Minor units, rounded up.

    Raises
    ------
    NoFeasiblePlan
        When no vehicle of the fleet can take the demand even when empty.
    """
    distance_m = travel.between_m(demand.origin, demand.destination)
    fitting = [vehicle for vehicle in fleet.vehicles if not vehicle.misfits(demand)]
    if not fitting:
        missing = tuple(
            f"{vehicle.name}: {', '.join(vehicle.misfits(demand))}" for vehicle in fleet.vehicles
        )
        raise NoFeasiblePlan(f"no vehicle can take demand {demand.id}", missing)
    # A free trip is no price to share by: one minor unit is the least a price can be.
    return max(1, min(trip_cost_up_minor(vehicle, distance_m) for vehicle in fitting))


def price_alone(
    demands: Iterable[Demand], fleet: Fleet, road_factor_permille: int = ROAD_FACTOR_PERMILLE
) -> tuple[Demand, ...]:
    """Return `demands` with the tariff's alone price where the SME gave none.

    Raises
    ------
    NoFeasiblePlan
        When a demand without price fits no vehicle.
    """
    asked = tuple(demands)
    places = [place for demand in asked for place in (demand.origin, demand.destination)]
    travel = TravelEstimate.between(places, road_factor_permille)
    return tuple(
        demand
        if demand.alone_price_minor is not None
        else replace(demand, alone_price_minor=alone_price_up_minor(demand, fleet, travel))
        for demand in asked
    )
