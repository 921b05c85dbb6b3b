"""Which demands wait to be pooled, as planners take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlmodel import Session

from gateway.demands.pooled import PooledDemand, pooled_of
from gateway.demands.service import demand_document, open_demands
from gateway.deps import Gateway
from gateway.errors import DocumentUnfit, OrderUnknown
from gateway.naming import order_id
from gateway.orders.service import require_order
from gateway.plans import store
from gateway.plans.errors import DemandUnavailable
from ledger.database import reading
from ledger.identifier import parse_order
from ledger.model.sending import REFUSED
from ledger.queries import OrderView
from ledger.query import auction as auctions
from ledger.query import intent as intents
from pooling.plan import Plan

OPEN: Final = ("Issued", "Acknowledged")
_OVER: Final = ("Failed", "Void")
"""States in which a lot gives its demands back."""


def waiting(gateway: Gateway, pool: int, named: Sequence[str] | None) -> tuple[PooledDemand, ...]:
    """Give the demands of these identifiers, or all that wait and can be planned.

    Raises
    ------
    OrderUnknown
        If one that is named does not exist for the pool operator.
    DemandUnavailable
        If one that is named cannot be pooled now.
    """
    with reading(gateway.engine) as session:
        tendered = tendered_demands(session, pool)
    if named is not None:
        distinct = dict.fromkeys(named)
        return tuple(_named(gateway, pool, id, tendered) for id in distinct)
    found = []
    for order in open_demands(gateway, pool):
        if order_id(order.agreement, order.number) not in tendered:
            try:
                found.append(_pooled(gateway, pool, order))
            except DemandUnavailable:
                continue
    return tuple(found)


def require_unchanged(gateway: Gateway, pool: int, plan: Plan) -> None:
    """Refuse a plan whose demands are not what they were when it was made.

    Raises
    ------
    DemandUnavailable
        Naming the first that was answered, withdrawn or revised, or is in another tender.
    """
    planned = {demand.id: demand for lot in plan.lots for demand in lot.demands}
    for found in waiting(gateway, pool, list(planned)):
        if found.demand != planned[found.demand.id]:
            raise DemandUnavailable(found.demand.id, "it was revised since the plan was made")


def tendered_demands(session: Session, pool: int) -> frozenset[str]:
    """Name the demands that are in a lot of a tender that has not given them back."""
    taken: set[str] = set()
    for tender in store.tenders(session, pool):
        wish = intents.intent(session, tender.intent)
        if wish is not None and wish.status == REFUSED:
            continue
        view = auctions.auction(session, tender.auction, None)
        for position, demands in enumerate(tender.demands):
            if view is None or view.lots[position].ledger_state not in _OVER:
                taken |= set(demands)
    return frozenset(taken)


def _named(gateway: Gateway, pool: int, id: str, tendered: frozenset[str]) -> PooledDemand:
    order = require_order(gateway, pool, parse_order(id))
    if order.seller != pool:
        raise OrderUnknown(id)
    if order.ledger_state not in OPEN:
        raise DemandUnavailable(id, f"it is {order.ledger_state}")
    if id in tendered:
        raise DemandUnavailable(id, "it is in a tender already")
    return _pooled(gateway, pool, order)


def _pooled(gateway: Gateway, pool: int, order: OrderView) -> PooledDemand:
    id = order_id(order.agreement, order.number)
    document = demand_document(gateway, pool, order)
    if document is None:
        raise DemandUnavailable(id, "its order holds no demand that was opened here")
    try:
        return pooled_of(document, id, order.buyer)
    except DocumentUnfit as unfit:
        raise DemandUnavailable(id, unfit.detail.rstrip(".")) from None
