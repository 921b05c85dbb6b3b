"""Answers on the level of the message: taken in, or rejected with every place."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.connectors.message import ConnectorRefused
from gateway.connectors.ubl import message_level_response, order
from gateway.connectors.ubl.message_level_response import MessageLevelResponse
from ledger.document.party import Identification

SPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
SIDES = (
    Identification(id="7302347231110", scheme_id="0088"),
    Identification(id="7300010000001", scheme_id="0088"),
)


def texts(message: bytes, path: str) -> list[str]:
    return [each.text or "" for each in etree.fromstring(message).iterfind(path, SPACES)]


def test_message_that_was_taken_in_is_acknowledged() -> None:
    response = MessageLevelResponse("MLR-1", "2026-03-02", *SIDES, message_id="env-7")
    message = message_level_response.render(response)
    assert texts(message, "cac:DocumentResponse/cac:Response/cbc:ResponseCode") == ["AB"]
    assert texts(message, "cac:DocumentResponse/cac:DocumentReference/cbc:ID") == ["env-7"]
    assert texts(message, ".//cac:LineResponse") == []


def test_every_finding_goes_back_with_its_place(example: bytes) -> None:
    broken = example.replace(b"<cbc:IssueDate>", b"<cbc:IssueDate>x")
    broken = broken.replace(b'unitCode="C62"', b'unitCode="pieces"', 1)
    with pytest.raises(ConnectorRefused) as refused:
        order.parse(broken)
    findings = refused.value.findings
    assert len(findings) == 2
    response = MessageLevelResponse(
        "MLR-1", "2026-03-02", *SIDES, message_id="env-7", findings=findings
    )
    message = message_level_response.render(response)
    assert texts(message, "cac:DocumentResponse/cac:Response/cbc:ResponseCode") == ["RE"]
    assert texts(message, ".//cac:LineReference/cbc:LineID") == [
        finding.location.path for finding in findings
    ]
    assert texts(message, ".//cac:Status/cbc:StatusReasonCode") == ["SV", "SV"]
