"""UBL 2.x OrderResponseSimple, in and out: all of an order is accepted, or rejected.

Notes
-----
Source: OASIS UBL 2.0 to 2.4, OrderResponseSimple.
"""

from __future__ import annotations

from typing import Final

from gateway.connectors.message import (
    Finding,
    InvalidUblOrderResponse,
    Location,
    UnwritableDocument,
)
from gateway.connectors.ubl.mapping import Branch, Content, Leaf, identifier, text
from gateway.connectors.ubl.message_type import MessageType
from gateway.connectors.ubl.part import (
    CUSTOMER_PARTY,
    DOCUMENT_REFERENCE,
    SUPPLIER_PARTY,
    plain_reference,
)
from gateway.connectors.ubl.scalar import DATE, INDICATOR, TIME, Kind
from ledger.document.order_response import OrderResponse

_ACCEPTED: Final = Kind(
    lambda text: "AP" if INDICATOR.read(text) else "RE",
    INDICATOR.rule,
    INDICATOR.what_to_do,
    lambda value, _unit: "true" if value == "AP" else "false",
)

_ORDER_RESPONSE: Final = Content(
    "OrderResponseSimple",
    {
        "ID": identifier("id", is_required=True),
        "IssueDate": Leaf("issue_date", DATE, is_required=True),
        "IssueTime": Leaf("issue_time", TIME),
        "Note": text("note", is_many=True),
        "AcceptedIndicator": Leaf("order_response_code", _ACCEPTED, is_required=True),
        "CustomerReference": text("customer_reference"),
        "OrderReference": Branch(
            "order_reference", plain_reference("OrderReference"), is_required=True
        ),
        "OrderChangeDocumentReference": Branch(
            "order_change_reference", DOCUMENT_REFERENCE, may_repeat=True
        ),
        "SellerSupplierParty": Branch("seller_supplier_party", SUPPLIER_PARTY, is_required=True),
        "BuyerCustomerParty": Branch("buyer_customer_party", CUSTOMER_PARTY, is_required=True),
    },
)

ORDER_RESPONSE_SIMPLE: Final = MessageType(_ORDER_RESPONSE, OrderResponse, InvalidUblOrderResponse)
parse, unheld = ORDER_RESPONSE_SIMPLE.parse, ORDER_RESPONSE_SIMPLE.unheld


def render(response: OrderResponse, *, is_lossy: bool = False) -> bytes:
    """Write an answer that accepts or rejects as a whole.

    Raises
    ------
    UnwritableDocument
        If it does neither; or as for every message.
    """
    if response.order_response_code not in ("AP", "RE"):
        finding = Finding(
            "A simple order response says accepted or rejected.",
            Location(1, 1, "/OrderResponseSimple/cbc:AcceptedIndicator"),
            response.order_response_code,
            "Send an OrderResponse instead.",
        )
        raise UnwritableDocument([finding])
    return ORDER_RESPONSE_SIMPLE.render(response, is_lossy=is_lossy)
