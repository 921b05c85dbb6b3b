"""Documents of the inbox that the ledger refuses after all: they can be recorded anew.

What would be refused is mostly told at once, when a document is recorded. Between that and the
chain's word an order may move on, or an agreement end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from gateway.answering.models import Answer, Conversation, RecordedDocument
from gateway.connectors.message import Finding, Location
from gateway.inbox import book as inbox
from gateway.inbox.models import InboxMessage
from ledger.catalogue import catalogue


def take_back(session: Session, refusals: Iterable[Mapping[str, Any]]) -> None:
    """Make the documents ready again whose intents the ledger has refused.

    Parameters
    ----------
    refusals : iterable of mapping
        Number of each intent, and the name of its error.
    """
    errors = {each["intent"]: each["error"] for each in refusals}
    if not errors:
        return
    found = select(RecordedDocument).where(col(RecordedDocument.intent).in_(list(errors)))
    for row in session.exec(found).all():
        message = session.get(InboxMessage, row.message, with_for_update=True)
        if message is not None:
            inbox.note_taken_back(message, row.position, _finding(row, errors[row.intent]))
            session.add(message)
        _end(session, row)
        session.delete(row)


def _end(session: Session, row: RecordedDocument) -> None:
    """End the conversation that began with the document, if nothing was told in it."""
    begun = select(Conversation).where(
        Conversation.message == row.message, Conversation.position == row.position
    )
    for conversation in session.exec(begun).all():
        told = select(Answer.id).where(Answer.conversation == conversation.id)
        if session.exec(told).first() is None:
            session.delete(conversation)


def _finding(row: RecordedDocument, error: str) -> Finding:
    entry = catalogue().get(error)
    advice = "Record it anew, mend it, or set it aside."
    return Finding(
        "The ledger takes the document; it refused the intent that would have recorded it.",
        Location(1, 1, f"/documents/{row.position}"),
        error,
        advice if entry is None else f"{entry.remedy} Then record it anew, or set it aside.",
    )
