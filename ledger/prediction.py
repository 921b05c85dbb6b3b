"""What the chain would say to a wish, read off the projected tables before it is accepted.

The same rules in the same order as the contracts, raising the same errors. What is accepted but not
recorded yet counts as done. The chain has the last word: it may have moved on meanwhile.
"""

from typing import Final

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
    DeliveryOrderDiffers,
    DeliveryOrderUnexpectedState,
    DeliveryUnexpectedState,
    IntentUnauthorised,
    LedgerSeatMissing,
    OrderUnexpectedState,
    RegistryOrganisationUnknown,
)
from ledger.lifecycle import Row
from ledger.model import Agreement, Bid, Block, Delivery, Order, Organisation, OrganisationKey
from ledger.model.sending import UNDECIDED, PendingAction

IN_FORCE: Final = ("Active", "Amending", "Ending")


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


def seats_of(agreement: Agreement, organisation: int) -> frozenset[str]:
    """Name the seats that an organisation holds."""
    held = zip(lifecycle.SEATS, agreement.seats, strict=True)
    return frozenset(seat for seat, holder in held if holder == organisation)


def require_permission(session: Session, organisation: int, key: str, permission: int) -> None:
    """Refuse a key that may not speak for an organisation now.

    Raises
    ------
    RegistryOrganisationUnknown
        When there is no such organisation.
    IntentUnauthorised
        When the key lacks the permission, has expired, or the organisation is suspended.
    """
    member = session.get(Organisation, organisation)
    if member is None:
        raise RegistryOrganisationUnknown(organisation)
    held = session.get(OrganisationKey, (organisation, key))
    is_valid = held is not None and (held.expires_at == 0 or chain_time(session) < held.expires_at)
    if held is None or member.is_suspended or not is_valid or not held.permissions & permission:
        raise IntentUnauthorised(organisation, key, permission)


def chain_time(session: Session) -> int:
    """Time of the last block that was indexed, in Unix seconds."""
    newest = select(Block.time).order_by(Block.number.desc()).limit(1)  # type: ignore[attr-defined]
    return session.exec(newest).first() or 0


def require_action(
    session: Session, organisation: int, row: Row, agreement: int, number: int, order: int | None
) -> int:
    """Refuse an action on an order or delivery that the chain would refuse.

    Parameters
    ----------
    order : int, optional
        The order that a new delivery belongs to.

    Returns
    -------
    int
        The order that the action is about.

    Raises
    ------
    Refused
        The error that the contract would give.
    """
    found = require_agreement(session, agreement)
    if not row.is_open_to(seats_of(found, organisation)):
        raise LedgerSeatMissing(agreement, organisation, row.id)
    if row.machine == "delivery":
        return _require_delivery(session, row, agreement, number, order)
    if row.action == "issue":
        _require_open(session, found)
    state = order_state(session, agreement, number)
    if state not in row.from_states:
        raise OrderUnexpectedState(agreement, number, *_states("order", state, row.from_states))
    return number


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
        raise AgreementUnexpectedState(agreement, *_states("agreement", state, row.from_states))
    if row.action == "sign" and (seats, notice_days) != (found.seats, found.notice_days):
        raise AgreementSeatsDiffer(agreement)
    if row.action == "sign" and terms != found.proposed_terms:
        raise AgreementTermsDiffer(agreement, found.proposed_terms or bytes(32), terms)
    held = sum(1 << i for i, seat in enumerate(found.seats) if seat == organisation)
    if row.action in ("sign", "sign_end") and not found.unsigned & held:
        raise AgreementAlreadySigned(agreement, organisation)
    if row.action == "give_notice" and found.ends_at:
        raise AgreementNoticed(agreement, found.ends_at)


def order_state(session: Session, agreement: int, number: int) -> str:
    """Name the state of an order once everything accepted is recorded."""
    awaited = _awaited_state(session, "order", agreement, number)
    if awaited is not None:
        return awaited
    order = session.get(Order, (agreement, number))
    return lifecycle.state_name("order", order.state if order else 0)


def delivery_state(session: Session, agreement: int, number: int) -> tuple[str, int | None]:
    """Name the state of a delivery once everything accepted is recorded, and its order."""
    delivery = session.get(Delivery, (agreement, number))
    order = delivery.order_number if delivery else None
    awaited = _awaited_state(session, "delivery", agreement, number)
    if awaited is None:
        return lifecycle.state_name("delivery", delivery.state if delivery else 0), order
    if order is None:
        opening = select(PendingAction.order_number).where(
            PendingAction.agreement == agreement,
            PendingAction.machine == "delivery",
            PendingAction.number == number,
            UNDECIDED,
        )
        order = session.exec(opening).first()
    return awaited, order


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


def _awaited_state(session: Session, machine: str, agreement: int, number: int) -> str | None:
    last = (
        select(PendingAction.action)
        .where(
            PendingAction.agreement == agreement,
            PendingAction.machine == machine,
            PendingAction.number == number,
            UNDECIDED,
        )
        .order_by(PendingAction.id.desc())  # type: ignore[union-attr]
        .limit(1)
    )
    action = session.exec(last).first()
    return None if action is None else lifecycle.row_named(machine, action).to


def _require_delivery(
    session: Session, row: Row, agreement: int, number: int, named: int | None
) -> int:
    state, order = delivery_state(session, agreement, number)
    if state not in row.from_states:
        raise DeliveryUnexpectedState(
            agreement, number, *_states("delivery", state, row.from_states)
        )
    if state == "None":
        order = named or 0
    assert order is not None
    assert row.order_states is not None
    if row.opens and order != (named if named is not None else order):
        raise DeliveryOrderDiffers(agreement, number, order, named)
    state_of_order = order_state(session, agreement, order)
    if state_of_order not in row.order_states:
        allowed = tuple(row.order_states)
        raise DeliveryOrderUnexpectedState(
            agreement, order, *_states("order", state_of_order, allowed)
        )
    return order


def _require_open(session: Session, agreement: Agreement) -> None:
    state = lifecycle.state_name("agreement", agreement.state)
    if state not in IN_FORCE:
        raise AgreementUnexpectedState(agreement.number, *_states("agreement", state, IN_FORCE))
    if agreement.ends_at and chain_time(session) >= agreement.ends_at:
        raise AgreementNoticed(agreement.number, agreement.ends_at)


def _require_proposable(
    session: Session, organisation: int, agreement: int, seats: tuple[int, ...]
) -> None:
    if agreement >> 32 != organisation:
        raise AgreementNumberForeign(agreement, organisation)
    existing = session.get(Agreement, agreement)
    if existing is not None:
        state = lifecycle.state_name("agreement", existing.state)
        raise AgreementUnexpectedState(agreement, *_states("agreement", state, ("None",)))
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


def _states(machine: str, current: str, allowed: tuple[str, ...]) -> tuple[int, int]:
    bitmap = sum(1 << lifecycle.state_number(machine, name) for name in allowed)
    return lifecycle.state_number(machine, current), bitmap
