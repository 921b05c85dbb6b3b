"""Estimated road distances and times between places.

The figures are estimates, and every name here says so: a great circle stretched by a road factor,
not a route on a map. A better source may be given to the planner as another `TravelEstimate`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from pooling.demand import Place
from pooling.errors import InvalidFleet, require, require_integer

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius in metres. Source: Moritz, Geodetic Reference System 1980, R1."""

ROAD_FACTOR_PERMILLE = 1300
"""Road distance over great circle, in thousandths.

Source: doi:10.1177/23998083231168870 measures 1.343 on trips into 300 European cities; longer
trips detour less (Ballou, Rahardja and Sakai, Transportation Research A 36, 2002, compare
countries). 1.3 is a convention between them: give your own where it matters.
"""

_ROAD_FACTOR_PERMILLE_MAX = 5000

Metres = TypeVar("Metres", int, NDArray[np.int64])
"""One distance or an array of them."""


@dataclass(frozen=True, eq=False)
class TravelEstimate:
    """Estimated distances between places.

    Parameters
    ----------
    positions
        Latitude and longitude in degrees of each place, distinct.
    distance_m
        Metres, shape ``(n_places, n_places)``, diagonal 0, obeying the triangle inequality.
    """

    positions: tuple[tuple[float, float], ...]
    distance_m: NDArray[np.int64]
    _index: dict[tuple[float, float], int] = field(init=False, repr=False)
    _rows: list[list[int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {one: i for i, one in enumerate(self.positions)})
        object.__setattr__(self, "_rows", self.distance_m.tolist())

    @classmethod
    def between(cls, places: Iterable[Place], road_factor_permille: int) -> Self:
        """Estimate the distances between all positions of `places`.

        Parameters
        ----------
        places
            In any order, repetitions allowed.
        road_factor_permille
            Road distance over great circle in thousandths, 1000..5000.

        Raises
        ------
        InvalidFleet
            When the factor is out of range.
        """
        positions = tuple(sorted({place.position for place in places}))
        return cls(positions, estimate_distances_up_m(positions, road_factor_permille))

    def index(self, place: Place) -> int:
        """Return the row of `place`."""
        return self._index[place.position]

    def between_m(self, start: Place, end: Place) -> int:
        """Return the estimated metres from `start` to `end`."""
        return self._rows[self.index(start)][self.index(end)]


def estimate_distances_up_m(
    positions: tuple[tuple[float, float], ...], road_factor_permille: int
) -> NDArray[np.int64]:
    """Estimate road distances: great circle times road factor, rounded up to whole metres.

    Rounding up keeps the triangle inequality, on which shares rely.

    Parameters
    ----------
    positions
        Latitude and longitude in degrees, shape ``(n_places, 2)``.
    road_factor_permille
        Thousandths, 1000..5000.

    Returns
    -------
    NDArray[np.int64]
        Metres, shape ``(n_places, n_places)``.

    Raises
    ------
    InvalidFleet
        When the factor is out of range.

    Notes
    -----
    Source: haversine formula, Sinnott, Sky and Telescope 68 (2), 1984.
    """
    name = "road_factor_permille"
    require_integer(road_factor_permille, 1000, _ROAD_FACTOR_PERMILLE_MAX, InvalidFleet, name)
    radians = np.radians(np.array(positions, dtype=np.float64).reshape(-1, 2))
    latitude, longitude = radians[:, 0], radians[:, 1]
    half_latitude = np.sin((latitude[:, None] - latitude[None, :]) / 2) ** 2
    half_longitude = np.sin((longitude[:, None] - longitude[None, :]) / 2) ** 2
    spread = np.cos(latitude)[:, None] * np.cos(latitude)[None, :]
    chord = np.clip(half_latitude + spread * half_longitude, 0.0, 1.0)
    great_circle_m = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(chord))
    road_m: NDArray[np.float64] = np.ceil(great_circle_m * (road_factor_permille / 1000))
    return road_m.astype(np.int64)


def estimate_duration_up_s(distance_m: Metres, speed_kmh: int) -> Metres:
    """Estimate the seconds that `distance_m` metres take at `speed_kmh` km/h, rounded up.

    Raises
    ------
    InvalidFleet
        When the speed is not positive.
    """
    require(speed_kmh > 0, InvalidFleet, "speed_kmh", speed_kmh, "give a positive speed.")
    return -(-distance_m * 18 // (5 * speed_kmh))
