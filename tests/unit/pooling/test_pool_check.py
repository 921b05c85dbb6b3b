"""The checker: every rule it knows is broken once, and named."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from pooling.auction import award_lots
from pooling.check import check_allocation, check_plan, check_shares
from pooling.demand import TemperatureClass
from pooling.errors import (
    AllocationCheckFailed,
    CheckFailed,
    PlanCheckFailed,
    SharesCheckFailed,
)
from pooling.fleet import Fleet
from pooling.plan import Lot, Plan, Stop
from pooling.routing import plan_pool
from pooling.tender import Allocation, AllocationStatus, Bid
from tests.unit.pooling.pool_cases import (
    FLEET,
    LYON,
    TRUCK,
    make_demand,
    neighbours_lot,
    three_neighbours,
)


def rules(failed: CheckFailed) -> set[str]:
    """Return the names of the broken rules."""
    return {violation.rule for violation in failed.violations}


def with_lot(plan: Plan, change: Callable[[Lot], Lot]) -> Plan:
    """Return `plan` with its first lot changed."""
    return replace(plan, lots=(change(plan.lots[0]), *plan.lots[1:]))


def with_stop(plan: Plan, index: int, change: Callable[[Stop], Stop]) -> Plan:
    """Return `plan` with one stop of its first lot changed."""
    stops = list(plan.lots[0].stops)
    stops[index] = change(stops[index])
    return with_lot(plan, lambda lot: replace(lot, stops=tuple(stops)))


def with_goods(plan: Plan, **changes: object) -> Plan:
    """Return `plan` with the first demand of its first lot changed."""
    first, *others = plan.lots[0].demands
    demands = (replace(first, **changes), *others)  # type: ignore[arg-type]
    return with_lot(plan, lambda lot: replace(lot, demands=demands))


BREAKAGES: list[tuple[str, Callable[[Plan], Plan]]] = [
    ("exactly once", lambda p: replace(p, lots=p.lots * 2)),
    ("index", lambda p: with_lot(p, lambda lot: replace(lot, index=3))),
    ("unaltered", lambda p: with_goods(p, mass_g=1)),
    ("stops", lambda p: with_lot(p, lambda lot: replace(lot, stops=lot.stops[:-1]))),
    ("precedence", lambda p: with_lot(p, lambda lot: replace(lot, stops=lot.stops[::-1]))),
    ("place", lambda p: with_stop(p, 0, lambda stop: replace(stop, place=LYON))),
    ("window", lambda p: with_stop(p, 0, lambda stop: replace(stop, begin_s=0))),
    ("window", lambda p: with_stop(p, 3, lambda s: replace(s, arrival_s=s.begin_s + 1))),
    ("handling", lambda p: with_stop(p, 0, lambda stop: replace(stop, departure_s=0))),
    ("load", lambda p: with_stop(p, 0, lambda stop: replace(stop, load_mass_g=1))),
    ("travel", lambda p: with_stop(p, 1, lambda stop: replace(stop, arrival_s=0))),
    ("capacity", lambda p: with_goods(p, mass_g=10**9)),
    ("distance", lambda p: with_lot(p, lambda lot: replace(lot, distance_m=1000))),
    ("duration", lambda p: with_lot(p, lambda lot: replace(lot, duration_s=1))),
    ("segregation", lambda p: with_goods(p, hazmat_class="6.1")),
    ("segregation", lambda p: with_goods(p, hazmat_class="1.4")),
    ("hazmat", lambda p: with_goods(p, hazmat_class="3")),
    ("temperature", lambda p: with_goods(p, temperature_class=TemperatureClass.FROZEN)),
    ("cost", lambda p: with_lot(p, lambda lot: replace(lot, cost_minor=1))),
    ("worth its cost", lambda p: with_lot(p, lambda lot: replace(lot, cost_minor=10**9))),
    ("alone price", lambda p: with_goods(p, alone_price_minor=10**9)),
    ("vehicle", lambda p: with_lot(p, lambda lot: replace(lot, vehicle=replace(TRUCK, name="x")))),
    ("vehicle count", lambda p: replace(p, lots=p.lots * 4)),
    ("objective", lambda p: replace(p, objective_minor=1)),
    ("bound", lambda p: replace(p, bound_minor=p.objective_minor + 1)),
    ("bound", lambda p: replace(p, bound_minor=p.objective_minor - 1)),
]


@pytest.mark.parametrize(("rule", "spoil"), BREAKAGES)
def test_each_broken_rule_of_a_plan_is_named(rule: str, spoil: Callable[[Plan], Plan]) -> None:
    plan = plan_pool(three_neighbours(), FLEET)
    check_plan(three_neighbours(), FLEET, plan)
    with pytest.raises(PlanCheckFailed) as failed:
        check_plan(three_neighbours(), FLEET, spoil(plan))
    assert rule in rules(failed.value)


def test_lot_of_a_demand_nobody_asked_for_is_named() -> None:
    plan = plan_pool(three_neighbours(), FLEET)
    with pytest.raises(PlanCheckFailed) as failed:
        check_plan(three_neighbours()[:2], FLEET, plan)
    assert [str(one) for one in failed.value.violations] == [
        "exactly once at demand d3: is there 1 times"
    ]


def test_alone_price_of_what_no_vehicle_takes_is_named() -> None:
    plan = with_goods(plan_pool(three_neighbours(), FLEET), mass_g=10**9)
    small = replace(TRUCK, capacity_mass_g=1)
    with pytest.raises(PlanCheckFailed) as failed:
        check_plan(three_neighbours(), Fleet((small,)), plan)
    assert {"alone price", "vehicle"} <= rules(failed.value)


def test_price_given_by_the_sme_is_not_checked_against_the_tariff() -> None:
    demands = [make_demand(alone_price_minor=10**6)]
    check_plan(demands, FLEET, plan_pool(demands, FLEET))


def test_all_violations_are_listed_not_only_the_first() -> None:
    plan = plan_pool(three_neighbours(), FLEET)
    spoilt = replace(with_lot(plan, lambda lot: replace(lot, duration_s=1)), objective_minor=1)
    with pytest.raises(PlanCheckFailed, match=r"2 violation\(s\)"):
        check_plan(three_neighbours(), FLEET, spoilt)


BIDS = (Bid("a", "x", frozenset({0}), 60), Bid("b", "y", frozenset({0, 1}), 110))


@pytest.mark.parametrize(
    ("rule", "spoil"),
    [
        ("known bid", lambda a: replace(a, winners=(replace(BIDS[1], price_minor=1),))),
        ("disjoint", lambda a: replace(a, winners=BIDS)),
        ("uncovered", lambda a: replace(a, uncovered=(0,))),
        ("score", lambda a: replace(a, score_minor=1)),
        ("bound", lambda a: replace(a, bound_minor=10**6)),
        ("bound", lambda a: replace(a, bound_minor=0)),
    ],
)
def test_each_broken_rule_of_an_allocation_is_named(
    rule: str, spoil: Callable[[Allocation], Allocation]
) -> None:
    allocation = award_lots([100, 100], BIDS)
    with pytest.raises(AllocationCheckFailed) as failed:
        check_allocation([100, 100], BIDS, spoil(allocation))
    assert rule in rules(failed.value)


def test_bound_below_an_unproven_score_is_no_violation() -> None:
    allocation = award_lots([100, 100], BIDS)
    unproven = replace(allocation, bound_minor=0, status=AllocationStatus.FEASIBLE)
    check_allocation([100, 100], BIDS, unproven)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("payer", {"stranger": 0}),
        ("negative share", {"sme of d1": -5}),
        ("individual rationality", {"sme of d1": 10**6}),
        ("sum", {"sme of d1": 1}),
    ],
)
def test_each_broken_rule_of_shares_is_named(rule: str, changes: dict[str, int]) -> None:
    sound = {"sme of d1": 40_000, "sme of d2": 40_000, "sme of d3": 40_000}
    check_shares(neighbours_lot(), 120_000, sound)
    with pytest.raises(SharesCheckFailed) as failed:
        check_shares(neighbours_lot(), 120_000, sound | changes)
    assert rule in rules(failed.value)
