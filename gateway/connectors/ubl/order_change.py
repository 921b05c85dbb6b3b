"""UBL 2.x OrderChange, in and out.

A line without a status is a changed line: it says what is to hold from now on.

Notes
-----
Source: OASIS UBL 2.0 to 2.4, OrderChange; Peppol BIS Advanced Ordering 3, transaction T114.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from gateway.connectors.message import InvalidUblOrderChange
from gateway.connectors.ubl.extra import Extras, absent
from gateway.connectors.ubl.item import ITEM
from gateway.connectors.ubl.line_reference import ORDER_LINE_REFERENCE
from gateway.connectors.ubl.mapping import (
    Branch,
    Content,
    Leaf,
    amount,
    identifier,
    quantity,
    text,
)
from gateway.connectors.ubl.message_type import MessageType
from gateway.connectors.ubl.money import (
    ALLOWANCE_CHARGE,
    MONETARY_TOTAL,
    PRICE,
    TAX_TOTAL,
    complete_base_unit,
)
from gateway.connectors.ubl.part import (
    CONTRACT,
    CUSTOMER_PARTY,
    DELIVERY,
    DELIVERY_TERMS,
    DOCUMENT_REFERENCE,
    PAYMENT_TERMS,
    PERIOD,
    SUPPLIER_PARTY,
    plain_reference,
)
from gateway.connectors.ubl.scalar import COUNT, CURRENCY, DATE, INDICATOR, LINE_CHANGE, TIME
from ledger.document.delivery import Delivery
from ledger.document.order_change import OrderChange, OrderChangeLine
from ledger.document.order_response import LINE_CHANGED

_PERIOD_ONLY: Final = {"requested_delivery_period"}


def _finish_line(line: dict[str, Any], extras: Extras, path: str) -> None:
    """Lift the requested period of the whole line, and conclude what it leaves out."""
    deliveries = line.get("delivery")
    if deliveries and deliveries[0].keys() == _PERIOD_ONLY:
        line["requested_delivery_period"] = deliveries.pop(0)["requested_delivery_period"]
    complete_base_unit(line, extras, f"{path}/cac:LineItem")
    if "line_status_code" not in line:
        line["line_status_code"] = LINE_CHANGED
        extras.append((f"{path}/cac:LineItem/{absent('cbc:LineStatusCode')}", ""))


def _deliveries(line: OrderChangeLine) -> Iterable[Delivery]:
    if line.requested_delivery_period is not None:
        yield Delivery(requested_delivery_period=line.requested_delivery_period)
    yield from line.delivery


_LINE_ITEM: Final = Content(
    "LineItem",
    {
        "ID": identifier("id", is_required=True),
        "LineStatusCode": Leaf("line_status_code", LINE_CHANGE),
        "Quantity": quantity("quantity"),
        "LineExtensionAmount": amount("line_extension_amount"),
        "PartialDeliveryIndicator": Leaf("partial_delivery_indicator", INDICATOR),
        "AccountingCost": text("accounting_cost"),
        "Delivery": Branch(
            "delivery",
            DELIVERY,
            is_many=True,
            gather=_deliveries,
            gathered={"requested_delivery_period": PERIOD},
        ),
        "AllowanceCharge": Branch("allowance_charge", ALLOWANCE_CHARGE, is_many=True),
        "Price": Branch("price", PRICE),
        "Item": Branch("item", ITEM, is_filled=True),
    },
)

_LINE: Final = Content(
    "OrderLine",
    {
        "Note": text("note", is_many=True),
        "LineItem": Branch(None, _LINE_ITEM, is_required=True),
        "OrderLineReference": Branch("order_line_reference", ORDER_LINE_REFERENCE, may_repeat=True),
        "DocumentReference": Branch("document_reference", DOCUMENT_REFERENCE, is_many=True),
    },
    finish=_finish_line,
)

_ORDER_CHANGE: Final = Content(
    "OrderChange",
    {
        "ID": identifier("id", is_required=True),
        "SalesOrderID": identifier("sales_order_id"),
        "IssueDate": Leaf("issue_date", DATE, is_required=True),
        "IssueTime": Leaf("issue_time", TIME),
        "SequenceNumberID": Leaf("sequence_number_id", COUNT),
        "Note": text("note", is_many=True),
        "DocumentCurrencyCode": Leaf("document_currency_code", CURRENCY),
        "CustomerReference": text("customer_reference"),
        "AccountingCost": text("accounting_cost"),
        "ValidityPeriod": Branch("validity_period", PERIOD, may_repeat=True),
        "OrderReference": Branch(
            "order_reference", plain_reference("OrderReference"), is_required=True
        ),
        "QuotationDocumentReference": Branch("quotation_document_reference", DOCUMENT_REFERENCE),
        "OriginatorDocumentReference": Branch("originator_document_reference", DOCUMENT_REFERENCE),
        "AdditionalDocumentReference": Branch(
            "additional_document_reference", DOCUMENT_REFERENCE, is_many=True
        ),
        "Contract": Branch("contract", CONTRACT, is_many=True),
        "BuyerCustomerParty": Branch("buyer_customer_party", CUSTOMER_PARTY, is_required=True),
        "SellerSupplierParty": Branch("seller_supplier_party", SUPPLIER_PARTY, is_required=True),
        "OriginatorCustomerParty": Branch("originator_customer_party", CUSTOMER_PARTY),
        "AccountingCustomerParty": Branch("accounting_customer_party", CUSTOMER_PARTY),
        "Delivery": Branch("delivery", DELIVERY, is_many=True),
        "DeliveryTerms": Branch("delivery_terms", DELIVERY_TERMS),
        "PaymentTerms": Branch("payment_terms", PAYMENT_TERMS, is_many=True),
        "AllowanceCharge": Branch("allowance_charge", ALLOWANCE_CHARGE, is_many=True),
        "TaxTotal": Branch("tax_total", TAX_TOTAL, may_repeat=True),
        "AnticipatedMonetaryTotal": Branch("anticipated_monetary_total", MONETARY_TOTAL),
        "OrderLine": Branch("order_line", _LINE, is_many=True, is_required=True, has_extras=True),
    },
)

ORDER_CHANGE: Final = MessageType(
    _ORDER_CHANGE, OrderChange, InvalidUblOrderChange, "cac:OrderLine/cac:LineItem/cbc:ID"
)
parse, render, unheld = ORDER_CHANGE.parse, ORDER_CHANGE.render, ORDER_CHANGE.unheld
