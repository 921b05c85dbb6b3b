"""cXML ConfirmationRequest, in and out.

A line that is accepted as it was ordered has one status ``accept`` over its whole quantity without
a date; a line of which all is rejected one ``reject``. Every other line is changed, with one
delivery for each status that promises a date; what such a line rejects is not part of its quantity.

Notes
-----
Source: cXML 1.2, ConfirmationRequest.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from lxml import etree

from gateway.connectors.cxml.item import (
    read_item,
    read_price,
    read_quantity,
    write_detail,
    write_item_id,
    write_money,
)
from gateway.connectors.cxml.message_type import MessageType
from gateway.connectors.cxml.party import read_side, write_root
from gateway.connectors.cxml.reading import Reading, read_comments
from gateway.connectors.cxml.writing import add, end_of, moment, required
from gateway.connectors.ubl.scalar import IDENTIFIER
from ledger.document.delivery import Delivery
from ledger.document.money import Quantity, total
from ledger.document.order_response import (
    LINE_ACCEPTED,
    LINE_CHANGED,
    LINE_REJECTED,
    OrderResponse,
    OrderResponseLine,
)
from ledger.document.party import Party
from ledger.document.scalar import exact

_CODES: Final = {
    "accept": "AP",
    "allDetail": "CA",
    "backordered": "CA",
    "detail": "CA",
    "except": "CA",
    "reject": "RE",
}
_TYPES: Final = {"AP": "accept", "CA": "detail", "RE": "reject"}
_REJECT: Final = "reject"
_ACCEPTED_FIELDS: Final = {"id", "order_line_reference", "quantity", "line_status_code", "note"}


def _read(reading: Reading, root: etree._Element) -> dict[str, Any]:
    request = root.find("Request/ConfirmationRequest")
    assert request is not None
    header, order = reading.need(request, "ConfirmationHeader"), request.find("OrderReference")
    if header is None:
        return {}
    code = _CODES.get(header.get("type", ""))
    if code is None:
        rule = "A confirmation accepts, rejects or details an order."
        reading.report.add(header, rule, header.get("type", ""), "Write one of these types.")
    day, time = reading.moment(header, "noticeDate", is_required=True)
    return reading.own(
        root,
        id=reading.attribute(header, "confirmID", IDENTIFIER, is_required=True),
        issue_date=day,
        issue_time=time,
        note=read_comments(reading, header),
        order_response_code=code,
        order_reference=read_order(reading, request if order is None else order),
        seller_supplier_party=read_side(reading, root, "From"),
        buyer_customer_party=read_side(reading, root, "To"),
        order_line=[_read_line(reading, each) for each in request.iterfind("ConfirmationItem")],
    )


def read_order(reading: Reading, reference: etree._Element) -> dict[str, Any]:
    """Read which order something is about."""
    return reading.own(
        reference,
        id=reading.attribute(reference, "orderID", IDENTIFIER, is_required=True),
        issue_date=reading.moment(reference, "orderDate")[0],
    )


def _read_line(reading: Reading, item: etree._Element) -> dict[str, Any]:
    number = reading.attribute(item, "lineNumber", IDENTIFIER, is_required=True)
    parts = list(item.iterfind("ConfirmationStatus"))
    kept = [each for each in parts if each.get("type") != _REJECT]
    whole = read_quantity(reading, item)
    line = reading.own(
        item,
        id=number,
        order_line_reference=reading.own(item, line_id=number),
        quantity=whole,
        line_status_code=LINE_CHANGED,
        note=[note for each in parts for note in read_comments(reading, each)],
    )
    if not kept:
        line["line_status_code"] = LINE_REJECTED
        return line
    _read_detail(reading, kept[0], line)
    deliveries = [_read_part(reading, each) for each in kept]
    if len(parts) > 1 or "promised_delivery_period" in deliveries[0]:
        line["delivery"] = deliveries
    if len(kept) < len(parts):
        values = [each.get("quantity", {}).get("value", "0") for each in deliveries]
        line["quantity"] = {**whole, "value": exact(total(Decimal(each) for each in values))}
    is_plain = line.keys() <= _ACCEPTED_FIELDS and kept[0].get("type") == "accept"
    if is_plain and len(parts) == 1:
        line["line_status_code"] = LINE_ACCEPTED
    return line


def _read_detail(reading: Reading, status: etree._Element, line: dict[str, Any]) -> None:
    item_in = status.find("ItemIn")
    if item_in is not None:
        detail = item_in.find("ItemDetail")
        line["item"] = read_item(reading, item_in.find("ItemID"), detail)
    price = read_price(reading, status if item_in is None else item_in.find("ItemDetail"))
    if price:
        line["price"] = price


def _read_part(reading: Reading, status: etree._Element) -> dict[str, Any]:
    day, time = reading.moment(status, "deliveryDate")
    return reading.own(
        status,
        quantity=read_quantity(reading, status),
        promised_delivery_period=reading.own(status, end_date=day, end_time=time),
    )


def _write(answer: OrderResponse) -> etree._Element:
    seller, buyer = answer.seller_supplier_party or Party(), answer.buyer_customer_party or Party()
    root = write_root(answer, seller, buyer)
    request = add(root.find("Request"), "ConfirmationRequest")
    kind = required(_TYPES.get(answer.order_response_code), "/order_response_code")
    header = add(
        request,
        "ConfirmationHeader",
        confirmID=answer.id,
        type=kind,
        noticeDate=moment(answer.issue_date, answer.issue_time),
    )
    for note in answer.note:
        add(header, "Comments", note)
    order = answer.order_reference
    reference = add(request, "OrderReference", orderID=order.id, orderDate=order.issue_date)
    add(reference, "DocumentReference", payloadID=order.id)
    for nth, line in enumerate(answer.order_line):
        _write_line(request, line, f"/order_line/{nth}/quantity")
    return root


def _write_line(request: etree._Element, line: OrderResponseLine, path: str) -> None:
    quantity = line.quantity
    value = required(quantity.value if quantity is not None else None, path)
    assert quantity is not None
    item = add(
        request, "ConfirmationItem", quantity=value, lineNumber=line.order_line_reference.line_id
    )
    add(item, "UnitOfMeasure", quantity.unit_code)
    promised = Delivery(quantity=quantity, promised_delivery_period=line.promised_delivery_period)
    for nth, part in enumerate(line.delivery or (promised,)):
        _write_part(item, line, part.quantity or quantity, part, is_first=nth == 0)


def _write_part(
    item: etree._Element,
    line: OrderResponseLine,
    quantity: Quantity,
    part: Delivery,
    *,
    is_first: bool,
) -> None:
    kind = {LINE_ACCEPTED: "accept", LINE_REJECTED: _REJECT}.get(line.line_status_code, "detail")
    status = add(
        item,
        "ConfirmationStatus",
        quantity=quantity.value,
        type=kind,
        deliveryDate=end_of(part.promised_delivery_period),
    )
    add(status, "UnitOfMeasure", quantity.unit_code)
    if not is_first:
        return
    # What goes as ordered names no item and no price: cXML would have it changed by them.
    is_changed = line.line_status_code == LINE_CHANGED
    if is_changed and line.item is not None:
        item_in = add(status, "ItemIn", quantity=quantity.value)
        write_item_id(item_in, line.item)
        write_detail(item_in, line.item, line.price, quantity.unit_code)
    elif is_changed and line.price is not None:
        write_money(status, "UnitPrice", line.price.price_amount)
    for note in line.note:
        add(status, "Comments", note)


CONFIRMATION_REQUEST: Final = MessageType(
    "ConfirmationRequest", "Fulfill", OrderResponse, _read, _write
)
parse, render, unheld = (
    CONFIRMATION_REQUEST.parse,
    CONFIRMATION_REQUEST.render,
    CONFIRMATION_REQUEST.unheld,
)
