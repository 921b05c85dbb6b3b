"""What could move the demands: vehicles and the fleet they form."""

from collections import Counter
from dataclasses import dataclass

from pooling.demand import PALLETS_MAX, QUANTITY_MAX, Demand, TemperatureClass
from pooling.errors import InvalidFleet, require, require_integer

VEHICLES_MAX = 10_000
"""Largest number of vehicles of one type."""


@dataclass(frozen=True)
class Vehicle:
    """A type of vehicle, of which a carrier could send `count`.

    A trip begins at its first pickup and ends at its last delivery: where the vehicle comes from
    and goes to afterwards is the carrier's affair and belongs into `fixed_cost_minor`.

    Parameters
    ----------
    name
        Unique within a fleet.
    count
        How many there are.
    capacity_mass_g, capacity_volume_cm3
        Payload in grams and loading volume in cubic centimetres.
    capacity_pallets
        Pallet positions on the floor.
    cost_per_km_minor, fixed_cost_minor
        Price of a kilometre and of the trip itself, in minor units.
    speed_kmh
        Average speed over a trip in km/h, breaks and rests included.
    temperature_classes
        What its body can keep.
    is_hazmat_equipped
        Whether vehicle and crew may carry dangerous goods.

    Raises
    ------
    InvalidFleet
        Naming the field, the value and what to do.
    """

    name: str
    count: int
    capacity_mass_g: int
    capacity_volume_cm3: int
    capacity_pallets: int
    cost_per_km_minor: int
    fixed_cost_minor: int
    speed_kmh: int = 60
    temperature_classes: frozenset[TemperatureClass] = frozenset({TemperatureClass.AMBIENT})
    is_hazmat_equipped: bool = False

    def __post_init__(self) -> None:
        is_named = isinstance(self.name, str) and self.name != ""
        require(is_named, InvalidFleet, "vehicle.name", self.name, "give a non-empty string.")
        for field, lowest, highest in (
            ("count", 1, VEHICLES_MAX),
            ("capacity_mass_g", 1, QUANTITY_MAX),
            ("capacity_volume_cm3", 1, QUANTITY_MAX),
            ("capacity_pallets", 0, PALLETS_MAX),
            ("cost_per_km_minor", 0, 10**9),
            ("fixed_cost_minor", 0, 10**9),
            ("speed_kmh", 1, 200),
        ):
            value = getattr(self, field)
            require_integer(value, lowest, highest, InvalidFleet, f"vehicle.{field}")

    @property
    def capacities(self) -> tuple[int, int, int]:
        """Mass in g, volume in cm3, floor space in half pallet positions."""
        return (self.capacity_mass_g, self.capacity_volume_cm3, 2 * self.capacity_pallets)

    def is_too_warm_or_cold(self, demand: Demand) -> bool:
        """Tell whether its body cannot keep the temperature class of `demand`."""
        return demand.temperature_class not in self.temperature_classes

    def misfits(self, demand: Demand) -> tuple[str, ...]:
        """Name what keeps `demand` off this vehicle even when it is empty."""
        named = zip(("mass", "volume", "pallets"), amounts(demand), self.capacities, strict=True)
        found = [name for name, amount, capacity in named if amount > capacity]
        if self.is_too_warm_or_cold(demand):
            found.append("temperature class")
        if demand.hazmat_class is not None and not self.is_hazmat_equipped:
            found.append("hazmat class")
        return tuple(found)


@dataclass(frozen=True)
class Fleet:
    """All vehicles that a plan may use.

    Parameters
    ----------
    vehicles
        At least one type, names distinct.
    handling_s
        Seconds spent loading, and again unloading, one demand; 0..86_400.

    Raises
    ------
    InvalidFleet
        When it is empty, a name occurs twice, or the handling time is out of range.
    """

    vehicles: tuple[Vehicle, ...]
    handling_s: int = 1800

    def __post_init__(self) -> None:
        require_integer(self.handling_s, 0, 86_400, InvalidFleet, "fleet.handling_s")
        remedy = "give at least one vehicle."
        require(len(self.vehicles) > 0, InvalidFleet, "fleet.vehicles", self.vehicles, remedy)
        for name, times in Counter(vehicle.name for vehicle in self.vehicles).items():
            require(times == 1, InvalidFleet, "vehicle.name", name, "name each vehicle type once.")


def amounts(demand: Demand) -> tuple[int, int, int]:
    """Return what `demand` takes of a vehicle: g, cm3, half pallet positions."""
    return (demand.mass_g, demand.volume_cm3, demand.floor_half_positions)
