"""X12 messages whose numbers, levels or purposes do not hold, refused at their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.connectors.edi.x12.interchange import read
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES

HERE = Path(__file__).parent

REFUSALS = {
    "an invoice that does not add up": ("invoice", "TDS*9302054", "TDS*9302055", "TDS/1"),
    "an invoice without currency": ("invoice", "CUR*SE*EUR~", "REF*ZZ*1~", "BIG"),
    "a credit memo of no invoice": ("credit_note", "REF*IV*", "REF*ZZ*", "BIG"),
    "a credit memo that does not add up": ("credit_note", "TDS*92106", "TDS*92107", "TDS/1"),
    "a credit memo that credits less than nothing": ("credit_note", "1*12*", "1*-12*", "TDS/1"),
    "an invoice that is cancelled": ("invoice", "***DI~", "***DI*01~", "BIG/8"),
    "a line without price": ("invoice", "*EA*64.50**", "*EA***", "IT1/4"),
    "a level below none": ("despatch_advice", "HL*5*4*I", "HL*5*44*I", "HL/2"),
    "a level that stands twice": ("despatch_advice", "HL*8*1*O", "HL*7*1*O", "HL/1"),
    "a count of other levels": ("despatch_advice", "CTT*9", "CTT*8", "CTT/1"),
    "a notice that is cancelled": ("despatch_advice", "BSN*00", "BSN*01", "BSN/1"),
    "a request of another purpose": ("order_change", "BCH*04", "BCH*22", "BCH/1"),
    "a change of no kind": ("order_change", "POC*2*DI", "POC*2*XX", "POC/2"),
    "an answer of another purpose": ("order_change_response", "BCA*00", "BCA*22", "BCA/1"),
    "an answer of no kind": ("order_change_response", "BCA*00*AC", "BCA*00*QQ", "BCA/2"),
    "a line that is not decided": ("order_change_response", "ACK*IR", "ACK*IH", "ACK/1"),
    "a schedule that is cancelled": ("delivery_schedule", "BFR*05", "BFR*01", "BFR/1"),
    "a schedule of sums": ("delivery_schedule", "*DL*A*", "*DL*C*", "BFR/5"),
    "a schedule of no unit": ("delivery_schedule", "UIT*EA~", "REF*ZZ*1~", "LIN"),
    "a schedule on no day": ("delivery_schedule", "*20260831****", "*20260931****", "FST/4"),
    "a test of no quantity": ("quality_report", "MEA*CT**1200", "MEA*PD**1200", "LIN"),
    "a result that is no number": ("quality_report", "TR**118*", "TR**11B*", "MEA/3"),
    "an advice that is cancelled": ("receipt_advice", "*00*1~", "*01*1~", "BRA/3"),
    "a receipt without quantity": ("receipt_advice", "RCD*7*500*EA", "RCD*7**EA", "RCD/2"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_message_is_refused_at_its_place(case: str) -> None:
    name, was, becomes, path = REFUSALS[case]
    text = (HERE / f"{name}_demo.edi").read_text(encoding="utf-8")
    assert was in text
    message = read(text.replace(was, becomes, 1).encode())[0].messages[0]
    outcome = MESSAGE_TYPES[message.name].examine(message)
    assert outcome.document is None
    assert any(each.location.path.endswith(f"/{path}") for each in outcome.findings)
    assert all(each.what_to_do and each.location.line > 1 for each in outcome.findings)
