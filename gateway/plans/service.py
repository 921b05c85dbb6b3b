"""Making plans and reading them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from sqlmodel import Session

from gateway import idempotency
from gateway.answer import Page
from gateway.demands.pooled import PooledDemand
from gateway.demands.service import has_role
from gateway.deps import Gateway
from gateway.errors import Finding, RequestInvalid
from gateway.idempotency import Answer, Ticket
from gateway.page import decode_cursor, encode_cursor
from gateway.plans import store
from gateway.plans.errors import PlanInfeasible, PlanTooLarge
from gateway.plans.fleet import fleet_of
from gateway.plans.models import PlanRow
from gateway.plans.schemas import (
    LOTS_MAX,
    LeftOutView,
    PlanBody,
    PlannedLotView,
    PlanView,
    StopView,
)
from gateway.plans.solvers import load_soon
from gateway.plans.stop import merged_stops
from gateway.plans.waiting import waiting
from ledger.database import reading, writing
from ledger.errors import AuctionRoleMissing
from ledger.number import auction_id
from ledger.role import Role
from pooling.demand import Demand
from pooling.errors import InvalidInput, NoFeasiblePlan
from pooling.fleet import Fleet
from pooling.plan import Lot, Plan

FIRMS_MAX: Final = 12
"""Firms in one lot for which shares are exact; `pooling.coalition` says so too."""

_CREATED: Final = 201


async def make_plan(
    gateway: Gateway, organisation: int, body: PlanBody, ticket: Ticket | None
) -> Answer:
    """Plan demands, or give the plan that was made from the same before.

    Raises
    ------
    AuctionRoleMissing
        If the caller is no pool operator.
    PlanInfeasible, PlanTooLarge, DemandUnavailable
        If there is no such plan.
    """
    found = await asyncio.to_thread(_answered, gateway, ticket)
    if found is not None:
        return found
    await asyncio.to_thread(require_pool, gateway, organisation)
    demands = await asyncio.to_thread(waiting, gateway, organisation, body.demands)
    currency = _currency_of(demands)
    load_soon()
    fleet, asked = _fleet(body, demands), [each.demand for each in demands]
    return await asyncio.to_thread(
        _make, gateway, organisation, asked, fleet, body.seed, currency, ticket
    )


def list_plans(
    gateway: Gateway, organisation: int, cursor: str | None, limit: int
) -> Page[PlanView]:
    """List a pool operator's plans, the newest first."""
    before = decode_cursor(cursor, 1)
    with reading(gateway.engine) as session:
        rows = store.plans(session, organisation, before[0] if before else None, limit)
        items = [_view(session, row) for row in rows]
        last = encode_cursor((rows[-1].id or 0,)) if len(rows) == limit else None
    return Page(items=items, next=last)


def read_plan(gateway: Gateway, organisation: int, id: str) -> PlanView:
    """Read a plan.

    Raises
    ------
    PlanUnknown
        If the organisation has none of this identifier.
    """
    with reading(gateway.engine) as session:
        return _view(session, store.require(session, organisation, id))


def require_plan(gateway: Gateway, organisation: int, id: str) -> PlanRow:
    """Find a plan of a pool operator.

    Raises
    ------
    PlanUnknown
        If it has none of this identifier.
    """
    with reading(gateway.engine) as session:
        row = store.require(session, organisation, id)
        session.expunge(row)
    return row


def require_pool(gateway: Gateway, organisation: int) -> None:
    """Refuse whoever is no pool operator.

    Raises
    ------
    AuctionRoleMissing
        The error that the chain would give.
    """
    if not has_role(gateway, organisation, Role.POOL):
        raise AuctionRoleMissing(organisation, int(Role.POOL))


def _answered(gateway: Gateway, ticket: Ticket | None) -> Answer | None:
    if ticket is None:
        return None
    with reading(gateway.engine) as session:
        return idempotency.find(session, ticket)


