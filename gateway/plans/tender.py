"""Putting a plan's lots out to tender."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from sqlmodel import Session

from gateway.demands.service import demand_document
from gateway.deps import Gateway
from gateway.errors import Finding, RequestInvalid
from gateway.orders.service import require_order
from gateway.plans import store
from gateway.plans.errors import DemandUnavailable
from gateway.plans.models import Tender
from gateway.plans.schemas import TenderBody
from gateway.plans.service import require_plan, require_pool
from gateway.plans.specification import specification_of
from gateway.plans.waiting import require_unchanged, tendered_demands
from ledger.acceptance import Accepted, Within
from ledger.document.transport import Demand, LotSpecification
from ledger.identifier import parse_order
from ledger.role import Role
from pooling.plan import Plan

_MEMBERS_A_LOOK = 200


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A tender that can be opened: its plan, its reserves, what carriers see, and the carriers."""

    plan_id: int
    demands: list[list[str]]
    reserves_minor: list[int]
    specification: LotSpecification
    carriers: list[int]
    now_s: int


async def tender(
    gateway: Gateway, organisation: int, id: str, body: TenderBody, within: Within
) -> Accepted:
    """Hand in the opening of an auction of a plan's lots.

    Raises
    ------
    AuctionRoleMissing
        If the caller is no pool operator.
    PlanUnknown
        If it has no such plan.
    DemandUnavailable
        If a demand of the plan cannot be pooled any more.
    """
    prepared = await asyncio.to_thread(_prepared, gateway, organisation, id, body)

    def keep(session: Session, accepted: list[Accepted]) -> None:
        asked = {demand for demands in prepared.demands for demand in demands}
        taken = tendered_demands(session, organisation) & asked
        if taken:
            raise DemandUnavailable(min(taken), "it is in a tender already")
        within(session, accepted)
        (one,) = accepted
        assert one.agreement is not None
        session.add(
            Tender(
                auction=one.agreement,
                plan=prepared.plan_id,
                organisation=organisation,
                intent=one.intent,
                demands=prepared.demands,
                created_at=int(time.time()),
            )
        )

    return await gateway.ledger.auction_desk.call(
        organisation,
        "open",
        call=_opening(body, prepared),
        document=prepared.specification,
        readers=prepared.carriers,
        within=keep,
    )


def _opening(body: TenderBody, prepared: _Prepared) -> dict[str, object]:
    bidding_ends = prepared.now_s + body.bidding_s
    reveal_ends = bidding_ends + body.reveal_s
    challenge_ends = reveal_ends + body.challenge_s
    return {
        "token": body.token,
        "bond": body.bond_minor,
        "bidding_ends": bidding_ends,
        "reveal_ends": reveal_ends,
        "challenge_ends": challenge_ends,
        "perform_by": challenge_ends + body.perform_s,
        "reserves": prepared.reserves_minor,
    }


def _prepared(gateway: Gateway, organisation: int, id: str, body: TenderBody) -> _Prepared:
    require_pool(gateway, organisation)
    row = require_plan(gateway, organisation, id)
    plan = store.plan_of(row)
    require_unchanged(gateway, organisation, plan)
    reserves_minor = _reserves(plan, body.reserves_minor)
    # The newest block of a chain that rests may be old; the next one will not be.
    now_s = max(gateway.queries.cursor()[1], int(time.time()))
    documents, firms = _posted(gateway, organisation, plan)
    specification = specification_of(
        plan,
        number=id,
        digest=row.digest,
        currency=row.currency,
        reserves_minor=reserves_minor,
        documents=documents,
        firms=firms,
        now_s=now_s,
    )
    assert row.id is not None
    return _Prepared(
        plan_id=row.id,
        demands=[[demand.id for demand in lot.demands] for lot in plan.lots],
        reserves_minor=reserves_minor,
        specification=specification,
        carriers=_carriers(gateway),
        now_s=now_s,
    )


def _reserves(plan: Plan, named: list[int] | None) -> list[int]:
    """Give the highest price of each lot: at most what its demands would pay alone."""
    highest = [lot.alone_minor for lot in plan.lots]
    if named is None:
        return highest
    if len(named) != len(highest):
        finding = Finding("/reserves_minor", f"must hold {len(highest)} prices, one for each lot")
        raise RequestInvalid("The reserves do not fit the plan.", (finding,))
    findings = tuple(
        Finding(f"/reserves_minor/{i}", f"must be from 0 to {highest[i]}")
        for i, reserve in enumerate(named)
        if not 0 <= reserve <= highest[i]
    )
    if findings:
        raise RequestInvalid("The reserves do not fit the plan.", findings)
    return named


def _posted(gateway: Gateway, organisation: int, plan: Plan) -> tuple[dict[str, Demand], list[str]]:
    """Give the demands of a plan as they were posted, and the names of the firms behind them."""
    documents: dict[str, Demand] = {}
    firms: set[int] = set()
    for demand in (demand for lot in plan.lots for demand in lot.demands):
        order = require_order(gateway, organisation, parse_order(demand.id))
        document = demand_document(gateway, organisation, order)
        assert document is not None, "the plan was checked against it just now"
        documents[demand.id] = document
        firms.add(order.buyer)
    members = [gateway.queries.organisation(each) for each in sorted(firms)]
    return documents, [member.name for member in members if member is not None]


def _carriers(gateway: Gateway) -> list[int]:
    """List the carriers that can be sealed for."""
    found: list[int] = []
    after = 0
    while True:
        page = gateway.queries.organisations(after, _MEMBERS_A_LOOK)
        found += [
            member.number
            for member in page
            if member.roles & Role.CARRIER
            and not member.is_suspended
            and member.encryption_key is not None
        ]
        if len(page) < _MEMBERS_A_LOOK:
            return found
        after = page[-1].number
