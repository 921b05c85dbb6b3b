"""What was recorded and lost is sent again as it was signed, and counts once."""

import asyncio
from pathlib import Path

from sqlalchemy import func
from sqlmodel import col, select

from ledger.acceptance import Accepted
from ledger.contracts import encode_submit_intents
from ledger.database import reading
from ledger.desk import Wish
from ledger.intent import Intent, digest
from ledger.lifecycle import row_named
from ledger.model import Event, PendingAction, SignedIntent
from ledger.settlement import RETRY_BASE_MS, happens_once
from tests.by_hand import Frail, advance, mine, relay, trading
from tests.simulation.bare_chain import BareChain

ORDER = 7


async def _issue_by_stranger(frail: Frail, agreement: int, nonce: int) -> None:
    """Have an order issued by a transaction that nobody sends again."""
    issue = row_named("order", "issue").id
    intent = Intent(1, agreement, issue, ORDER, 0, 2**40, nonce)
    await frail.send_as_stranger(encode_submit_intents([intent], [frail.sign(intent)]))
    await mine(frail.runtime)


async def _lose(frail: Frail, blocks: int, later_s: int = 2) -> None:
    await frail.runtime.client.call("anvil_rollback", blocks)
    # An empty block of the same second would be the same block.
    await frail.runtime.client.call("evm_increaseTime", later_s)
    for _ in range(blocks):
        await frail.runtime.client.call("evm_mine")
    await advance(frail.runtime)


def _revisions(frail: Frail, agreement: int) -> int:
    """Count how often the order was revised."""
    with reading(frail.runtime.engine) as session:
        found = select(func.count()).where(
            Event.agreement == agreement,
            Event.machine == "order",
            Event.number == ORDER,
            Event.action == row_named("order", "revise").id,
        )
        return session.exec(found).one()


def _signatures_with(frail: Frail, revision: Accepted) -> int:
    """Count what was signed since the agreement; each holds the revision."""
    with reading(frail.runtime.engine) as session:
        wish = session.get_one(PendingAction, revision.intent)
        assert wish.intent_id is not None
        kinds = select(func.count()).where(col(SignedIntent.kind) == "batch")
        return session.exec(kinds).one()


async def _refused_after_a_loss(frail: Frail, agreement: int) -> Accepted:
    """Bring a revision to where the chain refuses it, because it lost the order."""
    await _issue_by_stranger(frail, agreement, 1)
    revise = Wish(agreement=agreement, action="revise", number=ORDER)
    revision = await frail.runtime.desk.record(1, revise)
    await relay(frail.runtime)
    assert frail.view(revision).status == "recorded"
    await _lose(frail, 2)
    assert frail.view(revision).status == "sent"
    await relay(frail.runtime)
    view = frail.view(revision)
    assert (view.status, view.attempts) == ("accepted", 1)
    return revision


async def test_an_action_is_not_signed_anew_while_its_signature_can_still_count(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        revision = await _refused_after_a_loss(frail, agreement)
        await _issue_by_stranger(frail, agreement, 2)
        await relay(frail.runtime)
        assert _signatures_with(frail, revision) == 1
        # The refusal, the order and whatever came after them are lost as well.
        await _lose(frail, 3)
        await _issue_by_stranger(frail, agreement, 3)
        for _ in range(3):
            await relay(frail.runtime)
        assert frail.view(revision).status == "recorded"
        assert _revisions(frail, agreement) == 1
        assert _signatures_with(frail, revision) == 1


async def test_an_action_is_signed_anew_once_its_signature_has_expired_and_counts_once(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        revision = await _refused_after_a_loss(frail, agreement)
        await frail.runtime.client.call("evm_increaseTime", 3700)
        await _issue_by_stranger(frail, agreement, 2)
        await relay(frail.runtime)
        assert frail.view(revision).status == "recorded"
        assert _signatures_with(frail, revision) == 2
        # The refusal, the order and the record are lost: the first signature has expired.
        await _lose(frail, 3, later_s=3700)
        await _issue_by_stranger(frail, agreement, 3)
        for _ in range(3):
            await relay(frail.runtime)
        assert frail.view(revision).status == "recorded"
        assert _revisions(frail, agreement) == 1


async def test_an_intent_signed_elsewhere_is_never_signed_here(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        await _issue_by_stranger(frail, agreement, 1)
        revise = Intent(1, agreement, row_named("order", "revise").id, ORDER, 0, 2**40, 9)
        revision = await runtime.desk.record_signed(revise, frail.sign(revise))
        await relay(runtime)
        assert frail.view(revision).status == "recorded"
        await _lose(frail, 2)
        await relay(runtime)
        # Its nonce is used: the same cannot count again, unless the refusal is lost as well.
        assert frail.view(revision).status == "refused"
        await _lose(frail, 1)
        await _issue_by_stranger(frail, agreement, 2)
        await relay(runtime)
        view = frail.view(revision)
        assert view.status == "recorded"
        assert view.digest == digest(frail.deployment.order_domain, revise)
        assert _revisions(frail, agreement) == 1


async def test_what_can_happen_once_is_tried_again_soon_and_counts_once(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        await _issue_by_stranger(frail, agreement, 1)
        confirm = Wish(agreement=agreement, action="confirm", number=ORDER)
        confirmed = await runtime.desk.record(2, confirm)
        await relay(runtime)
        await _lose(frail, 2)
        await relay(runtime)
        assert frail.view(confirmed).attempts == 1
        await _issue_by_stranger(frail, agreement, 2)
        await asyncio.sleep(RETRY_BASE_MS / 1000)
        await relay(runtime)
        assert frail.view(confirmed).status == "recorded"
        # Both signatures are sent again, and the earlier one counts now.
        await _lose(frail, 3)
        await _issue_by_stranger(frail, agreement, 3)
        for _ in range(2):
            await relay(runtime)
        assert frail.view(confirmed).status == "recorded"
        assert runtime.queries.order(1, agreement, ORDER).state == "Confirmed"


def test_actions_that_can_happen_only_once_are_told_by_the_lifecycle() -> None:
    assert happens_once("order", "issue")
    assert happens_once("order", "confirm")
    assert happens_once("delivery", "despatch")
    assert not happens_once("order", "revise")
    assert not happens_once("order", "request_change")
    assert not happens_once("delivery", "return")
