"""From a document of the inbox to an intent, and the note of it, in one transaction."""

from __future__ import annotations

from sqlmodel import Session

from gateway.answering import book as answering
from gateway.connectors.json.document import as_fields
from gateway.deliveries import action as deliveries
from gateway.deps import Gateway
from gateway.inbox import book, service
from gateway.inbox.errors import InboxDocumentRecorded, InboxStateUnexpected
from gateway.inbox.models import READY, RECORDED
from gateway.inbox.schemas import RecordBody
from gateway.orders import action as orders
from ledger.acceptance import Accepted, Within
from ledger.database import in_thread
from ledger.document.part import Document


async def record(
    gateway: Gateway, organisation: int, id: str, body: RecordBody, within: Within
) -> Accepted:
    """Hand in an action with a document of a message; it is noted with the acceptance.

    Raises
    ------
    InboxMessageUnknown, InboxDocumentUnknown
        If there is none.
    InboxStateUnexpected, InboxDocumentRecorded
        If the message is not ready, or the document was recorded before.
    """
    document = await in_thread(service.document, gateway.engine, organisation, id, body.position)

    def noted(session: Session, accepted: list[Accepted]) -> None:
        _note(session, organisation, id, body.position, accepted[0])
        within(session, accepted)

    return await _act(gateway, organisation, body, document, noted)


async def _act(
    gateway: Gateway, organisation: int, body: RecordBody, document: Document, within: Within
) -> Accepted:
    if body.agreement is not None:
        return await orders.issue(gateway, organisation, body.agreement, document, within)
    fields = as_fields(document)
    if body.delivery is not None:
        return await deliveries.act(
            gateway, organisation, body.delivery, body.action, fields, within
        )
    assert body.order is not None, "the body names one of the three"
    opens = body.action in ("announce", "despatch")
    act = deliveries.open_delivery if opens else orders.act
    return await act(gateway, organisation, body.order, body.action, fields, within)


def _note(session: Session, organisation: int, id: str, position: int, accepted: Accepted) -> None:
    message = book.own(session, organisation, id)
    known = message.documents[position]["intent"] if position < len(message.documents) else None
    if known is not None:
        raise InboxDocumentRecorded(book.number_of(message), position, int(known))
    if message.state not in (READY, RECORDED):
        raise InboxStateUnexpected(book.number_of(message), message.state)
    book.note_recorded(message, position, accepted.intent)
    session.add(message)
    # From now on its sender is told what others do about the order.
    partner = message.sender or message.profile.partition(" ")[0]
    answering.note(session, organisation, partner, book.number_of(message), position, accepted)
