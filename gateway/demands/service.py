"""Demands in terms of the ledger: orders whose document is a demand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from gateway.agreements.service import require_agreement
from gateway.answer import Page
from gateway.demands.errors import DemandUnknown, PoolRoleMissing
from gateway.demands.money import minor_of
from gateway.demands.pooled import pooled_of
from gateway.demands.schemas import DemandBody, DemandView, StatementView
from gateway.deps import Gateway
from gateway.errors import DocumentUnfit, Finding, OrderUnknown
from gateway.naming import hexadecimal, order_id
from gateway.orders.service import read_agreed, require_order
from gateway.page import decode_cursor, encode_cursor
from ledger.acceptance import Accepted, Within
from ledger.desk import Wish
from ledger.document import canonical_form, parse_document
from ledger.document.transport import Demand, ShareStatement
from ledger.identifier import LotId, OrderId, agreement_id, parse_agreement, parse_order
from ledger.number import AgreementNumber, AuctionNumber
from ledger.queries import DocumentView, OrderView
from ledger.role import Role

ORDERS_A_LOOK = 200


async def post(gateway: Gateway, organisation: int, body: DemandBody, within: Within) -> Accepted:
    """Hand in a demand.

    Raises
    ------
    DocumentUnfit
        If it is no demand, or one that cannot be planned.
    PoolRoleMissing
        If the agreement's seller is no pool operator.
    """
    document = parse_document(body.document)
    if not isinstance(document, Demand):
        finding = Finding("/document/document_type", "must be Demand", "DocumentTypeOther")
        raise DocumentUnfit("The document is no demand.", (finding,))
    agreement = parse_agreement(body.agreement)
    row = (await asyncio.to_thread(require_agreement, gateway, organisation, agreement)).row
    pooled_of(document, document.id, organisation)
    if not await asyncio.to_thread(has_role, gateway, row.seller, Role.POOL):
        raise PoolRoleMissing(row.seller)
    wish = Wish(agreement=agreement, action="issue", document=document)
    return await gateway.ledger.desk.record(organisation, wish, within)


def list_demands(
    gateway: Gateway, organisation: int, cursor: str | None, limit: int
) -> Page[DemandView]:
    """List an organisation's demands, posted or received, last changed first."""
    after = decode_cursor(cursor, 3)
    items: list[DemandView] = []
    start = None if after is None else (after[0], after[1], after[2])
    for order in _orders(gateway, organisation, start):
        document = demand_document(gateway, organisation, order)
        if document is None:
            continue
        items.append(_view(order, document))
        if len(items) == limit:
            return Page(items=items, next=encode_cursor(order.key))
    return Page(items=items)


def read_demand(gateway: Gateway, organisation: int, id: str) -> DemandView:
    """Read one demand.

    Raises
    ------
    DemandUnknown
        If there is none that the organisation may see.
    """
    order = _require_demand(gateway, organisation, parse_order(id))
    return _view(order, demand_document(gateway, organisation, order))


def read_statement(gateway: Gateway, organisation: int, id: str) -> StatementView:
    """Read what a demand pays.

    Raises
    ------
    DemandUnknown
        If there is none that the organisation may see.
    """
    order = _require_demand(gateway, organisation, parse_order(id))
    name = order_id(order.agreement, order.number)
    statements = _documents(gateway, organisation, order, "ShareStatement")
    if order.ledger_state in ("Issued", "Acknowledged") or not statements:
        return StatementView(demand=name, share_minor=None)
    found = statements[-1]
    statement = parse_document(found.body or {})
    assert isinstance(statement, ShareStatement)
    (share,) = statement.share
    alone, paid = minor_of(share.alone_price), minor_of(share.share_amount)
    return StatementView(
        demand=name,
        share_minor=paid,
        alone_price_minor=alone,
        saving_minor=alone - paid,
        currency=statement.price.currency_id,
        lot=str(LotId(AuctionNumber(statement.auction_id), statement.lot_number)),
        lot_price_minor=minor_of(statement.price),
        rule=statement.rule,
        why=" ".join(statement.note),
        commitment=hexadecimal(found.commitment),
    )


def open_demands(gateway: Gateway, pool: int) -> Iterator[OrderView]:
    """Go through the demands that a pool operator was sent and has not answered yet."""
    for order in _orders(gateway, pool, None, is_open=True):
        is_asked = order.seller == pool and order.ledger_state in ("Issued", "Acknowledged")
        if is_asked and demand_document(gateway, pool, order) is not None:
            yield order


def demand_document(gateway: Gateway, organisation: int, order: OrderView) -> Demand | None:
    """Give the demand that an order holds now; none if it holds something else."""
    if not _documents(gateway, organisation, order, "Demand"):
        return None
    found = read_agreed(gateway, organisation, order.agreement, order.number).order
    return found if isinstance(found, Demand) else None


def has_role(gateway: Gateway, organisation: int, role: Role) -> bool:
    """Tell whether a member holds a role and is not suspended."""
    member = gateway.queries.organisation(organisation)
    return member is not None and bool(member.roles & role) and not member.is_suspended


def _require_demand(gateway: Gateway, organisation: int, id: OrderId) -> OrderView:
    try:
        order = require_order(gateway, organisation, id)
    except OrderUnknown:
        raise DemandUnknown(id) from None
    if demand_document(gateway, organisation, order) is None:
        raise DemandUnknown(id)
    return order


def _documents(
    gateway: Gateway, organisation: int, order: OrderView, type: str
) -> list[DocumentView]:
    """List the opened documents of one type that belong to an order."""
    found = gateway.queries.documents(
        organisation, kind="order", agreement=order.agreement, number=order.number
    )
    return [each for each in found if each.type == type and each.body is not None]


def _orders(
    gateway: Gateway,
    organisation: int,
    after: tuple[int, int, int] | None,
    *,
    is_open: bool = False,
) -> Iterator[OrderView]:
    while True:
        page = gateway.queries.orders(
            organisation, is_open=is_open, after=after, limit=ORDERS_A_LOOK
        )
        yield from page
        if len(page) < ORDERS_A_LOOK:
            return
        after = page[-1].key


def _view(order: OrderView, document: Demand | None) -> DemandView:
    return DemandView(
        id=str(OrderId(AgreementNumber(order.agreement), order.number)),
        agreement=agreement_id(order.agreement),
        organisation=order.buyer,
        pool=order.seller,
        state=order.state,
        allowed_actions=order.allowed_actions,
        issued_at=order.issued_at,
        changed_at=order.changed_at,
        document=_json(document),
    )


def _json(document: Demand | None) -> dict[str, Any] | None:
    return None if document is None else canonical_form(document)
