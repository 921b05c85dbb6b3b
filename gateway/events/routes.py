"""The event stream."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Depends, Header, Query, Request, Response, WebSocket

from gateway import access
from gateway.access import Caller
from gateway.answer import READ_PROBLEMS, problems
from gateway.deps import CallerDep, Gateway, GatewayDep
from gateway.errors import Finding, GatewayError, RequestInvalid
from gateway.events.hub import Hub
from gateway.events.socket import PROTOCOL, EventSocket, authorization, offered
from gateway.events.stream import EventStream
from gateway.models import ApiKey
from gateway.problems import problem_of
from ledger.database import reading

router = APIRouter(prefix="/v1/events", tags=["events"])

_EXAMPLE: Final = (
    'id: 17\nevent: fact\ndata: {"id":"evt_5d1c07a2_17","sequence":17,"type":"fact",'
    '"machine":"order","event":"OrderIssued","organisation":1,"block":9,"agreement":"A1-7",'
    '"order":"A1-7-O12","action":"issue","state":"Issued"}\n\n'
)
_STREAM: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
        "description": "Facts, retractions, opened documents and refused intents, as they happen.",
    }
}
_PLACE: Final = problems(EventPositionPruned=410, EventPositionAhead=409)
_DIGITS_MAX: Final = 18


async def hub_of(request: Request) -> Hub:
    """Give the hub of the gateway that serves a request."""
    return cast(Hub, request.app.state.hub)


After = Annotated[
    str | None,
    Query(description="Begin after this event; 0 begins with the oldest that is kept."),
]


@router.get("", response_class=Response, responses=_STREAM | READ_PROBLEMS | _PLACE)
def stream_events(
    gateway: GatewayDep,
    hub: Annotated[Hub, Depends(hub_of)],
    caller: CallerDep,
    after: After = None,
    last_event_id: Annotated[
        str | None, Header(description="The same, as browsers resume; counts before `after`.")
    ] = None,
) -> Response:
    """Follow what happens to the caller's agreements, orders, deliveries and intents.

    Without a place the stream begins now. Every event comes at least once, in the order of its
    `sequence`; its `id` is its own for ever, so a consumer that keeps the last one it has acted on
    acts once. `GET /v1/events/ws?after=17` gives the same events over a WebSocket, one JSON text
    frame each; browsers send their key there as subprotocol `bearer.<key>`.
    """
    start = hub.pages.start(place(last_event_id, after))
    return EventStream(hub, caller.organisation, start, partial(_is_live, gateway, caller))


@router.websocket("/ws")
async def follow_events(websocket: WebSocket, after: str | None = None) -> None:
    """Follow the same events over a WebSocket."""
    hub: Hub = websocket.app.state.hub
    protocol = PROTOCOL if PROTOCOL in offered(websocket.scope) else None
    gateway: Gateway = websocket.app.state.gateway
    socket = EventSocket(websocket.receive, websocket.send, protocol)
    try:
        caller = await asyncio.to_thread(_caller, gateway, websocket)
    except GatewayError as problem:
        await socket.deny(problem_of(problem))
        return
    try:
        start = await asyncio.to_thread(lambda: hub.pages.start(place(None, after)))
    except GatewayError as problem:
        await socket.refuse(problem_of(problem))
        return
    await socket.serve(hub, caller.organisation, start, partial(_is_live, gateway, caller))


def place(last_event_id: str | None, after: str | None) -> int | None:
    """Read where a subscriber wants to resume; none is now.

    Raises
    ------
    RequestInvalid
        If it is no place of a feed.
    """
    named = (("Last-Event-ID", last_event_id), ("/query/after", after))
    path, text = next(((path, each.strip()) for path, each in named if each), ("", ""))
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS_MAX:
        finding = Finding(path, "must be the sequence of an event of this stream, or 0")
        raise RequestInvalid("The stream cannot resume there.", (finding,))
    return int(text)


def _is_live(gateway: Gateway, caller: Caller) -> bool:
    """Tell whether a caller's key was not revoked meanwhile."""
    with reading(gateway.engine) as session:
        key = session.get(ApiKey, caller.key)
        return key is not None and key.revoked_at is None


def _caller(gateway: Gateway, websocket: WebSocket) -> Caller:
    header = authorization(websocket.scope)
    with reading(gateway.engine) as session:
        return access.authenticate(session, header, gateway.settings.organisations)
