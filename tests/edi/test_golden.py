"""Golden pairs: an interchange and the canonical document it stands for, both ways."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.connectors.edi.message import Message
from ledger.document import parse_document
from ledger.document.canonical import canonical_bytes
from tests.edi.syntax import SYNTAXES, Syntax

HERE = Path(__file__).parent
CASES = [
    (syntax, path.stem)
    for syntax in SYNTAXES.values()
    for path in sorted((HERE / syntax.name).glob("*.edi"))
]
every_case = pytest.mark.parametrize(
    ("syntax", "case"), CASES, ids=[f"{syntax.name} {case}" for syntax, case in CASES]
)


def _message(syntax: Syntax, case: str) -> Message:
    return syntax.read((HERE / syntax.name / f"{case}.edi").read_bytes())[0].messages[0]


@every_case
def test_message_becomes_its_golden_document(syntax: Syntax, case: str) -> None:
    golden = json.loads((HERE / syntax.name / f"{case}.json").read_text(encoding="utf-8"))
    message = _message(syntax, case)
    outcome = syntax.types[message.name].examine(message)
    assert (outcome.findings, outcome.warnings) == ((), ())
    assert outcome.document is not None
    assert json.loads(canonical_bytes(outcome.document)) == golden


@every_case
def test_golden_document_becomes_its_message(syntax: Syntax, case: str) -> None:
    message = _message(syntax, case)
    document = parse_document((HERE / syntax.name / f"{case}.json").read_bytes())
    written = syntax.types[message.name].render(document)
    assert written.body == message.body
    assert written.version == message.version
    assert written.header is not None and message.header is not None
    assert written.header.elements[2:] == message.header.elements[2:]
