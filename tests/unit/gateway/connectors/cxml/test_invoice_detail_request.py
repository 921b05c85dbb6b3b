"""cXML invoices: in, out, and sums that are held to add up."""

from __future__ import annotations

import pytest

from gateway.connectors.cxml import invoice_detail_request
from gateway.connectors.message import InvalidCxml
from tests.unit.gateway.connectors.cxml.messages import INVOICE, canonical


def test_invoice_is_read_with_its_tax() -> None:
    invoice = invoice_detail_request.parse(INVOICE)
    assert invoice.accounting_supplier_party.name == "Costura"
    assert invoice.order_reference is not None
    assert invoice.order_reference.id == "FJ-1"
    assert invoice.tax_total is not None
    assert invoice.tax_total.tax_subtotal[0].tax_category.id == "S"
    assert invoice.invoice_line[0].item.classified_tax_category[0].percent == "23"
    assert invoice.legal_monetary_total.payable_amount.value == "793.35"


def test_invoice_comes_back_as_it_was_sent() -> None:
    invoice = invoice_detail_request.parse(INVOICE)
    rendered = invoice_detail_request.render(invoice)
    assert canonical(rendered) == canonical(INVOICE)
    assert invoice_detail_request.parse(rendered) == invoice


def test_invoice_of_the_network_survives() -> None:
    invoice = invoice_detail_request.parse(INVOICE).model_copy(update={"extras": ()})
    again = invoice_detail_request.parse(invoice_detail_request.render(invoice))
    assert again.model_copy(update={"extras": ()}) == invoice


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b'purpose="standard"', b'purpose="creditMemo"', "purpose standard"),
        (b"793.35</Money></NetAmount>", b"793.34</Money></NetAmount>", "payable_amount must be"),
        (b'quantity="10"', b'quantity="11"', "quantity times price"),
        (b'percentageRate="23"', b'percentageRate="20"', "its rate of what it taxes"),
        (b' lineNumber="1"', b"", "lineNumber"),
    ],
)
def test_invoice_that_does_not_hold_is_refused(old: bytes, new: bytes, rule: str) -> None:
    assert old in INVOICE
    with pytest.raises(InvalidCxml, match=rule):
        invoice_detail_request.parse(INVOICE.replace(old, new))


def test_invoice_that_names_no_order_is_refused_where_it_should() -> None:
    start, end = INVOICE.index(b"<OrderReference"), INVOICE.index(b"</OrderReference>")
    supplier = b'<SupplierOrderInfo orderID="S-1"/>'
    with pytest.raises(InvalidCxml, match="names the order of its lines") as refused:
        invoice_detail_request.parse(INVOICE[:start] + supplier + INVOICE[end + 17 :])
    (finding,) = refused.value.findings
    assert finding.location.path == "/cXML/Request/InvoiceDetailRequest/InvoiceDetailOrder"
