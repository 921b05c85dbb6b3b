"""The outbox as its owner looks at it, and fetches from it where no channel delivers."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from gateway.answer import Page
from gateway.inbox.view import spelled
from gateway.outbox import book
from gateway.outbox.errors import OutboxStateUnexpected
from gateway.outbox.models import DELIVERED, FAILED, UNWRITABLE, WAITING, OutboxMessage
from gateway.outbox.schemas import OutboxPartView, OutboxView
from gateway.page import decode_cursor, encode_cursor
from ledger.clock import now_ms
from ledger.database import reading, writing

RETRY: Final = "retry"
DELIVER: Final = "delivered"

_ACTIONS: Final = {
    WAITING: (RETRY, DELIVER),
    DELIVERED: (RETRY,),
    FAILED: (RETRY, DELIVER),
    UNWRITABLE: (),
}


def messages(
    engine: Engine,
    organisation: int,
    state: str | None,
    partner: str | None,
    cursor: str | None,
    limit: int,
) -> Page[OutboxView]:
    """List messages, the newest first.

    Raises
    ------
    RequestInvalid
        If the cursor is none.
    """
    before = decode_cursor(cursor, 1)
    found = select(OutboxMessage).where(OutboxMessage.organisation == organisation)
    if state is not None:
        found = found.where(OutboxMessage.state == state)
    if partner is not None:
        found = found.where(OutboxMessage.partner == partner)
    if before is not None:
        found = found.where(col(OutboxMessage.id) < before[0])
    with reading(engine) as session:
        rows = session.exec(found.order_by(col(OutboxMessage.id).desc()).limit(limit + 1)).all()
        following = encode_cursor((book.number_of(rows[limit - 1]),)) if len(rows) > limit else None
        return Page(items=[_view(session, row) for row in rows[:limit]], next=following)


def message(engine: Engine, organisation: int, id_: str) -> OutboxView:
    """Show a message.

    Raises
    ------
    OutboxMessageUnknown
        If there is none.
    """
    with reading(engine) as session:
        return _view(session, book.own(session, organisation, id_, is_read=True))


def content(engine: Engine, organisation: int, id_: str) -> bytes:
    """Give what a message says.

    Raises
    ------
    OutboxMessageUnknown
        If there is none.
    OutboxStateUnexpected
        If it could not be written.
    """
    with reading(engine) as session:
        found = book.own(session, organisation, id_, is_read=True)
        if found.state == UNWRITABLE:
            raise OutboxStateUnexpected(book.number_of(found), found.state)
        return book.content_of(found)


def retry(engine: Engine, organisation: int, id_: str) -> OutboxView:
    """Have a message delivered again, and now.

    Raises
    ------
    OutboxMessageUnknown, OutboxStateUnexpected
        If there is none, or it could not be written.
    """
    with writing(engine) as session:
        found = _for(session, organisation, id_, RETRY)
        found.state, found.attempts, found.next_attempt_ms = WAITING, 0, now_ms()
        found.error, found.delivered_ms = None, None
        session.add(found)
        return _view(session, found)


def note_delivered(engine: Engine, organisation: int, id_: str) -> OutboxView:
    """Note that the caller has brought a message to its partner.

    Raises
    ------
    OutboxMessageUnknown, OutboxStateUnexpected
        If there is none, or it was delivered already, or could not be written.
    """
    with writing(engine) as session:
        found = _for(session, organisation, id_, DELIVER)
        found.state, found.delivered_ms, found.error = DELIVERED, now_ms(), None
        session.add(found)
        return _view(session, found)


def _for(session: Session, organisation: int, id_: str, action: str) -> OutboxMessage:
    found = book.own(session, organisation, id_)
    if action not in _ACTIONS[found.state]:
        raise OutboxStateUnexpected(book.number_of(found), found.state)
    return found


def _view(session: Session, message: OutboxMessage) -> OutboxView:
    is_due = message.state == WAITING and message.next_attempt_ms
    delivered = message.delivered_ms
    return OutboxView.model_validate(
        {
            **message.model_dump(include=_SHOWN),
            "id": str(message.id),
            "source": None if message.source is None else str(message.source),
            "actions": list(_ACTIONS[message.state]),
            "parts": [
                OutboxPartView.model_validate(each.model_dump(include=_PART))
                for each in book.parts_of(session, message)
            ],
            "created_at": spelled(message.created_ms),
            "delivered_at": None if delivered is None else spelled(delivered),
            "next_attempt_at": spelled(message.next_attempt_ms) if is_due else None,
        }
    )


_SHOWN: Final = {
    "partner",
    "state",
    "standard",
    "type",
    "key",
    "size_bytes",
    "findings",
    "answer",
    "attempts",
    "error",
}
_PART: Final = {"name", "reference", "answer", "complaints"}
