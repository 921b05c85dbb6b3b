"""The rows of profiles, and the partners that they make."""

from __future__ import annotations

from sqlalchemy import func, tuple_
from sqlmodel import Session, col, select

from gateway.connectors.profile.choice import Partners
from gateway.profiles.models import ProfileVersion
from ledger.clock import now_ms


def partners(session: Session, organisation: int) -> Partners:
    """Give the partners of an organisation that have profiles.

    Raises
    ------
    InvalidProfile
        If a profile was stored under other rules than those of now.
    """
    return Partners.of(contents(session, organisation))


def contents(session: Session, organisation: int) -> tuple[bytes, ...]:
    """Give the profiles in use, as they were stored."""
    return tuple(each.content for each in in_use(session, organisation))


def as_noted(session: Session, organisation: int, label: str) -> tuple[bytes, ...]:
    """Give the profile that a message was read by, of which later versions may be in use."""
    name, _, version = label.partition(" ")
    if not name:
        return ()
    rows = versions(session, organisation, name)
    return tuple(row.content for row in rows if row.version == version)[:1]


def in_use(session: Session, organisation: int) -> list[ProfileVersion]:
    """List the last version of each profile that is not retired, by name."""
    last = (
        select(col(ProfileVersion.name), func.max(ProfileVersion.number))
        .where(ProfileVersion.organisation == organisation)
        .group_by(col(ProfileVersion.name))
    )
    key = tuple_(col(ProfileVersion.name), col(ProfileVersion.number))
    found = (
        select(ProfileVersion)
        .where(ProfileVersion.organisation == organisation, key.in_(last))
        .order_by(col(ProfileVersion.name))
    )
    return [row for row in session.exec(found) if row.content]


def versions(session: Session, organisation: int, name: str) -> list[ProfileVersion]:
    """List all that was stored under a name, the oldest first."""
    found = select(ProfileVersion).where(
        ProfileVersion.organisation == organisation, ProfileVersion.name == name
    )
    return list(session.exec(found.order_by(col(ProfileVersion.number))))


def store(
    session: Session, organisation: int, name: str, number: int, version: str, content: bytes
) -> ProfileVersion:
    """Store what is in use from now on; empty to retire a profile."""
    row = ProfileVersion(
        organisation=organisation,
        name=name,
        number=number,
        version=version,
        content=content,
        stored_ms=now_ms(),
    )
    session.add(row)
    session.flush()
    return row
