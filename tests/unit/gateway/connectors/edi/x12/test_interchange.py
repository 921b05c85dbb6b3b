"""The envelope of X12: what is read, and what is refused at which place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.connectors.edi.finding import Fault, MalformedInterchange
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.x12.interchange import read, read_stream

DEMO = (Path(__file__).parents[5] / "edi" / "x12" / "order_demo.edi").read_bytes()


def _refused(content: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(MalformedInterchange) as refused:
        read(content)
    return [(each.location.line, each.location.path, each.found) for each in refused.value.findings]


def _faults(content: bytes) -> list[tuple[Fault, str, int]]:
    [interchange] = read(content)
    [message] = interchange.messages
    return [(each.fault, each.tag, each.element) for each in message.findings]


def test_sender_receiver_and_message_are_read() -> None:
    [interchange] = read(DEMO)
    assert interchange.envelope.sender.id == "4099999000012"
    assert interchange.envelope.sender.qualifier == "07"
    assert interchange.envelope.reference == "000000417"
    assert not interchange.envelope.is_test
    [message] = interchange.messages
    assert (message.name, message.version, message.reference) == ("850", "004010", "0001")
    assert message.findings == ()


def test_segments_know_their_place() -> None:
    message = read(b"\xef\xbb\xbf" + DEMO)[0].messages[0]
    beg = message.body[0]
    assert (beg.tag, beg.position, beg.line, beg.column) == ("BEG", 2, 4, 1)
    assert beg.column_of(3) == 11
    indented = read(DEMO.replace(b"\nBEG", b"\r\n   BEG"))[0].messages[0].body[0]
    assert (indented.line, indented.column, indented.column_of(1)) == (4, 4, 8)


def test_several_interchanges_with_delimiters_of_their_own_are_read() -> None:
    other = DEMO.replace(b"*", b"|").replace(b"~\n", b"\n")
    assert [len(each.messages) for each in read(DEMO + other + DEMO)] == [1, 1, 1]


def test_an_isa_whose_blanks_were_lost_is_read() -> None:
    assert read(DEMO.replace(b"  *", b"*").replace(b"          *", b"*"))[0].messages


@pytest.mark.parametrize("size", [1, 7, 106, 1000])
def test_a_stream_gives_the_same_messages(size: int) -> None:
    pieces = (DEMO[start : start + size] for start in range(0, len(DEMO), size))
    found = [each for each in read_stream(pieces) if isinstance(each, Message)]
    assert [each.body for each in found] == [each.body for each in read(DEMO)[0].messages]


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [
        (b"IEA*1", b"IEA*2", [(40, "/IEA/1")]),
        (b"IEA*1*000000417", b"IEA*1*000000418", [(40, "/IEA/2")]),
        (b"GE*1*417", b"GE*2*418", [(39, "/GE/1"), (39, "/GE/2")]),
        (b"GE*1*417~\n", b"", [(39, "/IEA")]),
        (b"GS*PO", b"GS*", [(2, "/GS/1")]),
        (b"IEA*1*000000417~\n", b"", [(40, "")]),
        (b"ISA*00*          *", b"ISA*00*ABCDEFGHIJKLMNOPQRSTUVWXYZ*", [(1, "")]),
        (b"GE*1*417~\n", b"GE*1*417~\nXYZ*1~\n", [(40, "/XYZ")]),
    ],
)
def test_a_broken_envelope_is_refused_at_its_place(
    was: bytes, becomes: bytes, found: list[tuple[int, str]]
) -> None:
    assert was in DEMO
    refused = _refused(DEMO.replace(was, becomes))
    assert [(line, path) for line, path, _ in refused] == found


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        (b"SE*36*", b"SE*35*", (Fault.COUNT_MISMATCH, "SE", 1)),
        (b"SE*36*", b"SE*3 6*", (Fault.COUNT_MISMATCH, "SE", 1)),
        (b"SE*36*0001", b"SE*36*0002", (Fault.REFERENCE_MISMATCH, "SE", 2)),
        (b"SE*36*0001~\n", b"", (Fault.TRAILER_MISSING, "ST", 0)),
        (b"ST*850*0001", b"ST*850*1", (Fault.REFERENCE_MISMATCH, "ST", 2)),
    ],
)
def test_a_broken_message_is_named_without_refusing_the_others(
    was: bytes, becomes: bytes, fault: tuple[Fault, str, int]
) -> None:
    assert was in DEMO
    assert fault in _faults(DEMO.replace(was, becomes))


def test_a_reference_that_stands_twice_in_a_group_is_named() -> None:
    start, end = DEMO.index(b"ST*850"), DEMO.index(b"GE*1")
    twice = DEMO[:end] + DEMO[start:end] + DEMO[end:].replace(b"GE*1", b"GE*2")
    messages = read(twice)[0].messages
    assert [len(each.findings) for each in messages] == [0, 1]
    assert messages[1].findings[0].fault is Fault.DUPLICATE


def test_control_characters_are_refused() -> None:
    [(line, _, found)] = _refused(DEMO.replace(b"Care label", b"Care\x01label"))
    assert (line, found) == (33, "'\\x01'")


def test_a_line_of_a_gigabyte_is_refused_after_a_megabyte() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield DEMO[:200]
        while True:
            taken += 1 << 16
            yield b"A" * (1 << 16)

    with pytest.raises(MalformedInterchange):
        list(read_stream(endless()))
    assert taken < 4 << 20


def test_what_is_no_interchange_is_refused() -> None:
    assert _refused(b"UNB+UNOA") == [(1, "", "UNB+UNOA")]
    assert read(b" \r\n") == []
