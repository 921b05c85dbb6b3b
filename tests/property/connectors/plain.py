"""What every standard has a place for: plain documents, none of whose fields may be lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from ledger.document.credit_note import CreditNote
from ledger.document.delivery_schedule import DeliverySchedule
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.invoice import Invoice
from ledger.document.order import Order
from ledger.document.order_cancellation import OrderCancellation
from ledger.document.order_change import OrderChange
from ledger.document.order_response import OrderResponse
from ledger.document.part import Document
from ledger.document.quality_report import QualityReport
from ledger.document.receipt_advice import ReceiptAdvice

Fields = st.SearchStrategy[dict[str, Any]]

TEXTS = st.text("aB9 '+:?.,-&<Äß", min_size=1, max_size=30).map(str.strip).filter(bool)
NUMBERS = st.text("ABC0189-", min_size=1, max_size=18).filter(lambda text: text.strip("-") == text)
DATES = st.dates().filter(lambda day: day.year >= 2000).map(lambda day: day.isoformat())
QUANTITY = st.fixed_dictionaries(
    {
        "value": st.decimals("0.001", 10**6, places=3).map(lambda number: f"{number:f}"),
        "unit_code": st.sampled_from(["C62", "H87", "KGM", "MTR"]),
    }
)
PRICE = st.decimals(0, 10**6, places=2).map(
    lambda number: {"price_amount": {"value": f"{number:f}", "currency_id": "EUR"}}
)


def _party(gln: str) -> dict[str, Any]:
    """Name a party with the one number that all standards have a code for."""
    return {
        "name": "Blå A/S",
        "endpoint_id": gln,
        "endpoint_scheme": "0088",
        "identifications": [{"id": gln, "scheme_id": "0088"}],
    }


BUYER, SELLER = _party("4012345000009"), _party("4098765000004")
ITEM = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "sellers_item_identification": NUMBERS.map(lambda number: {"id": number}),
    }
)
REFERENCE = st.fixed_dictionaries({"id": NUMBERS, "issue_date": DATES})
HEAD = {"id": NUMBERS, "issue_date": DATES}
BOTH = {"buyer_customer_party": st.just(BUYER), "seller_supplier_party": st.just(SELLER)}
GOODS = {"delivery_customer_party": st.just(BUYER), "despatch_supplier_party": st.just(SELLER)}
STATUS = st.sampled_from(["3", "5", "7"])


def _lines(fields: Mapping[str, st.SearchStrategy[Any]], *references: str) -> Any:
    """Number lines, and let them refer to the line of the same number."""

    def numbered(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {"id": str(nth), **{each: {"line_id": str(nth)} for each in references}, **line}
            for nth, line in enumerate(drawn, start=1)
        ]

    return st.lists(st.fixed_dictionaries(dict(fields)), min_size=1, max_size=3).map(numbered)


def _inspected(value: int, **line: Any) -> dict[str, Any]:
    """Measure one characteristic; the decision follows from what was found."""
    is_good = 10 <= value <= 20
    characteristic = {
        "id": "1",
        "name": "Width",
        "unit_code": "MMT",
        "lower_limit": "10",
        "upper_limit": "20",
        "measured_value": [{"value": str(value)}],
        "conforms": is_good,
    }
    decision = "pass" if is_good else "fail"
    return {**line, "characteristic": [characteristic], "usage_decision": decision}


PLAIN: dict[type[Document], Fields] = {
    Order: st.fixed_dictionaries(
        {
            **HEAD,
            **BOTH,
            "order_type_code": st.just("220"),
            "document_currency_code": st.just("EUR"),
            "order_line": _lines({"item": ITEM, "quantity": QUANTITY, "price": PRICE}),
        }
    ),
    OrderResponse: st.fixed_dictionaries(
        {
            **HEAD,
            **BOTH,
            "order_response_code": st.just("CA"),
            "order_reference": REFERENCE,
            "order_line": _lines(
                {"line_status_code": STATUS, "item": ITEM, "quantity": QUANTITY},
                "order_line_reference",
            ),
        }
    ),
    OrderChange: st.fixed_dictionaries(
        {
            **HEAD,
            **BOTH,
            "order_reference": REFERENCE,
            "document_currency_code": st.just("EUR"),
            "order_line": _lines(
                {"line_status_code": st.sampled_from(["1", "3"])}
                | {"item": ITEM, "quantity": QUANTITY}
            ),
        }
    ),
    OrderCancellation: st.fixed_dictionaries(
        {**HEAD, **BOTH, "order_reference": REFERENCE, "cancellation_note": TEXTS}
    ),
    DespatchAdvice: st.fixed_dictionaries(
        {
            **HEAD,
            **GOODS,
            "order_reference": NUMBERS.map(lambda number: {"id": number}),
            "despatch_line": _lines(
                {"item": ITEM, "delivered_quantity": QUANTITY}, "order_line_reference"
            ),
        }
    ),
    ReceiptAdvice: st.fixed_dictionaries(
        {
            **HEAD,
            **GOODS,
            "despatch_document_reference": NUMBERS.map(lambda number: {"id": number}),
            "receipt_line": _lines(
                {"item": ITEM, "received_quantity": QUANTITY}, "despatch_line_reference"
            ),
        }
    ),
    DeliverySchedule: st.fixed_dictionaries(
        {
            **HEAD,
            "order_reference": NUMBERS.map(lambda number: {"id": number}),
            "schedule_line": _lines(
                {
                    "quantity": QUANTITY,
                    "promised_delivery_period": DATES.map(lambda day: {"end_date": day}),
                },
                "order_line_reference",
            ),
        }
    ),
    QualityReport: st.fixed_dictionaries(
        {
            **HEAD,
            "quality_report_type_code": st.just("4"),
            "inspector_party": st.just(SELLER),
            "inspection_line": _lines(
                {"item": ITEM, "inspected_quantity": QUANTITY, "value": st.integers(0, 30)}
            ).map(lambda lines: [_inspected(**line) for line in lines]),
        }
    ),
}


def _bill(drawn: dict[str, Any], quantity: str, lines: str) -> dict[str, Any]:
    """Work out amounts of lines, and totals, at a rate of 20 percent."""
    tax = {"id": "S", "percent": "20", "tax_scheme": "VAT"}
    written, net = [], 0
    for nth, line in enumerate(drawn.pop("lines"), start=1):
        amount = line["count"] * line["price"]
        net += amount
        written.append(
            {
                "id": str(nth),
                "item": {**line["item"], "classified_tax_category": [tax]},
                "price": {"price_amount": _euro(line["price"])},
                quantity: {"value": str(line["count"]), "unit_code": "C62"},
                "line_extension_amount": _euro(amount),
            }
        )
    # Fifths of hundreds are whole.
    due = net + net // 5
    subtotal = {"taxable_amount": _euro(net), "tax_amount": _euro(net // 5), "tax_category": tax}
    totals = {"line_extension_amount": net, "tax_exclusive_amount": net}
    totals |= {"tax_inclusive_amount": due, "payable_amount": due}
    return {
        **drawn,
        lines: written,
        "tax_total": {"tax_amount": _euro(net // 5), "tax_subtotal": [subtotal]},
        "legal_monetary_total": {name: _euro(value) for name, value in totals.items()},
    }


def _euro(value: int) -> dict[str, str]:
    return {"value": str(value), "currency_id": "EUR"}


_BILL: Fields = st.fixed_dictionaries(
    {
        **HEAD,
        "document_currency_code": st.just("EUR"),
        "accounting_supplier_party": st.just(SELLER),
        "accounting_customer_party": st.just(BUYER),
        "order_reference": NUMBERS.map(lambda number: {"id": number}),
        "lines": st.lists(
            st.fixed_dictionaries(
                {
                    "item": ITEM,
                    "count": st.integers(1, 999),
                    "price": st.integers(1, 999).map(lambda number: number * 100),
                }
            ),
            min_size=1,
            max_size=3,
        ),
    }
)
PLAIN[Invoice] = _BILL.map(
    lambda drawn: _bill(drawn | {"invoice_type_code": "380"}, "invoiced_quantity", "invoice_line")
)
PLAIN[CreditNote] = _BILL.map(
    lambda drawn: _bill(
        drawn | {"credit_note_type_code": "381", "billing_reference": [{"id": "INV-1"}]},
        "credited_quantity",
        "credit_note_line",
    )
)


def plain(model: type[Document]) -> st.SearchStrategy[Any]:
    """Draw documents that every standard with a message for them can hold."""
    return PLAIN[model].map(model.model_validate)
