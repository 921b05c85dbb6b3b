"""Invoices and credit notes must add up exactly, line by line and as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.document.errors import DocumentInvalid
from ledger.document.money import minor_unit, total
from ledger.document.schema import parse_document

Samples = dict[str, dict[str, Any]]
Change = Callable[[dict[str, Any]], object]


def messages_of(fields: dict[str, Any]) -> list[str]:
    with pytest.raises(DocumentInvalid) as caught:
        parse_document(fields)
    return [str(problem) for problem in caught.value.problems]


def put(*steps: Any) -> Change:
    """Put the last of the steps where the others lead to."""
    *path, name, value = steps

    def change(fields: dict[str, Any]) -> None:
        at: Any = fields
        for step in path:
            at = at[step]
        at[name] = value

    return change


def drop(*steps: Any) -> Change:
    *path, name = steps

    def change(fields: dict[str, Any]) -> None:
        at: Any = fields
        for step in path:
            at = at[step]
        del at[name]

    return change


LINE = ("invoice_line", 0)
SUMS = ("legal_monetary_total",)
SUBTOTAL = ("tax_total", "tax_subtotal", 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            put(*LINE, "invoiced_quantity", "value", "56"),
            "/invoice_line/0: line_extension_amount must be quantity times price less allowances "
            "plus charges",
        ),
        (
            put(*LINE, "price", "base_quantity", "value", "0"),
            "/invoice_line/0: base_quantity of a price cannot be zero",
        ),
        (
            put(*LINE, "price", "base_quantity", "unit_code", "KGM"),
            "/invoice_line/0: base_quantity of a price must have the unit of the line",
        ),
        (
            put(*LINE, "price", "price_amount", "value", "-52.5"),
            "/invoice_line/0: a price cannot be negative; an allowance can",
        ),
        (put("invoice_line", 1, "id", "1"), "/: line '1' stands twice"),
        (
            put(*LINE, "price", "price_amount", "currency_id", "SEK"),
            "/: the amounts of line 0 must have the currency of the document",
        ),
        (
            put(*SUMS, "prepaid_amount", "currency_id", "SEK"),
            "/: legal_monetary_total must have the currency of the document",
        ),
        (
            put(*LINE, "allowance_charge", 0, "base_amount", "currency_id", "SEK"),
            "/: the amounts of line 0 must have the currency of the document",
        ),
        (
            put(*LINE, "price", "allowance_charge", 0, "base_amount", "currency_id", "SEK"),
            "/: the amounts of line 0 must have the currency of the document",
        ),
        (
            put("allowance_charge", 0, "amount", "currency_id", "SEK"),
            "/: allowances and charges must have the currency of the document",
        ),
        (
            put("payment_terms", 1, "amount", "value", "75.001"),
            "/: payment_terms must have no more decimals than the currency",
        ),
        (
            put(*SUBTOTAL, "taxable_amount", "currency_id", "SEK"),
            "/: tax_total must have the currency of the document",
        ),
        (
            put("invoice_line", 1, "line_extension_amount", "value", "2.593"),
            "/: the amounts of line 1 must have no more decimals than the currency",
        ),
        (
            put("invoice_line", 1, "line_extension_amount", "value", "2.6"),
            "/: line_extension_amount must be the sum of the lines",
        ),
        (
            put(*SUMS, "tax_exclusive_amount", "value", "2940.1"),
            "/legal_monetary_total: tax_exclusive_amount must be line_extension_amount less "
            "allowances plus charges",
        ),
        (
            put(*SUMS, "payable_amount", "value", "2675.01"),
            "/legal_monetary_total: payable_amount must be tax_inclusive_amount less what is "
            "prepaid plus rounding",
        ),
        (
            put("allowance_charge", 0, "amount", "value", "151"),
            "/: charge_total_amount must be the sum of the charges",
        ),
        (
            put("allowance_charge", 0, "charge_indicator", False),
            "/: charge_total_amount must be the sum of the charges",
        ),
        (
            put("tax_total", "tax_amount", "value", "734.78"),
            "/tax_total: the subtotals must add up to the tax amount",
        ),
        (drop("tax_total"), "/: tax_inclusive_amount must be tax_exclusive_amount plus tax"),
        (
            put(*SUBTOTAL, "tax_category", "percent", "15"),
            "/tax_total: two subtotals have one category and rate",
        ),
        (
            put(*SUBTOTAL, "tax_category", "percent", "24"),
            "/: tax_subtotal must name each category and rate of the lines, and no other",
        ),
        (
            put(*SUBTOTAL, "taxable_amount", "value", "2937.51"),
            "/: tax_subtotal/0/taxable_amount must be the sum of its lines",
        ),
        (
            put(*SUBTOTAL, "tax_category", "id", "VAT25"),
            "/tax_total/tax_subtotal/0: the tax category must be a code of UNCL5305, such as S",
        ),
        (
            put(*SUBTOTAL, "tax_category", "id", "Z"),
            "/tax_total/tax_subtotal/0: a tax category under which nothing is taxed has no rate",
        ),
        (
            put(*SUBTOTAL, "tax_category", {"id": "AE"}),
            "/tax_total/tax_subtotal/0: tax_exemption_reason must say why nothing is taxed",
        ),
        (
            drop(*LINE, "item", "classified_tax_category"),
            "/: item of line 0 must have one classified_tax_category",
        ),
        (
            drop("allowance_charge", 0, "tax_category"),
            "/: each allowance and charge must have a tax_category",
        ),
        (
            put("invoice_type_code", "384"),
            "/: a corrected invoice must name the invoice in billing_reference",
        ),
    ],
)
def test_invoice_that_does_not_add_up_is_refused(
    samples: Samples, change: Change, message: str
) -> None:
    invoice = json.loads(json.dumps(samples["Invoice"]))
    change(invoice)
    assert messages_of(invoice) == [message]


def test_invoice_of_an_unknown_type_is_refused(samples: Samples) -> None:
    found = messages_of(samples["Invoice"] | {"invoice_type_code": "999"})
    assert [each.split(":")[0] for each in found] == ["/invoice_type_code"]


@pytest.mark.parametrize("code", ["389", "527"])
def test_invoice_that_the_buyer_issues_says_so(samples: Samples, code: str) -> None:
    assert parse_document(samples["Invoice"] | {"invoice_type_code": code})


def test_corrected_invoice_names_the_one_it_corrects(samples: Samples) -> None:
    corrected = {"invoice_type_code": "384", "billing_reference": [{"id": "INV-6"}]}
    assert parse_document(samples["Invoice"] | corrected)


def test_credit_note_must_name_what_it_credits(samples: Samples) -> None:
    note = {**samples["CreditNote"]}
    del note["billing_reference"]
    assert messages_of(note) == [
        "/: a credit note must name the invoices or the period that it credits"
    ]
    assert parse_document(note | {"invoice_period": {"end_date": "2026-04-30"}})


def test_credit_note_must_add_up(samples: Samples) -> None:
    note = json.loads(json.dumps(samples["CreditNote"]))
    note["credit_note_line"][0]["credited_quantity"]["value"] = "6"
    assert "quantity times price" in messages_of(note)[0]


@pytest.mark.parametrize("tax", ["734.37", "734.38"])
def test_tax_may_be_rounded_either_way(samples: Samples, tax: str) -> None:
    """A quarter of 2937.50 is 734.375."""
    assert parse_document(with_tax(samples["Invoice"], tax))


def test_tax_may_be_rounded_line_by_line_and_no_further(samples: Samples) -> None:
    """Two amounts are taxed at 25 percent, so less than two units may be lost or won."""
    assert parse_document(with_tax(samples["Invoice"], "734.39"))
    assert messages_of(with_tax(samples["Invoice"], "734.4")) == [
        "/: tax_subtotal/0/tax_amount must be its rate of what it taxes"
    ]


def with_tax(sample: dict[str, Any], tax: str) -> dict[str, Any]:
    invoice: dict[str, Any] = json.loads(json.dumps(sample))
    sums, breakdown = invoice["legal_monetary_total"], invoice["tax_total"]
    breakdown["tax_subtotal"][0]["tax_amount"]["value"] = tax
    charged = Decimal(tax) + Decimal("0.39")
    breakdown["tax_amount"]["value"] = str(charged)
    sums["tax_inclusive_amount"]["value"] = str(Decimal("2940.09") + charged)
    sums["payable_amount"]["value"] = str(Decimal("1940.23") + charged)
    return invoice


def test_seller_who_is_not_liable_to_tax_charges_none(samples: Samples) -> None:
    assert parse_document(plain(samples["Invoice"], "EUR", "2", "10.5", "21"))


@pytest.mark.parametrize(
    ("currency", "unit"), [("EUR", "0.01"), ("JPY", "1"), ("KWD", "0.001"), ("CLF", "0.0001")]
)
def test_amounts_have_the_decimals_of_their_currency(
    samples: Samples, currency: str, unit: str
) -> None:
    assert minor_unit(currency) == Decimal(unit)
    assert parse_document(plain(samples["Invoice"], currency, "1", unit, unit))
    finer = str(Decimal(unit) / 10)
    assert "more decimals" in messages_of(plain(samples["Invoice"], currency, "1", finer, finer))[0]


def plain(
    sample: dict[str, Any], currency: str, quantity: str, price: str, amount: str
) -> dict[str, Any]:
    """Give an invoice of one line without tax."""

    def money(value: str) -> dict[str, str]:
        return {"value": value, "currency_id": currency}

    line = {
        "id": "1",
        "invoiced_quantity": {"value": quantity, "unit_code": "C62"},
        "price": {"price_amount": money(price)},
        "line_extension_amount": money(amount),
        "item": {"name": "Bolt"},
    }
    totals = ("line_extension_amount", "tax_exclusive_amount")
    totals += ("tax_inclusive_amount", "payable_amount")  # type: ignore[assignment]
    kept = ("document_type", "schema_version", "id", "issue_date", "invoice_type_code")
    parties = ("accounting_supplier_party", "accounting_customer_party")
    return {name: sample[name] for name in (*kept, *parties)} | {
        "document_currency_code": currency,
        "invoice_line": [line],
        "legal_monetary_total": dict.fromkeys(totals, money(amount)),
    }


@settings(deadline=None, max_examples=60)
@given(
    quantity=st.decimals("0", "1e6", places=6),
    price=st.decimals("0", "1e6", places=6),
    units=st.integers(-3, 3),
)
def test_line_amount_is_the_product_to_less_than_one_minor_unit(
    quantity: Decimal, price: Decimal, units: int
) -> None:
    exact = quantity * price
    cent = Decimal("0.01")
    amount = exact.quantize(cent, ROUND_HALF_UP) + units * cent
    sample = {
        "document_type": "Invoice",
        "schema_version": 2,
        "id": "1",
        "issue_date": "2026-01-01",
        "invoice_type_code": "380",
        "accounting_supplier_party": {},
        "accounting_customer_party": {},
    }
    invoice = plain(sample, "EUR", f"{quantity:f}", f"{price:f}", f"{amount:f}")
    if abs(amount - exact) < cent:
        assert parse_document(invoice)
    else:
        assert "quantity times price" in messages_of(invoice)[0]


def test_sums_are_exact_beyond_the_digits_that_decimals_usually_keep() -> None:
    large, small = Decimal("9" * 40), Decimal("0." + "0" * 37 + "1")
    assert total([large, small, large.copy_negate()]) == small
    assert total([]) == 0
