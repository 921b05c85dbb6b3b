"""What the chain would say to keys, to agreements' steps and to bids, before they are accepted.

Read off the projected tables; the same rules in the same order as the contracts, raising the same
errors. `ledger.forecast` does so for orders and deliveries. The chain has the last word: it may
have moved on meanwhile.
"""

from collections.abc import Iterable
from typing import Final

import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import Session, select

from ledger import lifecycle
from ledger.errors import (
    AgreementAlreadySigned,
    AgreementNoticed,
    AgreementNumberForeign,
    AgreementSeatsDiffer,
    AgreementSeatsInvalid,
    AgreementTermsDiffer,
    AgreementUnexpectedState,
    AgreementUnknown,
    IntentUnauthorised,
    LedgerSeatMissing,
    RegistryOrganisationUnknown,
)
from ledger.lifecycle import Row
from ledger.model import Agreement, Bid, Block, Organisation, OrganisationKey, PendingAction
from ledger.model.sending import UNDECIDED
from ledger.model.table import table_of

IN_FORCE: Final = ("Active", "Amending", "Ending")
"""States of an agreement under which orders may be issued."""


def chain_time(session: Session) -> int:
    """Time of the last block that was indexed, in Unix seconds."""
    newest: int | None = session.connection().execute(_NEWEST_TIME).scalar()
    return newest or 0


def states(machine: str, current: str, allowed: tuple[str, ...]) -> tuple[int, int]:
    """Give a state, and a bitmap of states, as errors carry them."""
    bitmap = sum(1 << lifecycle.state_number(machine, name) for name in allowed)
    return lifecycle.state_number(machine, current), bitmap


def require_agreement(session: Session, number: int) -> Agreement:
    """Find an agreement.

    Raises
    ------
    AgreementUnknown
        When it is not on the chain.
    """
    agreement = session.get(Agreement, number)
    if agreement is None:
        raise AgreementUnknown(number)
    return agreement


def seats_held(seats: Iterable[int], organisation: int) -> frozenset[str]:
    """Name the seats that an organisation holds, of all in the order of the lifecycle table."""
    held = zip(lifecycle.SEATS, seats, strict=True)
    return frozenset(seat for seat, holder in held if holder == organisation)


def seats_of(agreement: Agreement, organisation: int) -> frozenset[str]:
    """Name the seats that an organisation holds."""
    return seats_held(agreement.seats, organisation)


class Permissions:
    """What the keys of some organisations may do now.

    Parameters
    ----------
    organisations : iterable of int
        All that will be asked about.

    Attributes
    ----------
    now : int
        Chain time, in Unix seconds.
    """

    def __init__(self, session: Session, organisations: Iterable[int]) -> None:
        self.now = chain_time(session)
        self._members: dict[int, bool] = {}
        self._held: dict[tuple[int, str], tuple[int, int]] = {}
        wanted = {"organisations": list(set(organisations))}
        for number, is_suspended, *held in session.connection().execute(_KEYS, wanted):
            self._members[number] = is_suspended
            address, permissions, expires_at = held
            self._held[number, address] = (permissions, expires_at)

    def require(self, organisation: int, key: str, permission: int) -> None:
        """Refuse a key that may not speak for an organisation now.

        Raises
        ------
        RegistryOrganisationUnknown
            When there is no such organisation.
        IntentUnauthorised
            When the key lacks the permission, has expired, or the organisation is suspended.
        """
        is_suspended = self._members.get(organisation)
        if is_suspended is None:
            raise RegistryOrganisationUnknown(organisation)
        permissions, expires_at = self._held.get((organisation, key), (0, 0))
        is_valid = expires_at == 0 or self.now < expires_at
        if is_suspended or not is_valid or not permissions & permission:
            raise IntentUnauthorised(organisation, key, permission)


def require_permission(session: Session, organisation: int, key: str, permission: int) -> None:
    """Refuse a key that may not speak for an organisation now; as `Permissions.require`."""
    Permissions(session, {organisation}).require(organisation, key, permission)


