"""Plans in the database."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from gateway.plans.errors import PlanUnknown
from gateway.plans.models import PlanRow, Tender
from pooling.demand import Demand
from pooling.fleet import Fleet
from pooling.plan import Plan

_ID: Final = re.compile(r"P([1-9][0-9]{0,17})")


@cache
def software() -> str:
    """Name what makes plans; another version may plan the same demands otherwise."""
    try:
        return f"consign {version('consign')}"
    except PackageNotFoundError:
        return "consign"


def digest_of(demands: Sequence[Demand], fleet: Fleet, settings: Any) -> bytes:
    """Hash what a plan is made from."""
    made_from = {
        "version": software(),
        "demands": [_plain(Demand, each) for each in sorted(demands, key=lambda one: one.id)],
        "fleet": _plain(Fleet, fleet),
        "settings": _plain(type(settings), settings),
    }
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).digest()


def find_made(session: Session, organisation: int, digest: bytes) -> PlanRow | None:
    """Find the plan that was made from the same before."""
    found = select(PlanRow).where(PlanRow.organisation == organisation, PlanRow.digest == digest)
    return session.exec(found).first()


def keep(session: Session, organisation: int, digest: bytes, currency: str, plan: Plan) -> PlanRow:
    """Keep a plan that was checked."""
    row = PlanRow(
        organisation=organisation,
        digest=digest,
        version=software(),
        seed=plan.seed,
        currency=currency,
        plan=_plain(Plan, plan),
        created_at=int(time.time()),
    )
    session.add(row)
    session.flush()
    return row


def require(session: Session, organisation: int, id: str) -> PlanRow:
    """Find a plan of a pool operator.

    Raises
    ------
    PlanUnknown
        If it has none of this identifier.
    """
    match = _ID.fullmatch(id)
    row = session.get(PlanRow, int(match[1])) if match else None
    if row is None or row.organisation != organisation:
        raise PlanUnknown(id)
    return row


def plans(session: Session, organisation: int, before: int | None, limit: int) -> list[PlanRow]:
    """List a pool operator's plans, the newest first."""
    found = select(PlanRow).where(PlanRow.organisation == organisation)
    if before is not None:
        found = found.where(col(PlanRow.id) < before)
    return list(session.exec(found.order_by(col(PlanRow.id).desc()).limit(limit)).all())


def tenders(session: Session, organisation: int, plan: int | None = None) -> list[Tender]:
    """List a pool operator's tenders, of one plan or of all."""
    found = select(Tender).where(Tender.organisation == organisation)
    if plan is not None:
        found = found.where(Tender.plan == plan)
    return list(session.exec(found.order_by(col(Tender.auction))).all())


def tender(session: Session, organisation: int, auction: int) -> Tender | None:
    """Find the tender that a pool operator opened an auction for."""
    row = session.get(Tender, auction)
    return row if row is not None and row.organisation == organisation else None


def plan_of(row: PlanRow) -> Plan:
    """Read a plan as the pooling floor made it."""
    return TypeAdapter(Plan).validate_python(row.plan)


def _plain(model: Any, value: Any) -> Any:
    """Write a value of the pooling floor as JSON keeps it; sets in order, for one form."""
    return _ordered(TypeAdapter(model).dump_python(value))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(one) for one in value)
    if isinstance(value, list | tuple):
        return [_ordered(one) for one in value]
    return str(value) if isinstance(value, str) else value
