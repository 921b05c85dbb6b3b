"""What the council lets an organisation be, and what an organisation lets its keys do."""

from enum import IntFlag


class Role(IntFlag):
    """Roles of an organisation (a bitmap); one firm may hold several."""

    BRAND = 1
    SUPPLIER = 2
    CARRIER = 4
    POOL = 8
    AUDITOR = 16
    SME = 32
    INSPECTOR = 64
    ARBITER = 128


class Permission(IntFlag):
    """Permissions of a key (a bitmap)."""

    RECORD = 1
    AGREE = 2
    TRADE = 4
    ADMINISTER = 8
    ALL = 15


def role_names(bitmap: int) -> list[str]:
    """Name the roles of a bitmap in lower case, lowest bit first; unknown bits are left out."""
    return [name.lower() for name, role in Role.__members__.items() if bitmap & role]


def roles_of(names: list[str]) -> Role:
    """Give the bitmap of named roles.

    Raises
    ------
    KeyError
        When there is no such role.
    """
    roles = Role(0)
    for name in names:
        roles |= Role[name.upper()]
    return roles
