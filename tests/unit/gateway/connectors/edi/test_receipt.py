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
