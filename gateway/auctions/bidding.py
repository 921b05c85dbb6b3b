"""Bids and allocations: what carriers offer, and what is proposed and made final of it."""

from __future__ import annotations

import asyncio

from gateway.auctions.errors import AllocationUnfound
from gateway.auctions.schemas import PRICE_MINOR_MAX, BidBody
from gateway.auctions.service import lots_of, require_auction
from gateway.demands.service import has_role
from gateway.deps import Gateway
from ledger.acceptance import Accepted, Within
from ledger.errors import (
    AuctionAlreadyFinalised,
    AuctionBalanceTooLow,
    AuctionBundleInvalid,
    AuctionNotBetter,
    AuctionOutsideWindow,
    AuctionRoleMissing,
)
from ledger.queries import AuctionView
from ledger.role import Role
from ledger.view import read_view

_FOREVER = 2**64 - 1


async def bid(
    gateway: Gateway, organisation: int, id: str, body: BidBody, within: Within
) -> Accepted:
    """Hand in a sealed bid; it is revealed by itself once bidding has closed.

    Raises
    ------
    AuctionRoleMissing, AuctionOutsideWindow, AuctionBundleInvalid, AuctionBalanceTooLow
        The error that the chain would give.
    """
    view = await asyncio.to_thread(require_auction, gateway, organisation, id)
    if not await asyncio.to_thread(has_role, gateway, organisation, Role.CARRIER):
        raise AuctionRoleMissing(organisation, int(Role.CARRIER))
    _require_window(gateway, view, 0, view.row.bidding_ends)
    bitmap = sum(1 << lot for lot in body.lots)
    if body.lots[-1] >= len(view.lots):
        raise AuctionBundleInvalid(view.row.number, bitmap)
    await _require_deposit(gateway, organisation, view)
    return await gateway.ledger.auction_desk.bid(
        organisation, view.row.number, lots=bitmap, price=body.price_minor, within=within
    )


async def propose(gateway: Gateway, organisation: int, id: str, within: Within) -> Accepted:
    """Hand in the best allocation of the revealed bids.

    Raises
    ------
    AuctionOutsideWindow
        If the challenge is not on.
    AuctionNotBetter
        If what stands is as good.
    """
    view = await asyncio.to_thread(require_auction, gateway, organisation, id)
    _require_window(gateway, view, view.row.reveal_ends, view.row.challenge_ends)
    bids, score = await asyncio.to_thread(_best, view)
    if score >= view.row.score:
        raise AuctionNotBetter(view.row.number, score, view.row.score)
    return await gateway.ledger.auction_desk.call(
        organisation, "propose", auction=view.row.number, call={"bids": bids}, within=within
    )


async def finalise(gateway: Gateway, organisation: int, id: str, within: Within) -> Accepted:
    """Hand in that the standing allocation is final.

    Raises
    ------
    AuctionAlreadyFinalised, AuctionOutsideWindow
        The error that the chain would give.
    """
    view = await asyncio.to_thread(require_auction, gateway, organisation, id)
    if view.row.is_finalised:
        raise AuctionAlreadyFinalised(view.row.number)
    _require_window(gateway, view, view.row.challenge_ends, _FOREVER)
    return await gateway.ledger.auction_desk.call(
        organisation, "finalise", auction=view.row.number, call={}, within=within
    )


def _require_window(gateway: Gateway, view: AuctionView, start: int, end: int) -> None:
    now = gateway.queries.cursor()[1]
    if not start <= now < end:
        raise AuctionOutsideWindow(view.row.number, start, end, now)


async def _require_deposit(gateway: Gateway, organisation: int, view: AuctionView) -> None:
    (free,) = await read_view(
        gateway.ledger.client,
        gateway.deployment.pool_auction,
        "PoolAuction.freeDepositOf",
        organisation,
        view.row.token,
    )
    if free < view.row.bond:
        raise AuctionBalanceTooLow(organisation, view.row.token, free, view.row.bond)


def _best(view: AuctionView) -> tuple[int, int]:
    """Choose the bids that win: their bitmap, and their score."""
    # Solvers are loaded by those gateways that propose.
    from pooling.auction import award_lots
    from pooling.check import check_allocation
    from pooling.errors import InvalidBid
    from pooling.tender import Bid

    reserves_minor = [lot.reserve for lot in view.lots]
    try:
        bids = [
            Bid(
                bid_id=f"{each.number:03d}",
                bidder=str(each.organisation),
                lots=frozenset(lots_of(each.lots)),
                price_minor=each.price,
            )
            for each in view.bids
            # What no solver could weigh could not win either: reserves are lower.
            if each.status == "Revealed" and each.price <= PRICE_MINOR_MAX
        ]
        allocation = award_lots(reserves_minor, bids)
    except InvalidBid as invalid:
        detail = f"The bids cannot be weighed: {invalid.field} is out of range."
        raise AllocationUnfound(detail, field=invalid.field) from None
    check_allocation(reserves_minor, bids, allocation)
    bitmap = sum(1 << int(each.bid_id) for each in allocation.winners)
    return bitmap, allocation.score_minor
