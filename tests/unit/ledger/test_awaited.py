"""Which manifests are waited for, and that none is given up too early."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from ledger.awaited import await_manifests
from ledger.database import connect, migrate, reading, writing
from ledger.fact import Record
from ledger.model import Agreement, Manifest
from ledger.model.parcel import FETCHED, SEALED
from tests.postgres import FreshDatabase


@pytest.fixture
def engine(tmp_path: Path, fresh_database: FreshDatabase) -> Engine:
    """A database with an agreement of organisations 1 and 2."""
    engine = connect(fresh_database(tmp_path))
    migrate(engine)
    with writing(engine) as session:
        parties: dict[str, Any] = {"buyer": 1, "seller": 2, "state": 2, "unsigned": 0}
        session.add(Agreement(number=7, notice_days=0, proposed_at=0, changed_at=0, **parties))
    return engine


def record(digest: bytes, agreement: int) -> Record:
    row = {
        "digest": digest,
        "manifest": b"m" * 32,
        "documents_root": b"r" * 32,
        "positions": 3,
        "organisation": 1,
    }
    facts = [{"machine": "order", "agreement": agreement, "number": each} for each in range(3)]
    return Record(b"t" * 32, row, facts)


def statuses(session: Session) -> dict[bytes, str]:
    return {each.digest: each.status for each in session.exec(select(Manifest)).all()}


def test_only_manifests_of_hosted_parties_are_waited_for(engine: Engine) -> None:
    ours, others = record(b"a" * 32, 7), record(b"b" * 32, 8)
    with writing(engine) as session:
        await_manifests(session, [ours, others], frozenset({2}))
    with reading(engine) as session:
        assert statuses(session) == {ours.digest: SEALED}


def test_nobody_waits_where_nobody_hosted_has_a_seat(engine: Engine) -> None:
    with writing(engine) as session:
        await_manifests(session, [record(b"a" * 32, 7)], frozenset({3}))
        assert statuses(session) == {}


def test_a_record_that_the_chain_lost_and_has_again_is_listed_anew(engine: Engine) -> None:
    ours = record(b"a" * 32, 7)
    with writing(engine) as session:
        await_manifests(session, [ours], frozenset({2}))
    with writing(engine) as session:
        manifest = session.get_one(Manifest, ours.digest)
        manifest.status, manifest.attempts, manifest.next_attempt_ms = FETCHED, 5, 2**50
    with writing(engine) as session:
        await_manifests(session, [ours], frozenset({2}))
    with reading(engine) as session:
        manifest = session.get_one(Manifest, ours.digest)
        assert (manifest.status, manifest.attempts, manifest.next_attempt_ms) == (SEALED, 0, 0)