def require_step(
    session: Session,
    organisation: int,
    row: Row,
    agreement: int,
    terms: bytes,
    seats: tuple[int, ...] = (),
    notice_days: int = 0,
) -> None:
    """Refuse a step in an agreement's life that the chain would refuse.

    Raises
    ------
    Refused
        The error that the contract would give.
    """
    if row.action == "propose":
        _require_proposable(session, organisation, agreement, seats)
        return
    found = require_agreement(session, agreement)
    if not seats_of(found, organisation):
        raise LedgerSeatMissing(agreement, organisation, row.id)
    state = lifecycle.state_name("agreement", found.state)
    if state not in row.from_states:
        raise AgreementUnexpectedState(agreement, *states("agreement", state, row.from_states))
    if row.action == "sign" and (seats, notice_days) != (found.seats, found.notice_days):
        raise AgreementSeatsDiffer(agreement)
    if row.action == "sign" and terms != found.proposed_terms:
        raise AgreementTermsDiffer(agreement, found.proposed_terms or bytes(32), terms)
    held = sum(1 << i for i, seat in enumerate(found.seats) if seat == organisation)
    if row.action in ("sign", "sign_end") and not found.unsigned & held:
        raise AgreementAlreadySigned(agreement, organisation)
    if row.action == "give_notice" and found.ends_at:
        raise AgreementNoticed(agreement, found.ends_at)


def on_table(session: Session, agreement: int) -> tuple[tuple[int, int, int, int, int], int, bytes]:
    """Give what is to be signed: seats, days of notice and the commitment of the terms."""
    found = require_agreement(session, agreement)
    return found.seats, found.notice_days, found.proposed_terms or bytes(32)


def bid_numbers(session: Session, auction: int, commitment: str) -> list[int]:
    """Find the still sealed bids of a commitment, given as hex."""
    found = select(Bid.number).where(
        Bid.auction == auction,
        Bid.commitment == bytes.fromhex(commitment),
        Bid.status == "Sealed",
    )
    return list(session.exec(found).all())


def is_revealing(session: Session, auction: int, bid: int) -> bool:
    """Tell whether a bid's reveal is accepted but not recorded yet."""
    awaited = select(PendingAction.id).where(
        PendingAction.machine == "auction",
        PendingAction.action == "reveal",
        PendingAction.agreement == auction,
        PendingAction.number == bid,
        UNDECIDED,
    )
    return session.exec(awaited).first() is not None


def _require_proposable(
    session: Session, organisation: int, agreement: int, seats: tuple[int, ...]
) -> None:
    if agreement >> 32 != organisation:
        raise AgreementNumberForeign(agreement, organisation)
    existing = session.get(Agreement, agreement)
    if existing is not None:
        state = lifecycle.state_name("agreement", existing.state)
        raise AgreementUnexpectedState(agreement, *states("agreement", state, ("None",)))
    buyer, seller, _, inspector, arbiter = seats
    is_valid = (
        buyer != 0
        and seller != 0
        and buyer != seller
        and arbiter not in (buyer, seller)
        and inspector != seller
        and organisation in seats
        and all(seat == 0 or session.get(Organisation, seat) for seat in seats)
    )
    if not is_valid:
        raise AgreementSeatsInvalid(agreement)


_MEMBER: Final = table_of(Organisation)
_KEY: Final = table_of(OrganisationKey)
_BLOCK: Final = table_of(Block)
_NEWEST_TIME: Final = sqlalchemy.select(_BLOCK.c.time).order_by(_BLOCK.c.number.desc()).limit(1)
_KEYS: Final = (
    sqlalchemy.select(
        _MEMBER.c.number,
        _MEMBER.c.is_suspended,
        _KEY.c.address,
        _KEY.c.permissions,
        _KEY.c.expires_at,
    )
    .join_from(_MEMBER, _KEY, _KEY.c.organisation == _MEMBER.c.number, isouter=True)
    .where(_MEMBER.c.number.in_(bindparam("organisations", expanding=True)))
)
