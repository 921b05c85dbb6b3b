"""Reading what became of intents, and taking in those that were signed elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gateway.answer import ACTION_PROBLEMS, READ_PROBLEMS, RecordedView, problems
from gateway.deps import CallerDep, GatewayDep, RecordingDep
from gateway.intents import service
from gateway.intents.schemas import IntentView, SignedIntentBody

router = APIRouter(prefix="/v1/intents", tags=["intents"])


@router.get("/{id}", responses=READ_PROBLEMS | problems(IntentUnknown=404))
def read_intent(gateway: GatewayDep, caller: CallerDep, id: str) -> IntentView:
    """Read what became of an intent of the caller."""
    return service.read_intent(gateway, caller.organisation, id)


@router.post(
    "",
    status_code=202,
    response_model=RecordedView,
    responses=ACTION_PROBLEMS
    | problems(IntentExpired=409, IntentReplayed=409, IntentSignatureInvalid=403),
)
async def submit_intent(
    gateway: GatewayDep, caller: CallerDep, recording: RecordingDep, body: SignedIntentBody
) -> Response:
    """Take in an intent that the caller signed with a key of its own."""
    return await recording.run(
        lambda within: service.submit(gateway, caller.organisation, body, within)
    )
