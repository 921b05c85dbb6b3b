"""What partners' acknowledgements say about messages that were sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from gateway.connectors.edi.receipt import Receipt
from gateway.connectors.edi.x12.interchange import NOTICE
from gateway.outbox.models import ACCEPTED, REFUSED, OutboxMessage, OutboxPart
from gateway.outbox.reference import plain


def note_receipts(
    session: Session, organisation: int, partner: str, receipts: Sequence[Receipt]
) -> list[Receipt]:
    """Note receipts at the messages they name; gives those that name nothing that was sent.

    Numbers begin anew after years: of several messages with the same, the newest is meant. What a
    receipt says of all messages that are not named holds for those that no other of these names.
    """
    named: set[tuple[int, int]] = set()
    unknown = []
    for receipt in sorted(receipts, key=lambda each: not each.reference):
        found = _newest(session, organisation, partner, receipt)
        if not found:
            unknown.append(receipt)
        # An envelope that is taken says nothing yet of what is in it.
        for part in () if receipt.name == NOTICE and receipt.is_accepted else found:
            if (part.message, part.position) not in named:
                named.add((part.message, part.position))
                _note(session, part, receipt)
    for number in {message for message, _ in named}:
        _sum_up(session, number)
    return unknown


def _newest(
    session: Session, organisation: int, partner: str, receipt: Receipt
) -> Sequence[OutboxPart]:
    number = plain(receipt.interchange_reference)
    wanted: list[ColumnElement[bool]] = [
        col(OutboxMessage.organisation) == organisation,
        col(OutboxMessage.partner) == partner,
    ]
    if receipt.reference:
        wanted.append(col(OutboxPart.reference) == plain(receipt.reference))
    if receipt.name not in ("", NOTICE):
        wanted.append(col(OutboxPart.name) == receipt.name)
    if number:
        wanted.append(or_(col(OutboxPart.interchange) == number, col(OutboxPart.group) == number))
    if len(wanted) == 2:
        return []
    newest = (
        select(OutboxPart.message)
        .join(OutboxMessage, col(OutboxMessage.id) == OutboxPart.message)
        .where(*wanted)
        .order_by(col(OutboxPart.message).desc())
        .limit(1)
    )
    message = session.exec(newest).first()
    parts = select(OutboxPart).join(OutboxMessage, col(OutboxMessage.id) == OutboxPart.message)
    return session.exec(parts.where(OutboxPart.message == message, *wanted)).all()


def _note(session: Session, part: OutboxPart, receipt: Receipt) -> None:
    part.answer = ACCEPTED if receipt.is_accepted else REFUSED
    part.complaints = [asdict(each) for each in receipt.complaints]
    session.add(part)


def _sum_up(session: Session, number: int) -> None:
    """Say of a whole message what is said of its parts."""
    session.flush()
    answers = set(session.exec(select(OutboxPart.answer).where(OutboxPart.message == number)).all())
    message = session.get(OutboxMessage, number, with_for_update=True)
    assert message is not None, "its parts were just found"
    if REFUSED in answers:
        message.answer = REFUSED
    elif answers == {ACCEPTED}:
        message.answer = ACCEPTED
    session.add(message)
