"""Taking actions on orders and deliveries: one as JSON, or thousands as lines of JSON."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from gateway.actions import service
from gateway.actions.schemas import WISH, WishBody
from gateway.answer import ACTION_PROBLEMS, RecordedView, problems
from gateway.deps import ARRIVAL_DESCRIBED, arrival_of
from gateway.lines import LINES_ANSWERED, is_lines, lines_body, read_line

router = APIRouter(prefix="/v1/actions", tags=["actions"])


@router.post(
    "",
    status_code=202,
    response_model=RecordedView,
    responses=LINES_ANSWERED | ACTION_PROBLEMS | problems(MediaTypeUnsupported=415),
    openapi_extra=ARRIVAL_DESCRIBED | lines_body(WishBody),
)
async def take_actions(request: Request) -> Response:
    """Take an action on an order or delivery, or one with each line of a body."""
    arrival = await arrival_of(request)
    gateway, organisation = arrival.gateway, arrival.organisation
    if is_lines(request):
        wishes = await service.read_lines(gateway, arrival.body)
        return await arrival.recording.run_lines(
            lambda within: service.record_all(gateway, organisation, wishes, within)
        )
    wish = read_line(arrival.body, WISH)
    return await arrival.recording.run(
        lambda within: service.record(gateway, organisation, wish, within),
        is_cheap=wish.document is None,
    )
