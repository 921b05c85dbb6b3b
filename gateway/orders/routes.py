"""Issuing orders, reading them and moving them on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gateway.answer import ACTION_PROBLEMS, READ_PROBLEMS, Page, RecordedView, problems
from gateway.body import JSON_TYPE, ActionBody, RawBody, media_type_of
from gateway.deps import CallerDep, GatewayDep, IfMatch, RecordingDep
from gateway.orders import action as acting
from gateway.orders import service
from gateway.orders.schemas import OrderBody, OrderSummary, OrderView, TimelineEntry
from gateway.page import LIMIT, CursorQuery, LimitQuery
from ledger.acceptance import Accepted, Within
from ledger.document.part import Document
from ledger.identifier import parse_order

router = APIRouter(prefix="/v1/orders", tags=["orders"])

AgreementQuery = Annotated[
    str | None, Query(description="Identifier of the agreement.", examples=["A1-7"])
]

_UNKNOWN = problems(OrderUnknown=404, IdentifierMalformed=422)
_ORDER_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            JSON_TYPE: {"schema": {"$ref": f"#/components/schemas/{OrderBody.__name__}"}},
            "application/xml": {
                "schema": {"type": "string", "description": "A UBL 2.x Order."},
                "example": '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>',
            },
        },
    }
}


@router.post(
    "",
    status_code=202,
    response_model=RecordedView,
    responses=ACTION_PROBLEMS
    | problems(AgreementUnknown=404, MediaTypeUnsupported=415, MalformedXml=422),
    openapi_extra=_ORDER_BODY,
)
async def issue_order(
    request: Request,
    gateway: GatewayDep,
    caller: CallerDep,
    recording: RecordingDep,
    body: RawBody,
    agreement: AgreementQuery = None,
) -> Response:
    """Issue an order: JSON, or a UBL 2.x Order as XML with the agreement in the query."""

    async def accept(within: Within) -> Accepted:
        chosen, document = _order_of(request, body, agreement)
        return await acting.issue(gateway, caller.organisation, chosen, document, within)

    return await recording.run(accept)


@router.get("", responses=READ_PROBLEMS)
def list_orders(
    gateway: GatewayDep,
    caller: CallerDep,
    agreement: AgreementQuery = None,
    state: Annotated[
        str | None, Query(description="Shown or stored state.", examples=["Issued"])
    ] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = LIMIT,
) -> Page[OrderSummary]:
    """List the caller's orders, last changed first."""
    return service.list_orders(gateway, caller.organisation, agreement, state, cursor, limit)


@router.get("/{id}", responses=READ_PROBLEMS | _UNKNOWN)
def read_order(gateway: GatewayDep, caller: CallerDep, response: Response, id: str) -> OrderView:
    """Read an order as both sides agree on it now."""
    view = service.read_order(gateway, caller.organisation, id)
    response.headers["ETag"] = view.etag
    return view


@router.get("/{id}/timeline", responses=READ_PROBLEMS | _UNKNOWN)
def read_timeline(gateway: GatewayDep, caller: CallerDep, id: str) -> Page[TimelineEntry]:
    """Read what happened to an order and its deliveries, fact by fact."""
    return Page(items=service.read_timeline(gateway, caller.organisation, id))


@router.post(
    "/{id}/{action}",
    status_code=202,
    response_model=RecordedView,
    responses=ACTION_PROBLEMS | _UNKNOWN,
)
async def act_on_order(
    gateway: GatewayDep,
    caller: CallerDep,
    recording: RecordingDep,
    id: str,
    action: str,
    body: ActionBody | None = None,
    if_match: IfMatch = None,
) -> Response:
    """Take one of the order's `allowed_actions`, spelled with hyphens."""
    document = body.document if body else None
    organisation = caller.organisation

    async def accept(within: Within) -> Accepted:
        return await acting.act(gateway, organisation, id, action, document, within)

    guard = service.unchanged_order(organisation, parse_order(id), if_match)
    return await recording.run(accept, guard)


def _order_of(request: Request, body: bytes, agreement: str | None) -> tuple[str, Document | None]:
    """Read agreement and order from either kind of body."""
    media_type = media_type_of(request)
    if media_type == JSON_TYPE:
        sent = OrderBody.read(body, agreement)
        return sent.agreement, service.parsed(sent.document)
    return OrderBody.named(agreement), acting.read_order_body(media_type, body)
