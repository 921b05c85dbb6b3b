"""Plans: what is carried, how, and what binds the rest."""

from dataclasses import replace

import pytest

from pooling.check import check_plan
from pooling.demand import Place, TemperatureClass, TimeWindow
from pooling.errors import InvalidDemand, NoFeasiblePlan
from pooling.fleet import Fleet, Vehicle
from pooling.insertion import Workshop
from pooling.plan import LeftOutReason, PlanStatus, StopAction
from pooling.routing import RoutingSettings, plan_pool
from pooling.schedule import dedicated
from pooling.travel import TravelEstimate
from tests.unit.pooling.pool_cases import (
    ANTWERP,
    DELIVERY,
    FLEET,
    GHENT,
    GRENOBLE,
    LYON,
    MONDAY_S,
    PICKUP,
    TRUCK,
    WARSAW,
    make_demand,
    three_neighbours,
)

SEARCHED = RoutingSettings(exact_demands_max=0)
"""Leaves even tiny cells to the search."""


def test_stops_carry_times_and_loads() -> None:
    (lot,) = plan_pool(three_neighbours(), FLEET).lots
    first, last = lot.stops[0], lot.stops[-1]
    assert first.action is StopAction.PICKUP
    assert first.begin_s == first.arrival_s >= PICKUP.start_s
    assert first.departure_s == first.begin_s + FLEET.handling_s
    assert last.loads == (0, 0, 0)
    assert max(stop.load_mass_g for stop in lot.stops) == 9_000_000
    assert max(stop.load_half_positions for stop in lot.stops) == 36
    assert lot.duration_s == last.departure_s - first.arrival_s


def test_vehicle_starts_late_rather_than_waits() -> None:
    (lot,) = plan_pool([make_demand()], FLEET).lots
    assert all(stop.begin_s == stop.arrival_s for stop in lot.stops)
    assert lot.stops[-1].begin_s == DELIVERY.start_s


def test_searched_plan_states_bound_and_gap() -> None:
    plan = plan_pool(three_neighbours(), FLEET, SEARCHED)
    assert 0 < plan.bound_minor < plan.objective_minor == plan.lots[0].cost_minor
    assert plan.status is PlanStatus.FEASIBLE
    assert plan.gap_ppm is not None
    assert 0 < plan.gap_ppm < 1_000_000


def test_plan_of_a_tiny_cell_is_proven_optimal() -> None:
    plan = plan_pool(three_neighbours(), FLEET)
    assert plan.status is PlanStatus.OPTIMAL
    assert plan.bound_minor == plan.objective_minor == plan.lots[0].cost_minor
    assert plan.gap_ppm == 0


def test_search_finds_the_proven_plan_of_three_neighbours() -> None:
    searched = plan_pool(three_neighbours(), FLEET, SEARCHED)
    proven = plan_pool(three_neighbours(), FLEET)
    assert searched.objective_minor == proven.objective_minor


def test_moves_mend_a_poor_order_of_visits() -> None:
    window, late = TimeWindow(0, 7200), TimeWindow(0, 10_800)
    demands = [
        make_demand(id_, origin=origin, destination=end, pickup_window=window, delivery_window=late)
        for id_, origin, end in (
            ("a", Place(50.3, 3.0), Place(50.0, 3.0)),
            ("b", Place(50.0, 3.5), Place(50.0, 3.1)),
        )
    ]
    cheap = replace(TRUCK, count=1, cost_per_km_minor=1, fixed_cost_minor=35, speed_kmh=40)
    fleet = Fleet((cheap,), handling_s=0)
    searched = plan_pool(demands, fleet, SEARCHED)
    assert searched.objective_minor == plan_pool(demands, fleet).objective_minor


def test_single_trip_is_known_to_be_optimal() -> None:
    plan = plan_pool([make_demand()], FLEET, SEARCHED)
    assert plan.status is PlanStatus.OPTIMAL
    assert plan.gap_ppm == 0


def test_free_plan_has_no_gap_and_says_why() -> None:
    free = replace(TRUCK, cost_per_km_minor=0, fixed_cost_minor=0)
    plan = plan_pool([make_demand()], Fleet((free,)))
    assert plan.gap_ppm is None
    assert "free" in plan.gap_note
    check_plan([make_demand()], Fleet((free,)), plan)


def test_one_full_truck_becomes_two() -> None:
    demands = [make_demand("a", pallets=20), make_demand("b", pallets=20)]
    plan = plan_pool(demands, FLEET)
    assert [lot.index for lot in plan.lots] == [0, 1]
    check_plan(demands, FLEET, plan)


def test_stacked_pallets_fit_one_truck() -> None:
    demands = [make_demand(id_, pallets=30, stackable=True) for id_ in ("a", "b")]
    assert len(plan_pool(demands, FLEET).lots) == 1


def test_goods_delivered_make_room_for_others() -> None:
    there = make_demand("a", pallets=33, pickup_window=TimeWindow(MONDAY_S, DELIVERY.end_s))
    onwards = make_demand(
        "b", origin=LYON, destination=GRENOBLE, pallets=33, pickup_window=DELIVERY
    )
    plan = plan_pool([there, onwards], FLEET, RoutingSettings(lane_radius_m=2_000_000))
    assert len(plan.lots) == 1
    check_plan([there, onwards], FLEET, plan)


