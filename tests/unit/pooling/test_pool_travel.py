"""Estimated distances and times, and the tariff built on them."""

import pytest

from pooling.demand import Place
from pooling.errors import InvalidFleet, NoFeasiblePlan
from pooling.fleet import Fleet
from pooling.tariff import price_alone, trip_cost_up_minor
from pooling.travel import TravelEstimate, estimate_distances_up_m, estimate_duration_up_s
from tests.unit.pooling.pool_cases import FLEET, GHENT, LYON, TRUCK, make_demand


def test_one_degree_of_meridian_is_its_arc() -> None:
    distances = estimate_distances_up_m(((0.0, 0.0), (1.0, 0.0)), 1000)
    assert distances.tolist() == [[0, 111_196], [111_196, 0]]


def test_antipodes_are_half_a_great_circle_apart() -> None:
    distances = estimate_distances_up_m(((0.0, 0.0), (0.0, 180.0)), 1000)
    assert distances[0, 1] == 20_015_115


def test_road_factor_stretches_the_great_circle() -> None:
    travel = TravelEstimate.between((GHENT, LYON, GHENT), 1300)
    straight = TravelEstimate.between((GHENT, LYON), 1000)
    assert travel.distance_m.shape == (2, 2)
    stretched_m = straight.between_m(GHENT, LYON) * 1.3
    assert travel.between_m(GHENT, LYON) == pytest.approx(stretched_m, abs=2)


def test_places_of_one_position_are_one_place() -> None:
    renamed = Place(GHENT.latitude_deg, GHENT.longitude_deg, "Gent")
    travel = TravelEstimate.between((GHENT, renamed), 1300)
    assert travel.between_m(GHENT, renamed) == 0


@pytest.mark.parametrize("permille", [999, 5001])
def test_road_factor_out_of_range_is_refused(permille: int) -> None:
    with pytest.raises(InvalidFleet, match="road_factor_permille"):
        TravelEstimate.between((GHENT,), permille)


def test_durations_are_rounded_up() -> None:
    assert estimate_duration_up_s(1000, 60) == 60
    assert estimate_duration_up_s(1001, 60) == 61
    assert estimate_duration_up_s(0, 60) == 0


def test_standing_vehicle_is_refused() -> None:
    with pytest.raises(InvalidFleet, match="speed_kmh"):
        estimate_duration_up_s(1000, 0)


def test_trip_costs_its_fixed_part_and_begun_minor_units() -> None:
    assert trip_cost_up_minor(TRUCK, 0) == 25_000
    assert trip_cost_up_minor(TRUCK, 1000) == 25_120
    assert trip_cost_up_minor(TRUCK, 1001) == 25_121


def test_price_given_by_the_sme_is_kept() -> None:
    assert price_alone([make_demand(alone_price_minor=7)], FLEET)[0].alone_price_minor == 7


def test_missing_price_is_that_of_a_dedicated_trip() -> None:
    (priced,) = price_alone([make_demand()], FLEET)
    distance_m = TravelEstimate.between((GHENT, LYON), 1300).between_m(GHENT, LYON)
    assert priced.alone_price_minor == trip_cost_up_minor(TRUCK, distance_m)


def test_price_of_what_no_vehicle_takes_is_refused() -> None:
    with pytest.raises(NoFeasiblePlan, match="articulated lorry: mass"):
        price_alone([make_demand(mass_g=10**9)], Fleet((TRUCK,)))
