"""Invoices with several taxes, whose charges name none."""

from __future__ import annotations

from pathlib import Path

from gateway.connectors.edi.x12.interchange import read
from gateway.connectors.edi.x12.invoice import INVOICE
from ledger.document.money import Amount

DEMO = (Path(__file__).parent / "invoice_demo.edi").read_text(encoding="utf-8")


def test_a_charge_of_no_rate_among_several_is_refused_by_the_rule_it_breaks() -> None:
    text = DEMO.replace("TXI*VA*14852.02*19", "TXI*VA*14703.02*19~\nTXI*VA*149*7")
    text = text.replace("PID*F****Hardshell", "TXI*VA**19~\nPID*F****Hardshell")
    text = text.replace("SE*20", "SE*22").replace("TDS*9302054", "TDS*9302054")
    outcome = INVOICE.examine(read(text.encode())[0].messages[0])
    assert outcome.document is None
    assert any("tax" in each.rule for each in outcome.findings)
    assert all(each.location.line > 1 for each in outcome.findings)


def test_a_charge_may_have_the_rate_of_some_lines_only() -> None:
    text = DEMO.replace("TXI*VA*14852.02*19", "TXI*VA*14703.02*19~\nTXI*VA*54.22*7")
    text = text.replace("PID*F****Hardshell", "TXI*VA**19~\nPID*F****Hardshell")
    text = text.replace("HP*BP*FJ-CL-3060~", "HP*BP*FJ-CL-3060~\nTXI*TX**7~")
    text = text.replace("Freight~", "Freight~\nTXI*TX**7~").replace("SE*20", "SE*24")
    text = text.replace("14703.02", "14696.5").replace("54.22", "57.3")
    text = text.replace("TDS*9302054", "TDS*9292232")
    outcome = INVOICE.examine(read(text.encode())[0].messages[0])
    assert outcome.document is not None, outcome.findings
    [freight] = outcome.document.allowance_charge
    assert freight.tax_category is not None and freight.tax_category.percent == "7"
    assert INVOICE.render(outcome.document).body == read(text.encode())[0].messages[0].body


def test_a_line_may_take_back_what_another_charges() -> None:
    text = DEMO.replace("IT1*2*10300*", "IT1*2*-10300*").replace("14852.02", "14616.98")
    invoice = INVOICE.parse(read(text.replace("9302054", "9154846").encode())[0].messages[0])
    assert invoice.invoice_line[1].invoiced_quantity.value == "-10300"
    assert invoice.invoice_line[1].line_extension_amount.value == "-618.52"


def test_taxes_of_one_rate_are_one() -> None:
    text = DEMO.replace("TXI*VA*14852.02*19", "TXI*VA*14000*19~\nTXI*LS*852.02*19")
    text = text.replace("PID*F****Hardshell", "TXI*VA**19~\nPID*F****Hardshell")
    text = text.replace(
        "IT1*2*10300*EA*6.005*HP*BP*FJ-CL-3060~", "IT1*2*10300*EA*6.005*HP*BP*1~\nTXI*VA**19~"
    )
    text = text.replace("SE*20", "SE*23")
    outcome = INVOICE.examine(read(text.encode())[0].messages[0])
    assert outcome.document is not None, outcome.findings
    assert outcome.document.tax_total is not None
    [subtotal] = outcome.document.tax_total.tax_subtotal
    assert (subtotal.tax_amount.value, subtotal.tax_category.tax_scheme) == ("14852.02", None)


def test_an_invoice_that_is_partly_prepaid_says_its_whole_and_lists_the_rest() -> None:
    invoice = INVOICE.parse(read(DEMO.encode())[0].messages[0])
    sums = invoice.legal_monetary_total
    paid = Amount(value="20.54", currency_id="EUR")
    due = Amount(value="93000", currency_id="EUR")
    left = sums.model_copy(update={"prepaid_amount": paid, "payable_amount": due})
    owed = invoice.model_copy(update={"legal_monetary_total": left, "extras": ()})
    written = INVOICE.render(owed, is_lossy=True)
    assert [each[1] for each in written.body if each.tag == "TDS"] == ["9302054"]
    assert "/legal_monetary_total/prepaid_amount" in INVOICE.unheld(owed)


def test_an_invoice_of_no_tax_says_so() -> None:
    text = DEMO.replace("TXI*VA*14852.02*19", "TXI*VA*0*0").replace("TDS*9302054", "TDS*7816852")
    invoice = INVOICE.parse(read(text.encode())[0].messages[0])
    assert invoice.tax_total is not None
    assert invoice.tax_total.tax_subtotal[0].tax_category.id == "Z"
    assert invoice.legal_monetary_total.payable_amount.value == "78168.52"
