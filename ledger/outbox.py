"""Accepting what hosted organisations want recorded.

Everything here happens inside a database transaction of the caller, so that a wish, its document
and whatever the caller adds are accepted together or not at all. The relayer takes accepted wishes
out; `ledger.settlement` writes what the chain said to them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from ledger import lifecycle, prediction
from ledger.clock import now_ms
from ledger.errors import LedgerOrderUnexpected
from ledger.lifecycle import Row
from ledger.model import Agreement, Auction, Delivery, Document, Order, PendingAction, SignedIntent
from ledger.model.parcel import OPENED, SEALED
from ledger.model.sending import UNDECIDED


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """A document that is sealed and in the vault.

    Parameters
    ----------
    commitment : bytes
        Its root, which the chain will record.
    cid : str
        Where the sealed block lies.
    type : str, optional
        Document type.
    body : dict, optional
        Its canonical form; left out, the courier opens the block.
    readers : tuple of int
        Hosted organisations that may read it.
    """

    commitment: bytes
    cid: str
    type: str | None = None
    body: dict[str, Any] | None = None
    readers: tuple[int, ...] = ()


def accept_action(
    session: Session,
    *,
    organisation: int,
    agreement: int,
    row: Row,
    number: int,
    order: int | None = None,
    document: DocumentReference | None = None,
    guard: Callable[[int], None] = lambda order: None,
) -> PendingAction:
    """Accept an action on an order or delivery.

    Parameters
    ----------
    guard : callable
        Called with the order that the action is about; what it raises keeps it from being accepted.

    Raises
    ------
    Refused
        The error that the chain would give; nothing is accepted then.
    """
    order = prediction.require_action(session, organisation, row, agreement, number, order)
    guard(order)
    action = PendingAction(
        organisation=organisation,
        machine=row.machine,
        action=row.action,
        agreement=agreement,
        number=number,
        order_number=order,
        commitment=document.commitment if document else None,
        accepted_ms=now_ms(),
    )
    return _accept(session, action, document)


def accept_step(
    session: Session,
    *,
    organisation: int,
    agreement: int,
    row: Row,
    terms: bytes,
    seats: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0),
    notice_days: int = 0,
    document: DocumentReference | None = None,
) -> PendingAction:
    """Accept a step in an agreement's life.

    Raises
    ------
    Refused
        The error that the chain would give; nothing is accepted then.
    """
    prediction.require_step(session, organisation, row, agreement, terms, seats, notice_days)
    action = PendingAction(
        organisation=organisation,
        machine="agreement",
        action=row.action,
        agreement=agreement,
        number=0,
        commitment=document.commitment if document else None,
        call={"seats": list(seats), "notice_days": notice_days, "terms": terms.hex()},
        accepted_ms=now_ms(),
    )
    return _accept(session, action, document)


def accept_call(
    session: Session,
    *,
    organisation: int,
    function: str,
    auction: int | None,
    number: int,
    call: dict[str, Any],
    document: DocumentReference | None = None,
) -> PendingAction:
    """Accept a call of the auction contract; the chain judges it.

    Parameters
    ----------
    function : str
        Name of the contract's function in snake_case.
    number : int
        Lot or bid that it is about; 0 for the auction itself.
    call : dict
        Its fields beside organisation, auction, deadline and nonce; bytes as hex.
    """
    action = PendingAction(
        organisation=organisation,
        machine="auction",
        action=function,
        agreement=auction,
        number=number,
        commitment=document.commitment if document else None,
        call=call,
        accepted_ms=now_ms(),
    )
    return _accept(session, action, document)


def accept_signed(
    session: Session, intent: SignedIntent, row: Row, agreement: int, number: int, order: int
) -> PendingAction:
    """Accept an intent that its organisation signed elsewhere; it travels as it is.

    Raises
    ------
    Refused
        The error that the chain would give; nothing is accepted then.
    """
    if order and not row.opens:
        raise LedgerOrderUnexpected(agreement, number, order)
    order = prediction.require_action(
        session, intent.organisation, row, agreement, number, order or None
    )
    session.add(intent)
    session.flush()
    action = PendingAction(
        organisation=intent.organisation,
        machine=row.machine,
        action=row.action,
        agreement=agreement,
        number=number,
        order_number=order,
        intent_id=intent.id,
        position=0,
        accepted_ms=now_ms(),
    )
    return _accept(session, action, None)


def next_number(session: Session, machine: str, agreement: int) -> int:
    """Give the next free number of an order or delivery: above all known and all accepted ones."""
    projected = col(Order.number) if machine == "order" else col(Delivery.number)
    table = Order if machine == "order" else Delivery
    known = session.exec(select(func.max(projected)).where(table.agreement == agreement)).one()
    waiting = session.exec(
        select(func.max(PendingAction.number)).where(
            PendingAction.agreement == agreement, PendingAction.machine == machine, UNDECIDED
        )
    ).one()
    return max(known or 0, waiting or 0) + 1


def next_agreement(session: Session, organisation: int) -> int:
    """Give the next free number of an agreement that an organisation proposes."""
    first = organisation << 32
    last = first + 0xFFFFFFFF
    known = session.exec(
        select(func.max(Agreement.number)).where(col(Agreement.number).between(first, last))
    ).one()
    waiting = session.exec(
        select(func.max(PendingAction.agreement)).where(
            PendingAction.machine == "agreement",
            col(PendingAction.agreement).between(first, last),
        )
    ).one()
    return max(known or first, waiting or first) + 1


def next_auction(session: Session, organisation: int) -> int:
    """Give the next free number of an auction that a pool operator opens."""
    first = organisation << 32
    last = first + 0xFFFFFFFF
    known = session.exec(
        select(func.max(Auction.number)).where(col(Auction.number).between(first, last))
    ).one()
    waiting = session.exec(
        select(func.max(PendingAction.agreement)).where(
            PendingAction.machine == "auction",
            col(PendingAction.agreement).between(first, last),
        )
    ).one()
    return max(known or first, waiting or first) + 1


def _accept(
    session: Session, action: PendingAction, document: DocumentReference | None
) -> PendingAction:
    session.add(action)
    session.flush()
    if document is not None:
        assert action.number is not None
        session.add(
            Document(
                action_id=action.id,
                commitment=document.commitment,
                cid=document.cid,
                organisation=action.organisation,
                agreement=action.agreement,
                kind=_kind(action),
                number=action.number,
                order_number=action.order_number,
                type=document.type,
                body=document.body,
                readers=sorted({action.organisation, *document.readers}),
                status=OPENED if document.body is not None else SEALED,
            )
        )
        session.flush()
    return action


def _kind(action: PendingAction) -> str:
    """Name what the document is bound to: a noun of the lifecycle table."""
    is_lot = action.machine == "auction" and action.action == "step_lot"
    return "lot" if is_lot else action.machine


def row_of(action: PendingAction) -> Row:
    """Give the lifecycle row of an action on an order, delivery or agreement."""
    return lifecycle.row_named(action.machine, action.action)
