"""Shops over HTTP: which are known, and where they send their orders."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import APIKeyHeader

from gateway.answer import READ_PROBLEMS, Page, problems
from gateway.deps import CallerDep, GatewayDep
from gateway.inbox import shop
from gateway.inbox.schemas import ShopBody, ShopView
from ledger.database import in_thread

router = APIRouter(prefix="/v1/shops", tags=["inbox"])

_SIGNATURE: Final = APIKeyHeader(
    name="X-Shopify-Hmac-SHA256",
    scheme_name="ShopSignature",
    auto_error=False,
    description="HMAC-SHA256 of the body in base64; WooCommerce sends X-WC-Webhook-Signature.",
)
_ORDER: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@router.post("", status_code=201, responses=READ_PROBLEMS | problems(ShopKept=409))
def create_shop(gateway: GatewayDep, caller: CallerDep, body: ShopBody) -> ShopView:
    """Take orders of a shop: its webhooks of orders go to the `path` of the answer."""
    return shop.create(gateway.engine, caller.organisation, body)


@router.get("", responses=READ_PROBLEMS)
def list_shops(gateway: GatewayDep, caller: CallerDep) -> Page[ShopView]:
    """List the shops whose orders are taken."""
    return shop.shops(gateway.engine, caller.organisation)


@router.delete(
    "/{id}",
    status_code=204,
    responses=READ_PROBLEMS | problems(ShopSignatureInvalid=401, ShopUnknown=404),
)
def delete_shop(gateway: GatewayDep, caller: CallerDep, id: str) -> Response:
    """Take no more orders of a shop."""
    shop.remove(gateway.engine, caller.organisation, id)
    return Response(status_code=204)


@router.post(
    "/{id}/inbox",
    status_code=204,
    openapi_extra=_ORDER,
    responses=problems(ShopSignatureInvalid=401, ShopUnknown=404, BodyTooLarge=413),
)
async def receive_shop_order(
    request: Request, gateway: GatewayDep, id: str, _: Annotated[object, Depends(_SIGNATURE)]
) -> Response:
    """Take an order in that a shop sends; its signature stands for an API key.

    The shop hears that the message is kept; what is wrong with it is told in the inbox.
    """
    content = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    hosted = gateway.settings.organisations
    await in_thread(shop.receive, gateway.engine, hosted, id, content, headers)
    return Response(status_code=204)
