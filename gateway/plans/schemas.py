"""What callers send and are shown of plans."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from gateway.answer import View
from gateway.body import Body
from gateway.plans.fleet import FleetBody

DEMANDS_MAX = 2000
LOTS_MAX = 64
_SECONDS_MAX = 10 * 366 * 86_400
_MINOR_MAX = 10**10


class PlanBody(Body):
    """Which demands to plan, and how."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"demands": ["A6-1-O1", "A7-1-O1"], "seed": 1}]},
    )

    demands: list[str] | None = Field(
        default=None,
        min_length=1,
        max_length=DEMANDS_MAX,
        description="Their identifiers; left out, all that wait.",
    )
    seed: int = Field(default=0, ge=0, lt=2**31, description="The same gives the same plan.")
    fleet: FleetBody | None = Field(
        default=None, description="Left out, what carriers commonly run."
    )


class StopView(View):
    """A stop of a lot's route, with everything that is loaded and unloaded there."""

    place: str
    latitude_deg: float
    longitude_deg: float
    arrival_s: int = Field(description="Unix seconds.")
    departure_s: int = Field(description="Unix seconds.")
    pickups: list[str] = Field(description="Demands that are loaded.")
    deliveries: list[str] = Field(description="Demands that are unloaded.")
    load_mass_g: int = Field(description="On board when the vehicle leaves.")


class PlannedLotView(View):
    """A consolidated shipment."""

    index: int
    vehicle: str
    demands: list[str]
    stops: list[StopView]
    distance_m: int
    duration_s: int
    cost_minor: int = Field(description="By tariff; what it costs is what a carrier bids.")
    alone_minor: int = Field(description="What its demands would pay alone, together.")


class LeftOutView(View):
    """A demand that is in no lot, and why."""

    demand: str
    reason: str
    detail: str


class PlanView(View):
    """A plan."""

    id: str
    digest: str = Field(description="SHA-256 of what it was made from.")
    version: str = Field(description="Of the software that made it.")
    seed: int
    created_at: int
    currency: str
    status: Literal["optimal", "feasible"]
    objective_minor: int
    bound_minor: int = Field(description="No plan of these demands can cost less.")
    gap_ppm: int | None
    gap_note: str
    lots: list[PlannedLotView]
    left_out: list[LeftOutView]
    auctions: list[str] = Field(description="Where its lots were put out to tender.")


class TenderBody(Body):
    """How to put a plan's lots out to tender."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "token": "0x" + "5f" * 20,
                    "bond_minor": 10_000,
                    "bidding_s": 3600,
                    "reveal_s": 900,
                    "challenge_s": 900,
                    "perform_s": 172_800,
                }
            ]
        },
    )

    token: str = Field(
        pattern=r"^0x[0-9a-fA-F]{40}$", description="ERC-20 in which bonds are held."
    )
    bond_minor: int = Field(ge=0, lt=2**96, description="In the token's minor unit.")
    bidding_s: int = Field(ge=1, le=_SECONDS_MAX)
    reveal_s: int = Field(ge=1, le=_SECONDS_MAX)
    challenge_s: int = Field(ge=1, le=_SECONDS_MAX)
    perform_s: int = Field(
        ge=1, le=_SECONDS_MAX, description="After the challenge; later a lot may be failed."
    )
    reserves_minor: list[int] | None = Field(
        default=None,
        min_length=1,
        max_length=LOTS_MAX,
        description="Highest price of each lot, at most what its demands would pay alone, which "
        "it is when left out. The chain shows it to everybody.",
    )
