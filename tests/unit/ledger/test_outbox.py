"""What is accepted, what is refused before it is sent, and what stands in one transaction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from ledger.acceptance import Accepted
from ledger.catalogue import Refused
from ledger.database import reading
from ledger.desk import Wish
from ledger.document.errors import DocumentInvalid
from ledger.embedded import EmbeddedChain
from ledger.errors import (
    AgreementUnknown,
    DeliveryOrderUnexpectedState,
    IntentMalformed,
    LedgerSeatMissing,
    OrderUnexpectedState,
    RegistryOrganisationUnknown,
)
from ledger.model import Document, FeedEntry, PendingAction
from ledger.role import Role
from ledger.runtime import LedgerRuntime
from tests.gateways import PATIENCE_S, agreed, founded, purchase, recorded, seen


@asynccontextmanager
async def trading(chain: EmbeddedChain, folder: Path) -> AsyncIterator[tuple[LedgerRuntime, int]]:
    """One gateway that hosts buyer (1), seller (2) and a stranger (3), and an agreement."""
    members = [[Role.BRAND, Role.SUPPLIER, Role.CARRIER]]
    async with founded(chain, folder, members) as (gateway,), gateway.running() as runtime:
        yield runtime, await agreed(runtime, runtime, (1, 2, 0, 0, 0))


async def test_numbers_go_up_from_the_highest_known_or_accepted(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as (runtime, agreement):
        issue = Wish(agreement=agreement, action="issue")
        at_once = await asyncio.gather(*(runtime.desk.record(1, issue) for _ in range(5)))
        assert sorted(each.number for each in at_once) == [1, 2, 3, 4, 5]
        for each in at_once:
            assert (await runtime.wait_for(each.intent, PATIENCE_S)).status == "recorded"
        assert (await recorded(runtime, 1, issue)).number == 6


async def test_what_was_accepted_counts_before_it_is_recorded(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as (runtime, agreement):
        wishes = [
            Wish(agreement=agreement, action="issue", number=1),
            Wish(agreement=agreement, action="revise", number=1),
            Wish(agreement=agreement, action="withdraw", number=1),
            Wish(agreement=agreement, action="revise", number=1),
        ]
        *taken, refused = await runtime.desk.record_all(1, wishes)
        assert isinstance(refused, OrderUnexpectedState)
        for each in taken:
            assert isinstance(each, Accepted)
            assert (await runtime.wait_for(each.intent, PATIENCE_S)).status == "recorded"
        names = [each.event for each in runtime.queries.timeline(1, agreement, 1)]
        assert names == ["OrderIssued", "OrderRevised", "OrderWithdrawn"]


async def test_actions_of_two_hosted_parties_on_one_order_keep_their_order(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as (runtime, agreement):
        steps = [(1, "issue"), (2, "acknowledge"), (1, "revise"), (2, "confirm"), (1, "fulfil")]
        taken = [
            await runtime.desk.record(who, Wish(agreement=agreement, action=action, number=1))
            for who, action in steps
        ]
        for each in taken:
            assert (await runtime.wait_for(each.intent, PATIENCE_S)).status == "recorded"
        timeline = runtime.queries.timeline(1, agreement, 1)
        assert [each.action for each in timeline] == [action for _, action in steps]


REFUSED: list[tuple[int, dict[str, Any], type[Exception]]] = [
    (1, {"agreement": 99, "action": "issue"}, AgreementUnknown),
    (2, {"action": "issue"}, LedgerSeatMissing),
    (3, {"action": "issue"}, LedgerSeatMissing),
    (2, {"action": "confirm", "number": 8}, OrderUnexpectedState),
    (2, {"action": "despatch", "order": 8}, DeliveryOrderUnexpectedState),
    (1, {"action": "no_such_action"}, IntentMalformed),
    (9, {"action": "issue"}, RegistryOrganisationUnknown),
]


async def test_a_wish_that_the_chain_would_refuse_is_not_accepted(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as (runtime, agreement):
        for organisation, changes, error in REFUSED:
            with pytest.raises(error):
                await runtime.desk.record(organisation, Wish(**{"agreement": agreement, **changes}))
        assert _count(runtime, PendingAction) == 2


async def test_a_broken_document_or_a_failing_caller_leaves_nothing_behind(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as (runtime, agreement):
        before = _count(runtime, PendingAction), _count(runtime, Document)
        with pytest.raises(DocumentInvalid):
            await runtime.desk.record(
                1, Wish(agreement=agreement, action="issue", document={"document_type": "Order"})
            )

        def fail(session: Session, accepted: list[Accepted]) -> None:
            raise RuntimeError("the caller's row does not fit")

        with pytest.raises(RuntimeError):
            await runtime.desk.record(
                1, Wish(agreement=agreement, action="issue", document=purchase("1")), fail
            )
        assert (_count(runtime, PendingAction), _count(runtime, Document)) == before


async def test_a_step_that_the_chain_refuses_names_its_error_and_holds_up_nothing(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as (runtime, agreement):
        # Both are predicted to stand; on chain the second finds the notice given.
        first = await runtime.desk.step(1, agreement, "give_notice")
        second = await runtime.desk.step(2, agreement, "give_notice")
        issue = await runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        assert (await runtime.wait_for(first.intent, PATIENCE_S)).status == "recorded"
        assert (await runtime.wait_for(issue.intent, PATIENCE_S)).status == "recorded"
        view = await runtime.wait_for(second.intent, PATIENCE_S)
        assert view.status == "refused"
        assert isinstance(view.refusal, Refused)
        assert view.refusal.name == "AgreementNoticed"
        with reading(runtime.engine) as session:
            told = session.exec(select(FeedEntry).where(FeedEntry.topic == "intent")).one()
        assert told.body is not None
        assert told.body["intent"] == second.intent


async def test_an_action_that_the_chain_refuses_leaves_its_neighbours_recorded(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as (runtime, agreement):
        twin = runtime.desk
        issue = Wish(agreement=agreement, action="issue", number=7)
        assert (await recorded(runtime, 1, issue)).status == "recorded"
        await seen(runtime, lambda: runtime.queries.order(1, agreement, 7) is not None)
        _hide_order(runtime, agreement, 7)
        outcomes = await twin.record_all(
            1, [Wish(agreement=agreement, action="issue", number=n) for n in (6, 7, 8)]
        )
        statuses = []
        for each in outcomes:
            assert isinstance(each, Accepted)
            statuses.append(await runtime.wait_for(each.intent, PATIENCE_S))
        assert [view.status for view in statuses] == ["recorded", "refused", "recorded"]
        assert isinstance(statuses[1].refusal, OrderUnexpectedState)


def _hide_order(runtime: LedgerRuntime, agreement: int, number: int) -> None:
    """Make the projection ignorant, as it is while the chain is ahead of it."""
    with runtime.engine.begin() as connection:
        connection.exec_driver_sql(
            'DELETE FROM "order" WHERE agreement = ? AND number = ?', (agreement, number)
        )


def _count(runtime: LedgerRuntime, model: type[Any]) -> int:
    with reading(runtime.engine) as session:
        return len(session.exec(select(model)).all())
