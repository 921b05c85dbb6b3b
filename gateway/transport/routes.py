"""Channels over HTTP: which lead to and from an organisation's partners, and whether they work."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field
from sqlmodel import col, select

from gateway.answer import READ_PROBLEMS, Page, View
from gateway.deps import CallerDep, GatewayDep
from gateway.inbox.view import spelled
from gateway.transport.models import ChannelPlace
from ledger.database import reading

router = APIRouter(prefix="/v1/channels", tags=["outbox"])


class ChannelView(View):
    """A way to and from one partner."""

    id: str = Field(description="Name of the file that declares it.")
    partner: str
    kind: str = Field(examples=["sftp"])
    looked_at: str = Field(description="When it was last visited.")
    error: str | None = Field(description="What is wrong with it now.")
    failing_since: str | None


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
