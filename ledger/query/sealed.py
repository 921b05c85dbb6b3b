"""Which sealed blocks belong to an organisation."""

from sqlmodel import Session, col, select

from ledger.model import Document
from ledger.model.parcel import SHREDDED


def sealed_for(
    session: Session,
    organisation: int,
    *,
    agreement: int | None = None,
    order_number: int | None = None,
) -> list[str]:
    """List the CIDs of a hosted organisation's documents, without those that were erased.

    Parameters
    ----------
    agreement : int, optional
        Only those of an agreement, its terms included.
    order_number : int, optional
        Of these only those of one order and its deliveries.
    """
    found = (
        select(Document.cid, Document.readers)
        .where(Document.status != SHREDDED)
        .order_by(col(Document.id))
    )
    for column, value in (
        (Document.agreement, agreement),
        (Document.order_number, order_number),
    ):
        if value is not None:
            found = found.where(column == value)
    rows = session.exec(found)
    return list(dict.fromkeys(cid for cid, readers in rows if organisation in readers))
