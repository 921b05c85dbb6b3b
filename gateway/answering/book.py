"""The rows of conversations and answers, and what of the ledger they are made from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlmodel import Session, col, select

from gateway.answering.models import Answer, AnsweringPlace, Conversation, RecordedDocument
from ledger.acceptance import Accepted
from ledger.database import portions
from ledger.pair import is_among
from ledger.query.timeline import TimelineEntry

Subject = tuple[int, int]
"""Agreement and number of an order."""


def note(
    session: Session,
    organisation: int,
    partner: str,
    message: int,
    position: int,
    accepted: Accepted,
) -> None:
    """Note what records a document, and that its sender speaks of an order.

    The first document about it decides how the partner is answered.
    """
    session.add(RecordedDocument(intent=accepted.intent, message=message, position=position))
    order = accepted.order if accepted.machine == "delivery" else accepted.number
    if accepted.agreement is None or order is None or accepted.document is None:
        return
    known = select(Conversation.id).where(
        Conversation.organisation == organisation,
        Conversation.agreement == accepted.agreement,
        Conversation.order_number == order,
        Conversation.partner == partner,
    )
    if session.exec(known).first() is None:
        session.add(
            Conversation(
                organisation=organisation,
                agreement=accepted.agreement,
                order_number=order,
                partner=partner,
                message=message,
                position=position,
                commitment=accepted.document.commitment,
            )
        )


def recording(session: Session) -> list[int]:
    """List the intents that are to record documents of the inbox."""
    return list(session.exec(select(RecordedDocument.intent)))


def is_spoken(session: Session) -> bool:
    """Tell whether any document of the inbox was ever recorded."""
    return session.exec(select(RecordedDocument.intent).limit(1)).first() is not None


def place(session: Session) -> int | None:
    """Tell how far the feed was read; none before the first time."""
    row = session.get(AnsweringPlace, 1)
    return None if row is None else row.position


def note_place(session: Session, position: int) -> None:
    """Note how far the feed was read."""
    row = session.get(AnsweringPlace, 1) or AnsweringPlace()
    row.position = position
    session.add(row)


def conversations(
    session: Session, organisations: Collection[int], subjects: Iterable[Subject] | None
) -> list[Conversation]:
    """List the conversations of organisations about some orders, or about all."""
    found = select(Conversation).where(col(Conversation.organisation).in_(organisations))
    if subjects is None:
        return list(session.exec(found))
    keys = (col(Conversation.agreement), col(Conversation.order_number))
    listed = [
        each
        for part in portions(list(subjects))
        for each in session.exec(found.where(is_among(*keys, part)))
    ]
    return sorted(listed, key=lambda each: each.id or 0)


def add_answers(
    session: Session, conversation: Conversation, timeline: Sequence[TimelineEntry]
) -> None:
    """Note which facts a partner is to be told and was not yet."""
    known = select(Answer.digest, Answer.place).where(Answer.conversation == conversation.id)
    told = set(session.exec(known).all())
    for entry in answered(conversation, timeline):
        if entry.digest is not None and (entry.digest, entry.position) not in told:
            session.add(
                Answer(
                    conversation=conversation.id or 0,
                    digest=entry.digest,
                    place=entry.position,
                    action=entry.action,
                )
            )
    session.flush()


def answered(
    conversation: Conversation, timeline: Sequence[TimelineEntry]
) -> Iterator[TimelineEntry]:
    """Give what others recorded after the document with which the conversation began."""
    entries = iter(timeline)
    for entry in entries:
        if entry.document is not None and entry.document.commitment == conversation.commitment:
            break
    for entry in entries:
        if entry.organisation != conversation.organisation:
            yield entry


def waiting(session: Session, after: int, limit: int) -> list[tuple[Answer, Conversation]]:
    """List answers that are not written yet, the oldest first."""
    found = (
        select(Answer, Conversation)
        .join(Conversation, col(Conversation.id) == Answer.conversation)
        .where(col(Answer.outbox).is_(None), col(Answer.id) > after)
        .order_by(col(Answer.id))
        .limit(limit)
    )
    return list(session.exec(found))


def of_message(session: Session, message: int) -> list[tuple[Answer, Conversation]]:
    """List the answers to a message of the inbox, the oldest first."""
    found = (
        select(Answer, Conversation)
        .join(Conversation, col(Conversation.id) == Answer.conversation)
        .where(Conversation.message == message)
        .order_by(col(Answer.id))
    )
    return list(session.exec(found))
