"""Character sets: what UNB names is what is read, and what is written names itself."""

from __future__ import annotations

from datetime import datetime

import pytest

from gateway.connectors.edi.edifact.charset import CHARSETS
from gateway.connectors.edi.edifact.envelope import write
from gateway.connectors.edi.edifact.interchange import read
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.message import Address, Envelope, Message
from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.edi.segment import segment
from gateway.connectors.edi.sending import Sending
from gateway.connectors.message import UnwritableDocument

WORDS = {
    "UNOA": "BOLT",
    "UNOB": "Bolt",
    "UNOC": "Größe",
    "UNOD": "Łódź",
    "UNOE": "Россия",
    "UNOF": "Ελλάδα",
    "UNOG": "Ħamrun",
    "UNOH": "Rīga",
    "UNOI": "مصر",
    "UNOJ": "ישראל",
    "UNOK": "İzmir",
    "UNOL": "5 €",
    "UNOW": "東京 Łódź",
    "UNOX": "東京",
    "UNOY": "Россия 東京",
    "KECA": "서울",
}
SENDING = Sending(Address("A"), Address("B"), 1, datetime(2026, 3, 2, 9, 14))  # noqa: DTZ001


def _message(word: str) -> Message:
    header = EDIFACT.header("ORDERS", "D:96A:UN", "1")
    body = (segment("BGM", "220", word), segment("UNS", "S"))
    return Message("ORDERS", "D:96A:UN", "1", body, Envelope(Address(""), Address("")), header)


def test_every_character_set_has_a_word_here() -> None:
    assert WORDS.keys() == CHARSETS.keys()


@pytest.mark.parametrize("name", CHARSETS)
def test_text_is_read_in_the_character_set_that_unb_names(name: str) -> None:
    version = "4" if name in ("UNOW", "UNOX", "UNOY") else "3"
    text = (
        f"UNB+{name}:{version}+A+B+260302:0914+1'UNH+1+ORDERS:D:96A:UN'BGM+220+{WORDS[name]}'"
        "UNS+S'UNT+4+1'UNZ+1+1'"
    )
    [interchange] = read(text.encode(CHARSETS[name]))
    assert interchange.messages[0].body[0][2] == WORDS[name]


@pytest.mark.parametrize("name", [name for name in CHARSETS if name != "UNOW"])
def test_written_text_names_its_character_set(name: str) -> None:
    charset = "ascii" if name in ("UNOA", "UNOB") else CHARSETS[name]
    content = write([_message(WORDS[name])], SENDING, PartnerProfile(charset=charset))
    assert f"UNB+{name}:".encode() in content
    assert read(content)[0].messages[0].body[0][2] == WORDS[name]


@pytest.mark.parametrize("charset", ["ISO-8859-1", "latin_1", "l1"])
def test_a_character_set_is_the_same_by_any_of_its_names(charset: str) -> None:
    content = write([_message("Größe")], SENDING, PartnerProfile(charset=charset))
    assert b"UNB+UNOC:3+" in content


def test_text_that_the_character_set_of_the_partner_lacks_is_refused() -> None:
    with pytest.raises(UnwritableDocument, match="wider character set"):
        write([_message("Łódź")], SENDING, PartnerProfile(charset="latin-1"))


def test_an_address_counts_among_the_characters() -> None:
    sending = Sending(Address("Ł"), Address("B"), 1, SENDING.at)
    content = write([_message("Bolt")], sending)
    assert read(content)[0].envelope.sender.id == "Ł"


def test_a_character_set_without_a_name_is_one_that_both_agreed_on() -> None:
    content = write([_message("螺栓")], SENDING, PartnerProfile(charset="gb18030"))
    assert b"UNB+UNOY:4+" in content
    assert "螺栓".encode("gb18030") in content
    assert read(content, "gb18030")[0].messages[0].body[0][2] == "螺栓"
