"""The documents that are sealed: orders of 50 and of 200 lines, nine fields a line."""

from __future__ import annotations

from typing import Any

from ledger.document.part import Document
from ledger.document.schema import parse_document


def order_of(lines: int) -> Document:
    """Give an order of so many lines, as a buyer of clothes would write it."""
    return parse_document(
        {
            "document_type": "Order",
            "schema_version": 2,
            "id": "PO-2026-004711",
            "issue_date": "2026-11-01",
            "document_currency_code": "EUR",
            "buyer_customer_party": {"name": "Aurora Outdoor"},
            "seller_supplier_party": {"name": "Tallinn Seamworks"},
            "order_line": [_line(number) for number in range(1, lines + 1)],
        }
    )


def _line(number: int) -> dict[str, Any]:
    quantity, price_minor = 12 * number, 1995 + 10 * number
    return {
        "id": str(number),
        "item": {"name": f"Rain jacket, three layers, size {number}"},
        "quantity": {"value": str(quantity), "unit_code": "H87"},
        "price": {"price_amount": _amount(price_minor)},
        "line_extension_amount": _amount(quantity * price_minor),
        "requested_delivery_period": {"end_date": "2027-02-01"},
    }


def _amount(minor: int) -> dict[str, str]:
    return {"value": f"{minor // 100}.{minor % 100:02}", "currency_id": "EUR"}
