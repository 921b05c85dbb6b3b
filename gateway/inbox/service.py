"""Taking messages in, reading them, mending and replaying them."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from gateway.answer import Page
from gateway.connectors.message import ConnectorRefused, Finding, Location
from gateway.connectors.profile.choice import Partners
from gateway.inbox import book, telling
from gateway.inbox.errors import (
    AcknowledgementAbsent,
    InboxDocumentUnknown,
    InboxMessageUnknown,
    InboxStateUnexpected,
)
from gateway.inbox.models import RECEIVED, InboxMessage
from gateway.inbox.reading import Reading, read
from gateway.inbox.schemas import InboxView
from gateway.inbox.view import MEND, REPLAY, SET_ASIDE_ACTION, actions_of, is_begun, view
from gateway.page import decode_cursor, encode_cursor
from gateway.profiles import book as profile_book
from ledger.clock import now_ms
from ledger.database import reading, writing
from ledger.document.part import Document

_log = logging.getLogger(__name__)


def receive(
    engine: Engine, organisation: int, sender: str, content: bytes, media_type: str
) -> InboxView:
    """Take a message in: keep it, then read it. One that came before is only counted."""
    known = _counted(engine, organisation, sender, content)
    if known is not None:
        return known
    try:
        with writing(engine) as session:
            message = book.keep(session, organisation, sender, content, media_type)
            number = book.number_of(message)
    except IntegrityError:
        # Another request has kept the same message meanwhile.
        known = _counted(engine, organisation, sender, content)
        assert known is not None
        return known
    return examine(engine, organisation, str(number))


def examine(engine: Engine, organisation: int, id_: str) -> InboxView:
    """Read a message that is kept, and note what it became or what is wrong with it.

    Raises
    ------
    InboxMessageUnknown
        If there is none.
    """
    with reading(engine) as session:
        message = book.own(session, organisation, id_, is_read=True)
        version, sender = message.version, message.sender
        held = book.content_of(session, message, version)
        profiles = profile_book.contents(session, organisation)
    assert held is not None
    outcome = _read(held[0], sender, profiles)
    with writing(engine) as session:
        message = book.own(session, organisation, id_)
        # Who has mended it meanwhile has it read again; what is recorded stays.
        if message.version == version and not is_begun(message):
            if isinstance(outcome, Reading):
                other = book.reusing(session, message, outcome)
                outcome = outcome if other is None else (_reused(outcome, other),)
            if isinstance(outcome, Reading):
                book.note_read(message, telling.heard(session, message, outcome))
            else:
                book.note_refused(message, outcome)
            refusal = () if isinstance(outcome, Reading) else outcome
            telling.acknowledge(session, message, held[0], refusal)
            session.add(message)
        return view(message)


def mend(engine: Engine, organisation: int, id_: str, content: bytes, media_type: str) -> InboxView:
    """Keep a mended content beside what came, and read it.

    Raises
    ------
    InboxMessageUnknown, InboxStateUnexpected
        If there is none, or it is not to be mended.
    """
    with writing(engine) as session:
        message = book.own(session, organisation, id_)
        _require(message, MEND)
        message.version, message.tries = message.version + 1, 1
        message.state, message.findings, message.documents = RECEIVED, [], []
        message.changed_ms = now_ms()
        book.keep_content(session, message, content, media_type)
        session.add(message)
    return examine(engine, organisation, id_)


def replay(engine: Engine, organisation: int, id_: str) -> InboxView:
    """Read a message again, after its partner's profile or a connector was mended.

    Raises
    ------
    InboxMessageUnknown, InboxStateUnexpected
        If there is none, or it is recorded.
    """
    with reading(engine) as session:
        _require(book.own(session, organisation, id_, is_read=True), REPLAY)
    return examine(engine, organisation, id_)


def set_aside(engine: Engine, organisation: int, id_: str) -> InboxView:
    """Note that nothing is to be done with a message; it stays, and can be replayed.

    Raises
    ------
    InboxMessageUnknown, InboxStateUnexpected
        If there is none, or some of it is recorded.
    """
    with writing(engine) as session:
        message = book.own(session, organisation, id_)
        _require(message, SET_ASIDE_ACTION)
        book.note_aside(message)
        session.add(message)
        return view(message)


def message(engine: Engine, organisation: int, id_: str) -> InboxView:
    """Show a message.

    Raises
    ------
    InboxMessageUnknown
        If there is none.
    """
    with reading(engine) as session:
        return view(book.own(session, organisation, id_, is_read=True))


def messages(
    engine: Engine, organisation: int, state: str | None, cursor: str | None, limit: int
) -> Page[InboxView]:
    """List messages, the newest first.

    Raises
    ------
    RequestInvalid
        If the cursor is none.
    """
    before = decode_cursor(cursor, 1)
    found = select(InboxMessage).where(InboxMessage.organisation == organisation)
    if state is not None:
        found = found.where(InboxMessage.state == state)
    if before is not None:
        found = found.where(col(InboxMessage.id) < before[0])
    with reading(engine) as session:
        asked = found.order_by(col(InboxMessage.id).desc()).limit(limit + 1)
        rows = session.exec(asked).all()
        following = encode_cursor((book.number_of(rows[limit - 1]),)) if len(rows) > limit else None
        return Page(items=[view(row) for row in rows[:limit]], next=following)


def content(engine: Engine, organisation: int, id_: str, version: int | None) -> tuple[bytes, str]:
    """Give a content as it came or was mended, with its media type.

    Raises
    ------
    InboxMessageUnknown
        If there is no such message or version.
    """
    with reading(engine) as session:
        found = book.own(session, organisation, id_, is_read=True)
        held = book.content_of(session, found, version or found.version)
    if held is None:
        raise InboxMessageUnknown(f"{id_}, version {version}")
    return held


def acknowledgement(engine: Engine, organisation: int, id_: str) -> bytes:
    """Give what the sender of a message is told of it, in the sender's own standard.

    Raises
    ------
    InboxMessageUnknown
        If there is no such message.
    AcknowledgementAbsent
        If its standard has no acknowledgement, or none could be made of it.
    """
    with reading(engine) as session:
        found = book.own(session, organisation, id_, is_read=True)
        if found.acknowledgement is None:
            raise AcknowledgementAbsent(id_)
        return found.acknowledgement


def document(engine: Engine, organisation: int, id_: str, position: int) -> Document:
    """Give a document that a message became.

    Raises
    ------
    InboxMessageUnknown, InboxDocumentUnknown
        If there is none.
    ConnectorRefused
        If the message is not read any more as it was; it can be replayed.
    """
    with reading(engine) as session:
        found = book.own(session, organisation, id_, is_read=True)
        is_listed = position < len(found.documents)
        held = book.content_of(session, found, found.version)
        sender, profiles = found.sender, profile_book.as_noted(session, organisation, found.profile)
    if not is_listed or held is None:
        raise InboxDocumentUnknown(position)
    documents = read(held[0], sender, Partners.of(profiles)).documents
    if position >= len(documents):
        raise InboxDocumentUnknown(position)
    return documents[position]


def _counted(engine: Engine, organisation: int, sender: str, content: bytes) -> InboxView | None:
    with writing(engine) as session:
        known = book.find_same(session, organisation, sender, content)
        if known is None:
            return None
        known.arrivals += 1
        session.add(known)
        return view(known, is_duplicate=True)


def _read(content: bytes, sender: str, profiles: Iterable[bytes]) -> Reading | tuple[Finding, ...]:
    try:
        return read(content, sender, Partners.of(profiles))
    except ConnectorRefused as error:
        return error.findings
    except Exception as fault:
        # A fault of ours must not hold up what comes after, nor be forgotten: the message waits.
        _log.exception("a message of %s is not read", sender)
        return (_unreadable(fault),)


def _unreadable(fault: Exception) -> Finding:
    rule = f"This software can read the message; it failed with {type(fault).__name__}."
    return Finding(rule, Location(1, 1), "", "Report it, and replay the message once it is mended.")


def _reused(found: Reading, other: int) -> Finding:
    rule = f"A control number is used once; message {other} came with the same and says other."
    advice = "Ask the sender, then set one of the two aside and replay the other."
    return Finding(rule, Location(1, 1), found.control, advice)


def _require(message: InboxMessage, action: str) -> None:
    if action not in actions_of(message):
        raise InboxStateUnexpected(book.number_of(message), message.state)
