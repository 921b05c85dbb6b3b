"""Taking actions on orders and deliveries: one as JSON, or thousands as lines of JSON."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from gateway.actions import service
from gateway.actions.schemas import WISH, WishBody
from gateway.answer import ACTION_PROBLEMS, RecordedView, problems
from gateway.body import JSON_TYPE, RawBody, media_type_of
from gateway.deps import CallerDep, GatewayDep, RecordingDep
from gateway.errors import MediaTypeUnsupported
from gateway.lines import LINES_TYPE, read_line

router = APIRouter(prefix="/v1/actions", tags=["actions"])

_WISH: Final = {"schema": {"$ref": f"#/components/schemas/{WishBody.__name__}"}}
_LINES: Final[dict[str, Any]] = {
    "schema": {"type": "string", "description": "An action in each line, as JSON has it alone."}
}
_BODY: Final = {
    "requestBody": {"required": True, "content": {JSON_TYPE: _WISH, LINES_TYPE: _LINES}}
}
_ANSWERED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "To lines: what became of each, in their order.",
        "content": {LINES_TYPE: {"schema": {"type": "string"}}},
    }
}


@router.post(
    "",
    status_code=202,
    response_model=RecordedView,
    responses=_ANSWERED | ACTION_PROBLEMS | problems(MediaTypeUnsupported=415),
    openapi_extra=_BODY,
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
    media_type = media_type_of(request)
    if media_type == JSON_TYPE:
        wish = read_line(body, WISH)
        return await recording.run(
            lambda within: service.record(gateway, organisation, wish, within)
        )
    if media_type != LINES_TYPE:
        detail = f"Actions are not taken as {media_type}."
        raise MediaTypeUnsupported(detail, media_type=media_type)
    wishes = await service.read_lines(gateway, body)
    return await recording.run_lines(
        lambda within: service.record_all(gateway, organisation, wishes, within)
    )
