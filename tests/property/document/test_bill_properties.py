"""Whatever is charged, a bill that adds up is taken, and one cent anywhere breaks it."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.document import parse_document
from ledger.document.errors import DocumentInvalid

CENT = Decimal("0.01")
RATES = ("25", "15", "7.7", "0")

lines = st.lists(
    st.tuples(
        st.decimals("0", "5000", places=3),
        st.decimals("0", "900", places=4),
        st.sampled_from(["1", "3", "100"]),
        st.sampled_from(RATES),
        st.none() | st.decimals("0.01", "40", places=2),
    ),
    min_size=1,
    max_size=6,
)
charges = st.lists(
    st.tuples(st.booleans(), st.decimals("0", "90", places=2), st.sampled_from(RATES)), max_size=3
)


def money(value: Decimal) -> dict[str, str]:
    return {"value": f"{value:f}", "currency_id": "EUR"}


def rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def category(rate: str) -> dict[str, str]:
    return {"id": "Z" if rate == "0" else "S", "percent": rate, "tax_scheme": "VAT"}


def charge(is_charge: bool, amount: Decimal, **more: Any) -> dict[str, Any]:
    return {"charge_indicator": is_charge, "amount": money(amount), **more}


@st.composite
def invoices(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what is delivered and charged, and add it up in the plainest way."""
    bases: dict[str, Decimal] = defaultdict(Decimal)
    billed, net = [], Decimal(0)
    for number, (quantity, price, per, rate, allowance) in enumerate(draw(lines), 1):
        amount = rounded(quantity * price / Decimal(per)) - (allowance or 0)
        bases[rate] += amount
        net += amount
        billed.append(
            {
                "id": str(number),
                "invoiced_quantity": {"value": f"{quantity:f}", "unit_code": "KGM"},
                "price": {
                    "price_amount": money(price),
                    "base_quantity": {"value": per, "unit_code": "KGM"},
                },
                "line_extension_amount": money(amount),
                "allowance_charge": [charge(False, allowance)] if allowance else [],
                "item": {"name": "Malt", "classified_tax_category": [category(rate)]},
            }
        )
    sums = {True: Decimal(0), False: Decimal(0)}
    whole = []
    for is_charge, amount, rate in draw(charges):
        sums[is_charge] += amount
        bases[rate] += amount if is_charge else -amount
        whole.append(charge(is_charge, amount, tax_category=category(rate)))
    taxes = {rate: rounded(base * Decimal(rate) / 100) for rate, base in bases.items()}
    exclusive = net + sums[True] - sums[False]
    inclusive = exclusive + sum(taxes.values())
    return {
        "document_type": "Invoice",
        "schema_version": 2,
        "id": "INV-1",
        "issue_date": "2026-04-30",
        "invoice_type_code": "380",
        "document_currency_code": "EUR",
        "accounting_supplier_party": {"name": "Maltings"},
        "accounting_customer_party": {"name": "Brewery"},
        "invoice_line": billed,
        "allowance_charge": whole,
        "tax_total": {
            "tax_amount": money(sum(taxes.values(), Decimal(0))),
            "tax_subtotal": [
                {
                    "taxable_amount": money(base),
                    "tax_amount": money(taxes[rate]),
                    "tax_category": category(rate),
                }
                for rate, base in bases.items()
            ],
        },
        "legal_monetary_total": {
            "line_extension_amount": money(net),
            "charge_total_amount": money(sums[True]),
            "allowance_total_amount": money(sums[False]),
            "tax_exclusive_amount": money(exclusive),
            "tax_inclusive_amount": money(inclusive),
            "payable_amount": money(inclusive),
        },
    }


def summed(invoice: dict[str, Any]) -> list[dict[str, str]]:
    """List the amounts that are added up; in a product a cent may vanish in rounding."""
    found = [each["line_extension_amount"] for each in invoice["invoice_line"]]
    found += [each["amount"] for each in invoice["allowance_charge"]]
    found += [invoice["tax_total"]["tax_amount"], *invoice["legal_monetary_total"].values()]
    for each in invoice["tax_total"]["tax_subtotal"]:
        found += [each["taxable_amount"], each["tax_amount"]]
    return found


@given(invoices())
def test_bill_that_is_added_up_plainly_is_taken(invoice: dict[str, Any]) -> None:
    assert parse_document(invoice)


@given(invoices(), st.data())
def test_bill_with_one_amount_off_by_a_cent_is_refused(
    invoice: dict[str, Any], data: st.DataObject
) -> None:
    changed = json.loads(json.dumps(invoice))
    amount = data.draw(st.sampled_from(summed(changed)))
    off = data.draw(st.sampled_from([CENT, -CENT]))
    amount["value"] = f"{Decimal(amount['value']) + off:f}"
    with pytest.raises(DocumentInvalid):
        parse_document(changed)
