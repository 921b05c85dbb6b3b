"""Places, demands and vehicles from which the tests of pooling build their cases."""

from dataclasses import replace
from typing import Any

from pooling.demand import Demand, Place, TimeWindow
from pooling.fleet import Fleet, Vehicle
from pooling.plan import Lot
from pooling.routing import plan_pool

GHENT = Place(51.0543, 3.7174, "Ghent")
ANTWERP = Place(51.2194, 4.4025, "Antwerp")
BRUSSELS = Place(50.8503, 4.3517, "Brussels")
LYON = Place(45.7640, 4.8357, "Lyon")
GRENOBLE = Place(45.1885, 5.7245, "Grenoble")
WARSAW = Place(52.2297, 21.0122, "Warsaw")

DAY_S = 86_400
MONDAY_S = 1_767_571_200
"""2026-01-05T00:00:00Z."""

PICKUP = TimeWindow(MONDAY_S + 8 * 3600, MONDAY_S + 18 * 3600)
DELIVERY = TimeWindow(MONDAY_S + DAY_S + 6 * 3600, MONDAY_S + 2 * DAY_S + 18 * 3600)

TRUCK = Vehicle(
    name="articulated lorry",
    count=3,
    capacity_mass_g=24_000_000,
    capacity_volume_cm3=85_000_000,
    capacity_pallets=33,
    cost_per_km_minor=120,
    fixed_cost_minor=25_000,
)
FLEET = Fleet((TRUCK,))


def make_demand(id_: str = "d1", **changes: Any) -> Demand:
    """Six pallets from Ghent to Lyon, with what the test cares about changed."""
    plain = Demand(
        id=id_,
        organisation=f"sme of {id_}",
        origin=GHENT,
        destination=LYON,
        mass_g=3_000_000,
        volume_cm3=10_000_000,
        pallets=6,
        pickup_window=PICKUP,
        delivery_window=DELIVERY,
    )
    return replace(plain, **changes)


def three_neighbours() -> tuple[Demand, ...]:
    """Three SMEs near one another, all to Lyon."""
    return (
        make_demand("d1", origin=GHENT),
        make_demand("d2", origin=ANTWERP, pallets=8),
        make_demand("d3", origin=BRUSSELS, pallets=4),
    )


def neighbours_lot() -> Lot:
    """The one lot of the three neighbours."""
    return plan_pool(three_neighbours(), FLEET).lots[0]
