"""What an SME wants moved: places, time windows and demands."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from pooling.errors import InvalidDemand, require, require_integer

QUANTITY_MAX = 10**10
"""Largest mass, volume or price accepted, so that sums over a pool stay within 64 bits."""

PALLETS_MAX = 10_000
"""Largest number of pallets of one demand; far beyond any vehicle."""

TIME_S_MAX = 2**40
"""Latest moment accepted, in seconds since the epoch."""

HAZMAT_CLASSES = frozenset(
    {"1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2", "2.3", "3"}
    | {"4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "6.2", "7", "8", "9"}
)
"""Danger labels of packages. Source: ADR 2025, 5.2.2.2."""


class TemperatureClass(StrEnum):
    """How warm the goods may become; only equal classes share a vehicle."""

    AMBIENT = "ambient"
    CHILLED = "chilled"
    FROZEN = "frozen"


@dataclass(frozen=True, order=True)
class Place:
    """A point on the map.

    Parameters
    ----------
    latitude_deg
        WGS 84 latitude, -90..90 degrees.
    longitude_deg
        WGS 84 longitude, -180..180 degrees.
    name
        For people; two places of one position are one place to the planner.

    Raises
    ------
    InvalidDemand
        When a coordinate is out of range or not a number.
    """

    latitude_deg: float
    longitude_deg: float
    name: str = ""

    def __post_init__(self) -> None:
        for field, value, limit in (
            ("place.latitude_deg", self.latitude_deg, 90),
            ("place.longitude_deg", self.longitude_deg, 180),
        ):
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            is_met = is_number and isfinite(value) and -limit <= value <= limit
            remedy = f"give decimal degrees from -{limit} to {limit}."
            require(is_met, InvalidDemand, field, value, remedy)

    @property
    def position(self) -> tuple[float, float]:
        """Latitude and longitude in degrees."""
        return (float(self.latitude_deg), float(self.longitude_deg))


@dataclass(frozen=True)
class TimeWindow:
    """When work at a place may begin: half-open, ``start_s <= moment < end_s``.

    Parameters
    ----------
    start_s, end_s
        Seconds since the epoch.

    Raises
    ------
    InvalidDemand
        When a bound is no such moment or the window is empty.
    """

    start_s: int
    end_s: int

    def __post_init__(self) -> None:
        require_integer(self.start_s, 0, TIME_S_MAX, InvalidDemand, "window.start_s")
        require_integer(self.end_s, 0, TIME_S_MAX, InvalidDemand, "window.end_s")
        remedy = f"let the window end after it starts ({self.start_s})."
        require(self.end_s > self.start_s, InvalidDemand, "window.end_s", self.end_s, remedy)

    @property
    def last_s(self) -> int:
        """Last second inside the window."""
        return self.end_s - 1


@dataclass(frozen=True)
class Demand:
    """One SME order waiting to be pooled.

    Parameters
    ----------
    id
        Unique within a pool; also the canonical order of demands.
    organisation
        Who pays the share.
    origin, destination
        Where it is picked up and delivered; different positions.
    mass_g
        Gross mass in grams, at least 1.
    volume_cm3
        Volume in cubic centimetres, at least 1.
    pallets
        Pallets it stands on; 0 for loose parcels.
    pickup_window, delivery_window
        When loading and unloading may begin.
    temperature_class
        Kept over the whole trip.
    hazmat_class
        ADR danger label, or None.
    stackable
        Whether its pallets may stand two high with other stackable pallets.
    alone_price_minor
        What the SME would pay without the pool, in minor units; None lets the tariff say.

    Raises
    ------
    InvalidDemand
        Naming the field, the value and what to do.
    """

    id: str
    organisation: str
    origin: Place
    destination: Place
    mass_g: int
    volume_cm3: int
    pallets: int
    pickup_window: TimeWindow
    delivery_window: TimeWindow
    temperature_class: TemperatureClass = TemperatureClass.AMBIENT
    hazmat_class: str | None = None
    stackable: bool = False
    alone_price_minor: int | None = None

    def __post_init__(self) -> None:
        self._require_identity()
        require_integer(self.mass_g, 1, QUANTITY_MAX, InvalidDemand, "demand.mass_g")
        require_integer(self.volume_cm3, 1, QUANTITY_MAX, InvalidDemand, "demand.volume_cm3")
        require_integer(self.pallets, 0, PALLETS_MAX, InvalidDemand, "demand.pallets")
        if self.alone_price_minor is not None:
            price_field = "demand.alone_price_minor"
            require_integer(self.alone_price_minor, 1, QUANTITY_MAX, InvalidDemand, price_field)
        is_known = self.hazmat_class is None or self.hazmat_class in HAZMAT_CLASSES
        remedy = "give an ADR danger label such as '3' or '5.1', or None."
        require(is_known, InvalidDemand, "demand.hazmat_class", self.hazmat_class, remedy)
        self._require_time_to_travel()

    def _require_identity(self) -> None:
        for field, value in (("id", self.id), ("organisation", self.organisation)):
            is_named = isinstance(value, str) and value != ""
            require(is_named, InvalidDemand, f"demand.{field}", value, "give a non-empty string.")
        is_known = isinstance(self.temperature_class, TemperatureClass)
        remedy = f"give one of {[str(one) for one in TemperatureClass]}."
        require(is_known, InvalidDemand, "demand.temperature_class", self.temperature_class, remedy)
        remedy = "give a destination other than the origin."
        is_moving = self.origin.position != self.destination.position
        require(is_moving, InvalidDemand, "demand.destination", self.destination, remedy)

    def _require_time_to_travel(self) -> None:
        end_s = self.delivery_window.end_s
        remedy = f"let delivery close after pickup opens ({self.pickup_window.start_s})."
        is_met = self.delivery_window.last_s > self.pickup_window.start_s
        require(is_met, InvalidDemand, "demand.delivery_window.end_s", end_s, remedy)

    @property
    def floor_half_positions(self) -> int:
        """Floor space in half pallet positions: two stackable pallets share one position."""
        return self.pallets if self.stackable else 2 * self.pallets
