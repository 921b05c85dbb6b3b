"""UBL credit notes: in, out, and sums that are held to add up."""

from __future__ import annotations

import pytest

from gateway.connectors.message import InvalidUblCreditNote
from gateway.connectors.ubl import credit_note
from ledger.document.credit_note import CreditNote, CreditNoteLine
from tests.unit.gateway.connectors.ubl.bill import HEAD, LINE, QUANTITY

BILL = CreditNote(
    **HEAD,
    credit_note_type_code="381",
    credit_note_line=(CreditNoteLine(**LINE, credited_quantity=QUANTITY),),
)


def test_credit_note_survives_being_written_and_read() -> None:
    assert credit_note.parse(credit_note.render(BILL)) == BILL


def test_type_and_currency_left_out_are_concluded_and_left_out_again() -> None:
    message = credit_note.render(BILL)
    for name in (b"CreditNoteTypeCode>381", b"DocumentCurrencyCode>EUR"):
        message = message.replace(b"<cbc:" + name + b"</cbc:" + name.split(b">")[0] + b">", b"")
    parsed = credit_note.parse(message)
    assert (parsed.credit_note_type_code, parsed.document_currency_code) == ("381", "EUR")
    assert b"TypeCode>381<" not in credit_note.render(parsed)


def test_base_quantity_without_unit_has_that_of_the_line() -> None:
    old = b'<cbc:BaseQuantity unitCode="C62">'
    message = credit_note.render(BILL).replace(old, b"<cbc:BaseQuantity>")
    parsed = credit_note.parse(message)
    assert parsed.credit_note_line[0].price == BILL.credit_note_line[0].price
    assert credit_note.render(parsed) == message


def test_code_of_an_exemption_is_its_reason_where_there_is_no_other() -> None:
    code = b"<cbc:TaxExemptionReasonCode>VATEX-EU-IC</cbc:TaxExemptionReasonCode>"
    message = credit_note.render(BILL).replace(b"<cbc:ID>S</cbc:ID>", b"<cbc:ID>K</cbc:ID>")
    message = message.replace(
        b"<cbc:Percent>23</cbc:Percent>", b"<cbc:Percent>0</cbc:Percent>" + code
    )
    message = message.replace(b">241.50<", b">0.00<").replace(b">1291.50<", b">1050.00<")
    parsed = credit_note.parse(message)
    assert parsed.tax_total is not None
    assert parsed.tax_total.tax_subtotal[0].tax_category.tax_exemption_reason == "VATEX-EU-IC"
    assert b"TaxExemptionReason>" not in credit_note.render(parsed)


@pytest.mark.parametrize(
    ("old", "new", "path", "rule"),
    [
        (b">1291.50</cbc:Pay", b">1291.00</cbc:Pay", "LegalMonetaryTotal", "payable_amount"),
        (b">100</cbc:Credited", b">-1</cbc:Credited", "Line", "quantity times price"),
        (b">1000.00</cbc:LineExt", b">999.00</cbc:LineExt", "", "line_extension_amount"),
        (b">381</cbc:", b">999</cbc:", "Code", "UNCL1001"),
    ],
)
def test_credit_note_that_does_not_add_up_is_refused_with_its_place(
    old: bytes, new: bytes, path: str, rule: str
) -> None:
    message = credit_note.render(BILL)
    assert old in message
    with pytest.raises(InvalidUblCreditNote) as refused:
        credit_note.parse(message.replace(old, new))
    assert any(path in each.location.path and rule in each.rule for each in refused.value.findings)
