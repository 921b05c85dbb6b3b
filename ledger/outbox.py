"""Accepting what hosted organisations want recorded.

Everything here happens inside a database transaction of the caller, so that a wish, its document
and whatever the caller adds are accepted together or not at all. The relayer takes accepted wishes
out; `ledger.settlement` writes what the chain said to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import Session, SQLModel, col, select

from ledger import prediction
from ledger.attachment.register import attach
from ledger.clock import now_ms
from ledger.counter import INTENT, take
from ledger.lifecycle import Row
from ledger.model import Agreement, Auction, Document, PendingAction, SignedIntent
from ledger.model.parcel import OPENED, SEALED
from ledger.model.sending import ACCEPTED
from ledger.model.table import table_of


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """A document that a wish commits to.

    Parameters
    ----------
    commitment : bytes
        Its root, which the chain will record.
    cid : str, optional
        Where the sealed block lies; none when the document travels outside of the network, so that
        nobody here will ever read it.
    type : str, optional
        Document type.
    body : dict, optional
        Its canonical form; left out, the courier opens the block.
    readers : tuple of int
        Hosted organisations that may read it.
    attached : tuple of str
        Uploaded files that go with it.
    """

    commitment: bytes
    cid: str | None
    type: str | None = None
    body: dict[str, Any] | None = None
    readers: tuple[int, ...] = ()
    attached: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Entry:
    """An accepted wish, as it is written down.

    Parameters
    ----------
    id : int
        From the counter `INTENT`.
    machine, action : str
        Of the lifecycle table; for auctions ``auction`` and the contract's function.
    agreement : int, optional
        For the auction contract the auction.
    order : int, optional
        The order that it is about.
    call : dict, optional
        Fields of a step or an auction call beyond these.
    signed : dict, optional
        Columns of the signed intent, where an organisation signed it elsewhere.
    """

    id: int
    organisation: int
    machine: str
    action: str
    agreement: int | None
    number: int
    order: int | None = None
    document: DocumentReference | None = None
    call: dict[str, Any] | None = None
    signed: dict[str, Any] | None = None
    accepted_ms: int = field(default_factory=now_ms)


def write(session: Session, entries: Sequence[Entry]) -> None:
    """Write accepted wishes down, with their documents and what was signed elsewhere."""
    signed = [entry for entry in entries if entry.signed is not None]
    ids = _insert_signed(session, signed)
    _insert(session, PendingAction, [_action(entry, ids.get(entry.id)) for entry in entries])
    documents = [_document(entry, entry.document) for entry in entries if entry.document]
    _insert(session, Document, [each for each in documents if each["cid"] is not None])
    for entry in entries:
        if entry.document is not None and entry.document.cid is not None:
            attach(session, entry.organisation, entry.document.cid, entry.document.attached)


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
) -> Entry:
    """Accept a step in an agreement's life.

    Raises
    ------
    Refused
        The error that the chain would give; nothing is accepted then.
    """
    prediction.require_step(session, organisation, row, agreement, terms, seats, notice_days)
    entry = Entry(
        id=take(session, INTENT, 1),
        organisation=organisation,
        machine="agreement",
        action=row.action,
        agreement=agreement,
        number=0,
        document=document,
        call={"seats": list(seats), "notice_days": notice_days, "terms": terms.hex()},
    )
    write(session, [entry])
    return entry


def accept_call(
    session: Session,
    *,
    organisation: int,
    function: str,
    auction: int | None,
    number: int,
    call: dict[str, Any],
    document: DocumentReference | None = None,
) -> Entry:
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
    entry = Entry(
        id=take(session, INTENT, 1),
        organisation=organisation,
        machine="auction",
        action=function,
        agreement=auction,
        number=number,
        document=document,
        call=call,
    )
    write(session, [entry])
    return entry


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


def _action(entry: Entry, signed_id: int | None) -> dict[str, Any]:
    return {
        "id": entry.id,
        "organisation": entry.organisation,
        "machine": entry.machine,
        "action": entry.action,
        "agreement": entry.agreement,
        "number": entry.number,
        "order_number": entry.order,
        "commitment": entry.document.commitment if entry.document else None,
        "call": entry.call,
        "status": ACCEPTED,
        "intent_id": signed_id,
        "position": None if signed_id is None else 0,
        "accepted_ms": entry.accepted_ms,
        "was_recorded": False,
        "attempts": 0,
        "not_before_ms": 0,
    }


def _document(entry: Entry, document: DocumentReference) -> dict[str, Any]:
    return {
        "action_id": entry.id,
        "commitment": document.commitment,
        "cid": document.cid,
        "organisation": entry.organisation,
        "agreement": entry.agreement,
        "kind": _kind(entry),
        "number": entry.number,
        "order_number": entry.order,
        "type": document.type,
        "body": document.body,
        "readers": sorted({entry.organisation, *document.readers}),
        "status": OPENED if document.body is not None else SEALED,
        "attempts": 0,
        "next_attempt_ms": 0,
        "awaited_ms": entry.accepted_ms,
    }


def _kind(entry: Entry) -> str:
    """Name what the document is bound to: a noun of the lifecycle table."""
    is_lot = entry.machine == "auction" and entry.action == "step_lot"
    return "lot" if is_lot else entry.machine


def _insert(session: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, those with the same columns together; what is None stays NULL."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        given = {name: value for name, value in row.items() if value is not None}
        by_columns.setdefault(tuple(given), []).append(given)
    statement = insert(table_of(model))
    for group in by_columns.values():
        session.connection().execute(statement, group)


def _insert_signed(session: Session, entries: Sequence[Entry]) -> dict[int, int]:
    """Insert what was signed elsewhere; give its ids by the ids of the wishes."""
    if not entries:
        return {}
    table = table_of(SignedIntent)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    signed = [entry.signed for entry in entries if entry.signed is not None]
    rows = session.connection().execute(statement, signed)
    return dict(zip((entry.id for entry in entries), rows.scalars(), strict=True))
