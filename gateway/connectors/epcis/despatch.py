"""Shipping: an event of goods that leave, and the despatch advice."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.epcis.goods import Objects, epcs_and_quantities
from gateway.connectors.epcis.gs1 import read_key, unit_uri
from gateway.connectors.epcis.occurrence import (
    Occurrence,
    Unnameable,
    end,
    event_moment,
    own_event_id,
    own_paper,
    place_end,
    transaction,
)
from ledger.document.delivery import Package
from ledger.document.despatch_advice import DespatchAdvice

STEP: Final = "shipping"


def fields(told: Occurrence, objects: Objects) -> dict[str, Any]:
    """Give the fields of a despatch advice."""
    day, clock = told.when()
    return {
        "document_type": "DespatchAdvice",
        "id": told.number("desadv"),
        "issue_date": day,
        "issue_time": clock,
        "order_reference": told.reference("po"),
        "seller_supplier_party": told.party("source", "owning_party"),
        "despatch_supplier_party": told.party("source", "possessing_party"),
        "buyer_customer_party": told.party("destination", "owning_party"),
        "delivery_customer_party": told.party("destination", "possessing_party"),
        "shipment": {
            "delivery": {
                "delivery_location": told.place("destination"),
                "despatch": {"actual_despatch_date": day, "actual_despatch_time": clock},
            },
            "package": [{"id": uri, "sscc": read_key(uri).sscc} for uri in objects.units],
        },
        "despatch_line": [
            {
                "id": str(number),
                "order_line_reference": {"line_id": goods.reference},
                "delivered_quantity": goods.quantity,
                "item": goods.item or None,
            }
            for number, goods in enumerate(objects.goods, 1)
        ],
    }


def event(document: DespatchAdvice) -> dict[str, Any]:
    """Give the members of an event.

    Raises
    ------
    Unnameable
        If EPCIS cannot name something that it must.
    """
    shipment = document.shipment
    delivery = shipment.delivery if shipment else None
    despatch = delivery.despatch if delivery else None
    day, clock = document.issue_date, document.issue_time
    if despatch is not None and despatch.actual_despatch_date and despatch.actual_despatch_time:
        day, clock = despatch.actual_despatch_date, despatch.actual_despatch_time
    lines = [(line.item, line.delivered_quantity) for line in document.despatch_line]
    epcs, amounts, unnamed = epcs_and_quantities(lines)
    if unnamed:
        number = document.despatch_line[unnamed[0]].id
        raise Unnameable(f"Line {number!r} needs a GTIN, or the EPCs of its pieces")
    units = [_unit(each) for each in (shipment.package if shipment else ()) if each.sscc]
    order = document.order_reference
    seller, buyer = document.seller_supplier_party, document.buyer_customer_party
    return {
        **event_moment(day, clock),
        "eventID": own_event_id(document.id),
        "action": "OBSERVE",
        "bizStep": STEP,
        "disposition": "in_transit",
        "epcList": [*units, *epcs],
        "quantityList": amounts,
        "bizTransactionList": [
            *transaction("po", order.id if order else None, buyer),
            *own_paper("desadv", document.id, document.despatch_supplier_party or seller),
        ],
        "sourceList": [
            *end("source", "owning_party", seller),
            *end("source", "possessing_party", document.despatch_supplier_party),
        ],
        "destinationList": [
            *end("destination", "owning_party", buyer),
            *end("destination", "possessing_party", document.delivery_customer_party),
            *place_end("destination", delivery.delivery_location if delivery else None),
        ],
    }


def _unit(package: Package) -> str:
    sscc = package.sscc or ""
    return package.id if read_key(package.id).sscc == sscc else unit_uri(sscc)
