"""Documents of an ordinary size: an order of five lines and the response to it."""

from typing import Any

LINES = 5


def order_document(number: str) -> dict[str, Any]:
    """Give a purchase order."""
    return {
        "document_type": "Order",
        "schema_version": 2,
        "id": number,
        "issue_date": "2026-11-01",
        "document_currency_code": "EUR",
        "buyer_customer_party": {"name": "Aurora Outdoor"},
        "seller_supplier_party": {"name": "Tallinn Seamworks"},
        "order_line": [
            {
                "id": str(line),
                "item": {"name": f"Rain jacket, size {line}"},
                "quantity": {"value": str(100 * line), "unit_code": "H87"},
                "price": {"price_amount": {"value": "42.50", "currency_id": "EUR"}},
                "requested_delivery_period": {"end_date": "2027-02-01"},
            }
            for line in range(1, LINES + 1)
        ],
    }


def response_document(number: str, order: str) -> dict[str, Any]:
    """Give the response that accepts an order, line by line."""
    return {
        "document_type": "OrderResponse",
        "schema_version": 2,
        "id": f"R-{number}",
        "issue_date": "2026-11-02",
        "order_response_code": "AP",
        "order_reference": {"id": order},
        "order_line": [
            {
                "id": str(line),
                "order_line_reference": {"line_id": str(line)},
                "line_status_code": "5",
                "quantity": {"value": str(100 * line), "unit_code": "H87"},
            }
            for line in range(1, LINES + 1)
        ],
    }
