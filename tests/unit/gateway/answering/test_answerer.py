"""Facts that the chain takes back are not told, and one process answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from sqlalchemy import Engine
from sqlmodel import select

from gateway.answering import book
from gateway.answering.answerer import LEASE, Answerer
from gateway.answering.models import Answer, Conversation
from gateway.outbox.models import OutboxMessage
from ledger.database import reading, writing
from ledger.lease import Lease
from ledger.queries import Queries
from ledger.runtime import LedgerRuntime
from tests.unit.gateway.answering.test_book import ISSUED, OWN, TIMELINE


def _answerer(engine: Engine) -> Answerer:
    ledger = SimpleNamespace(engine=engine, queries=Queries(engine))
    return Answerer(cast(LedgerRuntime, ledger), {OWN})


def _note(engine: Engine) -> None:
    """Note two facts of which the ledger knows nothing (any more)."""
    with writing(engine) as session:
        book.note(session, OWN, "acme", 9, 0, ISSUED)
        session.flush()
        book.add_answers(session, session.exec(select(Conversation)).one(), TIMELINE)


def _count(engine: Engine) -> tuple[int, int]:
    with reading(engine) as session:
        answers = len(session.exec(select(Answer)).all())
        return answers, len(session.exec(select(OutboxMessage)).all())


async def test_what_the_chain_takes_back_before_it_is_told_is_not_told(engine: Engine) -> None:
    _note(engine)
    assert await _answerer(engine).look() == 0
    assert _count(engine) == (0, 0)


async def test_while_another_process_answers_nothing_is_done(engine: Engine) -> None:
    _note(engine)
    other = Lease(LEASE)
    with writing(engine) as session:
        assert other.take(session)
    assert await _answerer(engine).look() == 0
    assert _count(engine) == (2, 0)


async def test_a_gateway_that_was_sent_nothing_only_keeps_its_place(engine: Engine) -> None:
    assert await _answerer(engine).look() == 0
    with reading(engine) as session:
        assert book.place(session) == 0
