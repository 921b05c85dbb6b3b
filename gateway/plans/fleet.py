"""The vehicles that plans count on."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from gateway.body import Body
from pooling.demand import TemperatureClass
from pooling.fleet import Fleet, Vehicle

HANDLING_S: Final = 1800
VEHICLES_MAX: Final = 1000

_AMBIENT: Final = frozenset({TemperatureClass.AMBIENT})
_ALL: Final = frozenset(TemperatureClass)

DEFAULT_VEHICLES: Final = (
    Vehicle(
        name="articulated lorry",
        count=VEHICLES_MAX,
        capacity_mass_g=24_000_000,
        capacity_volume_cm3=85_000_000,
        capacity_pallets=33,
        cost_per_km_minor=120,
        fixed_cost_minor=25_000,
        temperature_classes=_AMBIENT,
        is_hazmat_equipped=True,
    ),
    Vehicle(
        name="refrigerated lorry",
        count=VEHICLES_MAX,
        capacity_mass_g=22_000_000,
        capacity_volume_cm3=80_000_000,
        capacity_pallets=33,
        cost_per_km_minor=150,
        fixed_cost_minor=30_000,
        temperature_classes=_ALL,
    ),
    Vehicle(
        name="rigid lorry",
        count=VEHICLES_MAX,
        capacity_mass_g=9_000_000,
        capacity_volume_cm3=42_000_000,
        capacity_pallets=18,
        cost_per_km_minor=95,
        fixed_cost_minor=18_000,
        temperature_classes=_AMBIENT,
    ),
)
"""What carriers commonly run. The costs only decide which demands travel together; what a lot
costs is what a carrier bids."""


class VehicleBody(Body):
    """A type of vehicle that carriers could send."""

    name: str = Field(min_length=1, max_length=64)
    count: int = Field(ge=1, le=10_000)
    capacity_mass_g: int = Field(ge=1, le=10**10)
    capacity_volume_cm3: int = Field(ge=1, le=10**10)
    capacity_pallets: int = Field(ge=0, le=10_000)
    cost_per_km_minor: int = Field(ge=0, le=10**9)
    fixed_cost_minor: int = Field(ge=0, le=10**9)
    speed_kmh: int = Field(default=60, ge=1, le=200)
    temperature_classes: list[Literal["ambient", "chilled", "frozen"]] = Field(
        default=["ambient"], min_length=1
    )
    is_hazmat_equipped: bool = False


class FleetBody(Body):
    """All vehicles that a plan may use."""

    vehicles: list[VehicleBody] = Field(min_length=1, max_length=50)
    handling_s: int | None = Field(
        default=None, ge=0, le=86_400, description="Loading, and again unloading, one demand."
    )


def fleet_of(body: FleetBody | None, handling_s: int) -> Fleet:
    """Give the fleet that a plan may use.

    Parameters
    ----------
    body : FleetBody, optional
        What the pool operator names; otherwise what carriers commonly run.
    handling_s : int
        Longest handling time that a demand names; zero when none does.

    Raises
    ------
    InvalidFleet
        If two vehicles have one name.
    """
    if body is None:
        return Fleet(DEFAULT_VEHICLES, handling_s or HANDLING_S)
    vehicles = tuple(
        Vehicle(
            **each.model_dump(exclude={"temperature_classes"}),
            temperature_classes=frozenset(map(TemperatureClass, each.temperature_classes)),
        )
        for each in body.vehicles
    )
    named_s = handling_s or HANDLING_S if body.handling_s is None else body.handling_s
    return Fleet(vehicles, named_s)
