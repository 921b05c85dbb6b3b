"""Storing, showing and retiring profiles."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from gateway.answer import Page
from gateway.connectors.message import Finding, InvalidProfile, Location
from gateway.connectors.profile.choice import Partners
from gateway.connectors.profile.partner import Partner, read_partner
from gateway.inbox.view import spelled
from gateway.profiles import book
from gateway.profiles.errors import (
    ProfileAddressTaken,
    ProfileLimitReached,
    ProfileUnknown,
    ProfileVersionTaken,
)
from gateway.profiles.models import ProfileVersion
from gateway.profiles.schemas import ProfileVersionView, ProfileView
from ledger.database import reading, writing

PROFILES_MAX: Final = 500
"""In use by an organisation: all are read with each of its messages."""

VERSIONS_MAX: Final = 1_000
"""Of one profile."""


def store(engine: Engine, organisation: int, name: str, content: bytes) -> tuple[ProfileView, bool]:
    """Put a profile into use; tells whether it was not in use before.

    Raises
    ------
    InvalidProfile
        With everything that breaks the rules of the format.
    ProfileVersionTaken, ProfileAddressTaken
        If its version stands for another content, or an address is another partner's.
    ProfileLimitReached
        If there are as many profiles or versions as there may be.
    """
    partner = read_partner(content)
    if partner.name != name:
        rule, advice = f"The profile has the name {name}.", "Write the same name twice."
        raise InvalidProfile([Finding(rule, Location(1, 1, "name"), partner.name, advice)])
    try:
        with writing(engine) as session:
            return _store(session, organisation, partner, content)
    except IntegrityError:
        # Another request has stored a version meanwhile.
        raise ProfileVersionTaken(name, partner.version) from None


def _store(
    session: Session, organisation: int, partner: Partner, content: bytes
) -> tuple[ProfileView, bool]:
    rows = book.versions(session, organisation, partner.name)
    same = [row for row in rows if row.version == partner.version]
    if same and same[0].content != content:
        raise ProfileVersionTaken(partner.name, partner.version)
    if rows and rows[-1].content == content:
        return _view(rows), False
    _require_room(session, organisation, partner, len(rows))
    name, version = partner.name, partner.version
    rows.append(book.store(session, organisation, name, len(rows) + 1, version, content))
    return _view(rows), True


def _require_room(session: Session, organisation: int, partner: Partner, versions: int) -> None:
    others = [
        each for each in book.partners(session, organisation).known if each.name != partner.name
    ]
    if len(others) >= PROFILES_MAX:
        raise ProfileLimitReached("profiles", PROFILES_MAX)
    if versions >= VERSIONS_MAX:
        raise ProfileLimitReached(f"versions of {partner.name}", VERSIONS_MAX)
    for other in others:
        for address in set(partner.addresses).intersection(other.addresses):
            raise ProfileAddressTaken(address, other.name)


def profiles(engine: Engine, organisation: int) -> Page[ProfileView]:
    """List the profiles in use."""
    with reading(engine) as session:
        names = [row.name for row in book.in_use(session, organisation)]
        return Page(items=[_view(book.versions(session, organisation, name)) for name in names])


def profile(engine: Engine, organisation: int, name: str) -> ProfileView:
    """Show a profile.

    Raises
    ------
    ProfileUnknown
        If there is none, or it is retired.
    """
    with reading(engine) as session:
        return _view(_in_use(session, organisation, name))


def content(engine: Engine, organisation: int, name: str, version: str | None) -> bytes:
    """Give a profile as it was stored.

    Raises
    ------
    ProfileUnknown
        If there is no such profile or version.
    """
    with reading(engine) as session:
        if version is None:
            return _in_use(session, organisation, name)[-1].content
        rows = book.versions(session, organisation, name)
        found = next((row.content for row in rows if row.version == version), None)
    if found is None:
        raise ProfileUnknown(f"{name}, version {version}")
    return found


def retire(engine: Engine, organisation: int, name: str) -> None:
    """Use a profile no more; what it was stays.

    Raises
    ------
    ProfileUnknown
        If there is none, or it is retired.
    """
    with writing(engine) as session:
        rows = _in_use(session, organisation, name)
        book.store(session, organisation, name, len(rows) + 1, "", b"")


def _in_use(session: Session, organisation: int, name: str) -> list[ProfileVersion]:
    rows = book.versions(session, organisation, name)
    if not rows or not rows[-1].content:
        raise ProfileUnknown(name)
    return rows


def _view(rows: list[ProfileVersion]) -> ProfileView:
    (partner,) = Partners.of([rows[-1].content]).known
    first: dict[str, int] = {}
    for row in rows:
        if row.content:
            first.setdefault(row.version, row.stored_ms)
    return ProfileView(
        name=partner.name,
        version=partner.version,
        senders=list(partner.senders),
        addresses=list(partner.addresses),
        tables=[table.name for table in partner.table],
        versions=[
            ProfileVersionView(version=version, stored_at=spelled(ms))
            for version, ms in first.items()
        ],
    )
