"""Several relayer keys, one process at a time for each, and wishes that poison a round."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlmodel import col, func, select

from ledger.clock import now_ms
from ledger.counter import INTENT, take
from ledger.database import reading, writing
from ledger.desk import Wish
from ledger.errors import RelayerKeyAbsent
from ledger.gathering import Share, gather
from ledger.key import SigningKey
from ledger.lease import LeaseLost
from ledger.model import ChainTransaction, Lease, PendingAction, SignedIntent
from ledger.model.sending import ACTIONS
from ledger.runtime import LedgerRuntime
from tests.by_hand import Frail, advance, mine, relay, trading
from tests.gateways import TERMS
from tests.simulation.bare_chain import BareChain


def _count(runtime: LedgerRuntime, model: type[Any]) -> int:
    with reading(runtime.engine) as session:
        return session.exec(select(func.count()).select_from(model)).one()


@asynccontextmanager
async def another(frail: Frail, **settings: Any) -> AsyncIterator[LedgerRuntime]:
    """Run one more process on the same database."""
    runtime = LedgerRuntime(replace(frail.gateway.settings(), **settings))
    try:
        yield runtime
    finally:
        await runtime.stop()


async def _hand_over(frail: Frail) -> None:
    await frail.runtime.relayer.close()
    await frail.runtime.indexer.close()


async def _agree(runtime: LedgerRuntime) -> int:
    proposal = await runtime.desk.propose(1, seats=(1, 2, 0, 0, 0), notice_days=1, terms=TERMS)
    assert proposal.agreement is not None
    await relay(runtime)
    await runtime.desk.step(2, proposal.agreement, "sign")
    await relay(runtime)
    return proposal.agreement


async def test_keys_send_side_by_side_each_for_its_agreements(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        await _hand_over(frail)
        keys = (frail.relayer_key, SigningKey.create())
        async with another(frail, relayer_keys=keys) as runtime:
            await advance(runtime)
            other = await _agree(runtime)
            assert {agreement % 2, other % 2} == {0, 1}
            wishes = [Wish(agreement=each, action="issue") for each in (agreement, other) * 3]
            await runtime.desk.record_all(1, wishes)
            await relay(runtime)
            with reading(runtime.engine) as session:
                found = select(ChainTransaction.sender, PendingAction.agreement).where(
                    PendingAction.intent_id == SignedIntent.id,
                    SignedIntent.transaction_id == ChainTransaction.id,
                    PendingAction.machine == "order",
                    PendingAction.status == "recorded",
                )
                carried = set(session.exec(found).all())
            expected = {(keys[each % 2].address, each) for each in (agreement, other)}
            assert carried == expected


async def test_a_key_is_used_by_one_process_until_that_gives_it_back(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        issue = await frail.runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        async with another(frail) as second:
            assert not await second.relayer.advance()
            assert frail.view(issue).status == "accepted"
            await _hand_over(frail)
            await second.relayer.advance()
            assert frail.view(issue).status == "sent"


async def test_whoever_has_lost_a_key_stores_nothing(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        issue = await runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        before = _count(runtime, ChainTransaction)
        # Another process takes the key while this one believes that it holds it.
        with writing(runtime.engine) as session:
            taken = update(Lease).where(col(Lease.name).startswith("relayer:"))
            session.connection().execute(taken.values(holder="other", term=Lease.term + 1))
        with pytest.raises(LeaseLost):
            await runtime.relayer.advance()
        assert _count(runtime, ChainTransaction) == before
        assert frail.view(issue).status == "accepted"


async def test_a_key_with_undecided_transactions_may_not_leave_the_settings(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        await frail.runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        await frail.runtime.relayer.advance()
        made = replace(frail.gateway.settings(), relayer_keys=(SigningKey.create(),))
        with pytest.raises(RelayerKeyAbsent) as caught:
            LedgerRuntime(made)
        assert frail.relayer_key.address in str(caught.value)
        await mine(frail.runtime)
        await LedgerRuntime(made).stop()


async def test_a_new_key_waits_for_what_others_carry_of_its_share(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        await frail.runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        await frail.runtime.relayer.advance()
        await _hand_over(frail)
        # What the old key carries is in the share of the new one now.
        keys = [SigningKey.create(), SigningKey.create()]
        keys[(agreement + 1) % 2] = frail.relayer_key
        async with another(frail, relayer_keys=keys) as runtime:
            answer = Wish(agreement=agreement, action="acknowledge", number=1)
            answered = await runtime.desk.record(2, answer)
            await runtime.relayer.advance()
            assert frail.view(answered).status == "accepted"
            await mine(runtime)
            await relay(runtime)
            assert frail.view(answered).status == "recorded"


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_every_wish_is_in_one_share(
    still_chain: BareChain, tmp_path: Path, count: int
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        await frail.runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        await frail.runtime.desk.step(1, agreement, "give_notice")
        await frail.runtime.auction_desk.call(1, "finalise", auction=5, call={"auction": 5})
        found = []
        for place in range(count):
            with reading(frail.runtime.engine) as session:
                share = gather(session, Share(place, count), now_ms(), 10, 100)
            found.append({wish.machine for wish in share.wishes})
        assert sorted(chain.from_iterable(found)) == ["agreement", "auction", "order"]
        assert "auction" in found[0]
        assert found[agreement % count] >= {"agreement", "order"}


def _accept(runtime: LedgerRuntime, count: int, **columns: Any) -> list[int]:
    """Accept wishes as no desk would."""
    with writing(runtime.engine) as session:
        first = take(session, INTENT, count)
        rows = [
            {
                "id": first + place,
                "organisation": 1,
                "machine": "order",
                "action": "issue",
                "agreement": None,
                "number": 1,
                "order_number": 1,
                "commitment": None,
                "call": None,
                "status": "accepted",
                "accepted_ms": 0,
                "was_recorded": False,
                "attempts": 0,
            }
            | columns
            for place in range(count)
        ]
        session.connection().execute(insert(ACTIONS), rows)
    return list(range(first, first + count))


async def test_wishes_that_cannot_be_signed_are_refused_alone(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        issues = [Wish(agreement=agreement, action="issue") for _ in range(300)]
        sound = await runtime.desk.record_all(1, issues)
        poison = [
            *_accept(runtime, 1, machine="agreement", action="propose", call={"seats": "?"}),
            *_accept(runtime, 1, machine="auction", action="open", call={"auction": "x"}),
            *_accept(runtime, 1, machine="auction", action="no such call"),
            *_accept(runtime, 1, machine="auction", action="reveal", call={"auction": 1}),
            *_accept(runtime, 1, agreement=agreement, action="no such action"),
            *_accept(runtime, 1, agreement=agreement, number=2**40),
            *_accept(runtime, 1, agreement=None),
            *_accept(runtime, 1, agreement=agreement, commitment=b"short"),
            *_accept(runtime, 1, agreement=agreement, organisation=77),
        ]
        await relay(runtime)
        views = [runtime.queries.intent(each) for each in poison]
        assert {view.status for view in views if view} == {"refused"}
        assert all(view and view.refusal for view in views)
        assert {frail.view(each).status for each in sound} == {"recorded"}


async def test_poison_among_thousands_does_not_part_their_batch(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        before = _count(runtime, SignedIntent)
        sound, poison = [], []
        for _ in range(10):
            issues = [Wish(agreement=agreement, action="issue") for _ in range(99)]
            sound += await runtime.desk.record_all(1, issues)
            poison += _accept(runtime, 1, agreement=agreement, commitment=b"short")
        await relay(runtime)
        assert {view.status for view in runtime.queries.decided(poison)} == {"refused"}
        found = runtime.queries.decided([each.intent for each in sound])
        assert [view.status for view in found] == ["recorded"] * 990
        assert _count(runtime, SignedIntent) == before + 1
