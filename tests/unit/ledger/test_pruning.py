"""What is decided and final is forgotten after a while; numbers and facts stay."""

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import func, select

from ledger.database import reading, writing
from ledger.desk import Wish
from ledger.model import ChainTransaction, Document, Event, PendingAction, SignedIntent
from ledger.pruning import Pruner
from ledger.runtime import LedgerRuntime
from tests.by_hand import mine, relay, trading
from tests.gateways import purchase
from tests.simulation.bare_chain import BareChain


def _left(runtime: LedgerRuntime) -> tuple[int, int, int]:
    with reading(runtime.engine) as session:
        models = (PendingAction, SignedIntent, ChainTransaction)
        wishes, signed, sent = (
            session.exec(select(func.count()).select_from(model)).one() for model in models
        )
        return wishes, signed, sent


def _prune(runtime: LedgerRuntime, finality: int, keep_days: float = 0) -> None:
    pruner = Pruner(runtime.engine, 31337, finality, keep_days)
    while pruner.prune():
        pass


async def test_what_is_final_is_forgotten_and_its_numbers_stay_taken(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        issue = Wish(agreement=agreement, action="issue", document=purchase("PO-1"))
        first = await runtime.desk.record(1, issue)
        await relay(runtime)
        await mine(runtime)
        _prune(runtime, finality=0)
        assert _left(runtime) == (0, 0, 0)
        with reading(runtime.engine) as session:
            assert session.exec(select(Document.action_id)).all() == [None, None]
            assert session.exec(select(func.count()).select_from(Event)).one() > 0
        assert runtime.queries.intent(first.intent) is None
        second = await runtime.desk.record(1, issue)
        assert (second.number, second.intent) > (first.number, first.intent)
        await relay(runtime)
        assert frail.view(second).status == "recorded"


@pytest.mark.parametrize(("finality", "keep_days"), [(1000, 0), (0, 1)])
async def test_what_may_still_change_or_is_young_is_kept(
    still_chain: BareChain, tmp_path: Path, finality: int, keep_days: float
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        await frail.runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        await relay(frail.runtime)
        before = _left(frail.runtime)
        _prune(frail.runtime, finality, keep_days)
        assert _left(frail.runtime) == before


async def test_what_is_undecided_or_holds_a_secret_is_kept(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        _prune(runtime, finality=0)
        await runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        await runtime.relayer.advance()
        bid = await runtime.auction_desk.call(1, "finalise", auction=5, call={"auction": 5})
        with writing(runtime.engine) as session:
            refused = update(PendingAction).where(PendingAction.id == bid.intent)
            session.connection().execute(refused.values(status="refused", accepted_ms=0))
        _prune(runtime, finality=0)
        assert _left(runtime) == (2, 1, 1)
