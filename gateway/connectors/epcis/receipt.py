"""Receiving: an event of goods that arrive, and the receipt advice."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.epcis.goods import Objects, epcs_and_quantities
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
from ledger.document.receipt_advice import ReceiptAdvice

STEP: Final = "receiving"


def fields(told: Occurrence, objects: Objects) -> dict[str, Any]:
    """Give the fields of a receipt advice; whether goods are good is said by an inspection."""
    day, clock = told.when()
    return {
        "document_type": "ReceiptAdvice",
        "id": told.number("recadv"),
        "issue_date": day,
        "issue_time": clock,
        "order_reference": told.reference("po"),
        "despatch_document_reference": told.reference("desadv"),
        "seller_supplier_party": told.party("source", "owning_party"),
        "despatch_supplier_party": told.party("source", "possessing_party"),
        "buyer_customer_party": told.party("destination", "owning_party"),
        "delivery_customer_party": told.party("destination", "possessing_party"),
        "actual_delivery_date": day,
        "delivery_location": told.place("destination"),
        "receipt_line": [
            {
                "id": str(number),
                "order_line_reference": {"line_id": goods.reference},
                "received_quantity": goods.quantity,
                "received_date": day,
                "item": goods.item or None,
            }
            for number, goods in enumerate(objects.goods, 1)
        ],
    }


def event(document: ReceiptAdvice) -> dict[str, Any]:
    """Give the members of an event.

    Raises
    ------
    Unnameable
        If EPCIS cannot name something that it must.
    """
    lines = [(line.item, line.received_quantity) for line in document.receipt_line]
    epcs, amounts, unnamed = epcs_and_quantities(lines)
    if unnamed:
        number = document.receipt_line[unnamed[0]].id
        raise Unnameable(f"Line {number!r} needs a GTIN, or the EPCs of its pieces")
    order, despatch = document.order_reference, document.despatch_document_reference
    seller, buyer = document.seller_supplier_party, document.buyer_customer_party
    receiver = document.delivery_customer_party
    return {
        **event_moment(document.issue_date, document.issue_time),
        "eventID": own_event_id(document.id),
        "action": "OBSERVE",
        "bizStep": STEP,
        "epcList": epcs,
        "quantityList": amounts,
        "bizTransactionList": [
            *transaction("po", order.id if order else None, buyer),
            *transaction(
                "desadv",
                despatch.id if despatch else None,
                document.despatch_supplier_party or seller,
            ),
            *own_paper("recadv", document.id, receiver or buyer),
        ],
        "sourceList": [
            *end("source", "owning_party", seller),
            *end("source", "possessing_party", document.despatch_supplier_party),
        ],
        "destinationList": [
            *end("destination", "owning_party", buyer),
            *end("destination", "possessing_party", receiver),
            *place_end("destination", document.delivery_location),
        ],
    }
