"""The outbox over HTTP: what partners are told, and whether they have it."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from gateway.answer import READ_PROBLEMS, Page, problems
from gateway.deps import CallerDep, GatewayDep
from gateway.inbox.schemas import NO_NUL
from gateway.outbox import service
from gateway.outbox.schemas import OutboxView, State
from gateway.page import LIMIT, CursorQuery, LimitQuery

router = APIRouter(prefix="/v1/outbox", tags=["outbox"])

_UNKNOWN: Final = READ_PROBLEMS | problems(OutboxMessageUnknown=404)
_STATE: Final = problems(OutboxStateUnexpected=409)


@router.get("", responses=READ_PROBLEMS)
def list_outbox(
    gateway: GatewayDep,
    caller: CallerDep,
    state: State | None = None,
    partner: Annotated[str | None, Query(max_length=200, pattern=NO_NUL)] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = LIMIT,
) -> Page[OutboxView]:
    """List messages to partners, the newest first."""
    return service.messages(gateway.engine, caller.organisation, state, partner, cursor, limit)


@router.get("/{id}", responses=_UNKNOWN)
def read_outbox_message(gateway: GatewayDep, caller: CallerDep, id: str) -> OutboxView:
    """Read a message: whether its partner has it, and what the partner says of it."""
    return service.message(gateway.engine, caller.organisation, id)


@router.get(
    "/{id}/content",
    response_class=Response,
    responses=_UNKNOWN
    | _STATE
    | {200: {"content": {"application/octet-stream": {}}, "description": "The message."}},
)
def read_outbox_content(gateway: GatewayDep, caller: CallerDep, id: str) -> Response:
    """Read what a message says, byte for byte; never shown by a browser."""
    content = service.content(gateway.engine, caller.organisation, id)
    headers = {
        "Content-Disposition": f'attachment; filename="outbox-{id}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, headers=headers, media_type="application/octet-stream")


@router.post("/{id}/retry", responses=_UNKNOWN | _STATE)
def retry_outbox_message(gateway: GatewayDep, caller: CallerDep, id: str) -> OutboxView:
    """Have a message delivered again, and now."""
    return service.retry(gateway.engine, caller.organisation, id)


@router.post("/{id}/delivered", responses=_UNKNOWN | _STATE)
def note_outbox_delivered(gateway: GatewayDep, caller: CallerDep, id: str) -> OutboxView:
    """Say that a message was brought to its partner by other means."""
    return service.note_delivered(gateway.engine, caller.organisation, id)
