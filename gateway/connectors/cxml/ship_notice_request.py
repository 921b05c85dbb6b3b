"""cXML ShipNoticeRequest, in and out.

Each line names the order of its portion. It has the number it was given in the notice, else that of
the order line, else, where that stands twice, its place.

Notes
-----
Source: cXML 1.2, ShipNoticeRequest.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

from lxml import etree

from gateway.connectors.cxml.confirmation_request import read_order
from gateway.connectors.cxml.item import (
    read_item,
    read_quantity,
    write_descriptions,
    write_item_id,
)
from gateway.connectors.cxml.message_type import MessageType
from gateway.connectors.cxml.party import read_side, write_root
from gateway.connectors.cxml.reading import Reading, read_comments
from gateway.connectors.cxml.writing import add, end_of, moment, required
from gateway.connectors.ubl.scalar import IDENTIFIER, TEXT
from ledger.document.despatch_advice import DespatchAdvice, DespatchLine
from ledger.document.party import Party
from ledger.document.reference import DocumentReference

_COMPANY: Final = "companyName"


def _read(reading: Reading, root: etree._Element) -> dict[str, Any]:
    request = root.find("Request/ShipNoticeRequest")
    assert request is not None
    header = reading.need(request, "ShipNoticeHeader")
    if header is None:
        return {}
    day, time = reading.moment(header, "noticeDate", is_required=True)
    lines = [
        _read_line(reading, portion, item)
        for portion in request.iterfind("ShipNoticePortion")
        for item in portion.iterfind("ShipNoticeItem")
    ]
    if not lines:
        rule = "A despatch advice names what has left, line by line."
        reading.report.add(request, rule, "", "Add a ShipNoticeItem for each line.")
    numbers = [line.get("id") for line in lines]
    if len(set(numbers)) < len(numbers):
        for nth, line in enumerate(lines, 1):
            line["id"] = str(nth)
    return reading.own(
        root,
        id=reading.attribute(header, "shipmentID", IDENTIFIER, is_required=True),
        issue_date=day,
        issue_time=time,
        note=read_comments(reading, header),
        order_reference=lines[0]["order_line_reference"].get("document_reference") if lines else {},
        despatch_supplier_party=read_side(reading, root, "From"),
        delivery_customer_party=read_side(reading, root, "To"),
        shipment=_read_shipment(reading, header, request.find("ShipControl")),
        despatch_line=lines,
    )


def _read_shipment(
    reading: Reading, header: etree._Element, control: etree._Element | None
) -> dict[str, Any]:
    sent, sent_time = reading.moment(header, "shipmentDate")
    due, due_time = reading.moment(header, "deliveryDate")
    tracking = reading.text(control, "ShipmentIdentifier", IDENTIFIER)
    # cXML names a carrier together with its number only; another one rides along.
    named = control if tracking is not None else None
    carrier = reading.text(named, f"CarrierIdentifier[@domain='{_COMPANY}']", TEXT)
    delivery = reading.own(
        header,
        despatch=reading.own(header, actual_despatch_date=sent, actual_despatch_time=sent_time),
        estimated_delivery_period=reading.own(header, end_date=due, end_time=due_time),
        carrier_party=reading.own(header, name=carrier),
        tracking_id=tracking,
    )
    return reading.own(header, delivery=delivery)


def _read_line(reading: Reading, portion: etree._Element, item: etree._Element) -> dict[str, Any]:
    number = reading.attribute(item, "lineNumber", IDENTIFIER, is_required=True)
    order = reading.need(portion, "OrderReference")
    reference = read_order(reading, order) if order is not None else {}
    detail = item.find("ShipNoticeItemDetail")
    return reading.own(
        item,
        id=reading.attribute(item, "shipNoticeLineNumber", IDENTIFIER) or number,
        order_line_reference=reading.own(item, line_id=number, document_reference=reference),
        delivered_quantity=read_quantity(reading, item),
        item=read_item(reading, item.find("ItemID"), detail),
        note=read_comments(reading, item),
    )


def _write(advice: DespatchAdvice) -> etree._Element:
    sender = advice.despatch_supplier_party or advice.seller_supplier_party or Party()
    receiver = advice.delivery_customer_party or advice.buyer_customer_party or Party()
    root = write_root(advice, sender, receiver)
    request = add(root.find("Request"), "ShipNoticeRequest")
    delivery = advice.shipment.delivery if advice.shipment is not None else None
    despatch = delivery.despatch if delivery is not None else None
    sent = despatch.actual_despatch_date if despatch is not None else None
    header = add(
        request,
        "ShipNoticeHeader",
        shipmentID=advice.id,
        noticeDate=moment(advice.issue_date, advice.issue_time),
        shipmentDate=moment(sent, despatch.actual_despatch_time) if despatch and sent else None,
        deliveryDate=end_of(delivery.estimated_delivery_period if delivery is not None else None),
    )
    for note in advice.note:
        add(header, "Comments", note)
    if delivery is not None and delivery.tracking_id is not None:
        control = add(request, "ShipControl")
        carrier = delivery.carrier_party
        if carrier is not None and carrier.name is not None:
            add(control, "CarrierIdentifier", carrier.name, domain=_COMPANY)
        add(control, "ShipmentIdentifier", delivery.tracking_id)
    for order, lines in groupby(advice.despatch_line, key=lambda line: _order_of(advice, line)):
        _write_portion(request, order, list(lines))
    return root


def _order_of(advice: DespatchAdvice, line: DespatchLine) -> DocumentReference | None:
    return line.order_line_reference.document_reference or advice.order_reference


def _write_portion(
    request: etree._Element, order: DocumentReference | None, lines: list[DespatchLine]
) -> None:
    portion = add(request, "ShipNoticePortion")
    number = required(order.id if order is not None else None, "/order_reference")
    assert order is not None
    reference = add(portion, "OrderReference", orderID=number, orderDate=order.issue_date)
    add(reference, "DocumentReference", payloadID=number)
    for line in lines:
        item = add(
            portion,
            "ShipNoticeItem",
            quantity=line.delivered_quantity.value,
            lineNumber=line.order_line_reference.line_id,
            shipNoticeLineNumber=line.id,
        )
        if line.item is not None:
            write_item_id(item, line.item)
            if line.item.name is not None:
                write_descriptions(add(item, "ShipNoticeItemDetail"), line.item)
        add(item, "UnitOfMeasure", line.delivered_quantity.unit_code)
        for note in line.note:
            add(item, "Comments", note)


SHIP_NOTICE_REQUEST: Final = MessageType(
    "ShipNoticeRequest", "Fulfill", DespatchAdvice, _read, _write
)
parse, render, unheld = (
    SHIP_NOTICE_REQUEST.parse,
    SHIP_NOTICE_REQUEST.render,
    SHIP_NOTICE_REQUEST.unheld,
)
