"""Invoices with several taxes, whose charges name none."""

from __future__ import annotations

from pathlib import Path

from gateway.connectors.edi.x12.interchange import read
from gateway.connectors.edi.x12.invoice import INVOICE

DEMO = (Path(__file__).parent / "invoice_demo.edi").read_text(encoding="utf-8")


def test_a_charge_of_no_rate_among_several_is_refused_by_the_rule_it_breaks() -> None:
    text = DEMO.replace("TXI*VA*14852.02*19", "TXI*VA*14703.02*19~\nTXI*VA*149*7")
    text = text.replace("PID*F****Hardshell", "TXI*VA**19~\nPID*F****Hardshell")
    text = text.replace("SE*20", "SE*22").replace("TDS*9302054", "TDS*9302054")
    outcome = INVOICE.examine(read(text.encode())[0].messages[0])
    assert outcome.document is None
    assert any("tax" in each.rule for each in outcome.findings)
    assert all(each.location.line > 1 for each in outcome.findings)


def test_an_invoice_of_no_tax_says_so() -> None:
    text = DEMO.replace("TXI*VA*14852.02*19", "TXI*VA*0*0").replace("TDS*9302054", "TDS*7816852")
    invoice = INVOICE.parse(read(text.encode())[0].messages[0])
    assert invoice.tax_total is not None
    assert invoice.tax_total.tax_subtotal[0].tax_category.id == "Z"
    assert invoice.legal_monetary_total.payable_amount.value == "78168.52"
