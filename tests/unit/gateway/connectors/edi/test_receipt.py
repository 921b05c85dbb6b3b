"""Acknowledgments as they are received: what we write of others, we understand of ourselves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.connectors.edi.edifact import acknowledgement as edifact_acknowledgement
from gateway.connectors.edi.edifact import interchange as edifact_interchange
from gateway.connectors.edi.edifact import receipt as edifact_receipt
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.finding import InvalidEdiMessage, UnsupportedMessage
from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.edi.receipt import Complaint, Receipt
from gateway.connectors.edi.sending import Sending
from gateway.connectors.edi.x12 import acknowledgement as x12_acknowledgement
from gateway.connectors.edi.x12 import interchange as x12_interchange
from gateway.connectors.edi.x12 import receipt as x12_receipt
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES

GOLDEN = Path(__file__).parents[4] / "edi"
AT = datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001


def _answered(content: bytes, interchange: Any, kinds: Any, acknowledgement: Any) -> bytes:
    [found] = interchange.read(content)
    outcomes = [kinds[message.name].examine(message) for message in found.messages]
    sending = Sending(found.envelope.receiver, found.envelope.sender, 9, AT)
    return bytes(acknowledgement.acknowledge(found, outcomes, sending))


def _x12(content: bytes) -> bytes:
    return _answered(content, x12_interchange, X12_TYPES, x12_acknowledgement)


def _edifact(content: bytes) -> bytes:
    return _answered(content, edifact_interchange, EDIFACT_TYPES, edifact_acknowledgement)


def test_a_997_tells_which_message_was_taken() -> None:
    sent = _x12((GOLDEN / "x12" / "order_demo.edi").read_bytes())
    [message] = x12_interchange.read(sent)[0].messages
    assert x12_receipt.read_receipts(message) == (Receipt("417", "850", "0001", True),)


def test_a_997_tells_what_is_wrong_and_where() -> None:
    content = (GOLDEN / "x12" / "order_demo.edi").read_bytes()
    sent = _x12(content.replace(b"DTM*002*20260626", b"DTM*002*20261326"))
    [message] = x12_interchange.read(sent)[0].messages
    [receipt] = x12_receipt.read_receipts(message)
    assert not receipt.is_accepted
    assert receipt.complaints == (
        Complaint(0, "", "", "5"),
        Complaint(27, "DTM", "2", "8", "20261326"),
    )


def test_a_contrl_tells_which_message_was_taken() -> None:
    sent = _edifact((GOLDEN / "edifact" / "order_demo.edi").read_bytes())
    [message] = edifact_interchange.read(sent)[0].messages
    [receipt, others] = edifact_receipt.read_receipts(message)
    assert receipt.is_accepted and others.is_accepted
    assert (receipt.name, others.reference) == ("ORDERS", "")


def test_a_contrl_tells_what_is_wrong_and_where() -> None:
    content = (GOLDEN / "edifact" / "order_demo.edi").read_bytes()
    sent = _edifact(content.replace(b"DTM+137:20", b"DTM+137:xx"))
    [message] = edifact_interchange.read(sent)[0].messages
    receipt = edifact_receipt.read_receipts(message)[0]
    assert not receipt.is_accepted
    assert receipt.complaints == (Complaint(3, "", "2:2", "12"),)


def test_what_is_no_acknowledgment_or_a_broken_one_is_refused() -> None:
    content = (GOLDEN / "x12" / "order_demo.edi").read_bytes()
    [order] = x12_interchange.read(content)[0].messages
    with pytest.raises(UnsupportedMessage):
        x12_receipt.read_receipts(order)
    broken = _x12(content).replace(b"AK5*A~\n", b"").replace(b"SE*6", b"SE*5")
    [message] = x12_interchange.read(broken)[0].messages
    with pytest.raises(InvalidEdiMessage) as refused:
        x12_receipt.read_receipts(message)
    assert [each.rule for each in refused.value.findings] == ["997 has AK5 after AK2."]


def test_a_999_tells_the_same_as_a_997() -> None:
    content = (GOLDEN / "x12" / "order_demo.edi").read_bytes()
    content = content.replace(b"DTM*002*20260626", b"DTM*002*20261326")
    content = content.replace(b"*X*004010", b"*X*005010")
    [found] = x12_interchange.read(content)
    outcomes = [X12_TYPES["850"].examine(each) for each in found.messages]
    sending = Sending(found.envelope.receiver, found.envelope.sender, 9, AT)
    told = []
    for kind in ("997", "999"):
        profile = PartnerProfile(acknowledgement=kind)
        sent = x12_acknowledgement.acknowledge(found, outcomes, sending, profile)
        [message] = x12_interchange.read(sent)[0].messages
        assert message.name == kind
        told.append(x12_receipt.read_receipts(message))
    assert told[0] == told[1]
    assert not told[0][0].is_accepted


def test_a_context_of_an_error_is_passed_over() -> None:
    body = "AK1*PO*9*004010~AK2*850*0001~IK3*DTM*27**8~CTX*N1:1~IK4*2*374*8*x~CTX*y~IK5*R*5~"
    sent = _x12((GOLDEN / "x12" / "order_demo.edi").read_bytes()).decode()
    start, end = sent.index("AK1"), sent.index("SE*")
    text = sent[:start] + body + "AK9*R*1*1*0~\n" + sent[end:].replace("SE*6", "SE*10")
    text = text.replace("ST*997", "ST*999")
    [message] = x12_interchange.read(text.encode())[0].messages
    [receipt] = x12_receipt.read_receipts(message)
    assert receipt.complaints[1] == Complaint(27, "DTM", "2", "8", "x")


@pytest.mark.parametrize(
    ("code", "is_accepted"), [("A*000", True), ("E*006", True), ("R*001", False)]
)
def test_a_ta1_tells_whether_the_interchange_was_taken(code: str, is_accepted: bool) -> None:
    isa = (GOLDEN / "x12" / "order_demo.edi").read_text(encoding="utf-8").split("~")[0]
    text = f"{isa}~TA1*000000417*260302*0914*{code}~IEA*0*000000417~"
    [message] = x12_interchange.read(text.encode())[0].messages
    [receipt] = x12_receipt.read_receipts(message)
    assert (receipt.interchange_reference, receipt.name) == ("000000417", "")
    assert receipt.is_accepted == is_accepted
    assert [each.code for each in receipt.complaints] == ([] if "000" in code else [code[2:]])
