"""Auctions in terms of the ledger."""

from __future__ import annotations

from typing import Any

from gateway.answer import Page
from gateway.auctions.schemas import AuctionSummary, AuctionView, BidView
from gateway.demands.service import has_role
from gateway.deps import Gateway
from gateway.lots.service import bid_id, lot_views
from gateway.naming import hexadecimal
from gateway.organisations.service import name_of
from gateway.page import decode_cursor, encode_cursor
from ledger.errors import AuctionUnknown
from ledger.identifier import auction_id, parse_auction
from ledger.model import Bid
from ledger.queries import AuctionView as LedgerAuction
from ledger.role import Role


def list_auctions(
    gateway: Gateway, organisation: int, cursor: str | None, limit: int
) -> Page[AuctionSummary]:
    """List auctions, by pool operator and newest first."""
    after = decode_cursor(cursor, 1)
    found = gateway.queries.auctions(after[0] if after else None, limit)
    last = encode_cursor((found[-1].row.number,)) if len(found) == limit else None
    items = [AuctionSummary(**_summary(gateway, organisation, view)) for view in found]
    return Page(items=items, next=last)


def read_auction(gateway: Gateway, organisation: int, id: str) -> AuctionView:
    """Read an auction with its lots and bids.

    Raises
    ------
    AuctionUnknown
        If there is none of this identifier.
    """
    view = require_auction(gateway, organisation, id)
    return AuctionView(
        **_summary(gateway, organisation, view),
        specification=_specification(gateway, organisation, view),
        specification_commitment=hexadecimal(view.row.specification),
        lots=list(lot_views(gateway, organisation, view)),
        bids=[_bid_view(gateway, view, bid) for bid in view.bids],
    )


def require_auction(gateway: Gateway, organisation: int, id: str) -> LedgerAuction:
    """Find an auction.

    Raises
    ------
    AuctionUnknown
        If there is none of this identifier.
    """
    number = parse_auction(id)
    # Larger numbers fit no database column, and no organisation is that late.
    found = gateway.queries.auction(number, organisation) if number < 2**63 else None
    if found is None:
        raise AuctionUnknown(number)
    return found


def lots_of(bitmap: int) -> list[int]:
    """Read a bitmap of lots."""
    return [lot for lot in range(64) if bitmap >> lot & 1]


def _specification(
    gateway: Gateway, organisation: int, view: LedgerAuction
) -> dict[str, Any] | None:
    commitment = view.row.specification
    found = gateway.queries.document(organisation, commitment) if commitment else None
    return found.body if found else None


def _summary(gateway: Gateway, organisation: int, view: LedgerAuction) -> dict[str, Any]:
    row = view.row
    return {
        "id": auction_id(row.number),
        "organisation": row.organisation,
        "name": name_of(gateway, row.organisation),
        "phase": view.phase,
        "token": row.token,
        "bond_minor": row.bond,
        "opened_at": row.opened_at,
        "bidding_ends": row.bidding_ends,
        "reveal_ends": row.reveal_ends,
        "challenge_ends": row.challenge_ends,
        "perform_by": row.perform_by,
        "score_minor": row.score,
        "allowed_actions": _allowed(gateway, organisation, view),
    }


def _allowed(gateway: Gateway, organisation: int, view: LedgerAuction) -> list[str]:
    if view.phase == "bidding":
        return ["bid"] if has_role(gateway, organisation, Role.CARRIER) else []
    if view.phase == "final":
        return ["shares"] if organisation == view.row.organisation else []
    return {"challenge": ["propose"], "finalising": ["finalise"]}.get(view.phase, [])


def _bid_view(gateway: Gateway, view: LedgerAuction, bid: Bid) -> BidView:
    is_sealed = not bid.lots
    return BidView.model_validate(
        {
            "id": bid_id(bid.auction, bid.number),
            "status": bid.status,
            "organisation": bid.organisation,
            "name": name_of(gateway, bid.organisation),
            "lots": None if is_sealed else lots_of(bid.lots),
            "price_minor": None if is_sealed else bid.price,
            "is_standing": bool(view.row.standing >> bid.number & 1),
            "commitment": hexadecimal(bid.commitment),
        }
    )
