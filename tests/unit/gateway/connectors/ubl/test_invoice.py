"""UBL invoices: in, out, and sums that are held to add up."""

from __future__ import annotations

import re

import pytest

from gateway.connectors.message import InvalidUblInvoice
from gateway.connectors.ubl import invoice
from ledger.document.billing import BilledQuantity, LegalMonetaryTotal
from ledger.document.invoice import Invoice, InvoiceLine
from tests.unit.gateway.connectors.ubl.bill import HEAD, LINE, QUANTITY, VAT, euro

BILL = Invoice(
    **HEAD,
    invoice_type_code="380",
    due_date="2026-08-05",
    invoice_line=(InvoiceLine(**LINE, invoiced_quantity=QUANTITY),),
)


def test_invoice_survives_being_written_and_read() -> None:
    assert invoice.parse(invoice.render(BILL)) == BILL


def test_type_and_currency_left_out_are_concluded_and_left_out_again() -> None:
    message = invoice.render(BILL)
    for name in (b"InvoiceTypeCode>380", b"DocumentCurrencyCode>EUR"):
        message = message.replace(b"<cbc:" + name + b"</cbc:" + name.split(b">")[0] + b">", b"")
    parsed = invoice.parse(message)
    assert (parsed.invoice_type_code, parsed.document_currency_code) == ("380", "EUR")
    assert b"TypeCode>380<" not in invoice.render(parsed)


def test_base_quantity_without_unit_has_that_of_the_line() -> None:
    old = b'<cbc:BaseQuantity unitCode="C62">'
    message = invoice.render(BILL).replace(old, b"<cbc:BaseQuantity>")
    parsed = invoice.parse(message)
    assert parsed.invoice_line[0].price == BILL.invoice_line[0].price
    assert invoice.render(parsed) == message


def test_code_of_an_exemption_is_its_reason_where_there_is_no_other() -> None:
    code = b"<cbc:TaxExemptionReasonCode>VATEX-EU-IC</cbc:TaxExemptionReasonCode>"
    message = invoice.render(BILL).replace(b"<cbc:ID>S</cbc:ID>", b"<cbc:ID>K</cbc:ID>")
    message = message.replace(
        b"<cbc:Percent>23</cbc:Percent>", b"<cbc:Percent>0</cbc:Percent>" + code
    )
    message = message.replace(b">241.50<", b">0.00<").replace(b">1291.50<", b">1050.00<")
    parsed = invoice.parse(message)
    assert parsed.tax_total is not None
    assert parsed.tax_total.tax_subtotal[0].tax_category.tax_exemption_reason == "VATEX-EU-IC"
    assert b"TaxExemptionReason>" not in invoice.render(parsed)


SUMS = (b"TaxExclusiveAmount", b">1050.00<"), (b"TaxInclusiveAmount", b">1291.50<")
CATEGORY = b"<cac:ClassifiedTaxCategory>.*</cac:ClassifiedTaxCategory>"
LINE_TAX = b"""<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">230.00</cbc:TaxAmount><cac:TaxSubtotal>
<cbc:TaxableAmount currencyID="EUR">1000.00</cbc:TaxableAmount>
<cbc:TaxAmount currencyID="EUR">230.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID>
<cbc:Percent>23</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>"""


def test_sums_left_out_are_concluded_and_left_out_again() -> None:
    message = invoice.render(BILL)
    for name, value in SUMS:
        message = re.sub(rb"<cbc:%b [^>]*%b/cbc:%b>" % (name, value, name), b"", message)
    parsed = invoice.parse(message)
    assert parsed.legal_monetary_total == BILL.legal_monetary_total
    assert not any(name in invoice.render(parsed) for name, _ in SUMS)


def test_sum_of_taxes_in_place_of_the_sum_without_tax_comes_back() -> None:
    old, new = b">1050.00</cbc:TaxExclusive", b">241.5</cbc:TaxExclusive"
    message = invoice.render(BILL).replace(old, new)
    parsed = invoice.parse(message)
    assert parsed.legal_monetary_total == BILL.legal_monetary_total
    assert invoice.render(parsed).count(new) == 1
    assert invoice.parse(invoice.render(parsed)) == parsed


