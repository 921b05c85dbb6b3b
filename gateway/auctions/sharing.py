"""Confirming each demand with its share: computed once, recorded once, shown as often as asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from gateway import idempotency
from gateway.auctions.errors import AuctionUnfinished, ShareUnsettled, TenderUnknown
from gateway.auctions.models import ShareRow
from gateway.auctions.pricing import AWARDED, DemandShare, shares_of
from gateway.auctions.schemas import SharesView, ShareView
from gateway.auctions.service import require_auction
from gateway.deps import Gateway
from gateway.idempotency import Answer, Ticket
from gateway.plans import store
from gateway.plans.models import PlanRow, Tender
from gateway.plans.service import require_pool
from gateway.plans.waiting import OPEN
from gateway.problems import problem_of
from gateway.recording import ACCEPTED
from ledger.acceptance import Accepted
from ledger.catalogue import LedgerError
from ledger.database import reading, writing
from ledger.desk import Wish
from ledger.document import canonical_form
from ledger.errors import Unreachable
from ledger.forecast import Ask, Forecast
from ledger.identifier import LotId, auction_id, parse_order
from ledger.lifecycle import row_named
from ledger.model.sending import RECORDED, REFUSED
from ledger.number import AuctionNumber
from ledger.queries import AuctionView
from ledger.sitting import Outcome
from pooling.plan import Plan


class _SharedBefore(Exception):
    """Another request was faster: its shares are ours."""


async def share(
    gateway: Gateway, organisation: int, id: str, ticket: Ticket | None, wait_s: float
) -> Answer:
    """Share what was awarded, confirm each demand with its statement, and wait for the chain.

    Asked again, it gives the same shares, and confirms again only what the chain has refused.

    Raises
    ------
    TenderUnknown
        If the auction does not put out a plan of the caller's.
    AuctionUnfinished
        If there is no final award to share.
    PoolTooExpensive
        If a price is more than its demands would pay alone; nothing is confirmed then.
    """
    await asyncio.to_thread(require_pool, gateway, organisation)
    found = await asyncio.to_thread(_answered, gateway, ticket)
    if found is not None:
        return found
    view, row, plan = await asyncio.to_thread(_awarded, gateway, organisation, id)
    rows = await asyncio.to_thread(_rows, gateway, view.row.number)
    if rows:
        await _confirm_again(gateway, organisation, rows)
    else:
        with contextlib.suppress(_SharedBefore):
            await _confirm_first(gateway, organisation, view, row, plan)
    rows = await asyncio.to_thread(_rows, gateway, view.row.number)
    await _settled(gateway, rows, wait_s)
    return await asyncio.to_thread(_answer, gateway, view, row, plan, ticket)


def read_shares(gateway: Gateway, organisation: int, id: str) -> SharesView:
    """Read the shares of an auction as they were computed; none before they are asked for.

    Raises
    ------
    TenderUnknown
        If the auction does not put out a plan of the caller's.
    """
    view = require_auction(gateway, organisation, id)
    _, row, plan = _tendered(gateway, organisation, view)
    return _view(gateway, view, row, plan, _rows(gateway, view.row.number))


async def _confirm_first(
    gateway: Gateway, organisation: int, view: AuctionView, row: PlanRow, plan: Plan
) -> None:
    shares = await asyncio.to_thread(_computed, gateway, organisation, view, plan)
    today = f"{datetime.fromtimestamp(max(gateway.queries.cursor()[1], 0), UTC):%Y-%m-%d}"
    statements = [each.statement(view.row.number, row.currency, today) for each in shares]

    def keep(session: Session, outcomes: list[Outcome]) -> None:
        accepted = [each for each in outcomes if isinstance(each, Accepted)]
        if len(accepted) < len(shares):
            raise ShareUnsettled("A demand moved on while its share was being confirmed.")
        if _kept(session, view.row.number):
            raise _SharedBefore
        for one, share, statement in zip(accepted, shares, statements, strict=True):
            session.add(
                ShareRow(
                    auction=view.row.number,
                    demand=share.demand,
                    lot=share.lot,
                    organisation=int(share.player),
                    share_minor=share.share_minor,
                    alone_price_minor=share.alone_price_minor,
                    statement=canonical_form(statement),
                    intent=one.intent,
                )
            )

    wishes = [
        _confirmation(share.demand, canonical_form(statement))
        for share, statement in zip(shares, statements, strict=True)
    ]
    outcomes = await gateway.ledger.desk.record_all(organisation, wishes, keep)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


async def _confirm_again(gateway: Gateway, organisation: int, rows: Sequence[ShareRow]) -> None:
    """Confirm what was refused before, with the share that it was given then."""
    refused = [row for row in rows if _intent(gateway, row).status == REFUSED]
    for row in refused:

        def keep(session: Session, accepted: list[Accepted], row: ShareRow = row) -> None:
            (one,) = accepted
            session.merge(ShareRow(**row.model_dump() | {"intent": one.intent}))

        wish = _confirmation(row.demand, row.statement)
        # What cannot be confirmed any more stays refused, and is shown so.
        with contextlib.suppress(LedgerError):
            await gateway.ledger.desk.record(organisation, wish, keep)


def _confirmation(demand: str, statement: dict[str, Any]) -> Wish:
    order = parse_order(demand)
    return Wish(
        agreement=order.agreement, action="confirm", number=order.number, document=statement
    )


def _computed(
    gateway: Gateway, organisation: int, view: AuctionView, plan: Plan
) -> list[DemandShare]:
    demands = [demand.id for lot in plan.lots for demand in lot.demands]
    shares = shares_of(view, plan, [each for each in demands if _is_open(gateway, each)])
    if not shares:
        raise AuctionUnfinished("No demand that still waits is in a lot that was awarded.")
    return shares


def _is_open(gateway: Gateway, demand: str) -> bool:
    order = parse_order(demand)
    ask = Ask(row_named("order", "confirm"), order.agreement, order.number)
    with reading(gateway.engine) as session:
        forecast = Forecast(session, [ask])
    return forecast.order_state(order.agreement, order.number) in OPEN


def _awarded(gateway: Gateway, organisation: int, id: str) -> tuple[AuctionView, PlanRow, Plan]:
    view = require_auction(gateway, organisation, id)
    _, row, plan = _tendered(gateway, organisation, view)
    if not view.row.is_finalised:
        raise AuctionUnfinished(f"The award of {auction_id(view.row.number)} is not final yet.")
    if not any(lot.ledger_state in AWARDED for lot in view.lots):
        raise AuctionUnfinished(f"Nothing of {auction_id(view.row.number)} is awarded.")
    return view, row, plan


def _tendered(
    gateway: Gateway, organisation: int, view: AuctionView
) -> tuple[Tender, PlanRow, Plan]:
    with reading(gateway.engine) as session:
        tender = store.tender(session, organisation, view.row.number)
        if tender is None:
            raise TenderUnknown(auction_id(view.row.number))
        row = store.require(session, organisation, f"P{tender.plan}")
        session.expunge_all()
    return tender, row, store.plan_of(row)


def _rows(gateway: Gateway, auction: int) -> list[ShareRow]:
    with reading(gateway.engine) as session:
        rows = _kept(session, auction)
        session.expunge_all()
    return rows


def _kept(session: Session, auction: int) -> list[ShareRow]:
    found = select(ShareRow).where(ShareRow.auction == auction)
    return list(session.exec(found.order_by(col(ShareRow.lot), col(ShareRow.demand))).all())


def _intent(gateway: Gateway, row: ShareRow) -> Any:
    found = gateway.queries.intent(row.intent)
    assert found is not None, "a share is kept with its wish"
    return found


async def _settled(gateway: Gateway, rows: Sequence[ShareRow], wait_s: float) -> None:
    """Wait until the chain has spoken about all of them, or patience ends."""
    deadline_s = time.monotonic() + wait_s
    for row in rows:
        left_s = deadline_s - time.monotonic()
        if left_s <= 0:
            return
        with contextlib.suppress(Unreachable):
            await gateway.ledger.wait_for(row.intent, left_s)


def _answered(gateway: Gateway, ticket: Ticket | None) -> Answer | None:
    """Give what a request was answered before, if that was the last word."""
    if ticket is None:
        return None
    with reading(gateway.engine) as session:
        return idempotency.find(session, ticket)


def _answer(
    gateway: Gateway, view: AuctionView, row: PlanRow, plan: Plan, ticket: Ticket | None
) -> Answer:
    rows = _rows(gateway, view.row.number)
    shown = _view(gateway, view, row, plan, rows)
    body = json.dumps(shown.model_dump(mode="json", exclude_none=True)).encode()
    location = f"/v1/auctions/{auction_id(view.row.number)}/shares"
    headers = {"Content-Type": "application/json", "Location": location}
    intents = tuple(each.intent for each in rows)
    answer = Answer(ACCEPTED, headers, body, intents, is_final=True)
    is_decided = all(each.status in (RECORDED, REFUSED) for each in shown.shares)
    if ticket is not None and is_decided:
        with writing(gateway.engine) as session:
            if idempotency.find(session, ticket) is None:
                idempotency.keep(session, ticket, answer)
    return answer


def _view(
    gateway: Gateway, view: AuctionView, row: PlanRow, plan: Plan, rows: Sequence[ShareRow]
) -> SharesView:
    awarded = [lot for lot in plan.lots if view.lots[lot.index].ledger_state in AWARDED]
    shared = {each.demand for each in rows}
    gone = [d.id for lot in awarded for d in lot.demands if rows and d.id not in shared]
    return SharesView(
        auction=auction_id(view.row.number),
        currency=row.currency,
        shares=[_share_view(gateway, each) for each in rows],
        left_out=gone,
    )


def _share_view(gateway: Gateway, row: ShareRow) -> ShareView:
    wish = _intent(gateway, row)
    problem = None if wish.refusal is None else json.loads(problem_of(wish.refusal).body())
    return ShareView.model_validate(
        {
            "demand": row.demand,
            "organisation": row.organisation,
            "lot": str(LotId(AuctionNumber(row.auction), row.lot)),
            "share_minor": row.share_minor,
            "alone_price_minor": row.alone_price_minor,
            "saving_minor": row.alone_price_minor - row.share_minor,
            "intent": str(row.intent),
            "status": wish.status,
            "problem": problem,
        }
    )
