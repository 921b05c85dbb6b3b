"""Credit memos, in the two ways that sellers write what is less than nothing."""

from __future__ import annotations

from pathlib import Path

from gateway.connectors.edi.message import Message
from gateway.connectors.edi.x12.interchange import read
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES
from ledger.document.credit_note import CreditNote
from ledger.document.invoice import Invoice

DEMO = (Path(__file__).parent / "credit_note_demo.edi").read_text(encoding="utf-8")
BILL = MESSAGE_TYPES["810"]


def _message(*changes: tuple[str, str]) -> Message:
    text = DEMO
    for was, becomes in changes:
        assert was in text
        text = text.replace(was, becomes)
    return read(text.encode())[0].messages[0]


def test_negative_sums_credit_the_same_as_positive_ones() -> None:
    negative = _message(("1*12*", "1*-12*"), ("TDS*92", "TDS*-92"), ("VA*147", "VA*-147"))
    found, usual = BILL.parse(negative), BILL.parse(_message())
    assert isinstance(found, CreditNote)
    assert found.credit_note_line[0].credited_quantity.value == "12"
    assert found.legal_monetary_total == usual.legal_monetary_total
    assert BILL.render(found).body == negative.body


def test_a_credit_memo_may_name_a_period_instead_of_invoices() -> None:
    days = "DTM*186*20260601~\nDTM*187*20260630~\nIT1*1"
    change = (("REF*IV*", "REF*ZZ*"), ("IT1*1", days), ("SE*12*", "SE*14*"))
    note = BILL.parse(_message(*change))
    assert note.invoice_period is not None
    assert note.invoice_period.start_date == "2026-06-01"
    assert note.extras[0].value == "REF*ZZ*INV-310"


def test_an_invoice_of_the_same_words_charges() -> None:
    invoice = BILL.parse(_message(("***CR", "***DI")))
    assert isinstance(invoice, Invoice)
    assert [each.id for each in invoice.billing_reference] == ["INV-310"]
