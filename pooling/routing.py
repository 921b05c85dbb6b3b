"""Plans a pool: demands and a fleet in, lots and reasons out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pooling.bound import BOUND_NOTE, bound_down_minor
from pooling.consolidation import LANE_RADIUS_M, WINDOW_SLACK_S, Cell, consolidate
from pooling.demand import Demand
from pooling.errors import InvalidFleet, NoFeasiblePlan, require_integer
from pooling.exact import EXACT_DEMANDS_MAX, cheapest_partition, cheapest_trips
from pooling.fleet import Fleet
from pooling.insertion import Draft, Workshop, place_all
from pooling.plan import LeftOut, LeftOutReason, Lot, Plan, PlanStatus
from pooling.schedule import Misfit, dedicated, schedule, trip_distance_m
from pooling.solver import search_orders
from pooling.tariff import alone_price_up_minor
from pooling.travel import ROAD_FACTOR_PERMILLE, TravelEstimate


@dataclass(frozen=True)
class RoutingSettings:
    """With what care and by what estimate a pool is planned.

    Parameters
    ----------
    seed
        Of the search, 0..2**31 - 1.
    iterations
        Of the search per cell, 1..10_000_000: a budget that is the same on every machine.
    road_factor_permille
        Road distance over great circle in thousandths.
    lane_radius_m
        Great-circle metres within which demands form one lane.
    window_slack_s
        Seconds that may lie between two windows of one cell.
    exact_demands_max
        Demands of a cell up to which the cheapest plan is proven rather than searched, 0..6.

    Raises
    ------
    InvalidFleet
        Naming the setting, the value and what to do.
    """

    seed: int = 0
    iterations: int = 1000
    road_factor_permille: int = ROAD_FACTOR_PERMILLE
    lane_radius_m: int = LANE_RADIUS_M
    window_slack_s: int = WINDOW_SLACK_S
    exact_demands_max: int = EXACT_DEMANDS_MAX

    def __post_init__(self) -> None:
        require_integer(self.seed, 0, 2**31 - 1, InvalidFleet, "settings.seed")
        require_integer(self.iterations, 1, 10**7, InvalidFleet, "settings.iterations")
        require_integer(self.exact_demands_max, 0, 6, InvalidFleet, "settings.exact_demands_max")


@dataclass(frozen=True)
class CellPlan:
    """The lots of one cell, not yet numbered, and the rest."""

    lots: tuple[Lot, ...]
    left_out: tuple[LeftOut, ...]
    bound_minor: int


_UNPLANNABLE = frozenset({LeftOutReason.NO_VEHICLE_FITS, LeftOutReason.WINDOW_TOO_TIGHT})


def plan_pool(
    demands: Iterable[Demand], fleet: Fleet, settings: RoutingSettings = RoutingSettings()
) -> Plan:
    """Plan lots that carry the demands at the least cost found.

    Every lot is feasible and costs, by tariff, no more than its demands would pay alone. Every
    demand is in exactly one lot, or left out with what binds it. Equal input, in any order, gives
    an equal plan. Cells draw on one fleet in the order of their smallest demand id.

    Parameters
    ----------
    demands
        Ids distinct; the tariff prices those without an alone price.
    fleet
        What may be used.
    settings
        Seed, budget and estimates.

    Returns
    -------
    Plan
        With status, bound and gap.

    Raises
    ------
    InvalidDemand
        When an id occurs twice.
    InvalidFleet
        When a setting is out of range.
    NoFeasiblePlan
        When there is no demand, or none can be carried; says why for each.
    """
    stock = {vehicle.name: vehicle.count for vehicle in fleet.vehicles}
    cell_plans = []
    for cell in consolidate(demands, settings.lane_radius_m, settings.window_slack_s):
        cell_plan = _plan_cell(cell, fleet, stock, settings)
        for lot in cell_plan.lots:
            stock[lot.vehicle.name] -= 1
        cell_plans.append(cell_plan)
    left_out = [one for cell_plan in cell_plans for one in cell_plan.left_out]
    if not any(cell_plan.lots for cell_plan in cell_plans):
        reasons = tuple(f"{one.demand.id}: {one.reason}, {one.detail}" for one in left_out)
        raise NoFeasiblePlan("no demand can be carried" if reasons else "no demand given", reasons)
    return _plan(cell_plans, settings)


def _plan(cell_plans: Sequence[CellPlan], settings: RoutingSettings) -> Plan:
    """Number the lots and state what is known about the whole."""
    unnumbered = [lot for cell_plan in cell_plans for lot in cell_plan.lots]
    unnumbered.sort(key=lambda lot: lot.demands[0].id)
    lots = tuple(replace(lot, index=i) for i, lot in enumerate(unnumbered))
    left_out = [one for cell_plan in cell_plans for one in cell_plan.left_out]
    left_out.sort(key=lambda one: one.demand.id)
    alone_minor = sum(
        one.demand.alone_price_minor or 0 for one in left_out if one.reason not in _UNPLANNABLE
    )
    objective_minor = sum(lot.cost_minor for lot in lots) + alone_minor
    bound_minor = sum(cell_plan.bound_minor for cell_plan in cell_plans)
    gap_minor = objective_minor - bound_minor
    gap_ppm = -(-gap_minor * 1_000_000 // objective_minor) if objective_minor > 0 else None
    return Plan(
        lots=lots,
        left_out=tuple(left_out),
        road_factor_permille=settings.road_factor_permille,
        status=PlanStatus.OPTIMAL if gap_minor == 0 else PlanStatus.FEASIBLE,
        objective_minor=objective_minor,
        bound_minor=bound_minor,
        gap_ppm=gap_ppm,
        gap_note=BOUND_NOTE if gap_ppm is not None else "no gap: by tariff the plan is free",
        seed=settings.seed,
        iterations=settings.iterations,
    )


def _plan_cell(
    cell: Cell, fleet: Fleet, stock: Mapping[str, int], settings: RoutingSettings
) -> CellPlan:
    """Search, keep what is feasible and worth its cost, place the rest, name what binds."""
    places = [place for one in cell.demands for place in (one.origin, one.destination)]
    travel = TravelEstimate.between(places, settings.road_factor_permille)
    workshop = Workshop(fleet, stock, travel)
    judged = [_judge(demand, workshop) for demand in cell.demands]
    unplannable = tuple(one for one in judged if isinstance(one, LeftOut))
    plannable = [one for one in judged if isinstance(one, Demand)]
    if not plannable:
        return CellPlan((), unplannable, 0)
    kept, bound_minor = _draft_trips(plannable, workshop, settings)
    carried = {demand.id for draft in kept for demand in draft.demands}
    waiting = [demand for demand in plannable if demand.id not in carried]
    drafts, left_out = place_all(kept, waiting, workshop)
    return CellPlan(
        lots=tuple(_lot(draft, workshop) for draft in drafts),
        left_out=(*unplannable, *left_out),
        bound_minor=bound_minor,
    )


def _judge(demand: Demand, workshop: Workshop) -> Demand | LeftOut:
    """Return `demand` with its alone price, or what keeps it off every vehicle of the fleet."""
    fitting = [vehicle for vehicle in workshop.fleet.vehicles if not vehicle.misfits(demand)]
    if not fitting:
        misfits = [
            f"{one.name}: {', '.join(one.misfits(demand))}" for one in workshop.fleet.vehicles
        ]
        return LeftOut(demand, LeftOutReason.NO_VEHICLE_FITS, "; ".join(misfits))
    handling_s = workshop.fleet.handling_s
    trips = [schedule(dedicated(demand), one, handling_s, workshop.travel) for one in fitting]
    if all(isinstance(trip, Misfit) for trip in trips):
        distance_m = workshop.travel.between_m(demand.origin, demand.destination)
        speed_kmh = max(vehicle.speed_kmh for vehicle in fitting)
        detail = f"{distance_m} m at {speed_kmh} km/h end after {demand.delivery_window.last_s}"
        return LeftOut(demand, LeftOutReason.WINDOW_TOO_TIGHT, detail)
    if demand.alone_price_minor is not None:
        return demand
    price = alone_price_up_minor(demand, workshop.fleet, workshop.travel)
    return replace(demand, alone_price_minor=price)


def _draft_trips(
    demands: Sequence[Demand], workshop: Workshop, settings: RoutingSettings
) -> tuple[list[Draft], int]:
    """Return feasible trips that are worth their cost, and a bound for the whole fleet."""
    if len(demands) <= settings.exact_demands_max:
        fleet = workshop.fleet
        trips = cheapest_trips(demands, fleet.vehicles, fleet.handling_s, workshop.travel)
        _, chosen = cheapest_partition(demands, trips, workshop.stock)
        everything = {vehicle.name: vehicle.count for vehicle in fleet.vehicles}
        bound_minor, _ = cheapest_partition(demands, trips, everything)
        return [Draft(trip.vehicle, trip.visits, trip.cost_minor) for trip in chosen], bound_minor
    proposed = _search(demands, workshop, settings)
    kept = [one for one in proposed if workshop.is_feasible(one)]
    bound_minor = bound_down_minor(demands, workshop.fleet.vehicles, workshop.travel)
    return [one for one in kept if one.cost_minor <= one.alone_minor], bound_minor


def _search(
    demands: Sequence[Demand], workshop: Workshop, settings: RoutingSettings
) -> list[Draft]:
    """Ask the solver for trips with the vehicles still in stock."""
    # A cell has one temperature class, and the solver knows of none.
    warm = [one for one in workshop.fleet.vehicles if not one.is_too_warm_or_cold(demands[0])]
    in_stock = [(one, workshop.stock[one.name]) for one in warm if workshop.stock[one.name] > 0]
    if not in_stock:
        return []
    orders = search_orders(
        demands,
        in_stock,
        workshop.fleet.handling_s,
        workshop.travel,
        seed=settings.seed,
        iterations=settings.iterations,
    )
    return [workshop.draft(vehicle, visits) for vehicle, visits in orders]


def _lot(draft: Draft, workshop: Workshop) -> Lot:
    """Turn a feasible draft into a lot; its number follows later."""
    stops = schedule(draft.visits, draft.vehicle, workshop.fleet.handling_s, workshop.travel)
    assert not isinstance(stops, Misfit), "a draft is feasible by construction"
    return Lot(
        index=0,
        vehicle=draft.vehicle,
        demands=draft.demands,
        stops=stops,
        distance_m=trip_distance_m(draft.visits, workshop.travel),
        duration_s=stops[-1].departure_s - stops[0].arrival_s,
        cost_minor=draft.cost_minor,
    )
