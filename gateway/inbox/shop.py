"""Shops whose orders are taken: who they are, and whether a message is theirs."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from gateway.answer import Page
from gateway.connectors.shop.signature import (
    SHOPIFY_HEADER,
    WOOCOMMERCE_HEADER,
    is_signed,
)
from gateway.inbox import service
from gateway.inbox.errors import ShopKept, ShopSignatureInvalid, ShopUnknown
from gateway.inbox.models import Shop
from gateway.inbox.schemas import InboxView, ShopBody, ShopView
from gateway.inbox.view import spelled
from ledger.clock import now_ms
from ledger.database import reading, writing

HEADERS = {"shopify": SHOPIFY_HEADER, "woocommerce": WOOCOMMERCE_HEADER}


def create(engine: Engine, organisation: int, body: ShopBody) -> ShopView:
    """Take orders of a shop from now on.

    Raises
    ------
    ShopKept
        If they are taken already.
    """
    shop = Shop(
        organisation=organisation,
        kind=body.kind,
        domain=body.domain,
        secret=body.secret.encode(),
        created_ms=now_ms(),
    )
    try:
        with writing(engine) as session:
            session.add(shop)
            session.flush()
            return _view(shop)
    except IntegrityError:
        raise ShopKept(body.domain) from None


def shops(engine: Engine, organisation: int) -> Page[ShopView]:
    """List an organisation's shops."""
    found = select(Shop).where(Shop.organisation == organisation).order_by(col(Shop.id))
    with reading(engine) as session:
        return Page(items=[_view(shop) for shop in session.exec(found)])


def remove(engine: Engine, organisation: int, id_: str) -> None:
    """Take no more orders of a shop; those that came stay.

    Raises
    ------
    ShopUnknown
        If there is none.
    """
    with writing(engine) as session:
        shop = _shop(session, id_)
        if shop.organisation != organisation:
            raise ShopUnknown(id_)
        session.delete(shop)


def receive(
    engine: Engine, hosted: frozenset[int], id_: str, content: bytes, headers: dict[str, str]
) -> InboxView:
    """Take an order in that a shop sends, once its signature is checked.

    Raises
    ------
    ShopUnknown
        If there is no such shop of an organisation that is hosted here.
    ShopSignatureInvalid
        If the shop did not sign the message; nothing of it is kept.
    """
    with reading(engine) as session:
        shop = _shop(session, id_)
        if shop.organisation not in hosted:
            raise ShopUnknown(id_)
        organisation, domain, secret = shop.organisation, shop.domain, shop.secret
        signature = headers.get(HEADERS[shop.kind])
    if not is_signed(content, signature, secret):
        raise ShopSignatureInvalid
    return service.receive(engine, organisation, domain, content, "application/json")


def _shop(session: Session, id_: str) -> Shop:
    is_number = id_.isascii() and id_.isdigit() and len(id_) < 10
    shop = session.get(Shop, int(id_)) if is_number else None
    if shop is None:
        raise ShopUnknown(id_)
    return shop


def _view(shop: Shop) -> ShopView:
    return ShopView(
        id=str(shop.id),
        kind=shop.kind,
        domain=shop.domain,
        path=f"/v1/shops/{shop.id}/inbox",
        created_at=spelled(shop.created_ms),
    )
