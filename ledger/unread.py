"""Keeps hosted organisations from acting on documents that have not been read."""

from typing import Any

from sqlmodel import Session, and_, col, select

from ledger.catalogue import LedgerError
from ledger.fault import DocumentBroken, DocumentUnread
from ledger.model import Document, Event, Manifest, Record
from ledger.model.parcel import BROKEN, FETCHED, OPENED
from ledger.vault import cid_from_digest


def require_read(session: Session, organisation: int, agreement: int, order: int | None) -> None:
    """Refuse to act on unread documents: of an order, or without one the agreement's terms.

    Raises
    ------
    DocumentUnread
        When one has not arrived, or cannot be had now.
    DocumentBroken
        When one is not what the chain recorded.
    """
    unread = select(Document).where(
        Document.agreement == agreement,
        _is_about(Document.kind, Document.order_number, order),
        col(Document.organisation) != organisation,
        col(Document.status) != OPENED,
    )
    document = session.exec(unread).first()
    if document is not None:
        raise _unread(document.status, f"document {document.cid}", document.reason)
    is_event = and_(
        col(Event.block_number) == Record.block_number, col(Event.log_index) == Record.log_index
    )
    unlisted = (
        select(Manifest)
        .join(Record, col(Record.digest) == Manifest.digest)
        .join(Event, is_event)
        .where(
            Event.agreement == agreement,
            _is_about(Event.machine, Event.order_number, order),
            Manifest.status != FETCHED,
        )
    )
    manifest = session.exec(unlisted).first()
    if manifest is not None:
        cid = cid_from_digest(manifest.block)
        raise _unread(manifest.status, f"manifest {cid}", manifest.reason)


def _is_about(machine: Any, order_number: Any, order: int | None) -> Any:
    if order is None:
        return col(machine) == "agreement"
    return col(machine).in_(["order", "delivery"]) & (col(order_number) == order)


def _unread(status: str, what: str, reason: str | None) -> LedgerError:
    problem = f"the {what} is {status}: {reason or 'not fetched yet'}"
    if status == BROKEN:
        return DocumentBroken(problem=problem)
    return DocumentUnread(problem=problem)