def _make(
    gateway: Gateway,
    organisation: int,
    demands: Sequence[Demand],
    fleet: Fleet,
    seed: int,
    currency: str,
    ticket: Ticket | None,
) -> Answer:
    from pooling.check import check_plan
    from pooling.routing import RoutingSettings, plan_pool

    settings = RoutingSettings(seed=seed)
    digest = store.digest_of(demands, fleet, settings)
    with reading(gateway.engine) as session:
        row = store.find_made(session, organisation, digest)
        session.expunge_all()
    plan = None
    if row is None:
        try:
            plan = plan_pool(demands, fleet, settings)
        except NoFeasiblePlan as infeasible:
            detail = "The demands cannot be carried."
            raise PlanInfeasible(detail, reasons=infeasible.reasons) from None
        check_plan(demands, fleet, plan)
        _require_tenderable(plan)
    with writing(gateway.engine) as session:
        row = store.find_made(session, organisation, digest) or row
        if row is None:
            assert plan is not None
            row = store.keep(session, organisation, digest, currency, plan)
        answer = _answer(session, row)
        if ticket is not None:
            found = idempotency.find(session, ticket)
            if found is not None:
                return found
            idempotency.keep(session, ticket, answer)
    return answer


def _answer(session: Session, row: PlanRow) -> Answer:
    assert row.id is not None
    headers = {"Content-Type": "application/json", "Location": f"/v1/plans/P{row.id}"}
    body = _view(session, row).model_dump_json().encode()
    return Answer(_CREATED, headers, body, (), is_final=True)


def _fleet(body: PlanBody, demands: Sequence[PooledDemand]) -> Fleet:
    try:
        return fleet_of(body.fleet, max(each.handling_s for each in demands))
    except InvalidInput as invalid:
        finding = Finding("/fleet/vehicles", invalid.remedy, type(invalid).__name__)
        raise RequestInvalid("The fleet cannot be as given.", (finding,)) from None


def _currency_of(demands: Sequence[PooledDemand]) -> str:
    currencies = sorted({each.currency for each in demands})
    if not demands:
        raise PlanInfeasible("No demand waits.", reasons=())
    if len(currencies) > 1:
        detail = f"One plan has one currency; these demands have {' and '.join(currencies)}."
        raise PlanInfeasible(detail, reasons=(), currencies=currencies)
    return currencies[0]


def _require_tenderable(plan: Plan) -> None:
    """Refuse what no auction could take and no rule could share."""
    if len(plan.lots) > LOTS_MAX:
        detail = f"The plan has {len(plan.lots)} lots; an auction takes {LOTS_MAX}."
        raise PlanTooLarge(detail, lots=len(plan.lots), lots_max=LOTS_MAX)
    for lot in plan.lots:
        firms = len({demand.organisation for demand in lot.demands})
        if firms > FIRMS_MAX:
            detail = f"Lot {lot.index} carries for {firms} firms; {FIRMS_MAX} can share one."
            raise PlanTooLarge(detail, lot=lot.index, firms=firms, firms_max=FIRMS_MAX)


def _view(session: Session, row: PlanRow) -> PlanView:
    plan = store.plan_of(row)
    tenders = [each.auction for each in store.tenders(session, row.organisation, row.id)]
    return PlanView(
        id=f"P{row.id}",
        digest=f"0x{row.digest.hex()}",
        version=row.version,
        seed=row.seed,
        created_at=row.created_at,
        currency=row.currency,
        status=plan.status.value,
        objective_minor=plan.objective_minor,
        bound_minor=plan.bound_minor,
        gap_ppm=plan.gap_ppm,
        gap_note=plan.gap_note,
        lots=[_lot_view(lot) for lot in plan.lots],
        left_out=[
            LeftOutView(demand=each.demand.id, reason=each.reason, detail=each.detail)
            for each in plan.left_out
        ],
        auctions=[auction_id(each) for each in tenders],
    )


def _lot_view(lot: Lot) -> PlannedLotView:
    return PlannedLotView(
        index=lot.index,
        vehicle=lot.vehicle.name,
        demands=[demand.id for demand in lot.demands],
        stops=[
            StopView(
                place=stop.place.name,
                latitude_deg=stop.place.latitude_deg,
                longitude_deg=stop.place.longitude_deg,
                arrival_s=stop.arrival_s,
                departure_s=stop.departure_s,
                pickups=list(stop.pickups),
                deliveries=list(stop.deliveries),
                load_mass_g=stop.load_mass_g,
            )
            for stop in merged_stops(lot)
        ],
        distance_m=lot.distance_m,
        duration_s=lot.duration_s,
        cost_minor=lot.cost_minor,
        alone_minor=lot.alone_minor,
    )
