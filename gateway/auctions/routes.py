"""Auctions: reading, bidding, proposing, finalising and sharing."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gateway.answer import ACTION_PROBLEMS, READ_PROBLEMS, Page, RecordedView, problems
from gateway.auctions import bidding, service, sharing
from gateway.auctions.schemas import AuctionSummary, AuctionView, BidBody, SharesView
from gateway.deps import CallerDep, GatewayDep, RecordingDep
from gateway.page import LIMIT, CursorQuery, LimitQuery

router = APIRouter(prefix="/v1/auctions", tags=["auctions"])

_UNKNOWN = problems(AuctionUnknown=404, IdentifierMalformed=422)
_RECORDING = ACTION_PROBLEMS | _UNKNOWN | problems(AuctionOutsideWindow=409)
_NO_TENDER = problems(AuctionRoleMissing=403, TenderUnknown=404)


@router.get("", responses=READ_PROBLEMS)
def list_auctions(
    gateway: GatewayDep, caller: CallerDep, cursor: CursorQuery = None, limit: LimitQuery = LIMIT
) -> Page[AuctionSummary]:
    """List auctions, by pool operator and newest first."""
    return service.list_auctions(gateway, caller.organisation, cursor, limit)


@router.get("/{id}", responses=READ_PROBLEMS | _UNKNOWN)
def read_auction(gateway: GatewayDep, caller: CallerDep, id: str) -> AuctionView:
    """Read an auction with its lots, its bids and, for whom it is sealed, its specification."""
    return service.read_auction(gateway, caller.organisation, id)


@router.post(
    "/{id}/bids",
    status_code=202,
    response_model=RecordedView,
    responses=_RECORDING
    | problems(AuctionRoleMissing=403, AuctionBalanceTooLow=409, AuctionBundleInvalid=422),
)
async def place_bid(
    gateway: GatewayDep, caller: CallerDep, recording: RecordingDep, id: str, body: BidBody
) -> Response:
    """Place a sealed bid; this gateway reveals it by itself once bidding has closed."""
    return await recording.run(
        lambda within: bidding.bid(gateway, caller.organisation, id, body, within)
    )


@router.post(
    "/{id}/propose",
    status_code=202,
    response_model=RecordedView,
    responses=_RECORDING | problems(AuctionNotBetter=409, AllocationUnfound=409),
)
async def propose_allocation(
    gateway: GatewayDep, caller: CallerDep, recording: RecordingDep, id: str
) -> Response:
    """Propose the best allocation of the revealed bids; anyone may."""
    return await recording.run(
        lambda within: bidding.propose(gateway, caller.organisation, id, within)
    )


@router.post(
    "/{id}/finalise",
    status_code=202,
    response_model=RecordedView,
    responses=_RECORDING | problems(AuctionAlreadyFinalised=409),
)
async def finalise_auction(
    gateway: GatewayDep, caller: CallerDep, recording: RecordingDep, id: str
) -> Response:
    """Make the standing allocation final after the challenge; anyone may."""
    return await recording.run(
        lambda within: bidding.finalise(gateway, caller.organisation, id, within)
    )


@router.post(
    "/{id}/shares",
    status_code=202,
    response_model=SharesView,
    responses=ACTION_PROBLEMS
    | _UNKNOWN
    | _NO_TENDER
    | problems(AuctionUnfinished=409, PoolTooExpensive=409, ShareUnsettled=409),
)
async def share_price(
    gateway: GatewayDep, caller: CallerDep, recording: RecordingDep, id: str
) -> Response:
    """Share the awarded prices and confirm each demand with its own statement, once."""
    answer = await sharing.share(
        gateway, caller.organisation, id, recording.ticket, recording.wait_s
    )
    return Response(answer.body, answer.status, answer.headers)


@router.get("/{id}/shares", responses=READ_PROBLEMS | _UNKNOWN | _NO_TENDER)
def read_shares(gateway: GatewayDep, caller: CallerDep, id: str) -> SharesView:
    """Read what the demands pay, for the pool operator's eyes."""
    return sharing.read_shares(gateway, caller.organisation, id)
