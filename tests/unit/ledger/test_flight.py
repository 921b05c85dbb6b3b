"""Transactions that no block takes, and nodes that will not have them."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from ledger.acceptance import Accepted
from ledger.database import reading
from ledger.desk import Wish
from ledger.errors import Unreachable
from ledger.model import ChainTransaction, TransactionAttempt
from ledger.query.intent import IntentView
from ledger.raw_transaction import Unsigned
from ledger.relayer import Settings
from ledger.runtime import LedgerRuntime
from tests.by_hand import Frail, mine, relay, trading
from tests.simulation.bare_chain import BareChain
from tests.stand_in import StandIn

GWEI = 10**9
PATIENT = Settings(stuck_s=3600)
HASTY = Settings(stuck_s=0)


@dataclass
class Trader:
    """A gateway whose payer has coins, on a chain where gas has a price."""

    frail: Frail
    node: StandIn
    runtime: LedgerRuntime
    agreement: int
    price: int = GWEI

    async def issue(self) -> Accepted:
        """Wish for an order."""
        return await self.runtime.desk.record(1, Wish(agreement=self.agreement, action="issue"))

    def view(self, accepted: Accepted) -> IntentView:
        """Tell what became of a wish."""
        view = self.runtime.queries.intent(accepted.intent)
        assert view is not None
        return view

    def attempts(self) -> list[TransactionAttempt]:
        """Give every attempt of the newest transaction, the cheapest first."""
        with reading(self.runtime.engine) as session:
            newest = select(ChainTransaction).order_by(col(ChainTransaction.nonce).desc())
            transaction = session.exec(newest).first()
            assert transaction is not None
            found = select(TransactionAttempt).where(
                TransactionAttempt.transaction_id == transaction.id
            )
            rows = list(session.exec(found.order_by(col(TransactionAttempt.max_fee))).all())
            session.expunge_all()
            return rows


@asynccontextmanager
async def paying(
    chain: BareChain, folder: Path, settings: Settings, price: int = GWEI
) -> AsyncIterator[Trader]:
    """One gateway with an agreement between 1 and 2, and coins to pay for gas."""
    async with trading(chain, folder) as (frail, agreement):
        await frail.runtime.relayer.close()
        await frail.runtime.indexer.close()
        node = StandIn(chain.url)
        made = replace(frail.gateway.settings(), relayer=settings)
        runtime = LedgerRuntime(made, client=node)
        trader = Trader(frail, node, runtime, agreement, price)
        node.says["eth_gasPrice"] = lambda request: {"result": hex(trader.price)}
        payer = frail.relayer_key.address
        await node.call("anvil_setBalance", payer, hex(10**20 if price else 0))
        try:
            yield trader
        finally:
            await runtime.stop()


def _is_an_eighth_more(old: TransactionAttempt, new: TransactionAttempt) -> bool:
    return new.max_fee * 8 >= old.max_fee * 9 and new.tip * 8 >= old.tip * 9


async def test_what_is_stuck_offers_an_eighth_more_under_its_nonce(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with paying(still_chain, tmp_path, HASTY) as trader:
        issue = await trader.issue()
        await trader.runtime.relayer.advance()
        await trader.runtime.relayer.advance()
        first, second = trader.attempts()
        assert _is_an_eighth_more(first, second)
        old, new = Unsigned.parse(first.raw), Unsigned.parse(second.raw)
        assert new == old.at(second.max_fee, second.tip)
        await mine(trader.runtime)
        assert trader.view(issue).status == "recorded"
        assert trader.view(issue).tx_hash == second.hash


async def test_an_earlier_attempt_that_is_mined_counts_as_well(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with paying(still_chain, tmp_path, HASTY) as trader:
        issue = await trader.issue()
        await trader.runtime.relayer.advance()
        trader.node.refuse("eth_sendRawTransaction", "already known")
        await trader.runtime.relayer.advance()
        first, _ = trader.attempts()
        await mine(trader.runtime)
        view = trader.view(issue)
        assert (view.status, view.tx_hash) == ("recorded", first.hash)
        assert view.block_number


async def test_a_lost_block_with_an_earlier_attempt_lets_the_offer_rise_above_all(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with paying(still_chain, tmp_path, HASTY) as trader:
        issue = await trader.issue()
        await trader.runtime.relayer.advance()
        trader.node.refuse("eth_sendRawTransaction", "already known")
        await trader.runtime.relayer.advance()
        await mine(trader.runtime)
        await trader.node.call("evm_increaseTime", 1)
        await trader.node.call("anvil_reorg", 1, [])
        await trader.runtime.indexer.advance()
        await trader.runtime.relayer.advance()
        _, second, third = trader.attempts()
        assert _is_an_eighth_more(second, third)
        await mine(trader.runtime)
        assert trader.view(issue).tx_hash == third.hash


async def test_a_call_without_signature_is_known_by_any_attempt(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with paying(still_chain, tmp_path, HASTY) as trader:
        call = {"token": trader.frail.deployment.bond_token, "amount": 5}
        accepted = await trader.runtime.auction_desk.call(1, "approve", call=call)
        await trader.runtime.relayer.advance()
        await trader.runtime.relayer.advance()
        assert len(trader.attempts()) == 2
        await mine(trader.runtime)
        await trader.runtime.relayer.advance()
        assert trader.view(accepted).status == "recorded"
        assert trader.view(accepted).signer == trader.frail.relayer_key.address


async def test_a_higher_price_of_gas_raises_the_offer_at_once(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with paying(still_chain, tmp_path, PATIENT) as trader:
        await trader.issue()
        await trader.runtime.relayer.advance()
        await trader.runtime.relayer.advance()
        assert len(trader.attempts()) == 1
        trader.price = 5 * GWEI
        await trader.runtime.relayer.advance()
        assert trader.attempts()[-1].max_fee >= 5 * GWEI


async def test_an_offer_that_a_node_calls_too_low_goes_on_rising(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with paying(still_chain, tmp_path, PATIENT) as trader:
        trader.node.refuse("eth_sendRawTransaction", "replacement transaction underpriced", 3)
        issue = await trader.issue()
        for _ in range(4):
            await trader.runtime.relayer.advance()
        found = trader.attempts()
        assert len(found) == 4
        assert all(_is_an_eighth_more(*pair) for pair in pairwise(found))
        await mine(trader.runtime)
        assert trader.view(issue).status == "recorded"


async def test_no_offer_rises_above_what_may_be_paid(
    still_chain: BareChain, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    capped = replace(HASTY, fee_max=GWEI)
    async with paying(still_chain, tmp_path, capped, 10 * GWEI) as trader:
        await trader.issue()
        with caplog.at_level(logging.ERROR, "ledger.flight"):
            for _ in range(3):
                await trader.runtime.relayer.advance()
        assert [each.max_fee for each in trader.attempts()] == [GWEI]
        assert "relayer.fee_max" in caplog.text


async def test_where_gas_is_free_the_same_is_sent_again(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with paying(still_chain, tmp_path, HASTY, 0) as trader:
        trader.node.refuse("eth_sendRawTransaction", "txpool is full")
        issue = await trader.issue()
        await trader.runtime.relayer.advance()
        await relay(trader.runtime)
        assert trader.view(issue).status == "recorded"
        assert [each.max_fee for each in trader.attempts()] == [0]


@pytest.mark.parametrize("message", ["nonce too low", "insufficient funds for gas * price + value"])
async def test_what_a_node_would_not_have_is_sent_until_the_chain_has_it(
    still_chain: BareChain, tmp_path: Path, message: str
) -> None:
    async with paying(still_chain, tmp_path, PATIENT) as trader:
        trader.node.refuse("eth_sendRawTransaction", message, 2)
        issue = await trader.issue()
        for _ in range(3):
            await relay(trader.runtime)
        assert trader.view(issue).status == "recorded"
        assert len(trader.attempts()) == 1


async def test_a_node_that_does_not_count_what_waits_is_not_handed_it_all_the_time(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with paying(still_chain, tmp_path, PATIENT) as trader:
        taken = await trader.node.nonce(trader.frail.relayer_key.address)
        trader.node.says["eth_getTransactionCount"] = lambda request: {"result": hex(taken)}
        await trader.issue()
        for _ in range(6):
            await trader.runtime.relayer.advance()
        methods = [request["method"] for request in trader.node.heard]
        assert methods.count("eth_sendRawTransaction") == 2


async def test_a_node_that_goes_away_while_it_is_handed_transactions_loses_none(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with paying(still_chain, tmp_path, PATIENT) as trader:

        def vanish(request: dict[str, Any]) -> None:
            del trader.node.says["eth_sendRawTransaction"]
            raise Unreachable(url="", problem="it went away")

        trader.node.says["eth_sendRawTransaction"] = vanish
        issue = await trader.issue()
        with suppress(Unreachable):
            await trader.runtime.relayer.advance()
        assert trader.view(issue).status == "sent"
        await relay(trader.runtime)
        assert trader.view(issue).status == "recorded"


async def test_a_chain_without_base_fee_gets_transactions_with_one_price(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with paying(still_chain, tmp_path, HASTY) as trader:
        header = await trader.node.call("eth_getBlockByNumber", "latest", False)
        del header["baseFeePerGas"]

        def say(request: dict[str, Any]) -> dict[str, Any] | None:
            return {"result": header} if request["params"][0] == "latest" else None

        trader.node.says["eth_getBlockByNumber"] = say
        issue = await trader.issue()
        await trader.runtime.relayer.advance()
        await trader.runtime.relayer.advance()
        first, second = (Unsigned.parse(each.raw) for each in trader.attempts())
        assert first.is_legacy
        assert second == first.at(second.max_fee, second.max_fee)
        await mine(trader.runtime)
        assert trader.view(issue).status == "recorded"


async def test_no_more_fly_than_may(still_chain: BareChain, tmp_path: Path) -> None:
    settings = replace(PATIENT, in_flight_max=1)
    async with paying(still_chain, tmp_path, settings) as trader:
        first = await trader.issue()
        await trader.runtime.relayer.advance()
        second = await trader.issue()
        await trader.runtime.relayer.advance()
        assert [trader.view(each).status for each in (first, second)] == ["sent", "accepted"]
        await mine(trader.runtime)
        await relay(trader.runtime)
        assert trader.view(second).status == "recorded"


async def test_a_lost_tail_is_sent_again_in_order(still_chain: BareChain, tmp_path: Path) -> None:
    async with paying(still_chain, tmp_path, PATIENT) as trader:
        runtime = trader.runtime
        taken = []
        for _ in range(3):
            taken.append(await trader.issue())
            await relay(runtime)
        await runtime.client.call("anvil_rollback", 3)
        await runtime.client.call("evm_increaseTime", 2)
        for _ in range(3):
            await runtime.client.call("evm_mine")
        with suppress(Exception):
            await mine(runtime)
        await mine(runtime)
        assert {trader.view(each).status for each in taken} == {"sent"}
        trader.node.heard.clear()
        await relay(runtime)
        assert {trader.view(each).status for each in taken} == {"recorded"}
        sent = [
            Unsigned.parse(bytes.fromhex(each["params"][0][2:])).nonce
            for each in trader.node.heard
            if each["method"] == "eth_sendRawTransaction"
        ]
        assert sent == sorted(sent)
        assert len(sent) == 3
