"""Posting demands and reading what they pay."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gateway.answer import ACTION_PROBLEMS, READ_PROBLEMS, Page, RecordedView, problems
from gateway.demands import service
from gateway.demands.schemas import DemandBody, DemandView, StatementView
from gateway.deps import CallerDep, GatewayDep, RecordingDep
from gateway.page import LIMIT, CursorQuery, LimitQuery

router = APIRouter(prefix="/v1/demands", tags=["demands"])

_UNKNOWN = problems(DemandUnknown=404, IdentifierMalformed=422)


@router.post(
    "",
    status_code=202,
    response_model=RecordedView,
    responses=ACTION_PROBLEMS | problems(PoolRoleMissing=409),
)
async def post_demand(
    gateway: GatewayDep, caller: CallerDep, recording: RecordingDep, body: DemandBody
) -> Response:
    """Ask a pool operator for carriage; the answer names the order that the demand is."""
    return await recording.run(
        lambda within: service.post(gateway, caller.organisation, body, within)
    )


@router.get("", responses=READ_PROBLEMS)
def list_demands(
    gateway: GatewayDep, caller: CallerDep, cursor: CursorQuery = None, limit: LimitQuery = LIMIT
) -> Page[DemandView]:
    """List the demands that the caller posted or received, last changed first."""
    return service.list_demands(gateway, caller.organisation, cursor, limit)


@router.get("/{id}", responses=READ_PROBLEMS | _UNKNOWN)
def read_demand(gateway: GatewayDep, caller: CallerDep, id: str) -> DemandView:
    """Read one demand."""
    return service.read_demand(gateway, caller.organisation, id)


@router.get("/{id}/statement", responses=READ_PROBLEMS | _UNKNOWN)
def read_statement(gateway: GatewayDep, caller: CallerDep, id: str) -> StatementView:
    """Read what a demand pays of the price of its lot."""
    return service.read_statement(gateway, caller.organisation, id)