def test_line_has_the_category_of_its_tax_where_its_item_names_none() -> None:
    message = re.sub(CATEGORY, b"", invoice.render(BILL), flags=re.DOTALL)
    message = message.replace(b"<cac:Item>", LINE_TAX + b"<cac:Item>")
    parsed = invoice.parse(message)
    [category] = parsed.invoice_line[0].item.classified_tax_category
    assert (category.id, category.percent) == ("S", "23")
    rendered = invoice.render(parsed)
    assert rendered.count(b"ClassifiedTaxCategory") == 0
    assert invoice.render(invoice.parse(rendered)) == rendered


def test_line_with_taxes_of_two_categories_is_refused() -> None:
    twice = LINE_TAX.replace(b"</cac:TaxTotal>", b"") + LINE_TAX[LINE_TAX.index(b"<cac:TaxSub") :]
    message = re.sub(CATEGORY, b"", invoice.render(BILL), flags=re.DOTALL)
    with pytest.raises(InvalidUblInvoice, match="one classified_tax_category"):
        invoice.parse(message.replace(b"<cac:Item>", twice + b"<cac:Item>"))


def test_line_that_takes_back_is_less_than_nothing() -> None:
    line = BILL.invoice_line[0]
    back = line.model_copy(
        update={
            "id": "2",
            "invoiced_quantity": BilledQuantity(value="-100", unit_code="C62"),
            "line_extension_amount": euro("-1000"),
            "allowance_charge": (),
        }
    )
    assert back.quantity.number == -100
    tax = VAT.model_copy(update={"percent": "0", "id": "Z"})
    item = line.item.model_copy(update={"classified_tax_category": (tax,)})
    nothing = LegalMonetaryTotal(
        line_extension_amount=euro("0"),
        tax_exclusive_amount=euro("0"),
        tax_inclusive_amount=euro("0"),
        payable_amount=euro("0"),
    )
    fields = dict(BILL) | {
        "allowance_charge": (),
        "payment_terms": (),
        "legal_monetary_total": nothing,
        "tax_total": None,
        "invoice_line": tuple(
            each.model_copy(update={"item": item, "allowance_charge": ()}) for each in (line, back)
        ),
    }
    bill = Invoice(**fields)
    assert invoice.parse(invoice.render(bill)) == bill


def test_invoice_that_the_buyer_issues_says_so() -> None:
    tag = b">389</cbc:InvoiceTypeCode>"
    parsed = invoice.parse(invoice.render(BILL).replace(b">380</cbc:InvoiceTypeCode>", tag))
    assert parsed.invoice_type_code == "389"
    assert tag in invoice.render(parsed)


@pytest.mark.parametrize("code", ["388", "780", "SalesInvoice"])
def test_further_types_of_invoices_are_general_ones_and_come_back(code: str) -> None:
    tag = f">{code}</cbc:InvoiceTypeCode>".encode()
    parsed = invoice.parse(invoice.render(BILL).replace(b">380</cbc:InvoiceTypeCode>", tag))
    assert parsed.invoice_type_code == "380"
    assert tag in invoice.render(parsed)


@pytest.mark.parametrize(
    ("old", "new", "path", "rule"),
    [
        (b">1291.50</cbc:Pay", b">1291.00</cbc:Pay", "LegalMonetaryTotal", "payable_amount"),
        (b">100</cbc:Invoiced", b">-1</cbc:Invoiced", "Line", "quantity times price"),
        (b">1000.00</cbc:LineExt", b">999.00</cbc:LineExt", "", "line_extension_amount"),
        (b">380</cbc:", b">999</cbc:", "Code", "UNCL1001"),
    ],
)
def test_invoice_that_does_not_add_up_is_refused_with_its_place(
    old: bytes, new: bytes, path: str, rule: str
) -> None:
    message = invoice.render(BILL)
    assert old in message
    with pytest.raises(InvalidUblInvoice) as refused:
        invoice.parse(message.replace(old, new))
    assert any(path in each.location.path and rule in each.rule for each in refused.value.findings)
