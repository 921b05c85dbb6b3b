"""Reading what became of intents, and taking in those that were signed elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from gateway.answer import ACTION_PROBLEMS, READ_PROBLEMS, RecordedView, problems
from gateway.body import RawBody
from gateway.deps import CallerDep, GatewayDep, RecordingDep
from gateway.intents import service
from gateway.intents.schemas import SIGNED_INTENT, IntentView, SignedIntentBody
from gateway.lines import LINES_ANSWERED, is_lines, lines_body, read_line

router = APIRouter(prefix="/v1/intents", tags=["intents"])


@router.get("/{id}", responses=READ_PROBLEMS | problems(IntentUnknown=404))
def read_intent(gateway: GatewayDep, caller: CallerDep, id: str) -> IntentView:
    """Read what became of an intent of the caller."""
    return service.read_intent(gateway, caller.organisation, id)


@router.post(
    "",
    status_code=202,
    response_model=RecordedView,
    responses=LINES_ANSWERED
    | ACTION_PROBLEMS
    | problems(IntentExpired=409, IntentReplayed=409, IntentSignatureInvalid=403),
    openapi_extra=lines_body(SignedIntentBody),
)
async def submit_intent(
    request: Request,
    gateway: GatewayDep,
    caller: CallerDep,
    recording: RecordingDep,
    body: RawBody,
) -> Response:
    """Take in an intent that the caller signed with a key of its own, or one with each line."""
    organisation = caller.organisation
    if is_lines(request):
        intents = await service.read_lines(gateway, organisation, body)
        return await recording.run_lines(
            lambda within: service.submit_all(gateway, organisation, intents, within)
        )
    signed = read_line(body, SIGNED_INTENT)
    return await recording.run(lambda within: service.submit(gateway, organisation, signed, within))
