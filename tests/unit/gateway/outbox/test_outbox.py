"""What partners are told is kept sealed, once, until they have it."""

from __future__ import annotations

from typing import Final

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from gateway.connectors.message import Finding, Location
from gateway.inbox import service as inbox
from gateway.outbox import book, service
from gateway.outbox.errors import OutboxMessageUnknown, OutboxStateUnexpected
from gateway.outbox.models import OutboxMessage, OutboxPart
from gateway.outbox.reference import Reference, references
from gateway.profiles import service as profiles
from ledger.clock import now_ms
from ledger.database import reading, writing

OURS, THEIRS = 1, 2
ISA = "ISA*00*          *00*          *ZZ*MILL           *ZZ*BRAND          "
X12: Final = (
    f"{ISA}*260301*1200*U*00401*000000042*0*P*>~GS*PR*MILL*BRAND*20260301*1200*7*X*004010~"
    "ST*855*0001~BAK*00*AC*PO-1*20260301~SE*3*0001~ST*855*0002~BAK*00*AC*PO-2*20260301~SE*3*0002~"
    "GE*2*7~IEA*1*000000042~"
).encode()
EDIFACT: Final = (
    b"UNB+UNOC:3+MILL:14+BRAND:14+260301:1200+42'UNH+M1+ORDRSP:D:96A:UN'BGM+231+R-1+4'"
    b"UNT+3+M1'UNZ+1+42'"
)


def put(engine: Engine, content: bytes = X12, key: str = "order:1", standard: str = "x12") -> str:
    with writing(engine) as session:
        number = book.put(
            session, OURS, "brand", content, key=key, standard=standard, type="855", source=3
        )
    return str(number)


def test_what_is_put_in_can_be_read_and_lies_sealed(engine: Engine) -> None:
    id_ = put(engine)
    shown = service.message(engine, OURS, id_)
    assert (shown.state, shown.partner, shown.type, shown.source) == (
        "waiting",
        "brand",
        "855",
        "3",
    )
    assert service.content(engine, OURS, id_) == X12
    with reading(engine) as session:
        row = session.get(OutboxMessage, int(id_))
        assert row is not None
        assert b"PO-1" not in row.sealed


def test_the_same_is_put_in_once(engine: Engine) -> None:
    first = put(engine)
    assert put(engine, X12 + b"\n") == first
    assert put(engine, key="order:2") != first
    assert service.content(engine, OURS, first) == X12


def test_its_parts_are_those_that_a_partner_can_answer(engine: Engine) -> None:
    assert references(X12, "x12", "855") == [
        Reference("42", "7", "855", "1"),
        Reference("42", "7", "855", "2"),
    ]
    assert references(EDIFACT, "edifact", "ORDRSP") == [Reference("42", "", "ORDRSP", "M1")]
    assert references(b"{}", "json", "Order") == []
    parts = service.message(engine, OURS, put(engine)).parts
    assert [(each.name, each.reference, each.answer) for each in parts] == [
        ("855", "1", ""),
        ("855", "2", ""),
    ]


def test_who_brings_a_message_says_so_once(engine: Engine) -> None:
    id_ = put(engine)
    assert service.note_delivered(engine, OURS, id_).state == "delivered"
    with pytest.raises(OutboxStateUnexpected):
        service.note_delivered(engine, OURS, id_)
    again = service.retry(engine, OURS, id_)
    assert (again.state, again.delivered_at) == ("waiting", None)


def test_what_could_not_be_written_says_why_and_has_no_content(engine: Engine) -> None:
    finding = Finding("X12 holds 22 characters.", Location(1, 1, "/id"), "x", "Shorten it.")
    with writing(engine) as session:
        number = book.put_unwritable(
            session, OURS, "brand", [finding], key="order:1", standard="x12", type="855"
        )
    shown = service.message(engine, OURS, str(number))
    assert (shown.state, shown.actions) == ("unwritable", [])
    assert shown.findings == [finding.as_dict()]
    for call in (service.content, service.retry, service.note_delivered):
        with pytest.raises(OutboxStateUnexpected):
            call(engine, OURS, str(number))


def test_messages_of_others_look_as_if_they_did_not_exist(engine: Engine) -> None:
    id_ = put(engine)
    for call in (service.message, service.content, service.retry, service.note_delivered):
        for organisation, asked in ((THEIRS, id_), (OURS, "0"), (OURS, "x"), (OURS, "9" * 40)):
            with pytest.raises(OutboxMessageUnknown):
                call(engine, organisation, asked)
    assert service.messages(engine, THEIRS, None, None, None, 50).items == []


def test_messages_are_listed_page_by_page_the_newest_first(engine: Engine) -> None:
    ids = [put(engine, key=f"order:{number}") for number in range(5)]
    first = service.messages(engine, OURS, "waiting", "brand", None, 2)
    second = service.messages(engine, OURS, "waiting", "brand", first.next, 3)
    assert [each.id for each in (*first.items, *second.items)] == ids[::-1]
    assert second.next is None
    assert service.messages(engine, OURS, None, "other", None, 2).items == []
    assert service.messages(engine, OURS, "failed", None, None, 2).items == []


def test_an_acknowledgement_waits_for_the_sender_of_the_message(engine: Engine) -> None:
    taken = inbox.receive(engine, OURS, "mill", X12, "")
    (told,) = service.messages(engine, OURS, None, "mill", None, 50).items
    assert (told.type, told.standard, told.source) == ("997", "x12", taken.id)
    assert service.content(engine, OURS, told.id) == inbox.acknowledgement(engine, OURS, taken.id)
    inbox.replay(engine, OURS, taken.id)
    assert len(service.messages(engine, OURS, None, "mill", None, 50).items) == 1


def test_what_partners_have_had_is_forgotten_in_time(engine: Engine) -> None:
    waiting, delivered = put(engine), put(engine, key="order:2")
    service.note_delivered(engine, OURS, delivered)
    with writing(engine) as session:
        book.forget(session, {OURS}, now_ms() - 60_000)
        book.forget(session, {THEIRS}, now_ms())
    assert service.message(engine, OURS, delivered).parts
    with writing(engine) as session:
        book.forget(session, {OURS}, now_ms())
    assert service.message(engine, OURS, waiting).state == "waiting"
    with pytest.raises(OutboxMessageUnknown):
        service.message(engine, OURS, delivered)
    with reading(engine) as session:
        left = session.exec(select(OutboxPart.message).distinct()).all()
    assert left == [int(waiting)]


def test_who_is_known_by_its_profile_alone_is_told_under_its_name(engine: Engine) -> None:
    profile = b'name = "mill"\nversion = "1"\naddresses = ["ZZ:MILL"]\n'
    profiles.store(engine, OURS, "mill", profile)
    inbox.receive(engine, OURS, "", X12, "")
    (told,) = service.messages(engine, OURS, None, None, None, 50).items
    assert told.partner == "mill"
