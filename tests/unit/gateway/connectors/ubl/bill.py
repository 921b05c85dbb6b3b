"""A bill that adds up, as an invoice and as a credit note."""

from __future__ import annotations

from typing import Any

from ledger.document.billing import LegalMonetaryTotal
from ledger.document.item import Item
from ledger.document.money import AllowanceCharge, Amount, Price, Quantity, TaxCategory
from ledger.document.party import Identification, Party
from ledger.document.payment import FinancialAccount, PaymentMeans, PaymentTerms
from ledger.document.period import Period
from ledger.document.reference import DocumentReference, LineReference
from ledger.document.tax import TaxBreakdown, TaxSubtotal

VAT = TaxCategory(id="S", percent="23", tax_scheme="VAT")


def euro(value: str) -> Amount:
    return Amount(value=value, currency_id="EUR")


HEAD: dict[str, Any] = {
    "id": "B-100",
    "issue_date": "2026-07-05",
    "document_currency_code": "EUR",
    "buyer_reference": "cost centre 7",
    "invoice_period": Period(start_date="2026-06-01", end_date="2026-06-30"),
    "order_reference": DocumentReference(id="FJ-2026-00417"),
    "billing_reference": (DocumentReference(id="B-99", issue_date="2026-06-05"),),
    "despatch_document_reference": (DocumentReference(id="DA-31"),),
    "accounting_supplier_party": Party(name="Costura do Ave"),
    "accounting_customer_party": Party(name="Fjellgrat Outdoor"),
    "payee_party": Party(name="Banco do Ave"),
    "payment_means": (
        PaymentMeans(
            payment_means_code="58",
            payment_id=("RF18 5390 0754 7034",),
            payee_financial_account=FinancialAccount(
                id=Identification(id="PT50000201231234567890154", scheme_id="IBAN"),
                financial_institution_branch=Identification(id="BCOMPTPL"),
            ),
            mandate_id="M-1",
        ),
    ),
    "payment_terms": (PaymentTerms(note=("30 days",), settlement_discount_percent="2"),),
    "allowance_charge": (
        AllowanceCharge(charge_indicator=True, amount=euro("50"), tax_category=VAT),
    ),
    "tax_total": TaxBreakdown(
        tax_amount=euro("241.5"),
        tax_subtotal=(
            TaxSubtotal(taxable_amount=euro("1050"), tax_amount=euro("241.5"), tax_category=VAT),
        ),
    ),
    "legal_monetary_total": LegalMonetaryTotal(
        line_extension_amount=euro("1000"),
        charge_total_amount=euro("50"),
        tax_exclusive_amount=euro("1050"),
        tax_inclusive_amount=euro("1291.5"),
        payable_amount=euro("1291.5"),
    ),
}
"""Everything but the type and the lines."""

LINE: dict[str, Any] = {
    "id": "1",
    "order_line_reference": LineReference(line_id="1"),
    "receipt_line_reference": LineReference(line_id="1"),
    "billing_reference": LineReference(
        line_id="4", document_reference=DocumentReference(id="B-99")
    ),
    "item": Item(name="Jacket", classified_tax_category=(VAT,)),
    "price": Price(price_amount=euro("100"), base_quantity=Quantity(value="10", unit_code="C62")),
    "line_extension_amount": euro("1000"),
}
"""Everything but the quantity, which is 100 pieces."""

QUANTITY = Quantity(value="100", unit_code="C62")