def test_small_vehicle_is_taken_where_it_suffices() -> None:
    van = Vehicle("van", 1, 1_000_000, 8_000_000, 4, 60, 8_000)
    plan = plan_pool(
        [make_demand(mass_g=500_000, volume_cm3=10**6, pallets=2)], Fleet((TRUCK, van))
    )
    assert plan.lots[0].vehicle == van


def test_hazmat_travels_only_on_equipped_vehicles() -> None:
    equipped = replace(TRUCK, name="equipped", is_hazmat_equipped=True, fixed_cost_minor=30_000)
    fleet = Fleet((TRUCK, equipped))
    demands = [make_demand("a", hazmat_class="3"), make_demand("b")]
    plan = plan_pool(demands, fleet)
    assert [lot.vehicle.name for lot in plan.lots] == ["equipped"]
    check_plan(demands, fleet, plan)


def test_draft_on_a_vehicle_that_may_not_take_its_goods_is_not_feasible() -> None:
    demand = make_demand(hazmat_class="3")
    travel = TravelEstimate.between((demand.origin, demand.destination), 1300)
    workshop = Workshop(FLEET, {TRUCK.name: 1}, travel)
    assert not workshop.is_feasible(workshop.draft(TRUCK, dedicated(demand)))
    assert workshop.is_feasible(workshop.draft(TRUCK, dedicated(make_demand())))


def test_search_keeps_chilled_goods_off_ambient_vehicles() -> None:
    both = frozenset({TemperatureClass.AMBIENT, TemperatureClass.CHILLED})
    cooled = replace(TRUCK, name="cooled", temperature_classes=both, fixed_cost_minor=60_000)
    fleet = Fleet((TRUCK, cooled))
    demands = [make_demand("a", temperature_class=TemperatureClass.CHILLED), make_demand("b")]
    plan = plan_pool(demands, fleet, SEARCHED)
    assert [lot.vehicle.name for lot in plan.lots] == ["cooled", TRUCK.name]
    check_plan(demands, fleet, plan)


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"mass_g": 10**9}, LeftOutReason.NO_VEHICLE_FITS, "articulated lorry: mass"),
        ({"hazmat_class": "3"}, LeftOutReason.NO_VEHICLE_FITS, "hazmat class"),
        (
            {"temperature_class": TemperatureClass.FROZEN},
            LeftOutReason.NO_VEHICLE_FITS,
            "temperature class",
        ),
        (
            {"delivery_window": TimeWindow(MONDAY_S, PICKUP.start_s + 3600)},
            LeftOutReason.WINDOW_TOO_TIGHT,
            "60 km/h",
        ),
        (
            {"origin": WARSAW, "alone_price_minor": 1000},
            LeftOutReason.DEARER_THAN_ALONE,
            "alone it costs 1000",
        ),
    ],
)
def test_demand_left_out_names_what_binds(
    changes: dict[str, object], reason: LeftOutReason, detail: str
) -> None:
    demands = [make_demand("carried"), make_demand("left", **changes)]
    for settings in (RoutingSettings(), SEARCHED):
        plan = plan_pool(demands, FLEET, settings)
        check_plan(demands, FLEET, plan)
        (left,) = plan.left_out
        assert (left.demand.id, left.reason) == ("left", reason)
        assert detail in left.detail


def test_demand_without_vehicle_left_says_so() -> None:
    fleet = Fleet((replace(TRUCK, count=1),))
    demands = [make_demand("a", pallets=30), make_demand("b", pallets=30)]
    plan = plan_pool(demands, fleet)
    assert [one.reason for one in plan.left_out] == [LeftOutReason.NO_VEHICLE_LEFT]
    check_plan(demands, fleet, plan)


def test_later_cell_without_vehicle_left_says_so() -> None:
    fleet = Fleet((replace(TRUCK, count=1),))
    demands = [make_demand("a"), make_demand("b", origin=WARSAW)]
    plan = plan_pool(demands, fleet)
    assert [(one.demand.id, one.reason) for one in plan.left_out] == [
        ("b", LeftOutReason.NO_VEHICLE_LEFT)
    ]
    check_plan(demands, fleet, plan)


def test_nothing_to_carry_is_no_plan() -> None:
    with pytest.raises(NoFeasiblePlan, match="no demand given"):
        plan_pool([], FLEET)


def test_nothing_that_can_be_carried_is_no_plan_and_says_why() -> None:
    with pytest.raises(NoFeasiblePlan, match="a: no vehicle fits") as refusal:
        plan_pool([make_demand("a", mass_g=10**9), make_demand("b", pallets=40)], FLEET)
    assert len(refusal.value.reasons) == 2


def test_repeated_demand_is_refused() -> None:
    with pytest.raises(InvalidDemand):
        plan_pool([make_demand("a"), make_demand("a")], FLEET)


def test_seed_and_budget_make_the_plan_again() -> None:
    demands = [
        make_demand(f"d{i}", origin=(GHENT, ANTWERP)[i % 2], pallets=3 + i) for i in range(8)
    ]
    settings = RoutingSettings(seed=7, iterations=50)
    plan = plan_pool(demands, FLEET, settings)
    assert plan == plan_pool(demands, FLEET, settings)
    assert (plan.seed, plan.iterations) == (7, 50)


def test_infeasible_proposal_of_the_search_is_repaired() -> None:
    demands = [make_demand(f"d{i}", mass_g=13_000_000, alone_price_minor=10**9) for i in range(4)]
    plan = plan_pool(demands, FLEET, RoutingSettings(iterations=1, exact_demands_max=0))
    check_plan(demands, FLEET, plan)
    assert (len(plan.lots), len(plan.left_out)) == (3, 1)
