"""Every message in the releases of X12 that are in use, from 004010 on."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.edi.segment import REPETITION
from gateway.connectors.edi.sending import Sending
from gateway.connectors.edi.x12.envelope import write
from gateway.connectors.edi.x12.interchange import read
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES
from gateway.connectors.message import UnwritableDocument
from ledger.document.canonical import canonical_bytes

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in HERE.glob("*.edi"))
RELEASES = ("004010", "004010VICS", "004030", "005010", "006020", "007060", "008010", "008030")
AT = datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001


def _in_release(case: str, release: str) -> bytes:
    """Say the same in another release, whose interchanges declare how elements repeat."""
    text = (HERE / f"{case}.edi").read_text(encoding="utf-8")
    mark = "^" if release >= "004020" else "U"
    text = re.sub(r"([*|])[U^]\1\d{5}\1", rf"\1{mark}\g<1>{release[:5]}\1", text, count=1)
    return re.sub(r"([*|])X\1\d{6}~", rf"\1X\g<1>{release}~", text).encode()


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("case", CASES)
def test_message_of_any_release_becomes_the_same_document(case: str, release: str) -> None:
    [message] = read(_in_release(case, release))[0].messages
    kind = MESSAGE_TYPES[message.name]
    outcome = kind.examine(message)
    assert outcome.document is not None and outcome.findings == ()
    bare = outcome.document.model_copy(update={"extras": ()})
    usual = kind.parse(read(_in_release(case, "004010"))[0].messages[0])
    assert canonical_bytes(bare) == canonical_bytes(usual.model_copy(update={"extras": ()}))
    written = kind.render(outcome.document)
    assert (written.version, written.body) == (release, message.body)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("case", CASES)
def test_document_is_written_in_the_release_that_its_receiver_wants(
    case: str, release: str
) -> None:
    profile = PartnerProfile(release=release)
    [message] = read(_in_release(case, "004010"))[0].messages
    kind = MESSAGE_TYPES[message.name]
    document = kind.parse(message)
    envelope = message.envelope
    sent = write(
        [kind.render(document, profile)],
        Sending(envelope.sender, envelope.receiver, 5, AT),
        profile,
    )
    [interchange] = read(sent)
    [received] = interchange.messages
    assert received.version == release
    assert interchange.envelope.header is not None
    assert interchange.envelope.header[12] == release[:5]
    assert kind.parse(received, profile).model_copy(update={"extras": ()}) == document.model_copy(
        update={"extras": ()}
    )


def test_later_releases_have_texts_of_their_own_segment() -> None:
    [message] = read(_in_release("order_demo", "004010"))[0].messages
    order = MESSAGE_TYPES["850"].parse(message).model_copy(update={"extras": ()})
    written = MESSAGE_TYPES["850"].render(order, PartnerProfile(release="005010"), is_lossy=True)
    tags = {segment.tag for segment in written.body}
    assert "MTX" in tags and "MSG" not in tags


def test_repeated_elements_come_back_repeated() -> None:
    content = _in_release("order_demo", "005010").replace(b"*FRAME-2025-09~", b"*FRAME^OLD~")
    [message] = read(content)[0].messages
    assert message.body[0][6] == f"FRAME{REPETITION}OLD"
    order = MESSAGE_TYPES["850"].parse(message)
    written = MESSAGE_TYPES["850"].render(order)
    assert written.body == message.body
    ends = message.envelope.sender, message.envelope.receiver
    assert b"*FRAME^OLD~" in write([written], Sending(*ends, 5, AT))


def test_a_release_in_which_nothing_repeats_refuses_what_does() -> None:
    content = _in_release("order_demo", "005010").replace(b"*FRAME-2025-09~", b"*FRAME^OLD~")
    [message] = read(content)[0].messages
    order = MESSAGE_TYPES["850"].parse(message)
    extras = tuple(each for each in order.extras if not each.path.endswith("/version"))
    written = MESSAGE_TYPES["850"].render(order.model_copy(update={"extras": extras}))
    ends = message.envelope.sender, message.envelope.receiver
    with pytest.raises(UnwritableDocument):
        write([written], Sending(*ends, 5, AT))


def test_text_with_delimiters_is_sent_under_others() -> None:
    content = _in_release("order_demo", "004010").replace(b"FRAME-2025-09", b"F^A:B")
    [message] = read(content)[0].messages
    assert message.body[0][6] == "F^A:B"
    ends = message.envelope.sender, message.envelope.receiver
    sent = write([message], Sending(*ends, 5, AT))
    assert read(sent)[0].messages[0].body == message.body
