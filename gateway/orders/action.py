"""Issuing orders and moving them on."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.agreements.service import require_agreement
from gateway.body import XML_TYPES
from gateway.deps import Gateway
from gateway.documents.fit import require_fit
from gateway.errors import ActionUnknown, MediaTypeUnsupported, OrderUnknown
from gateway.naming import row_spelled
from gateway.orders.service import parsed, read_agreed, require_agreeing
from gateway.orders.step import Step
from gateway.policy.service import require_released
from ledger.acceptance import Accepted, Within
from ledger.database import reading
from ledger.desk import Wish
from ledger.document.order import Order
from ledger.document.part import Document
from ledger.forecast import Ask, Forecast
from ledger.identifier import OrderId, parse_agreement, parse_order
from ledger.lifecycle import Row


async def issue(
    gateway: Gateway, organisation: int, agreement: str, document: Document | None, within: Within
) -> Accepted:
    """Hand in a new order."""
    number = parse_agreement(agreement)
    await asyncio.to_thread(require_agreement, gateway, organisation, number)
    require_fit("order", "issue", document)
    wish = Wish(agreement=number, action="issue", document=document)
    return await gateway.ledger.desk.record(organisation, wish, within)


async def act(
    gateway: Gateway,
    organisation: int,
    id: str,
    action: str,
    document: dict[str, Any] | None,
    within: Within,
) -> Accepted:
    """Hand in an action on an order."""
    order = parse_order(id)
    row = row_spelled("order", action)
    if row.action == "issue":
        raise ActionUnknown(action)
    content = await asyncio.to_thread(_checked, gateway, organisation, order, row, document)
    wish = Wish(agreement=order.agreement, action=row.action, number=order.number, document=content)
    return await gateway.ledger.desk.record(organisation, wish, within)


def read_order_body(media_type: str, body: bytes) -> Order:
    """Read an order that was posted as a UBL document.

    Raises
    ------
    MediaTypeUnsupported
        If it is of another type.
    ConnectorRefused
        With every finding and its place.
    """
    if media_type not in XML_TYPES:
        raise MediaTypeUnsupported(f"Orders are not taken as {media_type}.", media_type=media_type)
    # The XML parser is loaded by those gateways that are sent XML.
    from gateway.connectors.ubl.order import parse

    return parse(body)


def _checked(
    gateway: Gateway,
    organisation: int,
    order: OrderId,
    row: Row,
    document: dict[str, Any] | None,
) -> Document | None:
    content = parsed(document)
    require_possible(gateway, organisation, order, row, order.number)
    require_fit(row.machine, row.action, content)
    require_released(gateway, organisation, order, row.action, None)
    agreed = read_agreed(gateway, organisation, order.agreement, order.number)
    require_agreeing(agreed, Step(row.machine, row.action, order.number, content))
    return content


def require_possible(
    gateway: Gateway, organisation: int, order: OrderId, row: Row, number: int
) -> None:
    """Refuse what the chain would refuse, and hide what belongs to others.

    Raises
    ------
    OrderUnknown
        If there is no such order that the organisation may see.
    Refused
        The error that the chain would give.
    """
    with reading(gateway.engine) as session:
        found = gateway.queries.agreement(organisation, order.agreement)
        ask = Ask(row, order.agreement, number, order.number)
        forecast = Forecast(session, [ask])
        if found is None or forecast.order_state(order.agreement, order.number) == "None":
            raise OrderUnknown(order)
        forecast.require_action(organisation, ask)
