"""Accepting what hosted organisations want recorded, and remembering what became of it.

Everything here happens inside a database transaction of the caller, so that a wish, its document
and whatever the caller adds are accepted together or not at all. The relayer takes accepted wishes
out; the indexer settles them when it sees them on chain.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from ledger import lifecycle, prediction
from ledger.errors import IntentExpired, LedgerOrderUnexpected, decode_refusal
from ledger.lifecycle import Row
from ledger.model import (
    Agreement,
    Auction,
    ChainTransaction,
    Delivery,
    Document,
    FeedEntry,
    Order,
    PendingAction,
    SignedIntent,
)
from ledger.model.parcel import OPENED, SEALED
from ledger.model.sending import (
    ACCEPTED,
    EXPIRED,
    INCLUDED,
    RECORDED,
    REFUSED,
    SENT,
    SIGNED,
    UNDECIDED,
)

RETRIES_MAX = 8
RETRY_BASE_MS = 500


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


def settle(
    session: Session, digest: bytes, problems: dict[int, bytes], whole: bytes | None = None
) -> None:
    """Remember what the chain said to an intent of ours; does nothing for others' intents.

    What is recorded stays so: somebody else may have carried it first, and ours came too late.

    Parameters
    ----------
    problems : dict
        Encoded errors of refused events, by position; the others were recorded.
    whole : bytes, optional
        Encoded error, when the intent was refused as a whole.
    """
    intent = session.exec(select(SignedIntent).where(SignedIntent.digest == digest)).first()
    if intent is None or (whole is not None and intent.status not in (SENT, SIGNED)):
        return
    is_expired = whole is not None and isinstance(decode_refusal(whole), IntentExpired)
    if is_expired and intent.kind != "intent":
        # Its nonce is unused and the digest can never count again: the same is signed anew.
        intent.status = EXPIRED
        session.add(intent)
        return
    intent.status = REFUSED if whole is not None else RECORDED
    session.add(intent)
    actions = session.exec(select(PendingAction).where(PendingAction.intent_id == intent.id)).all()
    for action in actions:
        assert action.position is not None
        problem = whole if whole is not None else problems.get(action.position)
        if problem is None:
            action.status = RECORDED
            action.was_recorded = True
            action.error = action.problem = None
            session.add(action)
        else:
            refuse(session, action, problem)


def refuse(session: Session, action: PendingAction, problem: bytes) -> None:
    """Remember that the chain refused an action, and tell subscribers.

    What the chain had recorded and lost again is tried anew for a while: what it rests on may be on
    its way back through another gateway.
    """
    session.add(action)
    if action.was_recorded and action.attempts < RETRIES_MAX:
        action.status = ACCEPTED
        action.intent_id = action.position = None
        action.not_before_ms = now_ms() + (RETRY_BASE_MS << action.attempts)
        action.attempts += 1
        return
    refusal = decode_refusal(problem)
    action.status, action.error, action.problem = REFUSED, refusal.name, problem
    session.add(
        FeedEntry(
            topic="intent",
            agreement=action.agreement,
            organisation=action.organisation,
            body={"intent": action.id, "error": refusal.name, "context": refusal.context},
        )
    )


def unsettle(session: Session, digests: list[bytes]) -> None:
    """Take back what was settled by records that the chain has lost."""
    for digest in digests:
        intent = session.exec(select(SignedIntent).where(SignedIntent.digest == digest)).first()
        if intent is None:
            continue
        intent.status = SENT
        session.add(intent)
        session.exec(
            update(PendingAction)
            .where(
                col(PendingAction.intent_id) == intent.id,
                col(PendingAction.status).in_([RECORDED, REFUSED]),
            )
            .values(status=SENT, error=None, problem=None)
        )


def is_ours(session: Session, tx_hash: bytes) -> bool:
    """Whether this gateway sent a transaction."""
    found = select(ChainTransaction.id).where(ChainTransaction.hash == tx_hash)
    return session.exec(found).first() is not None


def include(session: Session, tx_hash: bytes, block_number: int, gas_used: int | None) -> None:
    """Remember that a transaction of ours is in a block; settles its calls without signature."""
    transaction = session.exec(
        select(ChainTransaction).where(ChainTransaction.hash == tx_hash)
    ).first()
    if transaction is None:
        return
    transaction.status = INCLUDED
    transaction.block_number, transaction.gas_used = block_number, gas_used
    session.add(transaction)
    unsigned = select(SignedIntent.digest).where(
        SignedIntent.transaction_id == transaction.id, SignedIntent.signature == b""
    )
    for digest in session.exec(unsigned).all():
        settle(session, digest, {})


def now_ms() -> int:
    """Wall clock in Unix milliseconds."""
    return time.time_ns() // 1_000_000


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


def is_decided(action: PendingAction) -> bool:
    """Whether the chain has spoken."""
    return action.status in (RECORDED, REFUSED)


def row_of(action: PendingAction) -> Row:
    """Give the lifecycle row of an action on an order, delivery or agreement."""
    return lifecycle.row_named(action.machine, action.action)
