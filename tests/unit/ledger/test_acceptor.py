"""Callers who share a transaction, and what none of them may do to the others."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from ledger.acceptance import Accepted
from ledger.backlog import Limits
from ledger.database import reading, writing
from ledger.desk import Desk, Wish
from ledger.document.errors import DocumentInvalid
from ledger.errors import (
    IntentExpired,
    IntentReplayed,
    IntentUnauthorised,
    OrderUnexpectedState,
    SignatureMalformed,
    TooManyWaiting,
)
from ledger.fault import DocumentUnread
from ledger.intent import Intent, digest
from ledger.key import SigningKey
from ledger.lifecycle import row_named
from ledger.model import Block, Document, PendingAction, SignedIntent
from ledger.outbox import DocumentReference
from ledger.sitting import Outcome
from tests.gateways import purchase
from tests.postgres import FreshDatabase
from tests.tables import AGREEMENT, Tables, filled

ISSUE = Wish(agreement=AGREEMENT, action="issue")


@pytest.fixture
def tables(tmp_path: Path, fresh_database: FreshDatabase) -> Tables:
    """A buyer, a seller, a stranger, and an agreement."""
    return filled(fresh_database(tmp_path), tmp_path)


def _all(tables: Tables, model: Any) -> list[Any]:
    with reading(tables.engine) as session:
        return list(session.exec(select(model).order_by(model.id)).all())


async def test_callers_at_once_share_a_transaction(tables: Tables) -> None:
    desk = tables.desk()
    seen: list[Session] = []

    def within(session: Session, accepted: list[Accepted]) -> None:
        seen.append(session)

    found = await asyncio.gather(*(desk.record(1, ISSUE, within) for _ in range(20)))
    assert sorted(each.number for each in found) == list(range(1, 21))
    assert len(set(map(id, seen))) < len(seen)
    rows = _all(tables, PendingAction)
    assert [row.id for row in rows] == sorted(each.intent for each in found)


async def test_caller_whose_own_rows_fail_undoes_nothing_but_its_own(tables: Tables) -> None:
    desk = tables.desk()

    def spoil(session: Session, accepted: list[Accepted]) -> None:
        session.add(Block(number=9, hash=bytes(32), parent=bytes(32), time=1))
        session.flush()
        raise RuntimeError("the caller's row does not fit")

    first = Wish(agreement=AGREEMENT, action="issue", number=5)
    second = Wish(agreement=AGREEMENT, action="revise", number=5)
    third = Wish(agreement=AGREEMENT, action="issue", number=6)
    outcomes = await asyncio.gather(
        desk.record(1, first, spoil),
        desk.record(1, second),
        desk.record(1, third),
        return_exceptions=True,
    )
    assert isinstance(outcomes[0], RuntimeError)
    # What rested on the first finds it undone.
    assert isinstance(outcomes[1], OrderUnexpectedState)
    assert isinstance(outcomes[2], Accepted)
    assert [row.number for row in _all(tables, PendingAction)] == [6]
    with reading(tables.engine) as session:
        assert session.get(Block, 9) is None


async def test_caller_who_gives_up_takes_nothing_back_that_was_accepted(tables: Tables) -> None:
    desk = tables.desk()
    began, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def within(session: Session, accepted: list[Accepted]) -> None:
        loop.call_soon_threadsafe(began.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()

    call = asyncio.create_task(desk.record(1, ISSUE, within))
    await began.wait()
    call.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await call
    await desk.close()
    assert [row.number for row in _all(tables, PendingAction)] == [1]


async def test_trouble_of_the_database_is_told_to_everybody_and_nothing_stays(
    tables: Tables,
) -> None:
    with writing(tables.engine) as session:
        session.connection().exec_driver_sql("ALTER TABLE pending_action RENAME TO hidden")
    desk = tables.desk()
    outcomes = await asyncio.gather(
        desk.record(1, ISSUE), desk.record(1, ISSUE), return_exceptions=True
    )
    assert all(isinstance(each, Exception) for each in outcomes)
    with writing(tables.engine) as session:
        session.connection().exec_driver_sql("ALTER TABLE hidden RENAME TO pending_action")
    assert (await desk.record(1, ISSUE)).intent == 1


async def test_document_that_cannot_be_sealed_refuses_its_own_wish_alone(tables: Tables) -> None:
    wishes = [
        Wish(agreement=AGREEMENT, action="issue", document=purchase("1")),
        Wish(agreement=AGREEMENT, action="issue", document={"document_type": "Order"}),
        Wish(agreement=AGREEMENT, action="issue", document=purchase("2")),
    ]
    one, bad, two = await tables.desk().record_all(1, wishes)
    assert isinstance(bad, DocumentInvalid)
    assert isinstance(one, Accepted)
    assert isinstance(two, Accepted)
    documents = _all(tables, Document)
    assert [each.action_id for each in documents] == [one.intent, two.intent]
    assert all(each.readers == [1, 2] for each in documents)


async def test_commitment_alone_leaves_no_document_and_one_with_a_block_is_to_be_read(
    tables: Tables,
) -> None:
    outside, sealed = DocumentReference(b"\1" * 32, None), DocumentReference(b"\2" * 32, "bafk")
    wishes = [Wish(agreement=AGREEMENT, action="issue", sealed=each) for each in (outside, sealed)]
    await tables.desk().record_all(1, wishes)
    assert [row.commitment for row in _all(tables, PendingAction)] == [b"\1" * 32, b"\2" * 32]
    (document,) = _all(tables, Document)
    assert (document.cid, document.status, document.readers) == ("bafk", "sealed", [1, 2])
    # The seller has not read the second order; the first travels outside.
    acknowledge = [Wish(agreement=AGREEMENT, action="acknowledge", number=n) for n in (1, 2)]
    first, second = await tables.desk().record_all(2, acknowledge)
    assert isinstance(first, Accepted)
    assert isinstance(second, DocumentUnread)


async def test_too_many_waiting_are_refused_whole_until_the_chain_has_taken_some(
    tables: Tables,
) -> None:
    limits = Limits(waiting_max=5, waiting_per_organisation_max=5)
    desk = tables.desk(limits)
    assert all(isinstance(e, Accepted) for e in await desk.record_all(1, [ISSUE] * 4))
    with pytest.raises(TooManyWaiting) as refused:
        await desk.record_all(1, [ISSUE] * 2)
    assert refused.value.arguments["retry_after_s"] >= 1
    assert len(_all(tables, PendingAction)) == 4
    await desk.record(1, ISSUE)
    with writing(tables.engine) as session:
        session.connection().exec_driver_sql("UPDATE pending_action SET status = 'recorded'")
    # Another desk on the same tables counts anew.
    assert isinstance(await tables.desk(limits).record(1, ISSUE), Accepted)


async def test_one_organisation_does_not_take_the_room_of_the_others(tables: Tables) -> None:
    desk = tables.desk(Limits(waiting_max=100, waiting_per_organisation_max=3))
    await desk.record_all(1, [Wish(agreement=AGREEMENT, action="issue", number=n) for n in (1, 2)])
    await desk.record(1, ISSUE)
    with pytest.raises(TooManyWaiting):
        await desk.record(1, ISSUE)
    # The same for a desk that has to count them first.
    with pytest.raises(TooManyWaiting):
        await tables.desk(Limits(waiting_per_organisation_max=3)).record(1, ISSUE)
    answer = Wish(agreement=AGREEMENT, action="acknowledge", number=1)
    assert isinstance(await desk.record(2, answer), Accepted)


async def test_queue_of_the_acceptor_is_bounded(tables: Tables) -> None:
    desk = tables.desk(Limits(queued_max=10))
    calls = [desk.record(1, ISSUE) for _ in range(30)]
    outcomes: list[Any] = await asyncio.gather(*calls, return_exceptions=True)
    refused = [each for each in outcomes if isinstance(each, TooManyWaiting)]
    accepted = [each for each in outcomes if isinstance(each, Accepted)]
    assert refused
    assert len(refused) + len(accepted) == 30
    assert len(_all(tables, PendingAction)) == len(accepted)


def _signed(
    tables: Tables, number: int, key: SigningKey | None = None, **changes: Any
) -> tuple[Intent, bytes]:
    fields: dict[str, Any] = {
        "organisation": 1,
        "agreement": AGREEMENT,
        "action": row_named("order", "issue").id,
        "number": number,
        "order": 0,
        "deadline": 1000,
        "nonce": number,
    }
    intent = Intent(**fields | changes)
    hashed = digest(tables.deployment.order_domain, intent)
    return intent, (key or tables.hosts[1].key).sign(hashed)


async def _submitted(desk: Desk, *signed: tuple[Intent, bytes]) -> list[Outcome]:
    return await desk.record_all_signed(1, list(signed))


async def test_signed_intents_are_judged_one_by_one(tables: Tables) -> None:
    tables.put(Block(number=1, hash=bytes(32), parent=bytes(32), time=500))
    desk = tables.desk()
    intent, signature = _signed(tables, 8)
    outcomes = await _submitted(
        desk,
        _signed(tables, 1),
        _signed(tables, 1),
        _signed(tables, 2, deadline=500),
        _signed(tables, 3, SigningKey.create()),
        (intent, signature[:64] + b"\0"),
        _signed(tables, 1, nonce=77),
        (_signed(tables, 9)[0], b"\7" * 90),
    )
    expected = [
        Accepted,
        IntentReplayed,
        IntentExpired,
        IntentUnauthorised,
        SignatureMalformed,
        OrderUnexpectedState,
        Accepted,
    ]
    assert [type(each) for each in outcomes] == expected
    (again,) = await _submitted(desk, _signed(tables, 1))
    assert isinstance(again, IntentReplayed)
    rows, intents = _all(tables, PendingAction), _all(tables, SignedIntent)
    assert [row.intent_id for row in rows] == [each.id for each in intents]
    assert [row.position for row in rows] == [0, 0]
