"""Reading documents of hosted organisations."""

from typing import Any

from sqlmodel import Session, and_, col, or_, select

from ledger.model import Agreement, Document
from ledger.query.timeline import DocumentView, document_view
from ledger.query.trade import is_seated


def documents(
    session: Session,
    organisation: int,
    *,
    kind: str | None = None,
    agreement: int | None = None,
    number: int | None = None,
    order_number: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[DocumentView]:
    """List an organisation's documents in the order in which they came in.

    Parameters
    ----------
    kind : str, optional
        ``order``, ``delivery``, ``agreement``, ``auction`` or ``lot``.
    order_number : int, optional
        Documents of an order and of its deliveries.
    """
    found = (
        select(Document)
        .where(_is_of(organisation), col(Document.id) > after)
        .order_by(col(Document.id))
        .limit(limit)
    )
    for column, value in (
        (Document.kind, kind),
        (Document.agreement, agreement),
        (Document.number, number),
        (Document.order_number, order_number),
    ):
        if value is not None:
            found = found.where(column == value)
    return [
        document_view(each) for each in session.exec(found).all() if _may_read(each, organisation)
    ]


def document(session: Session, organisation: int, commitment: bytes) -> DocumentView | None:
    """Read a document of an organisation by its commitment."""
    found = select(Document).where(Document.commitment == commitment, _is_of(organisation))
    for each in session.exec(found).all():
        if _may_read(each, organisation):
            return document_view(each)
    return None


def _is_of(organisation: int) -> Any:
    agreements = select(Agreement.number).where(is_seated(organisation))
    is_trade = col(Document.kind).in_(["order", "delivery", "agreement"])
    is_party = or_(
        col(Document.agreement).in_(agreements), col(Document.organisation) == organisation
    )
    return or_(~is_trade, and_(is_trade, is_party))


def _may_read(document: Document, organisation: int) -> bool:
    return organisation in document.readers
