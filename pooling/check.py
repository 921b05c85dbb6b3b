"""Examines plans, allocations and shares again, sharing no code with what made them.

Only the data types are common. Distances, times, loads, prices and the rules of who may travel
with whom are stated here a second time, plainly, so that a mistake must be made twice to pass.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pooling.check_lot import can_take, lot_violations, road_m, trip_minor
from pooling.demand import Demand
from pooling.errors import (
    AllocationCheckFailed,
    PlanCheckFailed,
    SharesCheckFailed,
    Violation,
)
from pooling.fleet import Fleet
from pooling.plan import LeftOutReason, Lot, Plan, PlanStatus, StopAction
from pooling.tender import Allocation, AllocationStatus, Bid


def check_plan(demands: Iterable[Demand], fleet: Fleet, plan: Plan) -> None:
    """Examine a plan against the demands and the fleet it was made from.

    Parameters
    ----------
    demands
        As given to the planner.
    fleet
        As given to the planner.
    plan
        What it made.

    Raises
    ------
    PlanCheckFailed
        Listing every violation: each demand once, pickup before delivery, windows, travel times,
        loads, capacity, compatibility, vehicles, distances, costs, objective, bound.
    """
    asked = {demand.id: demand for demand in demands}
    found = _each_demand_once(asked, plan)
    for i, lot in enumerate(plan.lots):
        name = f"lot {i}"
        if lot.index != i:
            found.append(Violation("index", name, f"calls itself {lot.index}"))
        found += lot_violations(lot, name, fleet, plan.road_factor_permille)
    found += _alone_prices(asked, fleet, plan)
    found += _vehicles(fleet, plan)
    found += _objective(plan)
    if found:
        raise PlanCheckFailed(tuple(found))


def check_allocation(
    reserves_minor: Sequence[int], bids: Iterable[Bid], allocation: Allocation
) -> None:
    """Examine an allocation against the reserves and the bids it was made from.

    Parameters
    ----------
    reserves_minor
        Per lot, in minor units.
    bids
        All bids that could win.
    allocation
        What was decided.

    Raises
    ------
    AllocationCheckFailed
        Listing every violation: known bids, disjoint lots, uncovered lots, score, bound, status.
    """
    offered = set(bids)
    found = [
        Violation("known bid", f"bid {bid.bid_id}", "was not offered as it stands")
        for bid in allocation.winners
        if bid not in offered
    ]
    times = Counter(lot for bid in allocation.winners for lot in bid.lots)
    found += [
        Violation("disjoint", f"lot {lot}", f"is won {n} times")
        for lot, n in times.items()
        if n > 1
    ]
    uncovered = tuple(lot for lot in range(len(reserves_minor)) if lot not in times)
    if allocation.uncovered != uncovered:
        detail = f"{allocation.uncovered} stated, {uncovered} found"
        found.append(Violation("uncovered", "allocation", detail))
    score = sum(bid.price_minor for bid in allocation.winners)
    score += sum(reserves_minor[lot] for lot in uncovered)
    if allocation.score_minor != score:
        detail = f"{allocation.score_minor} stated, {score} found"
        found.append(Violation("score", "allocation", detail))
    is_optimal = allocation.status is AllocationStatus.OPTIMAL
    found += _quality("allocation", score, allocation.bound_minor, is_optimal=is_optimal)
    if found:
        raise AllocationCheckFailed(tuple(found))


def check_shares(lot: Lot, price_minor: int, shares_minor: Mapping[str, int]) -> None:
    """Examine what the SMEs of a lot pay.

    Parameters
    ----------
    lot
        Its demands carry the alone prices.
    price_minor
        Awarded for the lot.
    shares_minor
        Minor units by organisation.

    Raises
    ------
    SharesCheckFailed
        Listing every violation: who pays, no negative share, nobody above its alone price, sum.
    """
    alone: Counter[str] = Counter()
    for demand in lot.demands:
        alone[demand.organisation] += demand.alone_price_minor or 0
    found = [
        Violation("payer", organisation, "pays without a demand, or has one and does not pay")
        for organisation in sorted(set(alone) ^ set(shares_minor))
    ]
    for organisation, share in sorted(shares_minor.items()):
        if share < 0:
            found.append(Violation("negative share", organisation, f"pays {share}"))
        if share > alone[organisation]:
            detail = f"pays {share}, alone {alone[organisation]}"
            found.append(Violation("individual rationality", organisation, detail))
    total = sum(shares_minor.values())
    if total != price_minor:
        found.append(Violation("sum", f"lot {lot.index}", f"{total} paid of {price_minor}"))
    if found:
        raise SharesCheckFailed(tuple(found))


def _each_demand_once(asked: Mapping[str, Demand], plan: Plan) -> list[Violation]:
    """Find demands that are missing, foreign, altered, or there twice."""
    held = [demand for lot in plan.lots for demand in lot.demands]
    held += [one.demand for one in plan.left_out]
    times = Counter(demand.id for demand in held)
    found = [
        Violation("exactly once", f"demand {id_}", f"is there {times[id_]} times")
        for id_ in sorted(set(asked) | set(times))
        if times[id_] != 1 or id_ not in asked
    ]
    for demand in held:
        original = asked.get(demand.id)
        if original is None:
            continue
        if original.alone_price_minor is None:
            original = replace(original, alone_price_minor=demand.alone_price_minor)
        if demand != original:
            found.append(
                Violation("unaltered", f"demand {demand.id}", "differs from what was asked")
            )
    for lot in plan.lots:
        visits = Counter((stop.demand_id, stop.action) for stop in lot.stops)
        wanted = Counter((demand.id, action) for demand in lot.demands for action in StopAction)
        if visits != wanted:
            detail = "its stops are not one pickup and one delivery for each of its demands"
            found.append(Violation("stops", f"lot {lot.index}", detail))
    return found


def _alone_prices(asked: Mapping[str, Demand], fleet: Fleet, plan: Plan) -> list[Violation]:
    """Find alone prices that the tariff put in and that it does not give."""
    found = []
    for demand in (demand for lot in plan.lots for demand in lot.demands):
        original = asked.get(demand.id)
        if original is None or original.alone_price_minor is not None:
            continue
        way_m = road_m(demand.origin, demand.destination, plan.road_factor_permille)
        fitting = [one for one in fleet.vehicles if can_take(one, demand)]
        lowest = min((trip_minor(one, way_m - 1) for one in fitting), default=0)
        highest = min((trip_minor(one, way_m + 1) for one in fitting), default=0)
        if not max(1, lowest) <= (demand.alone_price_minor or 0) <= max(1, highest):
            detail = f"{demand.alone_price_minor} stated, about {highest} found"
            found.append(Violation("alone price", f"demand {demand.id}", detail))
    return found


def _vehicles(fleet: Fleet, plan: Plan) -> list[Violation]:
    """Find vehicles that the fleet does not have, or not so often."""
    used = Counter(lot.vehicle.name for lot in plan.lots)
    found = [
        Violation("vehicle", f"lot {lot.index}", f"{lot.vehicle.name} is not of the fleet")
        for lot in plan.lots
        if lot.vehicle not in fleet.vehicles
    ]
    for vehicle in fleet.vehicles:
        if used[vehicle.name] > vehicle.count:
            detail = f"{used[vehicle.name]} used of {vehicle.count}"
            found.append(Violation("vehicle count", vehicle.name, detail))
    return found


def _objective(plan: Plan) -> list[Violation]:
    """Recompute the objective and compare it with the bound."""
    never = {LeftOutReason.NO_VEHICLE_FITS, LeftOutReason.WINDOW_TOO_TIGHT}
    objective = sum(lot.cost_minor for lot in plan.lots)
    objective += sum(
        one.demand.alone_price_minor or 0 for one in plan.left_out if one.reason not in never
    )
    found = []
    if plan.objective_minor != objective:
        detail = f"{plan.objective_minor} stated, {objective} found"
        found.append(Violation("objective", "plan", detail))
    is_optimal = plan.status is PlanStatus.OPTIMAL
    return found + _quality("plan", objective, plan.bound_minor, is_optimal=is_optimal)


def _quality(subject: str, cost: int, bound: int, *, is_optimal: bool) -> list[Violation]:
    """Find a bound above the cost, or an optimum claimed without proof."""
    if bound > cost or (is_optimal and bound != cost):
        return [Violation("bound", subject, f"bound {bound}, cost {cost}, optimal: {is_optimal}")]
    return []
