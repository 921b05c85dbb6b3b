"""Organisations in terms of the ledger."""

from __future__ import annotations

from gateway.answer import Page
from gateway.deps import Gateway
from gateway.errors import OrganisationUnknown
from gateway.naming import hexadecimal
from gateway.organisations.schemas import OrganisationView
from gateway.page import decode_cursor, encode_cursor
from ledger.model import Organisation
from ledger.role import role_names


def list_organisations(gateway: Gateway, cursor: str | None, limit: int) -> Page[OrganisationView]:
    """List the members in the order of their admission."""
    after = decode_cursor(cursor, 1)
    found = gateway.queries.organisations(after[0] if after else 0, limit)
    last = encode_cursor((found[-1].number,)) if len(found) == limit else None
    return Page(items=[_view(gateway, row) for row in found], next=last)


def read_organisation(gateway: Gateway, number: int) -> OrganisationView:
    """Read one member.

    Raises
    ------
    OrganisationUnknown
        If there is none of this number.
    """
    row = gateway.queries.organisation(number) if 0 < number < 2**32 else None
    if row is None:
        raise OrganisationUnknown(number)
    return _view(gateway, row)


def name_of(gateway: Gateway, number: int) -> str | None:
    """Name a member; none when it is not known here yet."""
    row = gateway.queries.organisation(number)
    return row.name if row else None


def _view(gateway: Gateway, row: Organisation) -> OrganisationView:
    return OrganisationView(
        number=row.number,
        name=row.name,
        roles=role_names(row.roles),
        is_suspended=row.is_suspended,
        endpoint=row.endpoint,
        encryption_epoch=row.encryption_epoch,
        encryption_key=hexadecimal(row.encryption_key),
        is_hosted_here=row.number in gateway.settings.organisations,
    )
