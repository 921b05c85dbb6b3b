"""The rows of the outbox: written in the transaction of whatever they tell of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from gateway.connectors.message import Finding
from gateway.inbox.seal import outbox_place, seal, unseal
from gateway.outbox.errors import OutboxMessageUnknown
from gateway.outbox.models import DELIVERED, UNWRITABLE, OutboxMessage, OutboxPart
from gateway.outbox.reference import references
from ledger.clock import now_ms

FORGOTTEN_AT_ONCE: Final = 100


def put(
    session: Session,
    organisation: int,
    partner: str,
    content: bytes,
    *,
    key: str,
    standard: str,
    type: str,
    media_type: str = "application/octet-stream",
    source: int | None = None,
) -> int:
    """Write a message to a partner; gives its number, the old one where the key is known.

    Parameters
    ----------
    partner : str
        Whom the inbox calls the sender.
    key : str
        What the message is for, the same at every attempt to write it.
    standard, type : str
        What it is, in the words of `gateway.connectors.detect`.
    source : int, optional
        Number of the message of the inbox that it answers.
    """
    known = _known(session, organisation, key)
    if known is not None:
        return known
    message = OutboxMessage(
        organisation=organisation,
        partner=partner,
        key=key,
        standard=standard,
        type=type[:64],
        media_type=media_type,
        source=source,
        size_bytes=len(content),
        created_ms=now_ms(),
    )
    number = _add(session, message)
    message.encryption_key, message.sealed = seal(content, outbox_place(number))
    for position, each in enumerate(references(content, standard, type)):
        session.add(
            OutboxPart(
                message=number,
                position=position,
                interchange=each.interchange,
                group=each.group,
                name=each.name,
                reference=each.reference,
            )
        )
    session.flush()
    return number


def put_unwritable(
    session: Session,
    organisation: int,
    partner: str,
    findings: Sequence[Finding],
    *,
    key: str,
    standard: str,
    type: str,
    source: int | None = None,
) -> int:
    """Note that a partner cannot be told something in its standard, and why; gives its number."""
    known = _known(session, organisation, key)
    if known is not None:
        return known
    message = OutboxMessage(
        organisation=organisation,
        partner=partner,
        key=key,
        standard=standard,
        type=type[:64],
        source=source,
        state=UNWRITABLE,
        findings=[finding.as_dict() for finding in findings],
        created_ms=now_ms(),
    )
    return _add(session, message)


def content_of(message: OutboxMessage) -> bytes:
    """Open the content of a message that could be written."""
    place = outbox_place(number_of(message))
    return unseal(message.encryption_key, message.sealed, place)


def own(session: Session, organisation: int, id_: str, *, is_read: bool = False) -> OutboxMessage:
    """Find a message of an organisation, locked unless it is only read.

    Raises
    ------
    OutboxMessageUnknown
        If it has none of this id.
    """
    is_number = id_.isascii() and id_.isdigit() and len(id_) < 10
    lock = None if is_read else True
    message = session.get(OutboxMessage, int(id_), with_for_update=lock) if is_number else None
    if message is None or message.organisation != organisation:
        raise OutboxMessageUnknown(id_)
    return message


def parts_of(session: Session, message: OutboxMessage) -> Sequence[OutboxPart]:
    """List what the partner can answer of a message, in its order."""
    found = select(OutboxPart).where(OutboxPart.message == message.id)
    return session.exec(found.order_by(col(OutboxPart.position))).all()


def forget(session: Session, organisations: Collection[int], before_ms: int) -> None:
    """Forget messages that partners have had, or could not be told, since before a time."""
    old = (
        select(OutboxMessage.id)
        .where(
            col(OutboxMessage.organisation).in_(organisations),
            col(OutboxMessage.state).in_((DELIVERED, UNWRITABLE)),
            func.coalesce(OutboxMessage.delivered_ms, OutboxMessage.created_ms) <= before_ms,
        )
        .limit(FORGOTTEN_AT_ONCE)
    )
    numbers = session.exec(old).all()
    parts = delete(OutboxPart).where(col(OutboxPart.message).in_(numbers))
    session.connection().execute(parts)
    messages = delete(OutboxMessage).where(col(OutboxMessage.id).in_(numbers))
    session.connection().execute(messages)


def number_of(message: OutboxMessage) -> int:
    """Give the number of a message that was stored."""
    assert message.id is not None
    return message.id


def _known(session: Session, organisation: int, key: str) -> int | None:
    found = select(OutboxMessage.id).where(
        OutboxMessage.organisation == organisation, OutboxMessage.key == key
    )
    return session.exec(found).first()


def _add(session: Session, message: OutboxMessage) -> int:
    session.add(message)
    session.flush()
    return number_of(message)
