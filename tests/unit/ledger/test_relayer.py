"""What the relayer does when signatures expire, transactions are undone, or nonces are missing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from ledger import prediction
from ledger.database import reading, writing
from ledger.desk import Wish
from ledger.errors import (
    AgreementSeatsDiffer,
    IntentUnauthorised,
    LedgerOrderUnexpected,
    OrderUnexpectedState,
)
from ledger.fee import Offer
from ledger.flight import FILLER_GAS
from ledger.intent import ZERO, Intent, digest
from ledger.key import SigningKey
from ledger.lifecycle import row_named
from ledger.model import ChainTransaction, SignedIntent
from ledger.model.sending import INCLUDED, RECORDED, REPLACED, REVERTED
from ledger.runtime import LedgerRuntime
from ledger.storing import store_transaction
from tests.by_hand import mine, relay, trading
from tests.gateways import TERMS
from tests.simulation.bare_chain import BareChain


def _last(runtime: LedgerRuntime, model: type[Any], count: int) -> list[Any]:
    """Give the newest rows, oldest first."""
    with reading(runtime.engine) as session:
        newest = session.exec(select(model).order_by(col(model.id).desc()).limit(count))
        rows = list(newest.all())[::-1]
        session.expunge_all()
        return rows


async def test_a_batch_that_expired_is_signed_anew_with_the_same_nonce(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        issue = await runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        await frail.sign_only()
        await runtime.client.call("evm_increaseTime", 4000)
        await relay(runtime)
        assert frail.view(issue).status == "sent"
        await relay(runtime)
        assert frail.view(issue).status == "recorded"
        old, new = _last(runtime, SignedIntent, 2)
        assert (old.status, new.status) == (REPLACED, RECORDED)
        assert old.nonce == new.nonce
        assert new.deadline >= old.deadline + 4000
        assert new.value == old.value


async def test_intents_of_an_undone_transaction_travel_alone(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime, ledger = frail.runtime, frail.deployment.order_ledger
        wishes = [Wish(agreement=agreement, action="issue", number=n) for n in (1, 2)]
        taken = [await runtime.desk.record(1, each) for each in wishes]
        answer = Wish(agreement=agreement, action="acknowledge", number=1)
        taken.append(await runtime.desk.record(2, answer))
        await runtime.relayer.advance()
        code = "0x" + (await runtime.client.code(ledger)).hex()
        await runtime.client.call("anvil_setCode", ledger, "0xfe")
        await mine(runtime)
        await runtime.client.call("anvil_setCode", ledger, code)
        assert {frail.view(each).status for each in taken} == {"sent"}
        for _ in range(3):
            await relay(runtime)
        assert {frail.view(each).status for each in taken} == {"recorded"}
        undone, *alone = _last(runtime, ChainTransaction, 3)
        assert [each.status for each in (undone, *alone)] == [REVERTED, INCLUDED, INCLUDED]
        assert len({each.company for each in _last(runtime, SignedIntent, 2)} - {0}) == 2
        assert len({frail.view(each).tx_hash for each in taken}) == 2


async def test_an_intent_that_is_undone_alone_as_well_is_refused(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime, ledger = frail.runtime, frail.deployment.order_ledger
        poison = await runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        code = "0x" + (await runtime.client.code(ledger)).hex()
        for _ in range(2):
            await runtime.relayer.advance()
            await runtime.client.call("anvil_setCode", ledger, "0xfe")
            await mine(runtime)
            await runtime.client.call("anvil_setCode", ledger, code)
        assert frail.view(poison).status == "sent"
        await relay(runtime)
        assert frail.view(poison).status == "refused"
        next_one = await runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        await relay(runtime)
        assert frail.view(next_one).status == "recorded"


async def test_nonces_that_nothing_was_stored_for_are_filled(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime, payer = frail.runtime, frail.relayer_key
        (lane,) = runtime.relayer.lanes
        place = await lane.flight.place()
        with writing(runtime.engine) as session:
            free = lane.flight.next_nonce(session, place)
            late = lane.flight.seal(free + 2, payer.address, b"", FILLER_GAS, Offer(0, 0))
            store_transaction(session, payer.address, late)
        issue = await runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        await relay(runtime)
        await relay(runtime)
        assert frail.view(issue).status == "recorded"
        transactions = _last(runtime, ChainTransaction, 4)
        assert sorted(each.nonce for each in transactions) == list(range(free, free + 4))
        assert {each.status for each in transactions} == {INCLUDED}


def _issue(agreement: int, number: int) -> Intent:
    return Intent(
        organisation=1,
        agreement=agreement,
        action=row_named("order", "issue").id,
        number=number,
        order=0,
        deadline=2**40,
        nonce=number,
        document=ZERO,
        manifest=ZERO,
    )


async def test_an_intent_that_was_signed_elsewhere_travels_as_it_is(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime, domain = frail.runtime, frail.deployment.order_domain
        intent = _issue(agreement, 7)
        signed = digest(domain, intent)
        accepted = await runtime.desk.record_signed(intent, frail.hosts[1].key.sign(signed))
        await relay(runtime)
        view = frail.view(accepted)
        assert (view.status, view.digest, view.number) == ("recorded", signed, 7)
        assert view.signer == frail.hosts[1].key.address
        (step,) = runtime.queries.timeline(1, agreement, 7)
        assert step.digest == signed


async def test_an_intent_that_a_foreign_key_signed_is_refused(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        intent = _issue(agreement, 7)
        signature = SigningKey.create().sign(digest(frail.deployment.order_domain, intent))
        with pytest.raises(IntentUnauthorised):
            await runtime.desk.record_signed(intent, signature)
        revise = replace(intent, action=row_named("order", "revise").id, number=8)
        with pytest.raises(OrderUnexpectedState):
            await runtime.desk.record_signed(revise, frail.sign(revise))
        misplaced = replace(intent, number=9, order=9)
        with pytest.raises(LedgerOrderUnexpected):
            await runtime.desk.record_signed(misplaced, frail.sign(misplaced))


async def test_seats_and_notice_other_than_those_proposed_cannot_be_signed(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, _):
        runtime = frail.runtime
        proposal = await runtime.desk.propose(1, seats=(1, 2, 0, 0, 0), notice_days=9, terms=TERMS)
        await relay(runtime)
        assert proposal.agreement is not None
        sign = row_named("agreement", "sign")
        with reading(runtime.engine) as session:
            seats, days, root = prediction.on_table(session, proposal.agreement)
            assert (seats, days) == ((1, 2, 0, 0, 0), 9)
            prediction.require_step(session, 2, sign, proposal.agreement, root, seats, days)
            for others in [((1, 2, 3, 0, 0), 9), (seats, 8)]:
                with pytest.raises(AgreementSeatsDiffer):
                    prediction.require_step(session, 2, sign, proposal.agreement, root, *others)
