"""Opening deliveries and moving them on."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.deliveries.decision import action_of
from gateway.deps import Gateway
from gateway.documents.fit import require_fit
from gateway.errors import ActionUnknown, DeliveryUnknown
from gateway.naming import row_spelled
from gateway.orders.action import require_possible
from gateway.orders.service import parsed, read_agreed, require_agreeing
from gateway.orders.step import Step
from gateway.policy.service import require_released
from ledger.acceptance import Accepted, Within
from ledger.database import reading
from ledger.desk import Wish
from ledger.document.part import Document
from ledger.document.quality_report import QualityReport
from ledger.forecast import Ask, Forecast
from ledger.identifier import DeliveryId, OrderId, parse_delivery, parse_order
from ledger.lifecycle import Row


async def open_delivery(
    gateway: Gateway,
    organisation: int,
    id: str,
    action: str,
    document: dict[str, Any] | None,
    within: Within,
) -> Accepted:
    """Hand in the announcement or despatch of a new delivery of an order."""
    order = parse_order(id)
    row = row_spelled("delivery", action)
    if not row.opens:
        raise ActionUnknown(action)
    content = await asyncio.to_thread(
        _checked, gateway, organisation, order, row, None, parsed(document)
    )
    wish = Wish(agreement=order.agreement, action=row.action, order=order.number, document=content)
    return await gateway.ledger.desk.record(organisation, wish, within)


async def act(
    gateway: Gateway,
    organisation: int,
    id: str,
    action: str,
    document: dict[str, Any] | None,
    within: Within,
) -> Accepted:
    """Hand in an action on a delivery."""
    row = row_spelled("delivery", action)
    if row.action == "announce":
        raise ActionUnknown(action)
    return await _act(gateway, organisation, parse_delivery(id), row, parsed(document), within)


async def report_quality(
    gateway: Gateway, organisation: int, id: str, document: dict[str, Any], within: Within
) -> Accepted:
    """Hand in a quality report; the action follows from its usage decisions."""
    content = parsed(document)
    require_fit("delivery", "pass", content)
    assert isinstance(content, QualityReport)
    row = row_spelled("delivery", action_of(content))
    return await _act(gateway, organisation, parse_delivery(id), row, content, within)


async def _act(
    gateway: Gateway,
    organisation: int,
    delivery: DeliveryId,
    row: Row,
    content: Document | None,
    within: Within,
) -> Accepted:
    order = await asyncio.to_thread(_order_of, gateway, organisation, delivery, row)
    await asyncio.to_thread(_checked, gateway, organisation, order, row, delivery.number, content)
    wish = Wish(
        agreement=order.agreement,
        action=row.action,
        number=delivery.number,
        order=order.number if row.opens else None,
        document=content,
    )
    return await gateway.ledger.desk.record(organisation, wish, within)


def _order_of(gateway: Gateway, organisation: int, delivery: DeliveryId, row: Row) -> OrderId:
    """Find the order of a delivery that is recorded, or accepted here."""
    with reading(gateway.engine) as session:
        found = gateway.queries.agreement(organisation, delivery.agreement)
        forecast = Forecast(session, [Ask(row, delivery.agreement, delivery.number)])
        state, order = forecast.delivery_state(delivery.agreement, delivery.number)
    if found is None or state == "None" or order is None:
        raise DeliveryUnknown(delivery)
    return OrderId(delivery.agreement, order)


def _checked(
    gateway: Gateway,
    organisation: int,
    order: OrderId,
    row: Row,
    number: int | None,
    content: Document | None,
) -> Document | None:
    # Number 0 is never given to a delivery, so it stands for one that does not exist yet.
    require_possible(gateway, organisation, order, row, number or 0)
    require_fit(row.machine, row.action, content)
    require_released(gateway, organisation, order, row.action, number or 0)
    agreed = read_agreed(gateway, organisation, order.agreement, order.number)
    require_agreeing(agreed, Step(row.machine, row.action, number or 0, content))
    return content
