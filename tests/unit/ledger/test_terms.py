"""Which terms were in force when, read off the steps of an agreement."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from ledger import lifecycle
from ledger.database import connect, migrate, reading, writing
from ledger.document import parse_document
from ledger.examination import Fact, examine
from ledger.model import Block, Document, Event, Manifest, Record
from ledger.model.parcel import MISSING, OPENED, SEALED, SHREDDED
from ledger.query.terms import TermsInForce, terms_in_force
from tests.postgres import FreshDatabase
from tests.unit.gateway import papers

AGREEMENT = 7
Step = Callable[..., None]


@pytest.fixture
def engine(tmp_path: Path, fresh_database: FreshDatabase) -> Engine:
    engine = connect(fresh_database(tmp_path))
    migrate(engine)
    return engine


@pytest.fixture
def step(engine: Engine) -> Step:
    """Records a step in a block of its own, with terms that are known by their number."""

    def take(block: int, action: str, state: str, terms: str = "", status: str = OPENED) -> None:
        row = lifecycle.row_named("agreement", action)
        digest = block.to_bytes(32, "big")
        number = lifecycle.state_number("agreement", state)
        with writing(engine) as session:
            _record(session, block, digest)
            place = {"block_number": block, "log_index": 0, "position": 0, "organisation": 1}
            session.add(
                Event(
                    **place,
                    machine="agreement",
                    agreement=AGREEMENT,
                    number=0,
                    action=row.id,
                    state=number,
                )
            )
            if terms:
                session.add(_document("agreement", digest, 0, None, {"id": terms}, status))

    return take


def _record(session: Any, block: int, digest: bytes) -> None:
    session.add(Block(number=block, hash=digest, parent=digest, time=1000 + block))
    session.add(
        Record(block_number=block, log_index=0, transaction_log=0, organisation=1, digest=digest)
    )


def _document(
    kind: str, digest: bytes, number: int, order: int | None, body: Any, status: str
) -> Document:
    return Document(
        commitment=digest,
        cid="cid",
        organisation=1,
        agreement=AGREEMENT,
        kind=kind,
        number=number,
        order_number=order,
        body=body if status == OPENED else None,
        readers=[2],
        digest=digest,
        position=0,
        status=status,
    )


def in_force(engine: Engine) -> list[TermsInForce]:
    with reading(engine) as session:
        return terms_in_force(session, [AGREEMENT])[AGREEMENT]


def told(engine: Engine) -> list[tuple[int, str | None]]:
    return [(each.place[0], (each.body or {}).get("id")) for each in in_force(engine)]


def test_terms_come_into_force_when_the_last_has_signed(engine: Engine, step: Step) -> None:
    step(1, "propose", "Proposed", "first")
    step(2, "sign", "Proposed")
    assert told(engine) == []
    step(3, "sign", "Active")
    assert told(engine) == [(3, "first")]


def test_what_is_dropped_never_comes_into_force(engine: Engine, step: Step) -> None:
    step(1, "propose", "Proposed", "first")
    step(2, "sign", "Active")
    step(3, "amend", "Amending", "dropped")
    step(4, "drop", "Active")
    step(5, "amend", "Amending", "second")
    step(6, "sign", "Active")
    assert told(engine) == [(2, "first"), (6, "second")]


@pytest.mark.parametrize(
    ("status", "is_awaited"), [(SEALED, True), (MISSING, True), (SHREDDED, False), (OPENED, False)]
)
def test_terms_are_awaited_until_they_are_opened(
    engine: Engine, step: Step, status: str, is_awaited: bool
) -> None:
    step(1, "propose", "Proposed", "first", status)
    step(2, "sign", "Active")
    (found,) = in_force(engine)
    assert (found.is_awaited, found.body is not None) == (is_awaited, status == OPENED)


@pytest.mark.parametrize("is_coming", [True, False])
def test_terms_without_a_document_are_awaited_while_their_manifest_is(
    engine: Engine, step: Step, is_coming: bool
) -> None:
    step(1, "propose", "Proposed")
    step(2, "sign", "Active")
    status, digest = (MISSING if is_coming else "fetched"), (1).to_bytes(32, "big")
    with writing(engine) as session:
        session.add(
            Manifest(digest=digest, block=digest, root=digest, organisation=1, status=status)
        )
    (found,) = in_force(engine)
    assert (found.is_awaited, found.document) == (is_coming, None)


def test_an_order_that_came_before_its_terms_is_judged_once_they_are_opened(
    engine: Engine, step: Step
) -> None:
    histories: list[list[Fact]] = []

    class Recording:
        """Finds nothing, as soon as terms are known."""

        def refers(self, content: Any) -> bool:
            return True

        def examine(self, history: Any) -> Any:
            histories.append(list(history))
            return {each.document: [] for each in history if each.machine == "order"}

    step(1, "propose", "Proposed", "first", SEALED)
    step(2, "sign", "Active")
    order = (3).to_bytes(32, "big")
    with writing(engine) as session:
        _record(session, 3, order)
        action = lifecycle.row_named("order", "issue").id
        session.add(
            Event(
                block_number=3,
                log_index=0,
                position=0,
                organisation=1,
                machine="order",
                agreement=AGREEMENT,
                number=4,
                order_number=4,
                action=action,
                state=1,
            )
        )
        session.add(_document("order", order, 4, 4, papers.order(), OPENED))
    with reading(engine) as session:
        terms = parse_document(papers.terms(1, 2))
        found = examine(session, Recording(), {2}, {1: terms})
    assert found == {2: []}
    (history,) = histories
    assert [(each.machine, each.document) for each in history] == [
        ("agreement", None),
        ("order", 2),
    ]
    assert history[0].content == terms
    assert (history[1].order, history[1].time) == ((AGREEMENT, 4), 1003)
