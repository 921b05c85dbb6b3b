"""Small documents about one order, as JSON."""

from decimal import Decimal
from typing import Any

HEAD = {"schema_version": 2, "issue_date": "2026-03-01"}


def pieces(value: str, unit: str = "C62") -> dict[str, str]:
    return {"value": value, "unit_code": unit}


def euros(value: str) -> dict[str, str]:
    return {"value": value, "currency_id": "EUR"}


def order(*quantities: str, id: str = "PO-1") -> dict[str, Any]:
    lines = [
        {
            "id": str(number),
            "item": {"name": f"Article {number}"},
            "quantity": pieces(value),
            "price": {"price_amount": {"value": "2.5", "currency_id": "EUR"}},
        }
        for number, value in enumerate(quantities or ("10", "4"), 1)
    ]
    return HEAD | {
        "document_type": "Order",
        "id": id,
        "document_currency_code": "EUR",
        "buyer_customer_party": {"name": "Brand"},
        "seller_supplier_party": {"name": "Supplier"},
        "order_line": lines,
    }


def response(
    code: str, *lines: dict[str, Any], id: str = "OR-1", order: str = "PO-1"
) -> dict[str, Any]:
    return HEAD | {
        "document_type": "OrderResponse",
        "id": id,
        "order_response_code": code,
        "order_reference": {"id": order},
        "order_line": list(lines),
    }


def answer(line: str, status: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    changed = {"quantity": pieces(value)} if value else {}
    return {
        "id": line,
        "order_line_reference": {"line_id": line},
        "line_status_code": status,
        **changed,
        **more,
    }


def change(*lines: dict[str, Any]) -> dict[str, Any]:
    return HEAD | {
        "document_type": "OrderChange",
        "id": "OC-1",
        "order_reference": {"id": "PO-1"},
        "buyer_customer_party": {"name": "Brand"},
        "seller_supplier_party": {"name": "Supplier"},
        "order_line": list(lines),
    }


def despatch(id: str = "DA-1", unit: str = "C62", **values: str) -> dict[str, Any]:
    """Despatch `l1="6"` pieces of line 1 as despatch line ``d1``."""
    return HEAD | {
        "document_type": "DespatchAdvice",
        "id": id,
        "order_reference": {"id": "PO-1"},
        "despatch_line": [
            {
                "id": f"d{name[1:]}",
                "order_line_reference": {"line_id": name[1:]},
                "delivered_quantity": pieces(value, unit),
            }
            for name, value in values.items()
        ],
    }


def receipt(*lines: tuple[str, str, str], rejected: str | None = None) -> dict[str, Any]:
    """Receive (despatch line, received, short)."""
    refusal = {"rejected_quantity": pieces(rejected), "reject_reason": ["wet"]} if rejected else {}
    return HEAD | {
        "document_type": "ReceiptAdvice",
        "id": "RA-1",
        "receipt_line": [
            {
                "id": f"r{source}",
                "despatch_line_reference": {"line_id": source},
                "received_quantity": pieces(received),
                "short_quantity": pieces(short),
                **refusal,
            }
            for source, received, short in lines
        ],
    }


def report(*lines: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    """Decide (order line, inspected, decision)."""
    return HEAD | {
        "document_type": "QualityReport",
        "id": "QR-1",
        "inspection_line": [
            {
                "id": f"q{line}",
                "order_line_reference": {"line_id": line},
                "inspected_quantity": pieces(value),
                "usage_decision": decision,
                **({"condition": ["sort"]} if decision == "conditional" else {}),
                **more,
            }
            for line, value, decision in lines
        ],
    }


def invoice(*lines: tuple[str, str, str], id: str = "INV-1") -> dict[str, Any]:
    """Charge (order line, quantity, price), without tax."""
    return _bill("invoice_line", "invoiced_quantity", lines) | {
        "document_type": "Invoice",
        "id": id,
        "invoice_type_code": "380",
    }


def credit_note(*lines: tuple[str, str, str], id: str = "CN-1") -> dict[str, Any]:
    """Credit (order line, quantity, price), without tax."""
    return _bill("credit_note_line", "credited_quantity", lines) | {
        "document_type": "CreditNote",
        "id": id,
        "credit_note_type_code": "381",
        "billing_reference": [{"id": "INV-1"}],
    }


def _bill(
    lines_field: str, quantity_field: str, lines: tuple[tuple[str, str, str], ...]
) -> dict[str, Any]:
    amounts = [Decimal(value) * Decimal(price) for _, value, price in lines]
    sums = ("line_extension", "tax_exclusive", "tax_inclusive", "payable")
    return HEAD | {
        "document_currency_code": "EUR",
        "order_reference": {"id": "PO-1"},
        "accounting_supplier_party": {"name": "Supplier"},
        "accounting_customer_party": {"name": "Brand"},
        lines_field: [
            {
                "id": f"i{line}",
                "order_line_reference": {"line_id": line},
                quantity_field: pieces(value),
                "price": {"price_amount": euros(price)},
                "line_extension_amount": euros(str(amount)),
                "item": {"name": f"Article {line}"},
            }
            for (line, value, price), amount in zip(lines, amounts, strict=True)
        ],
        "legal_monetary_total": {f"{each}_amount": euros(str(sum(amounts))) for each in sums},
    }


def notice(reason: str = "so it is") -> dict[str, Any]:
    return HEAD | {"document_type": "Notice", "id": "N-1", "reason": reason}


def terms(buyer: int, seller: int) -> dict[str, Any]:
    return HEAD | {
        "document_type": "AgreementTerms",
        "id": "AT-1",
        "document_currency_code": "EUR",
        "agreement_party": [
            {"organisation_id": buyer, "role": "buyer", "party": {"name": "Brand"}},
            {"organisation_id": seller, "role": "seller", "party": {"name": "Supplier"}},
        ],
    }
