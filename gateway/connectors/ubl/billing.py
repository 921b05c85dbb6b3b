"""Mapping tables that invoices and credit notes share."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from gateway.connectors.ubl.extra import Extras, absent, is_left_out
from gateway.connectors.ubl.item import ITEM
from gateway.connectors.ubl.legal_total import conclude_sums
from gateway.connectors.ubl.line_category import conclude_category
from gateway.connectors.ubl.line_reference import LINE_REFERENCE, ORDER_LINE_REFERENCE
from gateway.connectors.ubl.mapping import (
    VALUE,
    Branch,
    Content,
    Finish,
    Leaf,
    amount,
    code,
    identification,
    identifier,
    one,
    quantity,
    text,
)
from gateway.connectors.ubl.money import (
    ALLOWANCE_CHARGE,
    MONETARY_TOTAL,
    PRICE,
    TAX_CATEGORY,
    complete_base_unit,
)
from gateway.connectors.ubl.part import (
    CUSTOMER_PARTY,
    DELIVERY,
    DELIVERY_TERMS,
    DOCUMENT_REFERENCE,
    PARTY,
    PERIOD,
    SUPPLIER_PARTY,
    plain_reference,
)
from gateway.connectors.ubl.scalar import CURRENCY, DATE, DECIMAL, TIME, UNSIGNED

_TAX_SUBTOTAL: Final = Content(
    "TaxSubtotal",
    {
        "TaxableAmount": amount("taxable_amount", is_required=True),
        "TaxAmount": amount("tax_amount", is_required=True),
        "TaxCategory": Branch("tax_category", TAX_CATEGORY, is_required=True),
    },
)

_TAX_TOTAL: Final = Content(
    "TaxTotal",
    {
        "TaxAmount": amount("tax_amount", is_required=True),
        "TaxSubtotal": Branch("tax_subtotal", _TAX_SUBTOTAL, is_many=True),
    },
    needed=("tax_amount", "tax_subtotal"),
)

_BRANCH: Final = one("Branch", "ID", identification(VALUE))

_ACCOUNT: Final = Content(
    "FinancialAccount",
    {
        "ID": identification("id"),
        "Name": text("name"),
        "FinancialInstitutionBranch": Branch("financial_institution_branch", _BRANCH),
    },
    needed=("id",),
)

_PAYMENT_MEANS: Final = Content(
    "PaymentMeans",
    {
        "PaymentMeansCode": code("payment_means_code"),
        "PaymentID": identifier("payment_id", is_many=True),
        "PayeeFinancialAccount": Branch("payee_financial_account", _ACCOUNT),
        "PaymentMandate": Branch(None, Content("PaymentMandate", {"ID": identifier("mandate_id")})),
    },
    needed=("payment_means_code",),
)

_PAYMENT_TERMS: Final = Content(
    "PaymentTerms",
    {
        "Note": text("note", is_many=True),
        "SettlementDiscountPercent": Leaf("settlement_discount_percent", UNSIGNED),
        "PenaltySurchargePercent": Leaf("penalty_surcharge_percent", UNSIGNED),
        "Amount": amount("amount"),
        "PaymentDueDate": Leaf("payment_due_date", DATE),
        "SettlementPeriod": Branch("settlement_period", PERIOD),
    },
)

_BILLED: Final = one(
    "BillingReference", "InvoiceDocumentReference", Branch(VALUE, DOCUMENT_REFERENCE)
)

_BILLED_LINE: Final = Content(
    "BillingReference",
    {
        "InvoiceDocumentReference": Branch("document_reference", DOCUMENT_REFERENCE),
        "BillingReferenceLine": Branch(
            None, Content("BillingReferenceLine", {"ID": identifier("line_id")}), may_repeat=True
        ),
    },
    needed=("line_id",),
)

HEAD: Final[dict[str, Leaf | Branch]] = {
    "ID": identifier("id", is_required=True),
    "IssueDate": Leaf("issue_date", DATE, is_required=True),
    "IssueTime": Leaf("issue_time", TIME),
    "Note": text("note", is_many=True),
    "TaxPointDate": Leaf("tax_point_date", DATE),
    "DocumentCurrencyCode": Leaf("document_currency_code", CURRENCY),
    "AccountingCost": text("accounting_cost"),
    "BuyerReference": text("buyer_reference"),
    "InvoicePeriod": Branch("invoice_period", PERIOD, may_repeat=True),
    "OrderReference": Branch("order_reference", plain_reference("OrderReference")),
    "BillingReference": Branch("billing_reference", _BILLED, is_many=True),
    "DespatchDocumentReference": Branch(
        "despatch_document_reference", DOCUMENT_REFERENCE, is_many=True
    ),
    "ReceiptDocumentReference": Branch(
        "receipt_document_reference", DOCUMENT_REFERENCE, is_many=True
    ),
    "ContractDocumentReference": Branch(
        "contract_document_reference", DOCUMENT_REFERENCE, is_many=True
    ),
    "AdditionalDocumentReference": Branch(
        "additional_document_reference", DOCUMENT_REFERENCE, is_many=True
    ),
    "AccountingSupplierParty": Branch(
        "accounting_supplier_party", SUPPLIER_PARTY, is_required=True
    ),
    "AccountingCustomerParty": Branch(
        "accounting_customer_party", CUSTOMER_PARTY, is_required=True
    ),
    "PayeeParty": Branch("payee_party", PARTY),
    "TaxRepresentativeParty": Branch("tax_representative_party", PARTY),
    "Delivery": Branch("delivery", DELIVERY, is_many=True),
    "DeliveryTerms": Branch("delivery_terms", DELIVERY_TERMS, may_repeat=True),
    "PaymentMeans": Branch("payment_means", _PAYMENT_MEANS, is_many=True),
    "PaymentTerms": Branch("payment_terms", _PAYMENT_TERMS, is_many=True),
    "AllowanceCharge": Branch("allowance_charge", ALLOWANCE_CHARGE, is_many=True),
    "TaxTotal": Branch("tax_total", _TAX_TOTAL, may_repeat=True),
    "LegalMonetaryTotal": Branch("legal_monetary_total", MONETARY_TOTAL, is_required=True),
}
"""What heads an invoice and a credit note."""


def conclude(type_field: str, type_code: str, type_step: str) -> Finish:
    """Conclude the type, the currency and the sums of a bill that does not name them.

    Parameters
    ----------
    type_field, type_code : str
        The field of the type, and the general type.
    type_step : str
        The element that stands for it.
    """

    def finish(bill: dict[str, Any], extras: Extras, path: str) -> None:
        if type_field not in bill and is_left_out(extras, f"{path}/{type_step}"):
            bill[type_field] = type_code
            extras.append((f"{path}/{absent(type_step)}", ""))
        sums = bill.get("legal_monetary_total", {})
        payable = sums.get("payable_amount", {})
        if "document_currency_code" not in bill and "currency_id" in payable:
            bill["document_currency_code"] = payable["currency_id"]
            extras.append((f"{path}/{absent('cbc:DocumentCurrencyCode')}", ""))
        if "line_extension_amount" in sums:
            tax = bill.get("tax_total", {}).get("tax_amount")
            conclude_sums(sums, tax, extras, f"{path}/cac:LegalMonetaryTotal")

    return finish


def billed(field: str) -> Leaf:
    """Map how much a line bills, which is less than nothing where it takes back."""
    return dataclasses.replace(quantity(field, is_required=True), kind=DECIMAL)


def bill_line(name: str, child: str, entry: Leaf) -> Content:
    """Map a line.

    Parameters
    ----------
    name : str
        Its type in UBL.
    child : str
        The element that says how much is billed.
    entry : Leaf
        What this element stands for.
    """

    def finish(line: dict[str, Any], extras: Extras, path: str) -> None:
        assert entry.field is not None
        complete_base_unit(line, extras, path, entry.field)
        conclude_category(line, extras, path)

    children: dict[str, Leaf | Branch] = {
        "ID": identifier("id", is_required=True),
        "Note": text("note", is_many=True),
        child: entry,
        "LineExtensionAmount": amount("line_extension_amount", is_required=True),
        "AccountingCost": text("accounting_cost"),
        "InvoicePeriod": Branch("invoice_period", PERIOD, may_repeat=True),
        "OrderLineReference": Branch("order_line_reference", ORDER_LINE_REFERENCE, may_repeat=True),
        "DespatchLineReference": Branch("despatch_line_reference", LINE_REFERENCE, may_repeat=True),
        "ReceiptLineReference": Branch("receipt_line_reference", LINE_REFERENCE, may_repeat=True),
        "BillingReference": Branch("billing_reference", _BILLED_LINE, may_repeat=True),
        "DocumentReference": Branch("document_reference", DOCUMENT_REFERENCE, is_many=True),
        "AllowanceCharge": Branch("allowance_charge", ALLOWANCE_CHARGE, is_many=True),
        "Item": Branch("item", ITEM, is_required=True),
        "Price": Branch("price", PRICE, is_required=True),
    }
    return Content(name, children, finish=finish)
