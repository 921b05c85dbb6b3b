"""Who takes part in the local network, and which gateway serves whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.role import Role


@dataclass(frozen=True, slots=True)
class Member:
    """One organisation of the local network.

    Parameters
    ----------
    alias : str
        How commands and files call it.
    name : str
        Its public name.
    roles : Role
        What the council admits it as.
    gateway : str or None
        The gateway that serves it; none for one that speaks to the chain itself.
    """

    alias: str
    name: str
    roles: Role
    gateway: str | None


MEMBERS: Final[tuple[Member, ...]] = (
    Member("brand", "Aurora Outdoor", Role.BRAND, "brand"),
    Member("seamworks", "Tallinn Seamworks", Role.SUPPLIER, "suppliers"),
    Member("trims", "Porto Trims", Role.SUPPLIER, "suppliers"),
    Member("brewery", "Brouwerij Leie", Role.SME | Role.BRAND, "pool"),
    Member("atelier", "Atelier Scheldt", Role.SME | Role.BRAND, "pool"),
    Member("grocer", "Bio Senne", Role.SME | Role.BRAND, "pool"),
    Member("pool", "Lowlands Pool", Role.POOL | Role.SUPPLIER, "pool"),
    Member("rhone", "Rhône Express", Role.CARRIER, "pool"),
    Member("ardenne", "Trans Ardenne", Role.CARRIER, "pool"),
    Member("noordzee", "Noordzee Logistiek", Role.CARRIER, "pool"),
    Member("auditor", "Veritas Audit House", Role.AUDITOR | Role.ARBITER, None),
)
"""In the order of their admission: the first is organisation 1 of a fresh chain."""

GATEWAYS: Final[tuple[str, ...]] = ("brand", "suppliers", "pool")


def member(alias: str) -> Member:
    """Find a member by its alias."""
    return next(each for each in MEMBERS if each.alias == alias)
