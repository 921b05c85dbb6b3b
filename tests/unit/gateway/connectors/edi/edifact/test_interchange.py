"""The envelope of EDIFACT: delimiters, character sets, and what is refused at which place."""

from __future__ import annotations

import pytest

from gateway.connectors.edi.edifact.interchange import read, read_stream
from gateway.connectors.edi.finding import Fault, MalformedInterchange
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.segment import COMPONENT, REPETITION

PLAIN = (
    b"UNB+UNOC:3+4099999000012:14+5609999000029:14+260302:0914+417'\n"
    b"UNH+1+ORDERS:D:96A:UN:EAN008'\n"
    b"BGM+220+FJ-2026-00417+9'\n"
    b"DTM+137:20260302:102'\n"
    b"FTX+AAI+++it?'s urgent'\n"
    b"UNS+S'\n"
    b"UNT+6+1'\n"
    b"UNZ+1+417'\n"
)


def _message(content: bytes) -> Message:
    [interchange] = read(content)
    [message] = interchange.messages
    return message


def _refused(content: bytes) -> list[tuple[int, str]]:
    with pytest.raises(MalformedInterchange) as refused:
        read(content)
    return [(each.location.line, each.location.path) for each in refused.value.findings]


def test_sender_receiver_and_message_are_read() -> None:
    [interchange] = read(PLAIN)
    assert interchange.envelope.sender.id == "4099999000012"
    assert interchange.envelope.receiver.qualifier == "14"
    assert interchange.envelope.date == "2026-03-02"
    message = interchange.messages[0]
    assert (message.name, message.version, message.reference) == ("ORDERS", "D:96A:UN:EAN008", "1")
    assert message.findings == ()


def test_delimiters_of_una_are_those_of_the_segments() -> None:
    other = PLAIN.replace(b"+", b"|").replace(b":", b">").replace(b"?", b"!").replace(b"'", b"~")
    message = _message(b"UNA>|,! ~\r\n" + other.replace(b"!~s", b"!~s"))
    assert message.body == _message(PLAIN.replace(b"?'", b"~")).body
    assert (message.body[0].line, message.body[0].column) == (4, 1)


def test_a_released_terminator_ends_nothing() -> None:
    assert _message(PLAIN).body[2][4] == "it's urgent"


@pytest.mark.parametrize(
    ("version", "found"), [(b"UNOC:4", f"a{REPETITION}b"), (b"UNOC:3", "a*b"), (b"UNOC:2", "a*b")]
)
def test_repetitions_are_those_of_syntax_version_4_alone(version: bytes, found: str) -> None:
    content = PLAIN.replace(b"UNOC:3", version).replace(b"it?'s urgent", b"a*b")
    assert _message(b"UNA:+.?*'" + content).body[2][4] == found


@pytest.mark.parametrize(
    ("name", "charset"),
    [("UNOC", "latin-1"), ("UNOD", "iso8859-2"), ("UNOE", "iso8859-5"), ("UNOY", "utf-8")],
)
def test_the_character_set_of_unb_is_that_of_the_text(name: str, charset: str) -> None:
    word = {"iso8859-2": "Łódź", "iso8859-5": "Россия"}.get(charset, "Größe")
    text = PLAIN.decode().replace("UNOC", name).replace("urgent", word)
    assert _message(text.encode(charset)).body[2][4] == f"it's {word}"


def test_the_profile_names_a_character_set_that_unb_cannot() -> None:
    text = PLAIN.decode().replace("urgent", "加急")
    [interchange] = read(text.encode("gb18030"), "gb18030")
    assert interchange.messages[0].body[2][4] == "it's 加急"


def test_bytes_outside_the_character_set_are_refused_at_their_place() -> None:
    assert _refused(PLAIN.replace(b"UNOC", b"UNOY").replace(b"urgent", b"\xff")) == [(5, "")]


def test_groups_are_counted_and_matched() -> None:
    ung = b"UNG+ORDERS+A+B+260302:0914+7+UN+D:96A'\n"
    grouped = PLAIN.replace(b"UNH+", ung + b"UNH+", 1).replace(b"UNZ", b"UNE+1+7'\nUNZ")
    assert _message(grouped).envelope.group is not None
    assert _refused(grouped.replace(b"UNE+1+7", b"UNE+2+8")) == [(9, "/UNE/1"), (9, "/UNE/2")]
    assert _refused(grouped.replace(b"UNE+1+7'\n", b"")) == [(9, "/UNZ")]


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [
        (b"UNZ+1+417", b"UNZ+2+418", [(8, "/UNZ/1"), (8, "/UNZ/2")]),
        (b"UNZ+1+417", b"UNZ+1+0417", [(8, "/UNZ/2")]),
        (b"UNZ+1+417'\n", b"", [(8, "")]),
        (b":0914+417'", b":0914'", [(1, "/UNB/5")]),
        (b"UNB+", b"UNX+", [(1, "")]),
        (b"UNT+6+1'\n", b"UNT+6+1'\nXYZ+1'\n", [(8, "/XYZ")]),
    ],
)
def test_a_broken_envelope_is_refused_at_its_place(
    was: bytes, becomes: bytes, found: list[tuple[int, str]]
) -> None:
    assert was in PLAIN
    assert _refused(PLAIN.replace(was, becomes)) == found


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        (b"UNT+6", b"UNT+7", Fault.COUNT_MISMATCH),
        (b"UNT+6+1", b"UNT+6+2", Fault.REFERENCE_MISMATCH),
        (b"UNT+6+1'\n", b"", Fault.TRAILER_MISSING),
        (b"ORDERS:D:96A", b"ORDERS:X:XX", Fault.UNSUPPORTED),
        (b"UNH+1+", b"UNH++", Fault.ELEMENT_MISSING),
    ],
)
def test_a_broken_message_is_named_without_refusing_the_others(
    was: bytes, becomes: bytes, fault: Fault
) -> None:
    assert fault in {each.fault for each in _message(PLAIN.replace(was, becomes)).findings}


def test_several_interchanges_with_delimiters_of_their_own_are_read() -> None:
    other = PLAIN.replace(b"+", b"|").replace(b":", b">")
    assert [len(each.messages) for each in read(PLAIN + b"UNA>|.? '" + other)] == [1, 1]


@pytest.mark.parametrize("size", [1, 5, 64])
def test_a_stream_gives_the_same_messages(size: int) -> None:
    # The first piece has to show the character set.
    pieces = [PLAIN[:64], *(PLAIN[at : at + size] for at in range(64, len(PLAIN), size))]
    found = [each for each in read_stream(pieces) if isinstance(each, Message)]
    assert [each.body for each in found] == [_message(PLAIN).body]


def test_composites_are_neutral() -> None:
    assert _message(PLAIN).body[1].elements == (f"137{COMPONENT}20260302{COMPONENT}102",)
