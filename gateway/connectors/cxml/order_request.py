"""cXML OrderRequest of type ``new``, in and out.

A line without a number has that of its place. The buyer has the credentials of the sender and the
name of whom the order is billed to, who is its accounting customer if there is more than a name.

Notes
-----
Source: cXML 1.2, OrderRequest.
"""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

from gateway.connectors.cxml.item import (
    read_item,
    read_money,
    read_price,
    read_quantity,
    write_detail,
    write_item_id,
    write_money,
)
from gateway.connectors.cxml.message_type import MessageType
from gateway.connectors.cxml.party import read_address, read_side, write_address, write_root
from gateway.connectors.cxml.reading import Reading, read_comments
from gateway.connectors.cxml.writing import add, end_of, moment
from gateway.connectors.ubl.scalar import COUNT, IDENTIFIER
from ledger.document.order import Order, OrderLine
from ledger.document.party import Party

_NEW: Final = "new"


def _read(reading: Reading, root: etree._Element) -> dict[str, Any]:
    request = root.find("Request/OrderRequest")
    assert request is not None
    header = reading.need(request, "OrderRequestHeader")
    if header is None:
        return {}
    if header.get("type", _NEW) != _NEW:
        rule = "An order is of type new; changes and cancellations are other documents."
        reading.report.add(header, rule, header.get("type", ""), "Send the change by another way.")
    buyer, billed = read_side(reading, root, "From"), read_address(reading, header.find("BillTo"))
    if "name" in billed:
        buyer["name"] = billed["name"]
    total = read_money(reading, header.find("Total"))
    day, time = reading.moment(header, "orderDate", is_required=True)
    items = list(request.iterfind("ItemOut"))
    ship_to = _read_delivery(reading, header.find("ShipTo"))
    term = header.find("PaymentTerm")
    return reading.own(
        root,
        id=reading.attribute(header, "orderID", IDENTIFIER, is_required=True),
        issue_date=day,
        issue_time=time,
        note=read_comments(reading, header),
        document_currency_code=total.get("currency_id"),
        sales_order_id=reading.attribute(header.find("SupplierOrderInfo"), "orderID", IDENTIFIER),
        buyer_customer_party=buyer,
        seller_supplier_party=read_side(reading, root, "To"),
        accounting_customer_party=billed if billed.keys() != {"name"} else None,
        delivery=[ship_to] if ship_to else [],
        payment_due_days=reading.attribute(term, "payInNumberOfDays", COUNT),
        anticipated_monetary_total=reading.own(header, line_extension_amount=total),
        order_line=[_read_line(reading, each, nth) for nth, each in enumerate(items, 1)],
    )


def _read_delivery(reading: Reading, ship_to: etree._Element | None) -> dict[str, Any]:
    party = read_address(reading, ship_to)
    return reading.own(ship_to, delivery_party=party) if ship_to is not None and party else {}


def _read_line(reading: Reading, item: etree._Element, nth: int) -> dict[str, Any]:
    detail = reading.need(item, "ItemDetail")
    day, time = reading.moment(item, "requestedDeliveryDate")
    return reading.own(
        item,
        id=reading.attribute(item, "lineNumber", IDENTIFIER) or str(nth),
        item=read_item(reading, reading.need(item, "ItemID"), detail),
        quantity=read_quantity(reading, item, detail) if detail is not None else None,
        price=read_price(reading, detail),
        requested_delivery_period=reading.own(item, end_date=day, end_time=time),
        note=read_comments(reading, item),
    )


def _write(order: Order) -> etree._Element:
    buyer, seller = order.buyer_customer_party, order.seller_supplier_party
    root = write_root(order, buyer, seller)
    request = add(root.find("Request"), "OrderRequest")
    header = add(
        request,
        "OrderRequestHeader",
        orderID=order.id,
        orderDate=moment(order.issue_date, order.issue_time),
        type=_NEW,
    )
    if order.anticipated_monetary_total is not None:
        write_money(header, "Total", order.anticipated_monetary_total.line_extension_amount)
    for delivery in order.delivery[:1]:
        if delivery.delivery_party is not None:
            write_address(header, "ShipTo", delivery.delivery_party)
    write_address(header, "BillTo", order.accounting_customer_party or Party(name=buyer.name))
    if order.payment_due_days is not None:
        add(header, "PaymentTerm", payInNumberOfDays=str(order.payment_due_days))
    for note in order.note:
        add(header, "Comments", note)
    if order.sales_order_id is not None:
        add(header, "SupplierOrderInfo", orderID=order.sales_order_id)
    for line in order.order_line:
        _write_line(request, line)
    return root


def _write_line(request: etree._Element, line: OrderLine) -> None:
    item = add(
        request,
        "ItemOut",
        quantity=line.quantity.value,
        lineNumber=line.id,
        requestedDeliveryDate=end_of(line.requested_delivery_period),
    )
    write_item_id(item, line.item)
    write_detail(item, line.item, line.price, line.quantity.unit_code)
    for note in line.note:
        add(item, "Comments", note)


ORDER_REQUEST: Final = MessageType("OrderRequest", "cXML", Order, _read, _write)
parse, render, unheld = ORDER_REQUEST.parse, ORDER_REQUEST.render, ORDER_REQUEST.unheld
