"""Public messages of every standard become documents, or are refused with places."""

from __future__ import annotations

import json
from pathlib import Path

from gateway.connectors.message import ConnectorRefused, Finding
from gateway.inbox.reading import read

BYTES_MAX = 1024 * 1024
"""Longer files are timed by the benchmark, not here."""


def _findings(content: bytes) -> tuple[Finding, ...]:
    try:
        reading = read(content, "a partner")
    except ConnectorRefused as error:
        return error.findings
    assert reading.documents or reading.receipts or reading.findings
    if reading.acknowledge is not None:
        reading.acknowledge(1, 0)
    return reading.findings


def test_every_public_message_is_read_or_refused_with_places(shared: Path) -> None:
    count = 0
    for entry in json.loads((shared / "corpus" / "index.json").read_bytes()):
        content = (shared / "corpus" / entry["file"]).read_bytes()
        if len(content) > BYTES_MAX:
            continue
        count += 1
        for finding in _findings(content):
            assert finding.location.line >= 1, entry["file"]
            assert finding.location.column >= 1, entry["file"]
            assert finding.rule, entry["file"]
            assert finding.what_to_do, entry["file"]
    assert count >= 800
