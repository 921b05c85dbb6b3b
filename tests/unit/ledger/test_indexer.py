"""Reorgs and lost tails: what is taken back, what subscribers hear, and where the indexer stops."""

from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.desk import Wish
from ledger.fault import ReorgTooDeep
from ledger.role import Role
from ledger.runtime import LedgerRuntime
from tests.by_hand import advance, agreed_by_hand, one_gateway, relay
from tests.gateways import PATIENCE_S, agreed, founded, recorded, seen
from tests.simulation.bare_chain import BareChain
from tests.simulation.voyage import projected


async def test_a_lost_tail_is_retracted_sent_again_and_recorded_once(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        gateway = await one_gateway(stack, still_chain, tmp_path)
        runtime = gateway.runtime()
        stack.push_async_callback(runtime.stop)
        agreement = await agreed_by_hand(runtime)
        accepted = await runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        await relay(runtime)
        assert (await runtime.wait_for(accepted.intent, PATIENCE_S)).status == "recorded"
        before = runtime.queries.last_sequence()
        await runtime.client.call("anvil_rollback", 1)
        await runtime.client.call("evm_mine")
        await advance(runtime)
        view = runtime.queries.intent(accepted.intent)
        assert view is not None
        assert view.status == "sent"
        assert runtime.queries.order(1, agreement, 1) is None
        for _ in range(3):
            await relay(runtime)
        assert (await runtime.wait_for(accepted.intent, PATIENCE_S)).status == "recorded"
        topics = [each.topic for each in runtime.queries.notices(1, before - 1)]
        assert topics == ["event", "retracted", "event"]
        assert [each.event for each in runtime.queries.timeline(1, agreement, 1)] == ["OrderIssued"]


async def test_a_rebuild_from_the_first_block_gives_equal_tables(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        gateway = await one_gateway(stack, still_chain, tmp_path)
        runtime = gateway.runtime()
        stack.push_async_callback(runtime.stop)
        agreement = await agreed_by_hand(runtime)
        for action, by in (("issue", 1), ("confirm", 2)):
            await runtime.desk.record(by, Wish(agreement=agreement, action=action, number=1))
            await relay(runtime)
        await runtime.desk.record(2, Wish(agreement=agreement, action="despatch", order=1))
        await relay(runtime)
        (tmp_path / "again").mkdir()
        again = replace(gateway, folder=tmp_path / "again").runtime()
        stack.push_async_callback(again.stop)
        await advance(again)
        assert projected(again) == projected(runtime)
        assert projected(again)["delivery"]


async def test_the_indexer_stops_when_final_blocks_are_taken_back(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        gateway = replace(await one_gateway(stack, still_chain, tmp_path), finality=3)
        runtime = gateway.runtime()
        stack.push_async_callback(runtime.stop)
        for _ in range(8):
            await runtime.client.call("evm_mine")
        await advance(runtime)
        await runtime.client.call("anvil_rollback", 6)
        await runtime.client.call("evm_increaseTime", 100)
        for _ in range(7):
            await runtime.client.call("evm_mine")
        with pytest.raises(ReorgTooDeep):
            await advance(runtime)


async def test_what_rests_on_another_gateways_lost_action_is_tried_until_that_is_back(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        async with still_chain.mining():
            found = founded(still_chain, tmp_path, ([Role.BRAND], [Role.SUPPLIER]))
            brand, supplier = await stack.enter_async_context(found)
            async with brand.running() as buyer, supplier.running() as seller:
                agreement = await agreed(buyer, seller, (1, 2, 0, 0, 0))
                floor = await buyer.client.block_number()
                await recorded(buyer, 1, Wish(agreement=agreement, action="issue"))
                await seen(seller, lambda: seller.queries.order(2, agreement, 1) is not None)
                confirm = Wish(agreement=agreement, action="confirm", number=1)
                confirmed = await recorded(seller, 2, confirm)
        # Both are down; the chain loses both actions, and the supplier comes back first.
        async with still_chain.mining(), supplier.running() as seller:
            head = await seller.client.block_number()
            await seller.client.call("anvil_rollback", head - floor)
            await seen(seller, lambda: seller.queries.order(2, agreement, 1) is None)
            await seen(seller, lambda: _attempts(seller, confirmed.id) > 0)
            async with brand.running() as buyer:
                await seen(seller, lambda: _status(seller, confirmed.id) == "recorded")
                await seen(buyer, lambda: _state(buyer, agreement) == "Confirmed")


def _attempts(runtime: LedgerRuntime, intent: int) -> int:
    view = runtime.queries.intent(intent)
    assert view is not None
    return view.attempts


def _status(runtime: LedgerRuntime, intent: int) -> str:
    view = runtime.queries.intent(intent)
    assert view is not None
    return view.status


def _state(runtime: LedgerRuntime, agreement: int) -> str | None:
    order = runtime.queries.order(1, agreement, 1)
    return order.state if order else None
