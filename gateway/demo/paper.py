"""The documents of the order's story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from gateway.network.terms import TODAY

Line = dict[str, Any]
"""A line of the order."""
Goods = Sequence[tuple[Line, dict[str, str]]]
"""Lines of the order, and how much of each."""

SHORT: Final = 2
"""Units missing of the line that is short."""
_CENT: Final = Decimal("0.01")
_TAX: Final = {"id": "K", "percent": "0", "tax_scheme": "VAT"}


def share_of(line: Line, share: str) -> dict[str, str]:
    """A share of a line's quantity, in whole units."""
    whole = Decimal(line["quantity"]["value"]) * Decimal(share)
    return {"value": str(int(whole)), "unit_code": line["quantity"]["unit_code"]}


def less(quantity: dict[str, str], part: dict[str, str]) -> dict[str, str]:
    """What is left of a quantity without a part of it."""
    left = Decimal(quantity["value"]) - Decimal(part["value"])
    return {"value": str(left), "unit_code": quantity["unit_code"]}


def arrived(goods: Goods, short: str | None) -> Goods:
    """What of the goods has arrived, when the line of this number is short."""
    missing = {"value": str(SHORT)}
    return [(line, less(part, missing) if line["id"] == short else part) for line, part in goods]


def response(order: str, line: Line, quantity: dict[str, str]) -> dict[str, Any]:
    """Change quantity and date of one line."""
    return _headed("OrderResponse", "OR-5001") | {
        "order_response_code": "CA",
        "order_reference": {"id": order},
        "promised_delivery_period": _days(0, 27),
        "order_line": [
            {
                "id": line["id"],
                "order_line_reference": {"line_id": line["id"]},
                "line_status_code": "3",
                "quantity": quantity,
                "promised_delivery_period": _days(30, 34),
                "note": ["The mill delivers one week later and short of a tenth."],
            }
        ],
    }


def despatch_advice(order: str, number: str, goods: Goods) -> dict[str, Any]:
    """Say what has left."""
    return _headed("DespatchAdvice", number) | {
        "order_reference": {"id": order},
        "despatch_line": [_referring(line) | {"delivered_quantity": part} for line, part in goods],
    }


def receipt_advice(order: str, number: str, goods: Goods, short: str | None) -> dict[str, Any]:
    """Say what has arrived of the goods, and what of the line that is short has not."""
    return _headed("ReceiptAdvice", number) | {
        "order_reference": {"id": order},
        "receipt_line": [
            _referring(line) | {"received_quantity": part} | _shortage(line, part, short)
            for line, part in arrived(goods, short)
        ],
    }


def quality_report(number: str, goods: Goods, failed: str | None) -> dict[str, Any]:
    """Decide on goods; the line of this number fails."""
    return _headed("QualityReport", number) | {
        "inspection_line": [
            _referring(line) | _inspection(part, is_failed=line["id"] == failed)
            for line, part in goods
        ]
    }


def return_instruction(line: Line, quantity: dict[str, str]) -> dict[str, Any]:
    """Send goods of one line back."""
    reason = ["Teeth come off at 60 N; 90 N were agreed."]
    return _headed("ReturnInstruction", "RI-1001") | {
        "quality_report_reference": {"id": "QR-7001"},
        "return_action_code": "credit",
        "return_line": [
            _referring(line) | {"returned_quantity": quantity, "return_reason": reason}
        ],
    }


def invoice(number: str, despatch: str, order: dict[str, Any], goods: Goods) -> dict[str, Any]:
    """Charge goods at the prices of the order, as a supply from one country to another."""
    lines = [_charged(line, part) for line, part in goods]
    net = _euros(sum((_value(each["line_extension_amount"]) for each in lines), Decimal(0)))
    nothing = _euros(Decimal(0))
    reason = {"tax_exemption_reason": "Intra-community supply"}
    subtotal = {"taxable_amount": net, "tax_amount": nothing, "tax_category": _TAX | reason}
    sums = ("line_extension", "tax_exclusive", "tax_inclusive", "payable")
    return _headed("Invoice", number) | {
        "invoice_type_code": "380",
        "document_currency_code": "EUR",
        "order_reference": {"id": order["id"]},
        "despatch_document_reference": [{"id": despatch}],
        "accounting_supplier_party": order["seller_supplier_party"],
        "accounting_customer_party": order["buyer_customer_party"],
        "invoice_line": lines,
        "tax_total": {"tax_amount": nothing, "tax_subtotal": [subtotal]},
        "legal_monetary_total": {f"{each}_amount": net for each in sums},
    }


def dispute_notice() -> dict[str, Any]:
    """Contest without a reason that would count."""
    return _headed("DisputeNotice", "DN-1") | {"reason": "Second thoughts"}


def _days(first: int, last: int) -> dict[str, str]:
    """A period from one number of days after today to another."""
    start, end = (
        (date.fromisoformat(TODAY) + timedelta(each)).isoformat() for each in (first, last)
    )
    return {"start_date": start, "end_date": end}


def _headed(document_type: str, number: str) -> dict[str, Any]:
    return {
        "document_type": document_type,
        "schema_version": 2,
        "id": number,
        "issue_date": TODAY,
    }


def _referring(line: Line) -> dict[str, Any]:
    return {"id": line["id"], "order_line_reference": {"line_id": line["id"]}}


def _shortage(line: Line, part: dict[str, str], short: str | None) -> dict[str, Any]:
    if line["id"] != short:
        return {}
    return {"short_quantity": {"value": str(SHORT), "unit_code": part["unit_code"]}}


def _inspection(part: dict[str, str], *, is_failed: bool) -> dict[str, Any]:
    return {
        "inspected_quantity": part,
        "sampling_plan": "ISO 2859-1 level II, AQL 2.5",
        "characteristic": [
            {
                "id": "1",
                "name": "Pull-off force of the slider",
                "unit_code": "NEW",
                "lower_limit": "90",
                "measured_value": [{"value": "60" if is_failed else "112"}],
                "conforms": not is_failed,
            }
        ],
        "usage_decision": "fail" if is_failed else "pass",
    }


def _charged(line: Line, part: dict[str, str]) -> dict[str, Any]:
    price = line["price"]
    base = _value(price.get("base_quantity", {"value": "1"}))
    amount = _value(part) * _value(price["price_amount"]) / base
    return _referring(line) | {
        "invoiced_quantity": part,
        "price": price,
        "line_extension_amount": _euros(amount.quantize(_CENT, ROUND_HALF_UP)),
        "item": {"name": line["item"]["name"], "classified_tax_category": [_TAX]},
    }


def _value(quantity: dict[str, str]) -> Decimal:
    return Decimal(quantity["value"])


def _euros(value: Decimal) -> dict[str, str]:
    return {"value": str(value), "currency_id": "EUR"}
