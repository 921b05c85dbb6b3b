"""A partner is told each fact once, of every order that it speaks of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from gateway.answering import book
from gateway.answering.answerer import put_answer
from gateway.answering.models import Answer, Conversation
from gateway.answering.refusal import take_back
from gateway.answering.writing import Untold
from gateway.connectors.message import Finding, Location
from gateway.inbox.models import InboxMessage
from gateway.outbox.models import OutboxMessage
from ledger.acceptance import Accepted
from ledger.database import reading, writing
from ledger.outbox import DocumentReference
from ledger.query.timeline import DocumentView, TimelineEntry

OWN, OTHER = 1, 2
COMMITMENT = b"\x01" * 32
REFERENCE = DocumentReference(COMMITMENT, None, "Order", None, ())
ISSUED = Accepted(7, "order", 5, 12, None, REFERENCE)
TELLABLE = Untold("x12", "Notice", [Finding("There is none.", Location(1, 1), "", "Ask.")])


def _entry(action: str, organisation: int, number: int, **more: Any) -> TimelineEntry:
    fields: dict[str, Any] = {
        "event": "",
        "action": action,
        "machine": "order",
        "agreement": 5,
        "order_number": 12,
        "number": 12,
        "organisation": organisation,
        "organisation_name": None,
        "state": "",
        "tx_hash": b"",
        "gas_used": None,
        "block_number": number,
        "log_index": 0,
        "time": 0,
        "digest": bytes([number]) * 32,
        "position": 0,
        "document": None,
    }
    return TimelineEntry(**fields | more)


def _document(commitment: bytes) -> DocumentView:
    names = DocumentView.__dataclass_fields__
    return DocumentView(**{**dict.fromkeys(names), "commitment": commitment})


TIMELINE = [
    _entry("issue", OTHER, 1),
    _entry("issue", OWN, 2, document=_document(COMMITMENT)),
    _entry("acknowledge", OTHER, 3),
    _entry("revise", OWN, 4),
    _entry("confirm", OTHER, 5),
]


def _conversation(session: Session, accepted: Accepted = ISSUED) -> Conversation:
    book.note(session, OWN, "acme", 9, 0, accepted)
    session.flush()
    return session.exec(select(Conversation)).one()


def test_the_first_document_about_an_order_begins_the_conversation(engine: Engine) -> None:
    with writing(engine) as session:
        first = _conversation(session)
        book.note(session, OWN, "acme", 10, 1, replace(ISSUED, intent=8))
        book.note(session, OWN, "another", 10, 1, replace(ISSUED, intent=9))
        session.flush()
        found = session.exec(select(Conversation)).all()
        assert [(each.partner, each.message) for each in found] == [("acme", 9), ("another", 10)]
        assert found[0] == first


def test_a_delivery_is_spoken_of_with_its_order(engine: Engine) -> None:
    with writing(engine) as session:
        found = _conversation(session, Accepted(7, "delivery", 5, 3, 12, REFERENCE))
        assert (found.agreement, found.order_number) == (5, 12)


def test_what_others_did_after_the_document_is_answered(engine: Engine) -> None:
    with writing(engine) as session:
        conversation = _conversation(session)
        told = book.answered(conversation, TIMELINE)
        assert [each.action for each in told] == ["acknowledge", "confirm"]
        assert list(book.answered(conversation, TIMELINE[:1])) == []


def test_a_fact_is_noted_once_however_often_it_is_seen(engine: Engine) -> None:
    with writing(engine) as session:
        conversation = _conversation(session)
        book.add_answers(session, conversation, TIMELINE[:3])
        book.add_answers(session, conversation, TIMELINE)
        book.add_answers(session, conversation, TIMELINE)
    with reading(engine) as session:
        found = [answer.action for answer, _ in book.waiting(session, 0, 10)]
        assert found == ["acknowledge", "confirm"]


def test_conversations_are_found_by_order_and_by_who_is_hosted(engine: Engine) -> None:
    with writing(engine) as session:
        conversation = _conversation(session)
        assert book.conversations(session, {OWN}, [(5, 12), (5, 13)]) == [conversation]
        assert book.conversations(session, {OWN}, None) == [conversation]
        assert book.conversations(session, {OWN}, [(5, 13)]) == []
        assert book.conversations(session, {OTHER}, None) == []


def test_an_answer_is_put_into_the_outbox_once(engine: Engine) -> None:
    with writing(engine) as session:
        conversation = _conversation(session)
        book.add_answers(session, conversation, TIMELINE)
        [(answer, _), *_] = book.waiting(session, 0, 10)
        assert answer.id is not None
        assert put_answer(session, conversation, answer.id, TELLABLE)
        assert not put_answer(session, conversation, answer.id, TELLABLE)
        assert not put_answer(session, conversation, 999, TELLABLE)
    with reading(engine) as session:
        [message] = session.exec(select(OutboxMessage)).all()
        assert (message.partner, message.source, message.state) == ("acme", 9, "unwritable")
        answers = session.exec(select(Answer).order_by(col(Answer.id)))
        assert [each.outbox for each in answers] == [message.id, None]


def test_a_document_that_the_ledger_refuses_is_ready_again(engine: Engine) -> None:
    listed = [{"position": 0, "document_type": "Order", "id": "PO-1", "intent": "7"}]
    with writing(engine) as session:
        message = InboxMessage(
            id=9,
            organisation=OWN,
            sender="acme",
            digest=b"",
            state="recorded",
            documents=listed,
            received_ms=0,
            changed_ms=0,
        )
        session.add(message)
        _conversation(session)
        take_back(session, [{"intent": 6, "error": "OrderUnexpectedState"}])
        assert message.state == "recorded"
        take_back(session, [{"intent": 7, "error": "OrderUnexpectedState"}])
        session.flush()
        assert (message.state, message.documents[0]["intent"]) == ("ready", None)
        assert message.findings[0]["found"] == "OrderUnexpectedState"
        # Nobody speaks of an order that there is not.
        assert session.exec(select(Conversation)).all() == []


def test_the_place_in_the_feed_is_kept(engine: Engine) -> None:
    with writing(engine) as session:
        assert book.place(session) is None
        book.note_place(session, 5)
        book.note_place(session, 7)
    with reading(engine) as session:
        assert book.place(session) == 7
