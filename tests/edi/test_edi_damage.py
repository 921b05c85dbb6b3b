"""Public interchanges damaged at random: no crash, no hang, no wrong count or reference taken."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from gateway.connectors.message import ConnectorRefused, Finding

TIMES = 100 if os.environ.get("DEEP") else 1
SECONDS_MAX = 1.0
FILE_BYTES_MAX = 20_000
SYNTAXES: dict[str, tuple[Any, Any]] = {
    "x12": (x12, X12_TYPES),
    "edifact": (edifact, EDIFACT_TYPES),
}


def _damaged(content: bytes, random: Random) -> bytes:
    """Turn, cut, insert or repeat some bytes."""
    found = bytearray(content)
    for _ in range(random.randint(1, 3)):
        at, way = random.randrange(len(found)), random.randrange(4)
        if way == 0:
            found[at] = random.randrange(256)
        elif way == 1 and len(found) > 40:
            del found[at : at + random.randint(1, 30)]
        elif way == 2:
            found[at:at] = bytes(random.choices(b"*~+:'?^|\x00\xff\n 09A", k=random.randint(1, 4)))
        else:
            start = random.randrange(len(found))
            found[at:at] = found[start : start + random.randint(1, 80)]
    return bytes(found)


def _read(syntax: str, content: bytes) -> list[Message]:
    findings: tuple[Finding, ...] = ()
    messages: list[Message] = []
    try:
        found = SYNTAXES[syntax][0].read(content)
        messages = [message for each in found for message in each.messages]
    except ConnectorRefused as refused:
        findings = refused.findings
    assert all(each.location.line >= 1 and each.what_to_do for each in findings)
    return messages


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_damaged_files_are_read_whole_or_refused_with_a_place(shared: Path, syntax: str) -> None:
    random = Random(20_260_302)
    kinds = SYNTAXES[syntax][1]
    for path in sorted((shared / "corpus" / syntax).rglob("*")):
        if not path.is_file() or path.stat().st_size > FILE_BYTES_MAX:
            continue
        original = path.read_bytes()
        for _ in range(TIMES):
            content = _damaged(original, random)
            started = time.process_time()
            for message in _read(syntax, content):
                outcome = kinds[message.name].examine(message) if message.name in kinds else None
                if outcome is None or outcome.document is None:
                    continue
                assert message.header is not None and message.trailer is not None
                assert int(message.trailer[1]) == len(message.body) + 2, path.name
                reference = message.header[2] if syntax == "x12" else message.header[1]
                assert message.trailer[2] == reference, path.name
                written = kinds[message.name].render(outcome.document)
                assert written.body == message.body, path.name
            assert time.process_time() - started < SECONDS_MAX, path.name
