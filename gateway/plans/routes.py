"""Planning demands and putting lots out to tender."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gateway.answer import ACTION_PROBLEMS, READ_PROBLEMS, Page, RecordedView, problems
from gateway.deps import CallerDep, GatewayDep, RecordingDep
from gateway.page import LIMIT, CursorQuery, LimitQuery
from gateway.plans import service
from gateway.plans import tender as tendering
from gateway.plans.schemas import PlanBody, PlanView, TenderBody

router = APIRouter(prefix="/v1/plans", tags=["plans"])

_UNKNOWN = problems(PlanUnknown=404)
_NO_POOL = problems(AuctionRoleMissing=403, DemandUnavailable=409)


@router.post(
    "",
    status_code=201,
    response_model=PlanView,
    responses=READ_PROBLEMS
    | _NO_POOL
    | problems(OrderUnknown=404, IdempotencyKeyReused=409, PlanInfeasible=409, PlanTooLarge=409),
)
async def make_plan(
    gateway: GatewayDep, caller: CallerDep, recording: RecordingDep, body: PlanBody
) -> Response:
    """Plan which demands travel together; nothing is recorded on the ledger yet."""
    answer = await service.make_plan(gateway, caller.organisation, body, recording.ticket)
    return Response(answer.body, answer.status, answer.headers)


@router.get("", responses=READ_PROBLEMS)
def list_plans(
    gateway: GatewayDep, caller: CallerDep, cursor: CursorQuery = None, limit: LimitQuery = LIMIT
) -> Page[PlanView]:
    """List the caller's plans, the newest first."""
    return service.list_plans(gateway, caller.organisation, cursor, limit)


@router.get("/{id}", responses=READ_PROBLEMS | _UNKNOWN)
def read_plan(gateway: GatewayDep, caller: CallerDep, id: str) -> PlanView:
    """Read a plan of the caller."""
    return service.read_plan(gateway, caller.organisation, id)


@router.post(
    "/{id}/tender",
    status_code=202,
    response_model=RecordedView,
    responses=ACTION_PROBLEMS | _UNKNOWN | _NO_POOL | problems(AuctionTimesInvalid=422),
)
async def tender_plan(
    gateway: GatewayDep, caller: CallerDep, recording: RecordingDep, id: str, body: TenderBody
) -> Response:
    """Put a plan's lots out to tender; the specification is sealed for all carriers."""
    return await recording.run(
        lambda within: tendering.tender(gateway, caller.organisation, id, body, within)
    )
