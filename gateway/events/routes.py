"""The event stream."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Response

from gateway.answer import READ_PROBLEMS
from gateway.deps import CallerDep, GatewayDep
from gateway.events import service
from gateway.events.stream import EventStream

router = APIRouter(prefix="/v1/events", tags=["events"])

_EXAMPLE: Final = (
    'id: 17\nevent: fact\ndata: {"sequence": 17, "type": "fact", "machine": "order", '
    '"event": "OrderIssued", "order": "A1-7-O12", "action": "issue", "state": "Issued"}\n\n'
)
_STREAM: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
        "description": "Facts, retractions, opened documents and refused intents, as they happen.",
    }
}


@router.get("", response_class=Response, responses=_STREAM | READ_PROBLEMS)
def stream_events(
    gateway: GatewayDep,
    caller: CallerDep,
    last_event_id: Annotated[
        str | None, Header(description="Resume after this event; 0 begins at the beginning.")
    ] = None,
) -> Response:
    """Follow what happens to the caller's agreements, orders, deliveries and intents."""
    after = service.start_of(gateway, last_event_id)
    source = service.source_for(gateway, caller.organisation)
    return EventStream(source, gateway.ledger.news, after)
