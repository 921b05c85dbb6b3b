"""Opening deliveries, reading them and moving them on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from gateway.answer import ACTION_PROBLEMS, READ_PROBLEMS, Page, RecordedView, problems
from gateway.body import ActionBody
from gateway.deliveries import action as acting
from gateway.deliveries import service
from gateway.deliveries.schemas import DeliverySummary, DeliveryView, QualityBody
from gateway.deps import CallerDep, GatewayDep, IfMatch, RecordingDep
from gateway.page import LIMIT, CursorQuery, LimitQuery
from ledger.acceptance import Accepted, Within
from ledger.identifier import parse_delivery

router = APIRouter(prefix="/v1", tags=["deliveries"])

_UNKNOWN = problems(DeliveryUnknown=404, IdentifierMalformed=422)


@router.post(
    "/orders/{id}/deliveries/{action}",
    status_code=202,
    response_model=RecordedView,
    responses=ACTION_PROBLEMS,
)
async def open_delivery(
    gateway: GatewayDep,
    caller: CallerDep,
    recording: RecordingDep,
    id: str,
    action: str,
    body: ActionBody,
) -> Response:
    """Announce or despatch a new delivery of an order; the answer names it."""
    return await recording.run(
        lambda within: acting.open_delivery(
            gateway, caller.organisation, id, action, body.document, within
        )
    )


@router.get("/deliveries", responses=READ_PROBLEMS | problems(OrderUnknown=404))
def list_deliveries(
    gateway: GatewayDep,
    caller: CallerDep,
    order: Annotated[str | None, Query(description="Only of this order.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = LIMIT,
) -> Page[DeliverySummary]:
    """List deliveries of one order, or of all; a page holds those of up to `limit` orders."""
    return service.list_deliveries(gateway, caller.organisation, order, cursor, limit)


@router.get("/deliveries/{id}", responses=READ_PROBLEMS | _UNKNOWN)
def read_delivery(
    gateway: GatewayDep, caller: CallerDep, response: Response, id: str
) -> DeliveryView:
    """Read a delivery with what its documents say."""
    view = service.read_delivery(gateway, caller.organisation, id)
    response.headers["ETag"] = view.etag
    return view


@router.post(
    "/deliveries/{id}/quality-reports",
    status_code=202,
    response_model=RecordedView,
    responses=ACTION_PROBLEMS | _UNKNOWN,
)
async def report_quality(
    gateway: GatewayDep,
    caller: CallerDep,
    recording: RecordingDep,
    id: str,
    body: QualityBody,
    if_match: IfMatch = None,
) -> Response:
    """Report an inspection: pass, fail or pass conditionally, as its usage decisions say."""
    organisation = caller.organisation

    async def accept(within: Within) -> Accepted:
        return await acting.report_quality(gateway, organisation, id, body.document, within)

    guard = service.unchanged_delivery(organisation, parse_delivery(id), if_match)
    return await recording.run(accept, guard)


@router.post(
    "/deliveries/{id}/{action}",
    status_code=202,
    response_model=RecordedView,
    responses=ACTION_PROBLEMS | _UNKNOWN,
)
async def act_on_delivery(
    gateway: GatewayDep,
    caller: CallerDep,
    recording: RecordingDep,
    id: str,
    action: str,
    body: ActionBody | None = None,
    if_match: IfMatch = None,
) -> Response:
    """Take one of the delivery's `allowed_actions`, spelled with hyphens."""
    document = body.document if body else None
    organisation = caller.organisation

    async def accept(within: Within) -> Accepted:
        return await acting.act(gateway, organisation, id, action, document, within)

    guard = service.unchanged_delivery(organisation, parse_delivery(id), if_match)
    return await recording.run(accept, guard)
