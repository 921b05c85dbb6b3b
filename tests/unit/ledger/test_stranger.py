"""Strangers who carry our intents: what they may decide, and what they may not."""

from collections.abc import Sequence
from pathlib import Path

from sqlmodel import select

from ledger.acceptance import Accepted
from ledger.assembly import Draft
from ledger.contracts import encode_agree, encode_set_key, encode_submit
from ledger.database import reading
from ledger.desk import Wish
from ledger.errors import IntentUnauthorised
from ledger.identifier import OrderId
from ledger.intent import AgreementStep, Batch
from ledger.model import ChainTransaction, FeedEntry
from ledger.number import AgreementNumber
from ledger.runtime import LedgerRuntime
from ledger.vault import Cid
from ledger.verification.evidence import Reader
from ledger.verification.report import verify_order
from tests.by_hand import Frail, advance, mine, relay, trading
from tests.simulation.bare_chain import BareChain


def _refusals_told(runtime: LedgerRuntime) -> int:
    with reading(runtime.engine) as session:
        return len(session.exec(select(FeedEntry).where(FeedEntry.topic == "intent")).all())


def _undecided_transactions(runtime: LedgerRuntime) -> int:
    with reading(runtime.engine) as session:
        rows = select(ChainTransaction).where(ChainTransaction.status == "sent")
        return len(session.exec(rows).all())


async def _issue_signed(frail: Frail, agreement: int) -> tuple[Accepted, Draft, Batch]:
    """Wish for an order and sign that, but send nothing."""
    issue = await frail.runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
    draft = await frail.sign_only()
    assert isinstance(draft.value, Batch)
    return issue, draft, draft.value


async def test_a_digest_sent_with_a_bad_signature_before_ours_does_not_count(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        issue, draft, batch = await _issue_signed(frail, agreement)
        forged = frail.stranger.sign(draft.digest)
        await frail.send_as_stranger(encode_submit([batch, batch], [forged, b"\1" * 65]))
        await mine(runtime)
        assert frail.view(issue).status == "sent"
        await relay(runtime)
        assert frail.view(issue).status == "recorded"
        assert _refusals_told(runtime) == 0


async def test_a_digest_sent_once_more_after_ours_does_not_count(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        issue, draft, batch = await _issue_signed(frail, agreement)
        await relay(runtime)
        await frail.send_as_stranger(encode_submit([batch], [draft.signature]))
        await mine(runtime)
        assert frail.view(issue).status == "recorded"
        assert _refusals_told(runtime) == 0


async def test_a_batch_that_a_stranger_carried_first_is_recorded_once(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        issue, draft, batch = await _issue_signed(frail, agreement)
        await frail.send_as_stranger(encode_submit([batch], [draft.signature]))
        # Both are taken in at once: the stranger's record, and ours refused as replayed.
        await runtime.relayer.advance()
        await mine(runtime)
        await relay(runtime)
        assert frail.view(issue).status == "recorded"
        assert _refusals_told(runtime) == 0
        assert _undecided_transactions(runtime) == 0
        timeline = runtime.queries.timeline(1, agreement, 1)
        assert [each.event for each in timeline] == ["OrderIssued"]


async def test_the_signature_that_counted_is_verified_not_the_forged_one_beside_it(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        issue, draft, batch = await _issue_signed(frail, agreement)
        forged = frail.stranger.sign(draft.digest)
        carried = encode_submit([batch] * 2, [forged, draft.signature])
        await frail.send_as_stranger(carried)
        await mine(runtime)
        assert frail.view(issue).status == "recorded"

        async def fetch(cid: Cid, holders: Sequence[int]) -> bytes | None:
            return frail.vault.get(cid)

        order = OrderId(AgreementNumber(agreement), issue.number)
        reader = Reader(1, frail.hosts[1].encryption_keys)
        report = await verify_order(runtime.client, frail.deployment, order, reader, fetch)
        assert report.holds, [each for each in report.findings if not each.holds]


async def test_a_step_that_a_stranger_carried_first_is_recorded_once(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        notice = await runtime.desk.step(1, agreement, "give_notice")
        draft = await frail.sign_only()
        assert isinstance(draft.value, AgreementStep)
        await frail.send_as_stranger(encode_agree(draft.value, draft.signature))
        # Ours is undone as a whole; the relayer learns so before the indexer has read the block.
        await runtime.relayer.advance()
        await runtime.client.call("evm_mine")
        await runtime.relayer.advance()
        assert frail.view(notice).status == "sent"
        await advance(runtime)
        await relay(runtime)
        assert frail.view(notice).status == "recorded"
        assert _refusals_told(runtime) == 0
        assert _undecided_transactions(runtime) == 0


async def test_a_refusal_in_our_own_transaction_counts(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        issue, _, _ = await _issue_signed(frail, agreement)
        key = frail.hosts[1].key
        nothing = encode_set_key(1, key.address, 0, 2**40)
        await frail.send(key, frail.deployment.registry, nothing)
        await relay(runtime)
        view = frail.view(issue)
        assert view.status == "refused"
        assert isinstance(view.refusal, IntentUnauthorised)
        assert _refusals_told(runtime) == 1
        assert _undecided_transactions(runtime) == 0
