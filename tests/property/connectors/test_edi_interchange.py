"""Any text survives both syntaxes; damage is refused with a place; size needs no memory."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.edifact import envelope as edifact_envelope
from gateway.connectors.edi.edifact import interchange as edifact_interchange
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.message import Address, Message
from gateway.connectors.edi.segment import COMPONENT, Segment
from gateway.connectors.edi.sending import Sending
from gateway.connectors.edi.x12 import envelope as x12_envelope
from gateway.connectors.edi.x12 import interchange as x12_interchange
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from gateway.connectors.message import ConnectorRefused, Finding

DEEP = bool(os.environ.get("DEEP"))
GOLDEN = Path(__file__).parents[2] / "edi"
SENDING = Sending(Address("A", "ZZZ"), Address("B", "ZZZ"), 7, datetime(2026, 3, 2, 10, 0))  # noqa: DTZ001
SYNTAXES: dict[str, tuple[Any, Any, Any]] = {
    "x12": (x12_interchange, x12_envelope, X12_TYPES),
    "edifact": (edifact_interchange, edifact_envelope, EDIFACT_TYPES),
}
DIALECTS = [
    Dialect("+", ":", "'", "*", "?"),
    Dialect("+", ":", "'", "", "?"),
    Dialect("|", ">", "\n", "^", "\\"),
]

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8)
MARKED = st.text(st.sampled_from("ab+:'?*|>^\\ \n"), max_size=8)
ELEMENTS = st.lists(TEXTS | MARKED, min_size=1, max_size=3).map(COMPONENT.join)
TAGS = st.sampled_from(["FTX", "NAD", "LIN", "BGM"])
SEGMENTS = st.builds(Segment, TAGS, st.lists(ELEMENTS, max_size=4).map(tuple))
PLAIN_TEXTS = st.text(st.sampled_from("abcXYZ 0189.,-/&()é漢"), max_size=8)
X12_SEGMENTS = st.builds(
    Segment, st.sampled_from(["N9", "MSG", "ZZZ"]), st.lists(PLAIN_TEXTS, max_size=4).map(tuple)
)


def _goldens(syntax: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((GOLDEN / syntax).glob("*.edi"))]


@given(SEGMENTS, st.sampled_from(DIALECTS))
def test_any_segment_survives_being_spelled_and_read(segment: Segment, dialect: Dialect) -> None:
    assert dialect.read(dialect.spell(segment)) == segment


@given(st.text(st.sampled_from("ab+:'?\n"), max_size=40), st.sampled_from(DIALECTS[:2]))
def test_tokens_joined_again_are_the_text(text: str, dialect: Dialect) -> None:
    tokens, rest = dialect.tokens(text)
    joined = "".join(dialect.element.join(each) + dialect.terminator for each in tokens)
    assert joined + rest == text


@given(st.lists(SEGMENTS, max_size=6))
def test_any_edifact_message_survives_its_envelope(segments: list[Segment]) -> None:
    envelope = edifact_interchange.read(_goldens("edifact")[0])[0].envelope
    message = Message("ORDERS", "D:96A:UN", "", tuple(segments), envelope)
    [found] = edifact_interchange.read(edifact_envelope.write([message], SENDING))
    assert found.messages[0].body == message.body
    assert found.messages[0].findings == ()


@given(st.lists(X12_SEGMENTS, max_size=6))
def test_any_x12_message_survives_its_envelope(segments: list[Segment]) -> None:
    envelope = x12_interchange.read(_goldens("x12")[0])[0].envelope
    message = Message("850", "004010", "", tuple(segments), envelope)
    [found] = x12_interchange.read(x12_envelope.write([message], SENDING))
    assert found.messages[0].body == message.body
    assert found.messages[0].findings == ()


@pytest.mark.parametrize("syntax", SYNTAXES)
@given(data=st.data())
def test_damaged_bytes_are_refused_with_a_place_or_read_whole(
    syntax: str, data: st.DataObject
) -> None:
    content = bytearray(data.draw(st.sampled_from(_goldens(syntax))))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=3))
    _reads_whole_or_refuses(syntax, bytes(content), lambda body: body)


@pytest.mark.parametrize("syntax", SYNTAXES)
@given(data=st.data())
def test_damaged_messages_are_refused_with_a_place_or_come_back_whole(
    syntax: str, data: st.DataObject
) -> None:
    values = st.sampled_from(["", "0", "-1", "1.50", "1e5", "QQ", "20261301", "a b", "?+:'*~", "é"])

    def damage(body: tuple[Segment, ...]) -> tuple[Segment, ...]:
        segments = [*body]
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(segments) - 1))
            other = data.draw(st.integers(0, len(segments) - 1))
            way = data.draw(st.integers(0, 3))
            if way == 0:
                segments[at], segments[other] = segments[other], segments[at]
            elif way == 1 and len(segments) > 1:
                del segments[at]
            elif way == 2:
                segments.insert(at, segments[other])
            else:
                elements = [*segments[at].elements, ""]
                elements[data.draw(st.integers(0, len(elements) - 1))] = data.draw(values)
                segments[at] = replace(segments[at], elements=tuple(elements), raw=())
        return tuple(replace(each, position=n) for n, each in enumerate(segments, start=2))

    content = data.draw(st.sampled_from(_goldens(syntax)))
    _reads_whole_or_refuses(syntax, content, damage)


def _reads_whole_or_refuses(
    syntax: str, content: bytes, damage: Callable[[tuple[Segment, ...]], tuple[Segment, ...]]
) -> None:
    interchange, _, kinds = SYNTAXES[syntax]
    findings: tuple[Finding, ...] = ()
    found = []
    try:
        found = interchange.read(content)
    except ConnectorRefused as refused:
        findings = refused.findings
    assert all(each.location.line >= 1 and each.what_to_do for each in findings)
    for message in (message for each in found for message in each.messages):
        if message.name not in kinds or not message.body:
            continue
        damaged = replace(message, body=damage(message.body))
        outcome = kinds[message.name].examine(damaged)
        assert (outcome.document is None) == bool(outcome.findings)
        assert all(each.location.line >= 1 and each.what_to_do for each in outcome.findings)
        if outcome.document is not None:
            assert kinds[message.name].render(outcome.document).body == damaged.body


def _ending(syntax: str, count: int) -> bytes:
    content = _goldens(syntax)[0]
    if syntax == "edifact":
        return content[content.index(b"UNZ+") :].replace(b"UNZ+1", b"UNZ+%d" % count)
    return content[content.index(b"GE*") :].replace(b"GE*1", b"GE*%d" % count)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_an_interchange_of_any_size_needs_the_memory_of_one_message(syntax: str) -> None:
    content = _goldens(syntax)[0]
    opener, trailer = (b"ST*", b"GE*") if syntax == "x12" else (b"UNH+", b"UNZ+")
    start, end = content.index(opener), content.index(trailer)
    count = (1 << 26) // (end - start) if DEEP else 200

    def stream() -> Iterator[bytes]:
        yield content[:start]
        for _ in range(count):
            yield content[start:end]

    interchange = SYNTAXES[syntax][0]
    tracemalloc.start()
    try:
        seen = 0
        for part in interchange.read_stream(chain(stream(), [_ending(syntax, count)])):
            seen += isinstance(part, Message)
        assert seen == count
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
