"""UBL 2.x DespatchAdvice, in and out.

Notes
-----
Source: OASIS UBL 2.0 to 2.4, DespatchAdvice; Peppol BIS Despatch Advice 3, transaction T16.
"""

from __future__ import annotations

from typing import Final

from gateway.connectors.message import InvalidUblDespatchAdvice
from gateway.connectors.ubl.item import ITEM
from gateway.connectors.ubl.line_reference import ORDER_LINE_REFERENCE
from gateway.connectors.ubl.mapping import (
    Branch,
    Content,
    Leaf,
    code,
    identifier,
    quantity,
    text,
)
from gateway.connectors.ubl.message_type import MessageType
from gateway.connectors.ubl.part import (
    CUSTOMER_PARTY,
    DOCUMENT_REFERENCE,
    SUPPLIER_PARTY,
    plain_reference,
)
from gateway.connectors.ubl.scalar import DATE, TIME
from gateway.connectors.ubl.shipment import SHIPMENT
from ledger.document.despatch_advice import DespatchAdvice

_LINE: Final = Content(
    "DespatchLine",
    {
        "ID": identifier("id", is_required=True),
        "Note": text("note", is_many=True),
        "DeliveredQuantity": quantity("delivered_quantity", is_required=True),
        "OutstandingQuantity": quantity("outstanding_quantity"),
        "OutstandingReason": text("outstanding_reason", may_repeat=True),
        "OversupplyQuantity": quantity("oversupply_quantity"),
        "OrderLineReference": Branch(
            "order_line_reference", ORDER_LINE_REFERENCE, is_required=True, may_repeat=True
        ),
        "DocumentReference": Branch("document_reference", DOCUMENT_REFERENCE, is_many=True),
        "Item": Branch("item", ITEM, is_filled=True),
    },
)

_DESPATCH_ADVICE: Final = Content(
    "DespatchAdvice",
    {
        "ID": identifier("id", is_required=True),
        "IssueDate": Leaf("issue_date", DATE, is_required=True),
        "IssueTime": Leaf("issue_time", TIME),
        "DespatchAdviceTypeCode": code("despatch_advice_type_code"),
        "Note": text("note", is_many=True),
        "OrderReference": Branch(
            "order_reference", plain_reference("OrderReference"), may_repeat=True
        ),
        "AdditionalDocumentReference": Branch(
            "additional_document_reference", DOCUMENT_REFERENCE, is_many=True
        ),
        "DespatchSupplierParty": Branch(
            "despatch_supplier_party", SUPPLIER_PARTY, is_required=True
        ),
        "DeliveryCustomerParty": Branch(
            "delivery_customer_party", CUSTOMER_PARTY, is_required=True
        ),
        "BuyerCustomerParty": Branch("buyer_customer_party", CUSTOMER_PARTY),
        "SellerSupplierParty": Branch("seller_supplier_party", SUPPLIER_PARTY),
        "OriginatorCustomerParty": Branch("originator_customer_party", CUSTOMER_PARTY),
        "Shipment": Branch("shipment", SHIPMENT),
        "DespatchLine": Branch(
            "despatch_line", _LINE, is_many=True, is_required=True, has_extras=True
        ),
    },
)

DESPATCH_ADVICE: Final = MessageType(
    _DESPATCH_ADVICE, DespatchAdvice, InvalidUblDespatchAdvice, "cac:DespatchLine/cbc:ID"
)
parse, render, unheld = DESPATCH_ADVICE.parse, DESPATCH_ADVICE.render, DESPATCH_ADVICE.unheld
