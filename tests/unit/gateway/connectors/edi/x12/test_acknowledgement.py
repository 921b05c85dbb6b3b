"""The 997: each fault at its segment and element, and who is accepted."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from gateway.connectors.edi.finding import MalformedInterchange
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.message_type import unsupported
from gateway.connectors.edi.profile import PLAIN, PartnerProfile
from gateway.connectors.edi.scan import Interchange
from gateway.connectors.edi.sending import Sending
from gateway.connectors.edi.x12.acknowledgement import acknowledge, refuse
from gateway.connectors.edi.x12.interchange import read
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES

DEMO = (Path(__file__).parents[5] / "edi" / "x12" / "order_demo.edi").read_bytes()


WANTS_999 = PartnerProfile(acknowledgement="999")
NEWER = DEMO.replace(b"*X*004010", b"*X*005010").replace(b"*U*00401*", b"*^*00501*")
ASKING = DEMO.replace(b"*000000417*0*P", b"*000000417*1*P")
AT = datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001


def _answer(content: bytes, profile: PartnerProfile = PLAIN) -> tuple[list[str], Interchange]:
    [interchange] = read(content)
    outcomes = [
        MESSAGE_TYPES[message.name].examine(message)
        if message.name in MESSAGE_TYPES
        else unsupported(message, MESSAGE_TYPES)
        for message in interchange.messages
    ]
    ends = interchange.envelope.receiver, interchange.envelope.sender
    sent = acknowledge(interchange, outcomes, Sending(*ends, 9, AT), profile)
    return sent.decode().split("~\n")[3:-4], read(sent)[0]


def _sets(interchange: Interchange) -> list[Message]:
    return list(interchange.messages)


def test_a_good_order_is_accepted() -> None:
    body, interchange = _answer(DEMO)
    assert body == ["AK1*PO*417", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"]
    assert _sets(interchange)[0].findings == ()
    assert interchange.envelope.sender.id == "5609999000029"


def test_each_fault_is_named_by_its_segment_and_element() -> None:
    content = DEMO.replace(b"DTM*002*20260626", b"DTM*002*20261326")
    content = content.replace(b"PO1*2*10300*EA", b"PO1*2*10300*QQ").replace(b"PID*S*", b"QQQ*S*")
    body, _ = _answer(content)
    assert body == [
        "AK1*PO*417",
        "AK2*850*0001",
        "AK3*QQQ*25**1",
        "AK3*DTM*27**8",
        "AK4*2**8*20261326",
        "AK3*PO1*30**8",
        "AK4*3**7*QQ",
        "AK5*R*5",
        "AK9*R*1*1*0",
    ]


def test_a_missing_segment_is_named_where_it_should_have_stood() -> None:
    content = DEMO.replace(b"BEG*00*SA*FJ-2026-00417**20260302*FRAME-2025-09~\n", b"")
    body, _ = _answer(content.replace(b"SE*36", b"SE*35"))
    assert "AK3*SE*35**3" in body


def test_a_wrong_count_is_refused_by_its_own_code() -> None:
    body, _ = _answer(DEMO.replace(b"SE*36*", b"SE*99*"))
    assert body[-2:] == ["AK5*R*4", "AK9*R*1*1*0"]


def test_one_refused_message_leaves_the_others_accepted() -> None:
    start, end = DEMO.index(b"ST*850"), DEMO.index(b"GE*1")
    second = DEMO[start:end].replace(b"*0001~", b"*0002~").replace(b"PO1*2*10300", b"PO1*2*-1")
    body, _ = _answer(DEMO[:end] + second + DEMO[end:].replace(b"GE*1", b"GE*2"))
    assert "AK2*850*0002" in body
    assert body[-1] == "AK9*P*2*2*1"


def test_a_message_type_that_is_not_mapped_is_refused_as_such() -> None:
    body, _ = _answer(DEMO.replace(b"ST*850", b"ST*840"))
    assert body[1:] == ["AK2*840*0001", "AK5*R*1", "AK9*R*1*1*0"]


def test_a_partner_that_wants_it_gets_a_999_from_release_005010_on() -> None:
    wrong = NEWER.replace(b"DTM*002*20260626", b"DTM*002*20261326")
    body, interchange = _answer(wrong, WANTS_999)
    assert body == [
        "AK1*PO*417",
        "AK2*850*0001",
        "IK3*DTM*27**8",
        "IK4*2**8*20261326",
        "IK5*R*5",
        "AK9*R*1*1*0",
    ]
    [answer] = interchange.messages
    assert (answer.name, answer.version) == ("999", "005010X231A1")
    assert answer.header is not None and answer.header[3] == "005010X231A1"


def test_an_older_release_is_answered_by_997_all_the_same() -> None:
    body, interchange = _answer(DEMO, WANTS_999)
    assert interchange.messages[0].name == "997"
    assert body[2] == "AK5*A"


def test_an_interchange_that_asks_for_it_is_acknowledged_itself() -> None:
    _, interchange = _answer(ASKING)
    notice, answer = interchange.messages
    assert notice.body[0].elements == ("000000417", "260302", "0914", "A", "000")
    assert answer.name == "997"


def test_acknowledgments_are_not_acknowledged() -> None:
    _, interchange = _answer(ASKING)
    outcomes = [unsupported(each, MESSAGE_TYPES) for each in interchange.messages]
    ends = interchange.envelope.receiver, interchange.envelope.sender
    assert acknowledge(interchange, outcomes, Sending(*ends, 10, AT)) == b""


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        (b"IEA*1*000000417", b"IEA*1*000000418", "001"),
        (b"IEA*1*", b"IEA*2*", "021"),
        (b"IEA*1*000000417~\n", b"", "023"),
        (b"SE*36*0001~\nGE*1*417", b"SE*36*0001~\nZZ*1", "022"),
    ],
)
def test_an_interchange_that_cannot_be_read_is_refused_by_its_number(
    was: bytes, becomes: bytes, code: str
) -> None:
    broken = ASKING.replace(was, becomes)
    assert broken != ASKING
    with pytest.raises(MalformedInterchange) as refused:
        read(broken)
    sent = refuse(broken, refused.value.findings, AT, 9)
    [notice] = read(sent)[0].messages
    assert notice.body[0].elements == ("000000417", "260302", "0914", "R", code)
    assert read(sent)[0].envelope.receiver.id == "4099999000012"


def test_what_asks_for_nothing_or_has_no_header_is_told_nothing() -> None:
    assert refuse(DEMO[:-20], (), AT, 9) == b""
    assert refuse(b"ISA*00*", (), AT, 9) == b""
