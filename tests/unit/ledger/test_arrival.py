"""What became of documents is written once and told once, and what failed is tried later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from ledger.arrival import (
    BACK_OFF_MAX_MS,
    BACK_OFF_MS,
    Outcome,
    back_off_ms,
    due_documents,
    due_members,
    write_outcomes,
)
from ledger.clock import now_ms
from ledger.database import connect, migrate, reading, writing
from ledger.model import Document, FeedEntry, Organisation
from ledger.model.parcel import BROKEN, MISSING, OPENED, SEALED
from tests.postgres import FreshDatabase


@pytest.fixture
def engine(tmp_path: Path, fresh_database: FreshDatabase) -> Engine:
    """Three documents of organisation 1 and one of organisation 2, all due."""
    engine = connect(fresh_database(tmp_path))
    migrate(engine)
    with writing(engine) as session:
        for number, endpoint in ((1, "http://one/"), (2, "http://two")):
            session.add(Organisation(number=number, roles=1, name="Member", endpoint=endpoint))
        for number in range(1, 5):
            session.add(waiting(number))
    return engine


def waiting(number: int) -> Document:
    return Document(
        commitment=bytes([number]) * 32,
        cid=f"cid-{number}",
        organisation=1 if number < 4 else 2,
        agreement=7,
        kind="order",
        number=number,
        order_number=number,
        readers=[2],
        digest=bytes(32),
        position=number,
        status=SEALED,
    )


def written(engine: Engine, rows: list[Any], *outcomes: Outcome, **findings: Any) -> None:
    with writing(engine) as session:
        write_outcomes(session, rows, outcomes, {int(id[1:]): f for id, f in findings.items()})


def notices(engine: Engine) -> list[dict[str, Any]]:
    with reading(engine) as session:
        found = session.exec(select(FeedEntry).where(FeedEntry.topic == "document")).all()
        return [each.body or {} for each in found]


def test_what_is_due_is_named_by_gateway(engine: Engine) -> None:
    assert due_members(engine) == {"http://one": [1], "http://two": [2]}
    assert [row.number for row in due_documents(engine, [1, 2], 2)] == [1, 2]
    assert [row.number for row in due_documents(engine, [2], 10)] == [4]


def test_opened_documents_are_kept_told_and_not_due_any_more(engine: Engine) -> None:
    rows = due_documents(engine, [1], 10)
    first, second, third = (row.id for row in rows)
    body = {"document_type": "Order"}
    found = [{"path": "/x", "message": "is wrong", "name": "Wrong"}]
    outcomes = (
        Outcome(first, OPENED, body=body, readers=[2]),
        Outcome(second, MISSING, "withheld"),
        Outcome(third, BROKEN, "other bytes"),
    )
    written(engine, rows, *outcomes, **{f"d{first}": found})
    with reading(engine) as session:
        kept = session.get_one(Document, first)
        assert (kept.status, kept.type, kept.body) == (OPENED, "Order", body)
        assert (kept.findings, kept.contradicts) == (found, True)
        late = session.get_one(Document, second)
        assert (late.status, late.reason, late.attempts) == (MISSING, "withheld", 1)
        assert late.next_attempt_ms > now_ms()
    assert [each["status"] for each in notices(engine)] == [OPENED, MISSING, BROKEN]
    assert due_documents(engine, [1], 10) == []


def test_the_same_word_is_not_told_twice(engine: Engine) -> None:
    rows = due_documents(engine, [2], 1)
    (row,) = rows
    written(engine, rows, Outcome(row.id, OPENED, body={"document_type": "Order"}))
    # Another courier was slower, and could not have it.
    written(engine, rows, Outcome(row.id, MISSING, "withheld"))
    with reading(engine) as session:
        assert session.get_one(Document, row.id).status == OPENED
    assert len(notices(engine)) == 1


@pytest.mark.parametrize("key", [1, 2**31, b"\xff" * 32])
def test_each_pause_is_longer_than_the_last_and_none_is_endless(key: int | bytes) -> None:
    pauses = [back_off_ms(attempts, key) for attempts in range(60)]
    for attempts, pause in enumerate(pauses):
        exact = min(BACK_OFF_MS << attempts, BACK_OFF_MAX_MS)
        assert exact * 3 // 4 <= pause <= exact * 5 // 4


def test_documents_that_failed_together_are_not_tried_together() -> None:
    assert len({back_off_ms(3, key) for key in range(100)}) > 90
