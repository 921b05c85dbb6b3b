"""Taking actions on orders and deliveries: one as JSON, or thousands as lines of JSON."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from gateway.actions import service
from gateway.actions.schemas import WISH, WishBody
from gateway.answer import ACTION_PROBLEMS, RecordedView, problems
from gateway.body import RawBody
from gateway.deps import CallerDep, GatewayDep, RecordingDep
from gateway.lines import LINES_ANSWERED, is_lines, lines_body, read_line

router = APIRouter(prefix="/v1/actions", tags=["actions"])


@router.post(
    "",
    status_code=202,
    response_model=RecordedView,
    responses=LINES_ANSWERED | ACTION_PROBLEMS | problems(MediaTypeUnsupported=415),
    openapi_extra=lines_body(WishBody),
)
async def take_actions(
    request: Request,
    gateway: GatewayDep,
    caller: CallerDep,
    recording: RecordingDep,
    body: RawBody,
) -> Response:
    """Take an action on an order or delivery, or one with each line of a body."""
    organisation = caller.organisation
    if is_lines(request):
        wishes = await service.read_lines(gateway, body)
        return await recording.run_lines(
            lambda within: service.record_all(gateway, organisation, wishes, within)
        )
    wish = read_line(body, WISH)
    return await recording.run(lambda within: service.record(gateway, organisation, wish, within))
