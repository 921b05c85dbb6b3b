"""Channels over HTTP: which lead to and from an organisation's partners, and whether they work."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import Field
from sqlmodel import col, select

from gateway.answer import READ_PROBLEMS, Page, View, problems
from gateway.body import media_type_of
from gateway.connectors.detect import CXML, detect
from gateway.connectors.message import UnsupportedDocument
from gateway.deps import CallerDep, GatewayDep
from gateway.inbox.models import REFUSED
from gateway.inbox.routes import MESSAGE_BODY
from gateway.inbox.schemas import InboxView, State
from gateway.inbox.service import receive
from gateway.inbox.view import spelled
from gateway.transport.declaration import Declaration, HttpDeclaration, token_of
from gateway.transport.errors import PartnerTokenInvalid
from gateway.transport.models import ChannelPlace
from ledger.database import in_thread, reading

router = APIRouter(prefix="/v1/channels", tags=["outbox"])

_TOKEN: Final = HTTPBearer(
    scheme_name="PartnerToken",
    auto_error=False,
    description="The token of one partner, with which it posts messages and does nothing else.",
)


class ChannelView(View):
    """A way to and from one partner."""

    id: str = Field(description="Name of the file that declares it.")
    partner: str
    kind: str = Field(examples=["sftp"])
    looked_at: str = Field(description="When it was last visited.")
    error: str | None = Field(description="What is wrong with it now.")
    failing_since: str | None


class ReceivedView(View):
    """What the partner is told of its message."""

    id: str
    state: State
    is_duplicate: bool = Field(description="Whether it had come before.")
    findings: list[dict[str, Any]] = Field(description="Everything that is wrong with it.")


@router.get("", responses=READ_PROBLEMS)
def list_channels(gateway: GatewayDep, caller: CallerDep) -> Page[ChannelView]:
    """List the channels of the caller's organisation that have been visited."""
    own = select(ChannelPlace).where(ChannelPlace.organisation == caller.organisation)
    with reading(gateway.engine) as session:
        found = session.exec(own.order_by(col(ChannelPlace.channel))).all()
        return Page(items=[_view(place) for place in found])


def _view(place: ChannelPlace) -> ChannelView:
    since = place.error_since_ms
    return ChannelView(
        id=place.channel,
        partner=place.partner,
        kind=place.kind,
        looked_at=spelled(place.looked_ms),
        error=place.error,
        failing_since=None if since is None else spelled(since),
    )


@router.post(
    "/{id}/inbox",
    status_code=201,
    response_model=ReceivedView,
    openapi_extra=MESSAGE_BODY,
    responses=problems(PartnerTokenInvalid=401, BodyTooLarge=413)
    | {422: {"model": ReceivedView, "description": "The message is kept, and refused."}},
)
async def receive_partner_message(
    request: Request,
    gateway: GatewayDep,
    id: str,
    response: Response,
    token: Annotated[HTTPAuthorizationCredentials | None, Depends(_TOKEN)],
) -> ReceivedView | Response:
    """Take a message in that a partner posts, with the partner's own token.

    The answer says whether it can be used, or everything that is wrong with it; either way it is
    kept. The same message again is answered `200`; cXML is answered by a cXML Response.
    """
    shown = token.credentials if token is not None else ""
    declared = await in_thread(_door, request.app.state.channels.get(id), shown)
    content, kind = await request.body(), media_type_of(request)
    taken = await in_thread(
        receive, gateway.engine, declared.organisation, declared.partner, content, kind
    )
    if _standard_of(content) == CXML:
        return _cxml_answer(taken)
    if taken.state == REFUSED:
        response.status_code = 422
    elif taken.is_duplicate:
        response.status_code = 200
    return ReceivedView.model_validate(taken.model_dump(include=set(ReceivedView.model_fields)))


def _standard_of(content: bytes) -> str:
    """Tell in which standard a message says it is; empty if in none."""
    try:
        return detect(content).standard
    except UnsupportedDocument:
        return ""


def _cxml_answer(taken: InboxView) -> Response:
    # XML is loaded by those gateways that speak it.
    from gateway.connectors.cxml.response import render

    findings = taken.findings if taken.state == REFUSED else []
    told = [f"line {each['line']}: {each['rule']} {each['what_to_do']}" for each in findings]
    content = render(f"inbox-{taken.id}-{taken.arrivals}", datetime.now(UTC), told)
    return Response(content, media_type="text/xml")


def _door(declared: Declaration | None, shown: str) -> HttpDeclaration:
    """Find the channel that a token opens; it is read again, so that it can be changed."""
    if isinstance(declared, HttpDeclaration) and declared.accept_file is not None:
        token = token_of(declared.accept_file)
        if token and hmac.compare_digest(token.encode(), shown.encode()):
            return declared
    raise PartnerTokenInvalid
