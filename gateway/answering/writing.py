"""One answer: what is told of a fact, written as the partner writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlmodel import Session

from gateway.answering.manner import usage_of
from gateway.answering.models import Answer, Conversation
from gateway.answering.telling import document_of
from gateway.connectors.message import ConnectorRefused, Finding, Location
from gateway.connectors.profile.choice import Partners
from gateway.conversion.conversion import Converted, write
from gateway.inbox import book as inbox
from gateway.inbox.models import InboxMessage
from gateway.naming import order_id
from gateway.profiles.book import as_noted, partners
from ledger.document.order import Order
from ledger.document.order_change import OrderChange
from ledger.document.part import Document
from ledger.document.schema import parse_document
from ledger.model.parcel import OPENED
from ledger.query.document import document as readable
from ledger.query.manifest import is_awaited
from ledger.query.timeline import TimelineEntry, order_timeline

CONTROL_MAX: Final = 999_999_999
"""Control numbers of answers count down from here, those of acknowledgements up from 1."""


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer is made from.

    Parameters
    ----------
    standard, content, position, partner : str, bytes, int, str
        The partner's message, which document of it is answered, and whose it is.
    noted, partners : Partners
        By whose profile the message was read, and those of now.
    """

    standard: str
    content: bytes
    position: int
    partner: str
    noted: Partners
    partners: Partners
    told: Document


@dataclass(frozen=True, slots=True)
class Untold:
    """Why a partner cannot be told something."""

    standard: str
    type: str
    findings: Sequence[Finding]


class Retracted(Exception):
    """The chain has taken the fact back."""


def gather(
    session: Session, conversation: Conversation, answer: Answer
) -> Material | Untold | None:
    """Gather what an answer is made from; nothing while the fact's document is awaited.

    Raises
    ------
    Retracted
        If the fact is none any more.
    """
    timeline = order_timeline(session, conversation.agreement, conversation.order_number)
    places = {(each.digest, each.position): nth for nth, each in enumerate(timeline)}
    place = places.get((answer.digest, answer.place))
    if place is None:
        raise Retracted
    entry = timeline[place]
    if entry.document is None and is_awaited(session, answer.digest):
        return None
    if entry.document is not None and entry.document.status != OPENED:
        return None
    message = session.get(InboxMessage, conversation.message)
    held = None if message is None else inbox.content_of(session, message, message.version)
    document = _opened(session, conversation, entry)
    if message is None or held is None:
        return _untold("", entry, "What the partner sent is kept.", "Tell the partner by hand.")
    if entry.document is not None and document is None:
        rule = "The document is for the organisation that is asked about the order."
        return _untold(message.standard, entry, rule, "Ask whoever recorded it.")
    order = _last(session, conversation, timeline[:place], ("issue", "revise"))
    change = _last(session, conversation, timeline[:place], ("request_change",))
    id_ = order_id(conversation.agreement, conversation.order_number)
    told = document_of(
        entry.action,
        document,
        order if isinstance(order, Order) else None,
        id_,
        entry.time,
        change if isinstance(change, OrderChange) else None,
    )
    noted = Partners.of(as_noted(session, conversation.organisation, message.profile))
    known = partners(session, conversation.organisation)
    return Material(
        message.standard, held[0], conversation.position, message.sender, noted, known, told
    )


def written(material: Material, number: int, now_ms: int) -> Converted | Untold:
    """Write an answer.

    Parameters
    ----------
    number : int
        Of the answer.
    """
    control = CONTROL_MAX - number % CONTROL_MAX
    at = datetime.fromtimestamp(now_ms / 1000, UTC)
    try:
        usage = usage_of(
            material.standard,
            material.content,
            material.position,
            material.partner,
            material.noted,
            material.partners,
            control,
            at,
        )
        return write(usage.dressed(material.told), usage.standard, usage.manner)
    except ConnectorRefused as error:
        return Untold(material.standard, type(material.told).__name__, error.findings)


def _opened(session: Session, conversation: Conversation, entry: TimelineEntry) -> Document | None:
    if entry.document is None:
        return None
    found = readable(session, conversation.organisation, entry.document.commitment)
    return None if found is None or found.body is None else parse_document(found.body)


def _last(
    session: Session,
    conversation: Conversation,
    before: Sequence[TimelineEntry],
    actions: Collection[str],
) -> Document | None:
    """Find the document of the last of some actions on the order."""
    for entry in reversed(before):
        if entry.machine == "order" and entry.action in actions:
            return _opened(session, conversation, entry)
    return None


def _untold(standard: str, entry: TimelineEntry, rule: str, advice: str) -> Untold:
    kind = entry.document.type if entry.document is not None else None
    finding = Finding(rule, Location(1, 1), entry.action, advice)
    return Untold(standard, kind or "", [finding])
