"""Demands, vehicles and fleets: what is accepted, and the refusal list."""

from typing import Any

import pytest

from pooling.demand import Demand, Place, TemperatureClass, TimeWindow
from pooling.errors import InvalidDemand, InvalidFleet, InvalidInput
from pooling.fleet import Fleet, Vehicle
from pooling.routing import RoutingSettings
from tests.unit.pooling.pool_cases import GHENT, MONDAY_S, PICKUP, TRUCK, make_demand


def test_sound_demand_is_accepted() -> None:
    demand = make_demand(hazmat_class="3", temperature_class=TemperatureClass.AMBIENT)
    assert demand.alone_price_minor is None


def test_two_stackable_pallets_share_one_floor_position() -> None:
    assert make_demand(pallets=5, stackable=True).floor_half_positions == 5
    assert make_demand(pallets=5, stackable=False).floor_half_positions == 10


def test_window_excludes_its_end() -> None:
    assert TimeWindow(10, 20).last_s == 19


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "demand.id"),
        ({"organisation": ""}, "demand.organisation"),
        ({"organisation": 7}, "demand.organisation"),
        ({"mass_g": -1}, "demand.mass_g"),
        ({"mass_g": 0}, "demand.mass_g"),
        ({"mass_g": 1.5}, "demand.mass_g"),
        ({"mass_g": True}, "demand.mass_g"),
        ({"mass_g": 10**11}, "demand.mass_g"),
        ({"volume_cm3": 0}, "demand.volume_cm3"),
        ({"pallets": -1}, "demand.pallets"),
        ({"alone_price_minor": 0}, "demand.alone_price_minor"),
        ({"temperature_class": "warm"}, "demand.temperature_class"),
        ({"hazmat_class": "10"}, "demand.hazmat_class"),
        ({"destination": GHENT}, "demand.destination"),
        ({"delivery_window": TimeWindow(0, MONDAY_S)}, "demand.delivery_window.end_s"),
        (
            {"delivery_window": TimeWindow(0, PICKUP.start_s + 1)},
            "demand.delivery_window.end_s",
        ),
    ],
)
def test_nonsensical_demand_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidDemand) as refusal:
        make_demand(**changes)
    assert refusal.value.field == field
    assert refusal.value.remedy.endswith((".", ")."))
    assert repr(refusal.value.value) in str(refusal.value)


@pytest.mark.parametrize("degrees", [91.0, -91.0, float("nan"), float("inf"), "51", True])
def test_latitude_off_the_globe_is_refused(degrees: Any) -> None:
    with pytest.raises(InvalidDemand, match=r"place\.latitude_deg"):
        Place(degrees, 0.0)


def test_longitude_off_the_globe_is_refused() -> None:
    with pytest.raises(InvalidDemand, match=r"place\.longitude_deg"):
        Place(0.0, 181.0)


@pytest.mark.parametrize(
    ("start_s", "end_s", "field"),
    [(10, 10, "window.end_s"), (-1, 10, "window.start_s"), (0, 2**41, "window.end_s")],
)
def test_empty_or_impossible_window_is_refused(start_s: int, end_s: int, field: str) -> None:
    with pytest.raises(InvalidDemand) as refusal:
        TimeWindow(start_s, end_s)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("count", 0),
        ("capacity_mass_g", 0),
        ("capacity_volume_cm3", -5),
        ("capacity_pallets", -1),
        ("cost_per_km_minor", -1),
        ("fixed_cost_minor", 1.5),
        ("speed_kmh", 0),
    ],
)
def test_nonsensical_vehicle_is_refused_by_field(field: str, value: Any) -> None:
    sound: dict[str, Any] = {
        "name": "van",
        "count": 1,
        "capacity_mass_g": 1,
        "capacity_volume_cm3": 1,
        "capacity_pallets": 0,
        "cost_per_km_minor": 0,
        "fixed_cost_minor": 0,
    }
    Vehicle(**sound)
    with pytest.raises(InvalidFleet) as refusal:
        Vehicle(**{**sound, field: value})
    assert refusal.value.field == f"vehicle.{field}"


def test_fleet_without_or_with_equal_vehicles_is_refused() -> None:
    with pytest.raises(InvalidFleet, match=r"fleet\.vehicles"):
        Fleet(())
    with pytest.raises(InvalidFleet, match=r"vehicle\.name"):
        Fleet((TRUCK, TRUCK))
    with pytest.raises(InvalidFleet, match=r"fleet\.handling_s"):
        Fleet((TRUCK,), handling_s=-1)


@pytest.mark.parametrize(("seed", "iterations"), [(-1, 1), (2**31, 1), (0, 0)])
def test_settings_out_of_range_are_refused(seed: int, iterations: int) -> None:
    with pytest.raises(InvalidFleet, match=r"settings\."):
        RoutingSettings(seed=seed, iterations=iterations)


def test_vehicle_names_everything_that_keeps_a_demand_off() -> None:
    demand: Demand = make_demand(
        mass_g=10**9,
        volume_cm3=10**9,
        pallets=34,
        temperature_class=TemperatureClass.FROZEN,
        hazmat_class="8",
    )
    expected = ("mass", "volume", "pallets", "temperature class", "hazmat class")
    assert TRUCK.misfits(demand) == expected
    assert TRUCK.misfits(make_demand()) == ()


def test_every_refusal_of_input_is_an_invalid_input() -> None:
    assert issubclass(InvalidDemand, InvalidInput)
    assert issubclass(InvalidFleet, InvalidInput)
