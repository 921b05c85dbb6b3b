"""CONTRL: each fault at its segment and element, and who is accepted."""

from __future__ import annotations

from datetime import datetime

import pytest

from gateway.connectors.edi.edifact.acknowledgement import acknowledge, refuse
from gateway.connectors.edi.edifact.envelope import write
from gateway.connectors.edi.edifact.interchange import read
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES
from gateway.connectors.edi.edifact.receipt import read_receipts
from gateway.connectors.edi.finding import MalformedInterchange
from gateway.connectors.edi.message import Address
from gateway.connectors.edi.message_type import unsupported
from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.edi.sending import Sending
from gateway.connectors.message import UnwritableDocument

ORDER = (
    b"UNB+UNOC:3+4099999000012:14+5609999000029:14+260302:0914+417'"
    b"UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+FJ-417+9'DTM+137:20260302:102'"
    b"NAD+BY+4099999000012::9'NAD+SU+5609999000029::9'"
    b"LIN+1++4099999221004:SRV'QTY+21:12:C62'UNS+S'CNT+2:1'UNT+10+1'UNZ+1+417'"
)
SENDING = Sending(Address("A", "ZZZ"), Address("B", "14"), 9, datetime(2026, 3, 2, 10, 0))  # noqa: DTZ001


def _answer(content: bytes) -> list[str]:
    [interchange] = read(content)
    outcomes = [
        MESSAGE_TYPES[message.name].examine(message)
        if message.name in MESSAGE_TYPES
        else unsupported(message, MESSAGE_TYPES)
        for message in interchange.messages
    ]
    sent = acknowledge(interchange, outcomes, SENDING).decode()
    return sent.split("'\n")[3:-3]


def test_a_good_order_is_accepted() -> None:
    assert _answer(ORDER) == [
        "UCI+417+4099999000012:14+5609999000029:14+7",
        "UCM+1+ORDERS:D:96A:UN:EAN008+7",
    ]


def test_each_fault_is_named_by_its_segment_and_element() -> None:
    content = ORDER.replace(b"20260302:102", b"20261302:102").replace(b"QTY+21:12", b"QTY+21:x")
    assert _answer(content)[1:] == [
        "UCM+1+ORDERS:D:96A:UN:EAN008+4",
        "UCS+3",
        "UCD+12+2:2",
        "UCS+7",
        "UCD+12+2:2",
    ]


def test_a_wrong_count_and_an_unknown_segment_have_codes_of_their_own() -> None:
    content = ORDER.replace(b"UNT+10", b"UNT+11").replace(b"CNT+2:1", b"XYZ+2:1")
    assert _answer(content)[2:] == ["UCS+9+15", "UCS+10", "UCD+29+2"]


def test_a_message_type_that_is_not_mapped_is_refused_as_such() -> None:
    assert _answer(ORDER.replace(b"ORDERS", b"APERAK"))[1:] == ["UCM+1+APERAK:D:96A:UN:EAN008+4+14"]


def test_an_interchange_is_written_in_the_narrowest_usual_character_set() -> None:
    message = read(ORDER)[0].messages[0]
    assert write([message], SENDING).startswith(b"UNA:+.? '\nUNB+UNOC:3+A:ZZZ+B:14+260302:1000+9'")
    wide = read(ORDER.replace(b"UNOC", b"UNOY").replace(b"FJ-417", "訂單".encode()))[0].messages[0]
    sent = write([wide], SENDING)
    assert sent.startswith(b"UNA:+.?*'\nUNB+UNOY:4+A:ZZZ+B:14+20260302:1000+9'")
    assert read(sent)[0].messages[0].body == wide.body


def test_a_profile_chooses_delimiters_and_character_set() -> None:
    message = read(ORDER)[0].messages[0]
    profile = PartnerProfile(charset="iso8859-5", delimiters={"element": "|", "release": "!"})
    sent = write([message], SENDING, profile)
    assert sent.startswith(b"UNA:|.! '\nUNB|UNOE:3|")
    assert read(sent)[0].messages[0].body == message.body
    narrow = read(ORDER.replace(b"FJ-417", b"F\xfc"))[0].messages[0]
    with pytest.raises(UnwritableDocument):
        write([narrow], SENDING, profile)


def test_an_address_that_does_not_fit_is_refused() -> None:
    message = read(ORDER)[0].messages[0]
    with pytest.raises(UnwritableDocument):
        write([message], Sending(Address("", "14"), Address("B"), 1, SENDING.at))


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        (b"UNZ+1+417", b"UNZ+1+418", "28+UNZ"),
        (b"UNZ+1+417", b"UNZ+2+417", "29+UNZ"),
        (b"UNZ+1+417'", b"", "13"),
        (b"FJ-417", b"FJ\x00417", "21"),
    ],
)
def test_an_interchange_that_cannot_be_read_is_refused_as_a_whole(
    was: bytes, becomes: bytes, code: str
) -> None:
    content = ORDER.replace(was, becomes)
    with pytest.raises(MalformedInterchange) as refused:
        read(content)
    sent = refuse(content, refused.value.findings, SENDING.at, 9).decode()
    assert sent.split("'\n")[1].startswith("UNB+UNOC:3+5609999000029:14+4099999000012:14+")
    assert sent.split("'\n")[3] == f"UCI+417+4099999000012:14+5609999000029:14+4+{code}"
    [receipt] = read_receipts(read(sent.encode())[0].messages[0])
    assert (receipt.interchange_reference, receipt.is_accepted) == ("417", False)


@pytest.mark.parametrize("content", [b"", b"UNB", b"UNB+UNOC:3+A'", ORDER.replace(b"+417'", b"'")])
def test_nobody_is_answered_whose_header_is_illegible(content: bytes) -> None:
    assert refuse(content, [], SENDING.at, 9) == b""


def test_an_address_that_unb_cannot_hold_is_not_answered() -> None:
    content = ORDER.replace(b"+4099999000012:14", b"+" + b"9" * 36, 1)
    assert refuse(content, [], SENDING.at, 9) == b""
