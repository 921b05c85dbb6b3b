"""The inbox over HTTP: messages in, their states, mending and replaying, and recording."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from gateway.answer import ACTION_PROBLEMS, READ_PROBLEMS, Page, RecordedView, problems
from gateway.body import DocumentJson, media_type_of
from gateway.connectors.json.document import as_fields
from gateway.deps import CallerDep, GatewayDep, RecordingDep
from gateway.inbox import recording as recorder
from gateway.inbox import service
from gateway.inbox.schemas import NO_NUL, InboxView, RecordBody, State
from gateway.page import LIMIT, CursorQuery, LimitQuery
from ledger.acceptance import Accepted, Within
from ledger.database import in_thread

router = APIRouter(prefix="/v1/inbox", tags=["inbox"])

_UNKNOWN: Final = READ_PROBLEMS | problems(InboxMessageUnknown=404)
_STATE: Final = problems(InboxStateUnexpected=409)
_TAKEN: Final = problems(AuthenticationMissing=401, ApiKeyUnknown=401, BodyTooLarge=413)
MESSAGE_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {
                "schema": {
                    "type": "string",
                    "format": "binary",
                    "description": "A message of any standard that is read here.",
                }
            }
        },
    }
}


@router.post(
    "", status_code=201, openapi_extra=MESSAGE_BODY, responses=_TAKEN | problems(RequestInvalid=422)
)
async def receive_message(
    request: Request,
    gateway: GatewayDep,
    caller: CallerDep,
    response: Response,
    sender: Annotated[str, Query(max_length=200, pattern=NO_NUL, description="Who sent it.")] = "",
) -> InboxView:
    """Take a message in, in whatever standard it is: it is stored sealed, and then read.

    The answer says what it became, or everything that is wrong with it; either way it is kept. The
    same message again is answered `200`, with what became of the first.
    """
    content, kind = await request.body(), media_type_of(request)
    taken = await in_thread(
        service.receive, gateway.engine, caller.organisation, sender, content, kind
    )
    response.status_code = 200 if taken.is_duplicate else 201
    return taken


@router.get("", responses=READ_PROBLEMS)
def list_messages(
    gateway: GatewayDep,
    caller: CallerDep,
    state: State | None = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = LIMIT,
) -> Page[InboxView]:
    """List messages, the newest first."""
    return service.messages(gateway.engine, caller.organisation, state, cursor, limit)


@router.get("/{id}", responses=_UNKNOWN)
def read_message(gateway: GatewayDep, caller: CallerDep, id: str) -> InboxView:
    """Read a message: its state, what it became, and everything that is wrong with it."""
    return service.message(gateway.engine, caller.organisation, id)


@router.get(
    "/{id}/content",
    response_class=Response,
    responses=_UNKNOWN
    | {200: {"content": {"application/octet-stream": {}}, "description": "The message."}},
)
def read_message_content(
    gateway: GatewayDep,
    caller: CallerDep,
    id: str,
    version: Annotated[int | None, Query(ge=1, description="1 as it came; the last one.")] = None,
) -> Response:
    """Read what a message says, byte for byte; never shown by a browser."""
    content, _ = service.content(gateway.engine, caller.organisation, id, version)
    headers = {
        "Content-Disposition": f'attachment; filename="message-{id}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, headers=headers, media_type="application/octet-stream")


@router.get(
    "/{id}/acknowledgement",
    response_class=Response,
    responses=_UNKNOWN
    | problems(AcknowledgementAbsent=404)
    | {200: {"content": {"application/octet-stream": {}}, "description": "A 997 or CONTRL."}},
)
def read_message_acknowledgement(gateway: GatewayDep, caller: CallerDep, id: str) -> Response:
    """Read what the sender of a message is told of it: a 997 for X12, a CONTRL for EDIFACT."""
    content = service.acknowledgement(gateway.engine, caller.organisation, id)
    return Response(content, media_type="application/octet-stream")


@router.put("/{id}/content", openapi_extra=MESSAGE_BODY, responses=_UNKNOWN | _STATE)
async def mend_message(
    request: Request, gateway: GatewayDep, caller: CallerDep, id: str
) -> InboxView:
    """Put a mended content beside what came, and read it."""
    content, kind = await request.body(), media_type_of(request)
    return await in_thread(service.mend, gateway.engine, caller.organisation, id, content, kind)


@router.post("/{id}/replay", responses=_UNKNOWN | _STATE)
def replay_message(gateway: GatewayDep, caller: CallerDep, id: str) -> InboxView:
    """Read a message again, as it is."""
    return service.replay(gateway.engine, caller.organisation, id)


@router.post("/{id}/set-aside", responses=_UNKNOWN | _STATE)
def set_message_aside(gateway: GatewayDep, caller: CallerDep, id: str) -> InboxView:
    """Say that nothing is to be done with a message; it stays, and can be replayed."""
    return service.set_aside(gateway.engine, caller.organisation, id)


@router.get("/{id}/documents/{position}", responses=_UNKNOWN | problems(InboxDocumentUnknown=404))
def read_message_document(
    gateway: GatewayDep, caller: CallerDep, id: str, position: int
) -> DocumentJson:
    """Read a document that a message became."""
    document = service.document(gateway.engine, caller.organisation, id, position)
    return as_fields(document)


@router.post(
    "/{id}/record",
    status_code=202,
    response_model=RecordedView,
    responses=ACTION_PROBLEMS
    | problems(
        InboxMessageUnknown=404,
        InboxDocumentUnknown=404,
        InboxStateUnexpected=409,
        InboxDocumentRecorded=409,
    ),
)
async def record_message(
    gateway: GatewayDep, caller: CallerDep, recording: RecordingDep, id: str, body: RecordBody
) -> Response:
    """Take an action with a document of a message: once only, whoever asks at the same time."""

    async def accept(within: Within) -> Accepted:
        return await recorder.record(gateway, caller.organisation, id, body, within)

    return await recording.run(accept)
