"""UBL 2.x ReceiptAdvice, in and out.

UBL asks for the number of a shipment even where only its arrival is told: ``NA``, as Peppol has it,
where there is none. A line that names no other line is about that of its number: of the despatch
advice where one is named, else of the order.

Notes
-----
Source: OASIS UBL 2.0 to 2.4, ReceiptAdvice.
"""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.message import InvalidUblReceiptAdvice
from gateway.connectors.ubl.extra import PREFIX, Extras, absent, extras_of, is_left_out
from gateway.connectors.ubl.item import ITEM
from gateway.connectors.ubl.line_reference import LINE_REFERENCE, ORDER_LINE_REFERENCE
from gateway.connectors.ubl.mapping import (
    Branch,
    Content,
    Leaf,
    code,
    filler,
    identifier,
    quantity,
    text,
)
from gateway.connectors.ubl.message_type import MessageType
from gateway.connectors.ubl.part import (
    CUSTOMER_PARTY,
    DOCUMENT_REFERENCE,
    LOCATION,
    SUPPLIER_PARTY,
    plain_reference,
)
from gateway.connectors.ubl.scalar import DATE, TIME
from ledger.document.receipt_advice import ReceiptAdvice

_REFERENCES: Final = {"despatch_line_reference", "order_line_reference"}

_ARRIVAL: Final = Content(
    "Delivery",
    {
        "ActualDeliveryDate": Leaf("actual_delivery_date", DATE),
        "DeliveryLocation": Branch("delivery_location", LOCATION),
    },
)

_LINE: Final = Content(
    "ReceiptLine",
    {
        "ID": identifier("id", is_required=True),
        "Note": text("note", is_many=True),
        "ReceivedQuantity": quantity("received_quantity", is_required=True),
        "ShortQuantity": quantity("short_quantity"),
        "ShortageActionCode": code("shortage_action_code"),
        "RejectedQuantity": quantity("rejected_quantity"),
        "RejectReasonCode": code("reject_reason_code"),
        "RejectReason": text("reject_reason", is_many=True),
        "RejectActionCode": code("reject_action_code"),
        "OversupplyQuantity": quantity("oversupply_quantity"),
        "ReceivedDate": Leaf("received_date", DATE),
        "TimingComplaintCode": code("timing_complaint_code"),
        "TimingComplaint": text("timing_complaint"),
        "OrderLineReference": Branch("order_line_reference", ORDER_LINE_REFERENCE),
        "DespatchLineReference": Branch("despatch_line_reference", LINE_REFERENCE, may_repeat=True),
        "Item": Branch("item", ITEM, may_repeat=True),
    },
)


def _finish(advice: dict[str, Any], _extras: Extras, _path: str) -> None:
    """Let lines that name no other line be those of the same number."""
    if "despatch_document_reference" in advice:
        field, step = "despatch_line_reference", "cac:DespatchLineReference"
    else:
        field, step = "order_line_reference", "cac:OrderLineReference"
    for line in advice.get("receipt_line", ()):
        carried = [(each["path"].removeprefix(PREFIX), "") for each in line.get("extras", ())]
        is_silent = is_left_out(carried, f"/ReceiptLine/{step}")
        if "id" in line and not line.keys() & _REFERENCES and is_silent:
            line[field] = {"line_id": line["id"]}
            place = f"/ReceiptLine/{absent(step)}"
            line.setdefault("extras", []).extend(extras_of([(place, "")]))


_RECEIPT_ADVICE: Final = Content(
    "ReceiptAdvice",
    {
        "ID": identifier("id", is_required=True),
        "IssueDate": Leaf("issue_date", DATE, is_required=True),
        "IssueTime": Leaf("issue_time", TIME),
        "ReceiptAdviceTypeCode": code("receipt_advice_type_code"),
        "Note": text("note", is_many=True),
        "OrderReference": Branch(
            "order_reference", plain_reference("OrderReference"), may_repeat=True
        ),
        "DespatchDocumentReference": Branch(
            "despatch_document_reference", DOCUMENT_REFERENCE, may_repeat=True
        ),
        "DeliveryCustomerParty": Branch(
            "delivery_customer_party", CUSTOMER_PARTY, is_required=True
        ),
        "DespatchSupplierParty": Branch(
            "despatch_supplier_party", SUPPLIER_PARTY, is_required=True
        ),
        "BuyerCustomerParty": Branch("buyer_customer_party", CUSTOMER_PARTY),
        "SellerSupplierParty": Branch("seller_supplier_party", SUPPLIER_PARTY),
        "Shipment": Branch(
            None, Content("Shipment", {"ID": filler("NA"), "Delivery": Branch(None, _ARRIVAL)})
        ),
        "ReceiptLine": Branch(
            "receipt_line", _LINE, is_many=True, is_required=True, has_extras=True
        ),
    },
    finish=_finish,
)

RECEIPT_ADVICE: Final = MessageType(
    _RECEIPT_ADVICE, ReceiptAdvice, InvalidUblReceiptAdvice, "cac:ReceiptLine/cbc:ID"
)
parse, render, unheld = RECEIPT_ADVICE.parse, RECEIPT_ADVICE.render, RECEIPT_ADVICE.unheld
