"""Deliveries in terms of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlmodel import Session

from gateway.answer import Page
from gateway.deliveries.schemas import DeliveryLineView, DeliverySummary, DeliveryView
from gateway.deps import Gateway
from gateway.errors import DeliveryUnknown
from gateway.naming import delivery_id, order_id
from gateway.orders.service import (
    content_of,
    etag_of,
    finding_views,
    order_key,
    read_agreed,
    require_match,
    require_order,
    unopened_views,
)
from gateway.orders.step import Step
from gateway.page import encode_cursor
from ledger.identifier import DeliveryId, agreement_id, parse_delivery, parse_order
from ledger.queries import DeliveryView as LedgerDelivery
from ledger.query import trade

_SHIPPED: Final = ("announce", "despatch")
_RECEIVED: Final = ("receive", "receive_partially", "refuse")
_INSPECTED: Final = ("pass", "fail", "pass_conditionally")
_RETURNED: Final = ("return",)


def list_deliveries(
    gateway: Gateway, organisation: int, order: str | None, cursor: str | None, limit: int
) -> Page[DeliverySummary]:
    """List the deliveries of one order, or of an organisation's orders, last changed first."""
    if order is not None:
        found = parse_order(order)
        require_order(gateway, organisation, found)
        of_order = gateway.queries.deliveries(organisation, found.agreement, found.number)
        return Page(items=[_view(each) for each in of_order])
    orders = gateway.queries.orders(organisation, after=order_key(cursor), limit=limit)
    items = [
        _view(each)
        for parent in orders
        for each in gateway.queries.deliveries(organisation, parent.agreement, parent.number)
    ]
    return Page(items=items, next=encode_cursor(orders[-1].key) if len(orders) == limit else None)


def read_delivery(gateway: Gateway, organisation: int, id: str) -> DeliveryView:
    """Read a delivery with what its documents say.

    Raises
    ------
    DeliveryUnknown
        If there is none that the organisation may see.
    """
    view = require_delivery(gateway, organisation, parse_delivery(id))
    agreed = read_agreed(gateway, organisation, view.agreement, view.order_number)
    progress = agreed.deliveries.get(view.number)
    handled = progress.handled if progress else {}
    lines = [
        DeliveryLineView(id=line, **each.as_json(agreed.lines[line].unit_code))
        for line, each in handled.items()
    ]
    steps = agreed.steps.get(view.number, [])
    return DeliveryView(
        **_summary(view),
        document=_last(steps, _SHIPPED),
        receipt=_last(steps, _RECEIVED),
        quality_report=_last(steps, _INSPECTED),
        return_instruction=_last(steps, _RETURNED),
        lines=lines,
        findings=finding_views(progress.findings if progress else []),
        unopened=unopened_views([step.unopened for step in steps if step.unopened is not None]),
    )


def require_delivery(gateway: Gateway, organisation: int, delivery: DeliveryId) -> LedgerDelivery:
    """Find a delivery of an agreement in which an organisation has a seat.

    Raises
    ------
    DeliveryUnknown
        If there is none; one among others looks the same.
    """
    found = gateway.queries.delivery(organisation, delivery.agreement, delivery.number)
    if found is None:
        raise DeliveryUnknown(delivery)
    return found


def unchanged_delivery(
    organisation: int, delivery: DeliveryId, if_match: str | None
) -> Callable[[Session], None] | None:
    """Make the guard that refuses an action when the delivery has moved on from what is named."""
    if if_match is None or if_match.strip() == "*":
        return None
    named = if_match

    def guard(session: Session) -> None:
        found = trade.delivery(session, organisation, delivery.agreement, delivery.number)
        current = etag_of(found.state, found.changed_block) if found else None
        require_match(named, str(delivery), current)

    return guard


def _last(steps: list[Step], actions: tuple[str, ...]) -> dict[str, Any] | None:
    """Give the content of the newest document that came with one of some actions."""
    found = [step.document for step in steps if step.action in actions and step.document]
    return content_of(found[-1]) if found else None


def _view(view: LedgerDelivery) -> DeliverySummary:
    return DeliverySummary(**_summary(view))


def _summary(view: LedgerDelivery) -> dict[str, Any]:
    return {
        "id": delivery_id(view.agreement, view.number),
        "agreement": agreement_id(view.agreement),
        "number": view.number,
        "order": order_id(view.agreement, view.order_number),
        "state": view.state,
        "ledger_state": view.state,
        "allowed_actions": view.allowed_actions,
        "opened_at": view.opened_at,
        "changed_at": view.changed_at,
        "etag": etag_of(view.state, view.changed_block),
    }
