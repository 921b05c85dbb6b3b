"""Golden pairs: an interchange and the canonical document it stands for, both ways."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.connectors.edi.edifact.interchange import read
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES
from gateway.connectors.edi.message import Message
from ledger.document import parse_document
from ledger.document.canonical import canonical_bytes

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in HERE.glob("*.edi"))


def _message(case: str) -> Message:
    return read((HERE / f"{case}.edi").read_bytes())[0].messages[0]


@pytest.mark.parametrize("case", CASES)
def test_message_becomes_its_golden_document(case: str) -> None:
    golden = json.loads((HERE / f"{case}.json").read_text(encoding="utf-8"))
    message = _message(case)
    outcome = MESSAGE_TYPES[message.name].examine(message)
    assert (outcome.findings, outcome.warnings) == ((), ())
    assert outcome.document is not None
    assert json.loads(canonical_bytes(outcome.document)) == golden


@pytest.mark.parametrize("case", CASES)
def test_golden_document_becomes_its_message(case: str) -> None:
    message = _message(case)
    document = parse_document((HERE / f"{case}.json").read_bytes())
    written = MESSAGE_TYPES[message.name].render(document)
    assert written.body == message.body
    assert written.version == message.version
    assert written.header is not None and message.header is not None
    assert written.header.elements[2:] == message.header.elements[2:]
