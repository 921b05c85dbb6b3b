"""Managing webhooks, and looking after what did not arrive."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response

from gateway.answer import READ_PROBLEMS, Page, problems
from gateway.deps import CallerDep, GatewayDep
from gateway.events.hub import Hub
from gateway.events.routes import hub_of
from gateway.page import LIMIT, CursorQuery, LimitQuery
from gateway.webhooks import service
from gateway.webhooks.schemas import (
    DeliveryView,
    WebhookBody,
    WebhookChange,
    WebhookSecretView,
    WebhookView,
)

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

_URL: Final = problems(WebhookUrlRefused=422, OutwardAddressRefused=422)
_UNKNOWN: Final = problems(WebhookUnknown=404)
_INACTIVE: Final = problems(WebhookInactive=409)


@router.post(
    "",
    status_code=201,
    responses=READ_PROBLEMS
    | problems(
        EventPositionPruned=410,
        EventPositionAhead=409,
        WebhookLimitReached=409,
        RequestInvalid=422,
        WebhookUrlRefused=422,
        OutwardAddressRefused=422,
    ),
)
def create_webhook(
    gateway: GatewayDep,
    caller: CallerDep,
    hub: Annotated[Hub, Depends(hub_of)],
    body: WebhookBody,
) -> WebhookSecretView:
    """Have events brought to an https address, as the Standard Webhooks specification says.

    Each event is one POST of `{"type", "timestamp", "data"}`, signed with the secret that this
    answer shows once. An event comes at least once, under the same `webhook-id` each time; events
    that fail are tried again for three days while others pass them. `docs/events.md` shows how to
    verify signatures and how to act once.
    """
    return service.create(gateway, hub.pages, caller.organisation, body)


@router.get("", responses=READ_PROBLEMS)
def list_webhooks(gateway: GatewayDep, caller: CallerDep) -> Page[WebhookView]:
    """List the caller's webhooks."""
    return service.webhooks(gateway, caller.organisation)


@router.get("/{id}", responses=READ_PROBLEMS | _UNKNOWN)
def read_webhook(gateway: GatewayDep, caller: CallerDep, id: str) -> WebhookView:
    """Read a webhook: its state, and how far events were brought to it."""
    return service.webhook(gateway, caller.organisation, id)


@router.patch("/{id}", responses=READ_PROBLEMS | _UNKNOWN | _URL)
def change_webhook(
    gateway: GatewayDep, caller: CallerDep, id: str, body: WebhookChange
) -> WebhookView:
    """Change a webhook, pause it, or resume it where deliveries ended."""
    return service.change(gateway, caller.organisation, id, body)


@router.delete("/{id}", status_code=204, responses=READ_PROBLEMS | _UNKNOWN)
def delete_webhook(gateway: GatewayDep, caller: CallerDep, id: str) -> Response:
    """Delete a webhook and what waits for it."""
    service.remove(gateway, caller.organisation, id)
    return Response(status_code=204)


@router.post("/{id}/rotate", responses=READ_PROBLEMS | _UNKNOWN)
def rotate_webhook_secret(gateway: GatewayDep, caller: CallerDep, id: str) -> WebhookSecretView:
    """Give a webhook a new secret; until `old_secret_until` both sign every delivery."""
    return service.rotate(gateway, caller.organisation, id)


@router.post("/{id}/test", status_code=202, responses=READ_PROBLEMS | _UNKNOWN | _INACTIVE)
def test_webhook(gateway: GatewayDep, caller: CallerDep, id: str) -> DeliveryView:
    """Send an event of type `webhook.test`; the list of deliveries says what came of it."""
    return service.test(gateway, caller.organisation, id)


@router.get("/{id}/deliveries", responses=READ_PROBLEMS | _UNKNOWN)
def list_webhook_deliveries(
    gateway: GatewayDep,
    caller: CallerDep,
    id: str,
    cursor: CursorQuery = None,
    limit: LimitQuery = LIMIT,
) -> Page[DeliveryView]:
    """List events that did not arrive at the first attempt, and tests, the newest first."""
    return service.deliveries(gateway, caller.organisation, id, cursor, limit)


@router.post(
    "/{id}/deliveries/{delivery}/retry",
    status_code=202,
    responses=READ_PROBLEMS | _UNKNOWN | problems(WebhookDeliveryUnknown=404) | _INACTIVE,
)
def retry_webhook_delivery(
    gateway: GatewayDep, caller: CallerDep, id: str, delivery: str
) -> DeliveryView:
    """Send an event again now, whether it waits, is dead, or arrived before."""
    return service.retry(gateway, caller.organisation, id, delivery)
