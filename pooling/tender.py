"""What carriers bid and what an auction decides."""

from dataclasses import dataclass
from enum import StrEnum

from pooling.demand import QUANTITY_MAX
from pooling.errors import InvalidBid, require, require_integer

LOTS_MAX = 256
"""Lots of one auction, so that a bundle is one 256-bit word on the ledger."""


@dataclass(frozen=True)
class Bid:
    """An offer to carry all lots of a bundle, or none, at one price.

    Parameters
    ----------
    bid_id
        Unique within an auction; also the canonical order of bids.
    bidder
        Who offers; several disjoint bids of one bidder may win.
    lots
        Indexes of the lots, 0..255, at least one.
    price_minor
        For the whole bundle, in minor units, 0..10**10.

    Raises
    ------
    InvalidBid
        Naming the field, the value and what to do.
    """

    bid_id: str
    bidder: str
    lots: frozenset[int]
    price_minor: int

    def __post_init__(self) -> None:
        for field, value in (("bid_id", self.bid_id), ("bidder", self.bidder)):
            is_named = isinstance(value, str) and value != ""
            require(is_named, InvalidBid, f"bid.{field}", value, "give a non-empty string.")
        require(len(self.lots) > 0, InvalidBid, "bid.lots", self.lots, "name at least one lot.")
        for lot in sorted(self.lots):
            require_integer(lot, 0, LOTS_MAX - 1, InvalidBid, "bid.lots")
        require_integer(self.price_minor, 0, QUANTITY_MAX, InvalidBid, "bid.price_minor")


class AllocationStatus(StrEnum):
    """What is known about an allocation."""

    OPTIMAL = "optimal"
    """Proven: no feasible allocation has a lower score."""
    FEASIBLE = "feasible"
    """Feasible; the search budget ended before the proof."""


@dataclass(frozen=True)
class Allocation:
    """Which bids win.

    Parameters
    ----------
    winners
        Pairwise disjoint, ordered by bid id.
    uncovered
        Lots that no winner carries, ascending.
    score_minor
        Prices of the winners plus reserves of the uncovered lots, in minor units.
    bound_minor
        No feasible allocation scores lower.
    gap_ppm
        ``(score - bound) / score`` in millionths, rounded up; None if `gap_note` says why.
    gap_note
        How the bound came about, or why there is no gap.
    status
        What is known.
    """

    winners: tuple[Bid, ...]
    uncovered: tuple[int, ...]
    score_minor: int
    bound_minor: int
    gap_ppm: int | None
    gap_note: str
    status: AllocationStatus
