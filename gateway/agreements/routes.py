"""Proposing, signing, amending and ending agreements."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gateway.agreements import service
from gateway.agreements.schemas import AgreementSummary, AgreementView, ProposalBody, StepBody
from gateway.answer import ACTION_PROBLEMS, READ_PROBLEMS, Page, RecordedView, problems
from gateway.deps import CallerDep, GatewayDep, RecordingDep
from gateway.page import LIMIT, CursorQuery, LimitQuery

router = APIRouter(prefix="/v1/agreements", tags=["agreements"])

_PROBLEMS = ACTION_PROBLEMS | problems(
    AgreementUnknown=404, AgreementUnexpectedState=409, AgreementTermsDiffer=409
)


@router.post("", status_code=202, response_model=RecordedView, responses=ACTION_PROBLEMS)
async def propose_agreement(
    gateway: GatewayDep, caller: CallerDep, recording: RecordingDep, body: ProposalBody
) -> Response:
    """Propose an agreement to the other seats; the answer names it."""
    return await recording.run(
        lambda within: service.propose(gateway, caller.organisation, body, within)
    )


@router.get("", responses=READ_PROBLEMS)
def list_agreements(
    gateway: GatewayDep, caller: CallerDep, cursor: CursorQuery = None, limit: LimitQuery = LIMIT
) -> Page[AgreementSummary]:
    """List the caller's agreements, the newest first."""
    return service.list_agreements(gateway, caller.organisation, cursor, limit)


@router.get("/{id}", responses=READ_PROBLEMS | problems(AgreementUnknown=404))
def read_agreement(gateway: GatewayDep, caller: CallerDep, id: str) -> AgreementView:
    """Read an agreement, with its terms once they are opened here."""
    return service.read_agreement(gateway, caller.organisation, id)


@router.post("/{id}/{action}", status_code=202, response_model=RecordedView, responses=_PROBLEMS)
async def step_agreement(
    gateway: GatewayDep,
    caller: CallerDep,
    recording: RecordingDep,
    id: str,
    action: str,
    body: StepBody | None = None,
) -> Response:
    """Sign, decline, amend, drop, propose-end, sign-end or give-notice."""
    step = body or StepBody()
    return await recording.run(
        lambda within: service.step(gateway, caller.organisation, id, action, step, within)
    )
