"""An auction from its opening to its delivered lot: what is called, and what the rows then say."""

from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.acceptance import Accepted
from ledger.errors import AuctionOutsideWindow, AuctionRevealDiffers, RegistryOrganisationUnknown
from ledger.lifecycle import row_named
from ledger.query.auction import AuctionView
from ledger.query.intent import IntentView
from ledger.role import Role
from ledger.runtime import LedgerRuntime
from tests.by_hand import advance, mine, one_gateway, relay
from tests.simulation.bare_chain import BareChain
from tests.simulation.voyage import projected

POOL, CHEAP, DEAR = 1, 2, 3
ROLES = (Role.POOL, Role.CARRIER, Role.CARRIER)
BIDDING_S, REVEAL_S, CHALLENGE_S = 1000, 2000, 3000
RESERVES = [500, 700]


class _Tender:
    """One auction of two lots without bonds, moved through its windows by hand."""

    def __init__(self, runtime: LedgerRuntime, token: str) -> None:
        self.runtime = runtime
        self.token = token
        self.number = 0
        self.start = 0

    async def open(self) -> None:
        """Open it."""
        await advance(self.runtime)
        self.start = self.runtime.queries.cursor()[1]
        ends = {"bidding_ends": BIDDING_S, "reveal_ends": REVEAL_S, "challenge_ends": CHALLENGE_S}
        call: dict[str, Any] = {name: self.start + after for name, after in ends.items()}
        call |= {"perform_by": self.start + 9000, "token": self.token, "bond": 0}
        accepted = await self.settled(
            await self.runtime.auction_desk.call(POOL, "open", call=call | {"reserves": RESERVES})
        )
        self.number = accepted.agreement or 0

    async def reach(self, after_s: int) -> None:
        """Let the chain's time pass."""
        await self.runtime.client.call("evm_setNextBlockTimestamp", self.start + after_s)
        await mine(self.runtime)

    async def settled(self, accepted: Accepted) -> IntentView:
        """Relay until something accepted is recorded."""
        view = await self.decided(accepted)
        assert view.status == "recorded", view.refusal
        return view

    async def decided(self, accepted: Accepted) -> IntentView:
        """Relay until the chain has spoken."""
        for _ in range(4):
            await relay(self.runtime)
            view = self.runtime.queries.intent(accepted.intent)
            assert view is not None
            if view.is_decided:
                return view
        raise AssertionError("the chain never spoke")

    async def call(self, organisation: int, function: str, **call: Any) -> Accepted:
        """Call the auction contract."""
        return await self.runtime.auction_desk.call(
            organisation, function, auction=self.number, call=call
        )

    def view(self, organisation: int = POOL) -> AuctionView:
        """Read the rows."""
        view = self.runtime.queries.auction(self.number, organisation)
        assert view is not None
        return view


async def _tender(stack: AsyncExitStack, chain: BareChain, folder: Path) -> tuple[_Tender, Any]:
    gateway = await one_gateway(stack, chain, folder, ROLES)
    runtime = gateway.runtime()
    stack.push_async_callback(runtime.stop)
    tender = _Tender(runtime, gateway.deployment.bond_token or "")
    await tender.open()
    return tender, gateway


async def _revealed(tender: _Tender) -> None:
    """Have both carriers bid for the first lot, and reveal."""
    for carrier, price in ((CHEAP, 300), (DEAR, 400)):
        bid = tender.runtime.auction_desk.bid(carrier, tender.number, lots=1, price=price)
        await tender.settled(await bid)
    await tender.reach(BIDDING_S)
    for carrier in (CHEAP, DEAR):
        (reveal,) = await tender.runtime.auction_desk.reveal(carrier, tender.number)
        assert await tender.runtime.auction_desk.reveal(carrier, tender.number) == []
        await tender.settled(reveal)


async def test_an_auction_runs_to_its_delivered_lot_and_its_rows_follow(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        tender, gateway = await _tender(stack, still_chain, tmp_path)
        view = tender.view()
        assert (view.phase, view.row.score) == ("bidding", sum(RESERVES))
        assert [(lot.reserve, lot.state) for lot in view.lots] == [(500, "Open"), (700, "Open")]
        await _revealed(tender)
        bids = [(bid.organisation, bid.status, bid.lots, bid.price) for bid in tender.view().bids]
        assert bids == [(CHEAP, "Revealed", 1, 300), (DEAR, "Revealed", 1, 400)]
        await tender.reach(REVEAL_S)
        await tender.settled(await tender.call(POOL, "propose", bids=1))
        assert [lot.state for lot in tender.view().lots] == ["Proposed", "Revealing"]
        assert tender.view().row.score == 300 + 700
        await tender.reach(CHALLENGE_S)
        await tender.settled(await tender.call(POOL, "finalise"))
        view = tender.view(CHEAP)
        assert [lot.state for lot in view.lots] == ["Awarded", "Void"]
        assert (view.lots[0].carrier, view.lots[1].carrier) == (CHEAP, None)
        assert view.bids[0].status == "Won"
        for action, state in (("pick_up", "InTransit"), ("deliver", "Delivered")):
            by = CHEAP if action == "pick_up" else POOL
            assert action in tender.view(by).lots[0].allowed_actions
            row = row_named("lot", action)
            await tender.settled(await tender.call(by, "step_lot", lot=0, action=row.id))
            assert tender.view().lots[0].state == state
        (tmp_path / "again").mkdir()
        again = replace(gateway, folder=tmp_path / "again").runtime()
        stack.push_async_callback(again.stop)
        await advance(again)
        assert projected(again) == projected(tender.runtime)


async def test_an_award_that_the_chain_loses_is_taken_back(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        tender, _ = await _tender(stack, still_chain, tmp_path)
        await _revealed(tender)
        await tender.reach(REVEAL_S)
        await tender.settled(await tender.call(POOL, "propose", bids=1))
        await tender.reach(CHALLENGE_S)
        before = projected(tender.runtime)
        floor = await tender.runtime.client.block_number()
        await tender.settled(await tender.call(POOL, "finalise"))
        assert tender.view().row.is_finalised
        head = await tender.runtime.client.block_number()
        await tender.runtime.client.call("anvil_rollback", head - floor)
        await mine(tender.runtime)
        assert not tender.view().row.is_finalised
        after = projected(tender.runtime)
        assert [after[each] for each in ("auction", "bid", "lot")] == [
            before[each] for each in ("auction", "bid", "lot")
        ]


async def test_calls_that_the_contract_refuses_are_named(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        tender, _ = await _tender(stack, still_chain, tmp_path)
        bid = await tender.runtime.auction_desk.bid(CHEAP, tender.number, lots=1, price=300)
        await tender.settled(bid)
        early = await tender.decided(await tender.call(POOL, "finalise"))
        assert isinstance(early.refusal, AuctionOutsideWindow)
        await tender.reach(BIDDING_S)
        false = {"bid": 0, "lots": 1, "price": 301, "salt": "00" * 32}
        view = await tender.decided(await tender.call(CHEAP, "reveal", **false))
        assert isinstance(view.refusal, AuctionRevealDiffers)
        with pytest.raises(RegistryOrganisationUnknown):
            await tender.call(9, "finalise")
