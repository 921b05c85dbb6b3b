"""UBL 2.x Order, in and out.

A delivery of a line that names nothing but a requested period is the requested period of the line.
A base quantity without unit has the unit of its line.

Notes
-----
Source: OASIS UBL 2.0 to 2.4, Order; Peppol BIS Ordering 3, transaction T01.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from gateway.connectors.message import InvalidUblOrder
from gateway.connectors.ubl.extra import Extras
from gateway.connectors.ubl.item import ITEM
from gateway.connectors.ubl.mapping import (
    Branch,
    Content,
    Leaf,
    amount,
    code,
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
    PARTY,
    PAYMENT_TERMS,
    PERIOD,
    SUPPLIER_PARTY,
    plain_reference,
)
from gateway.connectors.ubl.scalar import CURRENCY, DATE, INDICATOR, TIME
from ledger.document.delivery import Delivery
from ledger.document.order import Order, OrderLine

_PERIOD_ONLY: Final = {"requested_delivery_period"}


def _finish_line(line: dict[str, Any], extras: Extras, path: str) -> None:
    """Lift the requested period of the whole line, and complete the unit of its base quantity."""
    deliveries = line.get("delivery")
    if deliveries and deliveries[0].keys() == _PERIOD_ONLY:
        line["requested_delivery_period"] = deliveries.pop(0)["requested_delivery_period"]
    complete_base_unit(line, extras, f"{path}/cac:LineItem")


def _deliveries(line: OrderLine) -> Iterable[Delivery]:
    if line.requested_delivery_period is not None:
        yield Delivery(requested_delivery_period=line.requested_delivery_period)
    yield from line.delivery


_LINE_ITEM: Final = Content(
    "LineItem",
    {
        "ID": identifier("id", is_required=True),
        "Quantity": quantity("quantity", is_required=True),
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
        "OriginatorParty": Branch("originator_party", PARTY),
        "AllowanceCharge": Branch("allowance_charge", ALLOWANCE_CHARGE, is_many=True),
        "Price": Branch("price", PRICE),
        "Item": Branch("item", ITEM, is_required=True),
    },
)

_ORDER_LINE: Final = Content(
    "OrderLine",
    {
        "Note": text("note", is_many=True),
        "LineItem": Branch(None, _LINE_ITEM, is_required=True),
        "DocumentReference": Branch("document_reference", DOCUMENT_REFERENCE, is_many=True),
    },
    finish=_finish_line,
)

_ORDER: Final = Content(
    "Order",
    {
        "ID": identifier("id", is_required=True),
        "SalesOrderID": identifier("sales_order_id"),
        "IssueDate": Leaf("issue_date", DATE, is_required=True),
        "IssueTime": Leaf("issue_time", TIME),
        "OrderTypeCode": code("order_type_code"),
        "Note": text("note", is_many=True),
        "DocumentCurrencyCode": Leaf("document_currency_code", CURRENCY),
        "CustomerReference": text("customer_reference"),
        "AccountingCost": text("accounting_cost"),
        "ValidityPeriod": Branch("validity_period", PERIOD, may_repeat=True),
        "QuotationDocumentReference": Branch("quotation_document_reference", DOCUMENT_REFERENCE),
        "OrderDocumentReference": Branch(
            "order_document_reference", DOCUMENT_REFERENCE, is_many=True
        ),
        "OriginatorDocumentReference": Branch("originator_document_reference", DOCUMENT_REFERENCE),
        "CatalogueReference": Branch("catalogue_reference", plain_reference("CatalogueReference")),
        "AdditionalDocumentReference": Branch(
            "additional_document_reference", DOCUMENT_REFERENCE, is_many=True
        ),
        "Contract": Branch("contract", CONTRACT, is_many=True),
        "ProjectReference": Branch(
            "project_reference", plain_reference("ProjectReference"), is_many=True
        ),
        "BuyerCustomerParty": Branch("buyer_customer_party", CUSTOMER_PARTY, is_required=True),
        "SellerSupplierParty": Branch("seller_supplier_party", SUPPLIER_PARTY, is_required=True),
        "OriginatorCustomerParty": Branch("originator_customer_party", CUSTOMER_PARTY),
        "AccountingCustomerParty": Branch("accounting_customer_party", CUSTOMER_PARTY),
        "Delivery": Branch("delivery", DELIVERY, is_many=True),
        "DeliveryTerms": Branch("delivery_terms", DELIVERY_TERMS, may_repeat=True),
        "PaymentTerms": Branch("payment_terms", PAYMENT_TERMS, is_many=True),
        "AllowanceCharge": Branch("allowance_charge", ALLOWANCE_CHARGE, is_many=True),
        "TaxTotal": Branch("tax_total", TAX_TOTAL, may_repeat=True),
        "AnticipatedMonetaryTotal": Branch("anticipated_monetary_total", MONETARY_TOTAL),
        "OrderLine": Branch(
            "order_line", _ORDER_LINE, is_many=True, is_required=True, has_extras=True
        ),
    },
)


ORDER: Final = MessageType(_ORDER, Order, InvalidUblOrder, "cac:OrderLine/cac:LineItem/cbc:ID")
parse, render, unheld = ORDER.parse, ORDER.render, ORDER.unheld
