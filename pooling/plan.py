"""What a planner hands on: lots with their stops, and demands left out with a reason."""

from dataclasses import dataclass
from enum import StrEnum

from pooling.demand import Demand, Place
from pooling.fleet import Vehicle


class StopAction(StrEnum):
    """What happens at a stop."""

    PICKUP = "pickup"
    DELIVERY = "delivery"


class PlanStatus(StrEnum):
    """What is known about a plan."""

    OPTIMAL = "optimal"
    """Feasible, and its cost equals the bound."""
    FEASIBLE = "feasible"
    """Feasible; a cheaper one may exist, at most down to the bound."""


class LeftOutReason(StrEnum):
    """What binds a demand that is in no lot."""

    NO_VEHICLE_FITS = "no vehicle fits"
    """Too large, or of a temperature or hazmat class that no vehicle takes, even when empty."""
    WINDOW_TOO_TIGHT = "window too tight"
    """No vehicle that fits can drive from its pickup to its delivery window."""
    NO_VEHICLE_LEFT = "no vehicle left"
    """Every vehicle that fits is in use, and no lot has both the room and the time."""
    DEARER_THAN_ALONE = "dearer than alone"
    """It can be carried, but its cheapest place costs more than its alone price."""


@dataclass(frozen=True)
class Stop:
    """One loading or unloading.

    Parameters
    ----------
    demand_id
        Whose goods.
    action
        Pickup or delivery.
    place
        Where.
    arrival_s, begin_s, departure_s
        Seconds since the epoch: the vehicle arrives, work begins (inside the window), it leaves.
    load_mass_g, load_volume_cm3, load_half_positions
        On board when it leaves: grams, cubic centimetres, half pallet positions.
    """

    demand_id: str
    action: StopAction
    place: Place
    arrival_s: int
    begin_s: int
    departure_s: int
    load_mass_g: int
    load_volume_cm3: int
    load_half_positions: int

    @property
    def loads(self) -> tuple[int, int, int]:
        """Mass in g, volume in cm3, floor space in half pallet positions."""
        return (self.load_mass_g, self.load_volume_cm3, self.load_half_positions)


@dataclass(frozen=True)
class Lot:
    """One consolidated shipment to be put out to tender.

    Parameters
    ----------
    index
        Its number in the plan, from 0.
    vehicle
        The type it was planned on.
    demands
        What it carries, ordered by id, each with its alone price.
    stops
        In order of driving; two per demand.
    distance_m
        Estimated metres from the first to the last stop.
    duration_s
        Seconds from the first arrival to the last departure.
    cost_minor
        Trip cost by tariff in minor units.
    """

    index: int
    vehicle: Vehicle
    demands: tuple[Demand, ...]
    stops: tuple[Stop, ...]
    distance_m: int
    duration_s: int
    cost_minor: int

    @property
    def alone_minor(self) -> int:
        """Sum of the alone prices in minor units: the highest price the lot can be worth."""
        return sum(demand.alone_price_minor or 0 for demand in self.demands)


@dataclass(frozen=True)
class LeftOut:
    """A demand that is in no lot.

    Parameters
    ----------
    demand
        The demand, with its alone price where one is known.
    reason
        What binds.
    detail
        The figures, as a sentence.
    """

    demand: Demand
    reason: LeftOutReason
    detail: str


@dataclass(frozen=True)
class Plan:
    """Lots for a set of demands, and what is known about their quality.

    The objective is the cost of all lots plus the alone prices of the plannable demands left
    out: what the whole pool would pay by tariff.

    Parameters
    ----------
    lots
        At least one; ``lots[i].index == i``.
    left_out
        Ordered by demand id.
    road_factor_permille
        With which the distances were estimated.
    status
        What is known.
    objective_minor
        In minor units.
    bound_minor
        No plan of these cells and this fleet has a smaller objective.
    gap_ppm
        ``(objective - bound) / objective`` in millionths, rounded up; None if `gap_note` says why.
    gap_note
        How the bound came about, or why there is no gap.
    seed, iterations
        With which the plan can be made again.
    """

    lots: tuple[Lot, ...]
    left_out: tuple[LeftOut, ...]
    road_factor_permille: int
    status: PlanStatus
    objective_minor: int
    bound_minor: int
    gap_ppm: int | None
    gap_note: str
    seed: int
    iterations: int
