"""Small documents that every standard can write; fields are added to them one after the other."""

from typing import Any, Final

Fields = dict[str, Any]


def _party(number: str) -> Fields:
    return {
        "name": f"Party {number}",
        "endpoint_id": number,
        "endpoint_scheme": "0088",
        "identifications": [{"id": number, "scheme_id": "0088"}],
    }


def _pieces(value: str) -> Fields:
    return {"value": value, "unit_code": "C62"}


def _euros(value: str) -> Fields:
    return {"value": value, "currency_id": "EUR"}


_BUYER: Final = _party("4012345000009")
_SELLER: Final = _party("4098765000003")
_ORDER: Final = {"id": "PO-1", "issue_date": "2026-03-01"}
_SIDES: Final = {"buyer_customer_party": _BUYER, "seller_supplier_party": _SELLER}
_SHIPPING: Final = {
    **_SIDES,
    "order_reference": _ORDER,
    "despatch_supplier_party": _SELLER,
    "delivery_customer_party": _BUYER,
}
_ITEM: Final = {
    "name": "Article",
    "standard_item_identification": {"id": "04012345000016", "scheme_id": "0160"},
}
_LINE: Final = {"id": "1", "order_line_reference": {"line_id": "1"}, "item": _ITEM}
_PRICE: Final = {"price_amount": _euros("2")}
_BILLED: Final = {"price": _PRICE, "line_extension_amount": _euros("20")}
_BILL: Final = {
    "document_currency_code": "EUR",
    "order_reference": _ORDER,
    "accounting_supplier_party": _SELLER,
    "accounting_customer_party": _BUYER,
    "legal_monetary_total": {
        "line_extension_amount": _euros("20"),
        "tax_exclusive_amount": _euros("20"),
        "tax_inclusive_amount": _euros("20"),
        "payable_amount": _euros("20"),
    },
}

SAMPLES: Final[dict[str, Fields]] = {
    "Order": {
        **_SIDES,
        "document_currency_code": "EUR",
        "order_line": [{"id": "1", "item": _ITEM, "quantity": _pieces("10"), "price": _PRICE}],
    },
    "OrderResponse": {
        **_SIDES,
        "document_currency_code": "EUR",
        "order_reference": _ORDER,
        "order_response_code": "CA",
        "order_line": [{**_LINE, "line_status_code": "3", "quantity": _pieces("10")}],
    },
    "OrderChange": {
        **_SIDES,
        "document_currency_code": "EUR",
        "order_reference": _ORDER,
        "order_line": [
            {
                "id": "1",
                "line_status_code": "3",
                "item": _ITEM,
                "quantity": _pieces("10"),
                "price": _PRICE,
            }
        ],
    },
    "OrderCancellation": {
        **_SIDES,
        "order_reference": _ORDER,
        "cancellation_note": "No more need.",
    },
    "DeliverySchedule": {
        "order_reference": _ORDER,
        "schedule_line": [
            {
                "id": "1",
                "order_line_reference": {"line_id": "1"},
                "quantity": _pieces("10"),
                "promised_delivery_period": {"end_date": "2026-04-01"},
            }
        ],
    },
    "DespatchAdvice": {
        **_SHIPPING,
        "issue_time": "12:00:00Z",
        "despatch_line": [{**_LINE, "delivered_quantity": _pieces("10")}],
    },
    "ReceiptAdvice": {
        **_SHIPPING,
        "issue_time": "12:00:00Z",
        "despatch_document_reference": {"id": "DA-1"},
        "receipt_line": [{**_LINE, "received_quantity": _pieces("10")}],
    },
    "QualityReport": {
        "issue_time": "12:00:00Z",
        "order_reference": _ORDER,
        "inspector_party": _BUYER,
        "inspection_line": [
            {**_LINE, "inspected_quantity": _pieces("10"), "usage_decision": "pass"}
        ],
    },
    "Invoice": {
        **_BILL,
        "invoice_type_code": "380",
        "invoice_line": [{**_LINE, **_BILLED, "invoiced_quantity": _pieces("10")}],
    },
    "CreditNote": {
        **_BILL,
        "credit_note_type_code": "381",
        "billing_reference": [{"id": "INV-1"}],
        "credit_note_line": [{**_LINE, **_BILLED, "credited_quantity": _pieces("10")}],
    },
}
"""By type; what all documents have is left out."""
