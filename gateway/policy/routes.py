"""Documents that contradict what was agreed, before a person who decides about them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from gateway.answer import ACTION_PROBLEMS, READ_PROBLEMS, Page, RecordedView, problems
from gateway.deps import CallerDep, GatewayDep, RecordingDep
from gateway.page import LIMIT, CursorQuery, LimitQuery
from gateway.policy import service
from gateway.policy.schemas import ContradictionView, DecisionBody, Status

router = APIRouter(prefix="/v1/findings", tags=["findings"])

_UNKNOWN = problems(FindingUnknown=404)
_DECIDED = problems(FindingDecided=409)


@router.get("", responses=READ_PROBLEMS)
def list_findings(
    gateway: GatewayDep,
    caller: CallerDep,
    status: Annotated[Status | None, Query(description="Only with this status.")] = None,
    agreement: Annotated[str | None, Query(description="Only of this agreement.")] = None,
    order: Annotated[str | None, Query(description="Only of this order.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = LIMIT,
) -> Page[ContradictionView]:
    """List documents of others that contradict the caller's orders; `held` ones wait for you."""
    return service.list_findings(
        gateway,
        caller.organisation,
        status=status,
        agreement=agreement,
        order=order,
        cursor=cursor,
        limit=limit,
    )


@router.get("/{id}", responses=READ_PROBLEMS | _UNKNOWN)
def read_finding(gateway: GatewayDep, caller: CallerDep, id: str) -> ContradictionView:
    """Read what a document contradicts, and what was decided about it."""
    return service.read_finding(gateway, caller.organisation, id)


@router.post("/{id}/accept", responses=READ_PROBLEMS | _UNKNOWN | _DECIDED)
def accept_finding(
    gateway: GatewayDep, caller: CallerDep, id: str, body: DecisionBody
) -> ContradictionView:
    """Take the document as it is, and say who decided so and why."""
    return service.accept(gateway, caller.organisation, id, body)


@router.post(
    "/{id}/dispute",
    status_code=202,
    response_model=RecordedView,
    responses=ACTION_PROBLEMS | _UNKNOWN | _DECIDED,
)
async def dispute_finding(
    gateway: GatewayDep,
    caller: CallerDep,
    recording: RecordingDep,
    id: str,
    body: DecisionBody,
) -> Response:
    """Dispute the order or delivery because of the document, and say who decided so and why."""
    organisation = caller.organisation
    return await recording.run(
        lambda within: service.dispute(gateway, organisation, id, body, within)
    )
