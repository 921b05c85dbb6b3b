"""Reading lots and moving them on."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gateway.answer import ACTION_PROBLEMS, READ_PROBLEMS, Page, RecordedView, problems
from gateway.body import ActionBody
from gateway.deps import CallerDep, GatewayDep, RecordingDep
from gateway.lots import service
from gateway.lots.schemas import LotView
from gateway.page import LIMIT, CursorQuery, LimitQuery

router = APIRouter(prefix="/v1/lots", tags=["lots"])

_UNKNOWN = problems(LotUnknown=404, IdentifierMalformed=422)


@router.get("", responses=READ_PROBLEMS)
def list_lots(
    gateway: GatewayDep, caller: CallerDep, cursor: CursorQuery = None, limit: LimitQuery = LIMIT
) -> Page[LotView]:
    """List lots; a page holds those of up to `limit` auctions."""
    return service.list_lots(gateway, caller.organisation, cursor, limit)


@router.get("/{id}", responses=READ_PROBLEMS | _UNKNOWN)
def read_lot(gateway: GatewayDep, caller: CallerDep, id: str) -> LotView:
    """Read one lot."""
    return service.read_lot(gateway, caller.organisation, id)


@router.post(
    "/{id}/{action}",
    status_code=202,
    response_model=RecordedView,
    responses=ACTION_PROBLEMS
    | _UNKNOWN
    | problems(AuctionActorWrong=403, LotUnexpectedState=409, AuctionOutsideWindow=409),
)
async def step_lot(
    gateway: GatewayDep,
    caller: CallerDep,
    recording: RecordingDep,
    id: str,
    action: str,
    body: ActionBody | None = None,
) -> Response:
    """Take a step: `pick-up` (its carrier), `deliver` or `fail` (its pool operator)."""
    document = body.document if body else None
    return await recording.run(
        lambda within: service.step(gateway, caller.organisation, id, action, document, within)
    )
