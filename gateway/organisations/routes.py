"""Reading the members of the network."""

from __future__ import annotations

from fastapi import APIRouter

from gateway.answer import READ_PROBLEMS, Page, problems
from gateway.deps import CallerDep, GatewayDep
from gateway.organisations import service
from gateway.organisations.schemas import OrganisationView
from gateway.page import LIMIT, CursorQuery, LimitQuery

router = APIRouter(prefix="/v1/organisations", tags=["organisations"])


@router.get("", responses=READ_PROBLEMS)
def list_organisations(
    gateway: GatewayDep, _: CallerDep, cursor: CursorQuery = None, limit: LimitQuery = LIMIT
) -> Page[OrganisationView]:
    """List the members in the order of their admission."""
    return service.list_organisations(gateway, cursor, limit)


@router.get("/{number}", responses=READ_PROBLEMS | problems(OrganisationUnknown=404))
def read_organisation(gateway: GatewayDep, _: CallerDep, number: int) -> OrganisationView:
    """Read one member."""
    return service.read_organisation(gateway, number)
