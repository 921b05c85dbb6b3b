"""UBL 2.x OrderCancellation, in and out.

Notes
-----
Source: OASIS UBL 2.0 to 2.4, OrderCancellation; Peppol BIS Advanced Ordering 3, transaction T115.
"""

from __future__ import annotations

from typing import Final

from gateway.connectors.message import InvalidUblOrderCancellation
from gateway.connectors.ubl.mapping import Branch, Content, Leaf, identifier, text
from gateway.connectors.ubl.message_type import MessageType
from gateway.connectors.ubl.part import CUSTOMER_PARTY, SUPPLIER_PARTY, plain_reference
from gateway.connectors.ubl.scalar import DATE, TIME
from ledger.document.order_cancellation import OrderCancellation

_ORDER_CANCELLATION: Final = Content(
    "OrderCancellation",
    {
        "ID": identifier("id", is_required=True),
        "IssueDate": Leaf("issue_date", DATE, is_required=True),
        "IssueTime": Leaf("issue_time", TIME),
        "Note": text("note", is_many=True),
        "CancellationNote": text("cancellation_note", is_required=True, may_repeat=True),
        "OrderReference": Branch(
            "order_reference",
            plain_reference("OrderReference"),
            is_required=True,
            may_repeat=True,
        ),
        "BuyerCustomerParty": Branch("buyer_customer_party", CUSTOMER_PARTY, is_required=True),
        "SellerSupplierParty": Branch("seller_supplier_party", SUPPLIER_PARTY, is_required=True),
    },
)

ORDER_CANCELLATION: Final = MessageType(
    _ORDER_CANCELLATION, OrderCancellation, InvalidUblOrderCancellation
)
parse, render, unheld = (
    ORDER_CANCELLATION.parse,
    ORDER_CANCELLATION.render,
    ORDER_CANCELLATION.unheld,
)
