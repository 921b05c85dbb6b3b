"""Reading auctions with their lots and bids."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from ledger import lifecycle
from ledger.model import Auction, Bid, Lot
from ledger.prediction import chain_time


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot as it stands.

    Parameters
    ----------
    state, ledger_state : str
        As people see it, derived states included; as the chain stores it.
    """

    auction: int
    position: int
    reserve: int
    state: str
    ledger_state: str
    bid: int | None
    carrier: int | None
    allowed_actions: list[str]
    changed_at: int


@dataclass(frozen=True, slots=True)
class AuctionView:
    """An auction with its lots and bids.

    Parameters
    ----------
    phase : str
        ``bidding``, ``revealing``, ``challenge``, ``finalising`` or ``final``, by chain time.
    """

    row: Auction
    phase: str
    lots: list[LotView]
    bids: list[Bid]


def auctions(session: Session, after: int | None, limit: int) -> list[AuctionView]:
    """List auctions, the last opened of the highest organisation first."""
    found = select(Auction).order_by(col(Auction.number).desc()).limit(limit)
    if after is not None:
        found = found.where(Auction.number < after)
    return [_view(session, row, None) for row in session.exec(found).all()]


def auction(session: Session, number: int, organisation: int | None) -> AuctionView | None:
    """Read an auction, with what an organisation may do with its lots."""
    row = session.get(Auction, number)
    return None if row is None else _view(session, row, organisation)


def unrevealed(session: Session, organisations: Collection[int]) -> list[tuple[int, int]]:
    """List whose bids wait to be revealed in which auctions: pairs of organisation and auction."""
    time = chain_time(session)
    found = (
        select(Bid.organisation, Bid.auction)
        .join(Auction, col(Auction.number) == Bid.auction)
        .where(
            Bid.status == "Sealed",
            col(Bid.organisation).in_(organisations),
            Auction.bidding_ends <= time,
            Auction.reveal_ends > time,
        )
        .distinct()
    )
    return list(session.exec(found).all())


def _view(session: Session, row: Auction, organisation: int | None) -> AuctionView:
    bids = session.exec(select(Bid).where(Bid.auction == row.number).order_by(col(Bid.number)))
    lots = session.exec(select(Lot).where(Lot.auction == row.number).order_by(col(Lot.position)))
    placed = list(bids.all())
    time = chain_time(session)
    covered = _covered(row, placed)
    views = [_lot_view(lot, row, organisation, time, covered) for lot in lots.all()]
    session.expunge_all()
    return AuctionView(row, _phase(row, time), views, placed)


def _phase(row: Auction, time: int) -> str:
    if row.is_finalised:
        return "final"
    for phase, ends in (
        ("bidding", row.bidding_ends),
        ("revealing", row.reveal_ends),
        ("challenge", row.challenge_ends),
    ):
        if time < ends:
            return phase
    return "finalising"


def _covered(row: Auction, bids: Sequence[Bid]) -> int:
    lots = 0
    for bid in bids:
        if row.standing >> bid.number & 1:
            lots |= bid.lots
    return lots


def _lot_view(
    lot: Lot, auction: Auction, organisation: int | None, time: int, covered: int
) -> LotView:
    state = shown = lifecycle.state_name("lot", lot.state)
    if state == "Open" and covered >> lot.position & 1:
        shown = "Proposed"
    elif state == "Open" and time >= auction.bidding_ends:
        shown = "Revealing"
    seats = {"pool"} if organisation == auction.organisation else set()
    if organisation is not None and organisation == lot.carrier:
        seats.add("carrier")
    phase = lifecycle.lot_phase(auction.perform_by, time)
    allowed = lifecycle.allowed_actions("lot", state, frozenset(seats), phase=phase)
    return LotView(
        auction=lot.auction,
        position=lot.position,
        reserve=lot.reserve,
        state=shown,
        ledger_state=state,
        bid=lot.bid,
        carrier=lot.carrier,
        allowed_actions=[each for each in allowed if each not in ("award", "void")],
        changed_at=lot.changed_at,
    )
