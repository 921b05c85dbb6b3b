"""What callers send and are shown of auctions, bids and shares."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from gateway.answer import IntentStatus, ProblemView, View
from gateway.body import Body, described_as
from gateway.lots.schemas import LotView

Phase = Literal["bidding", "revealing", "challenge", "finalising", "final"]

BUNDLE_MAX = 5
PRICE_MINOR_MAX = 10**10

SpecificationJson = Annotated[dict[str, Any], described_as("LotSpecification")]


def _distinct(lots: list[int]) -> list[int]:
    if len(set(lots)) < len(lots):
        raise ValueError("a lot stands twice")
    return sorted(lots)


class BidBody(Body):
    """A bid: all of these lots at one price, or none."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"lots": [0], "price_minor": 158_500}]},
    )

    lots: Annotated[
        list[Annotated[int, Field(ge=0, le=63)]],
        Field(min_length=1, max_length=BUNDLE_MAX),
        AfterValidator(_distinct),
    ] = Field(description="Their places in the auction.")
    price_minor: int = Field(ge=0, le=PRICE_MINOR_MAX, description="For all of them together.")


class BidView(View):
    """A bid: sealed first, then revealed, then won, released or forfeited."""

    id: str
    status: Literal["Sealed", "Revealed", "Won", "Released", "Forfeited"]
    organisation: int
    name: str | None = Field(description="Of the carrier.")
    lots: list[int] | None = Field(description="Absent while it is sealed.")
    price_minor: int | None = Field(description="Absent while it is sealed.")
    is_standing: bool = Field(description="Part of the best allocation proposed so far.")
    commitment: str


class AuctionSummary(View):
    """An auction in a list."""

    id: str
    organisation: int = Field(description="The pool operator.")
    name: str | None
    phase: Phase = Field(description="By the time of the latest block.")
    token: str = Field(description="ERC-20 in which bonds are held.")
    bond_minor: int = Field(description="What each bid locks, in the token's minor unit.")
    opened_at: int = Field(description="Unix seconds of chain time, like all below.")
    bidding_ends: int
    reveal_ends: int
    challenge_ends: int
    perform_by: int = Field(description="From then on an undelivered lot may be failed.")
    score_minor: int = Field(description="Prices of the standing bids and other lots' reserves.")
    allowed_actions: list[str] = Field(description="What the caller may do now.")


class AuctionView(AuctionSummary):
    """An auction with its lots and bids."""

    specification: SpecificationJson | None = Field(
        description="What is put out to tender, once it is opened here for the caller."
    )
    specification_commitment: str | None
    lots: list[LotView]
    bids: list[BidView]


class ShareView(View):
    """What one demand pays."""

    demand: str
    organisation: int
    lot: str
    share_minor: int
    alone_price_minor: int
    saving_minor: int
    intent: str = Field(description="Confirms the demand with its statement.")
    status: IntentStatus
    problem: ProblemView | None = Field(default=None, description="Why it was refused.")


class SharesView(View):
    """What the demands of an auction pay."""

    auction: str
    currency: str
    shares: list[ShareView]
    left_out: list[str] = Field(
        description="Demands that were withdrawn meanwhile; the others share what is to be paid."
    )
