"""The rows of the inbox: kept before they are read, and changed under a lock."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlmodel import Session, col, select

from gateway.connectors.message import Finding
from gateway.inbox.errors import InboxMessageUnknown
from gateway.inbox.models import (
    NOTED,
    READY,
    RECORDED,
    REFUSED,
    SET_ASIDE,
    InboxContent,
    InboxMessage,
)
from gateway.inbox.reading import Reading
from gateway.inbox.seal import inbox_place, seal, unseal
from ledger.clock import now_ms


def find_same(
    session: Session, organisation: int, sender: str, content: bytes
) -> InboxMessage | None:
    """Find the message that this one repeats, to be changed."""
    found = select(InboxMessage).where(
        InboxMessage.organisation == organisation,
        InboxMessage.sender == sender,
        InboxMessage.digest == hashlib.sha256(content).digest(),
    )
    return session.exec(found.with_for_update()).first()


def keep(
    session: Session, organisation: int, sender: str, content: bytes, media_type: str
) -> InboxMessage:
    """Keep a message as it came, before anything of it is read."""
    now = now_ms()
    message = InboxMessage(
        organisation=organisation,
        sender=sender,
        digest=hashlib.sha256(content).digest(),
        tries=1,
        received_ms=now,
        changed_ms=now,
    )
    session.add(message)
    session.flush()
    keep_content(session, message, content, media_type)
    return message


def keep_content(session: Session, message: InboxMessage, content: bytes, media_type: str) -> None:
    """Keep the present version of a content beside the earlier ones."""
    number = number_of(message)
    key, sealed = seal(content, inbox_place(number, message.version))
    session.add(
        InboxContent(
            message=number,
            version=message.version,
            size_bytes=len(content),
            media_type=media_type[:200],
            key=key,
            sealed=sealed,
            stored_ms=now_ms(),
        )
    )


def content_of(session: Session, message: InboxMessage, version: int) -> tuple[bytes, str] | None:
    """Open a version of a content; gives it with its media type."""
    number = number_of(message)
    row = session.get(InboxContent, (number, version))
    if row is None:
        return None
    return unseal(row.key, row.sealed, inbox_place(number, version)), row.media_type


def own(session: Session, organisation: int, id_: str, *, is_read: bool = False) -> InboxMessage:
    """Find a message of an organisation, locked unless it is only read.

    Raises
    ------
    InboxMessageUnknown
        If it has none of this id.
    """
    is_number = id_.isascii() and id_.isdigit() and len(id_) < 10
    lock = None if is_read else True
    message = session.get(InboxMessage, int(id_), with_for_update=lock) if is_number else None
    if message is None or message.organisation != organisation:
        raise InboxMessageUnknown(id_)
    return message


def reusing(session: Session, message: InboxMessage, reading: Reading) -> int | None:
    """Find another message that came under the same control number; its content is another."""
    if not reading.control:
        return None
    found = select(InboxMessage.id).where(
        InboxMessage.organisation == message.organisation,
        InboxMessage.sender == message.sender,
        InboxMessage.standard == reading.kind.standard,
        InboxMessage.control == _control(reading),
        InboxMessage.id != message.id,
        col(InboxMessage.state).in_((READY, RECORDED)),
    )
    return session.exec(found).first()


def note_read(message: InboxMessage, reading: Reading) -> None:
    """Note what a message became, and what is wrong with parts of it that became nothing."""
    message.state = READY if reading.documents else NOTED if reading.receipts else REFUSED
    message.findings = [finding.as_dict() for finding in reading.findings]
    if message.version == 1 and message.acknowledgement is None and reading.acknowledge:
        written = reading.acknowledge(number_of(message), message.received_ms)
        message.acknowledgement = written or None
    message.standard, message.type = reading.kind.standard, reading.kind.type[:64]
    message.control, message.profile = _control(reading), reading.profile
    message.documents = [
        {"position": position, "document_type": type(each).__name__, "id": each.id, "intent": None}
        for position, each in enumerate(reading.documents)
    ]
    message.changed_ms = now_ms()


def note_refused(message: InboxMessage, findings: Sequence[Finding]) -> None:
    """Note what is wrong with a message."""
    message.state, message.documents = REFUSED, []
    message.findings = [finding.as_dict() for finding in findings]
    message.changed_ms = now_ms()


def note_recorded(message: InboxMessage, position: int, intent: int) -> None:
    """Note which intent recorded a document; the message is recorded with its last one."""
    message.documents = [
        {**each, "intent": str(intent)} if each["position"] == position else each
        for each in message.documents
    ]
    if all(each["intent"] for each in message.documents):
        message.state = RECORDED
    message.changed_ms = now_ms()


def note_taken_back(message: InboxMessage, position: int, finding: Finding) -> None:
    """Note that the ledger has refused a document after all; it can be recorded anew."""
    message.documents = [
        {**each, "intent": None} if each["position"] == position else each
        for each in message.documents
    ]
    message.state = READY
    message.findings = [*message.findings, finding.as_dict()]
    message.changed_ms = now_ms()


def note_aside(message: InboxMessage) -> None:
    """Note that nothing more is to be done with a message."""
    message.state, message.changed_ms = SET_ASIDE, now_ms()


def _control(reading: Reading) -> str:
    """Give the control number, or where a file has very many of them, their digest."""
    text = reading.control.replace("\x00", "")
    return text if len(text) <= 200 else hashlib.sha256(text.encode()).hexdigest()


def number_of(message: InboxMessage) -> int:
    """Give the number of a message that was stored."""
    assert message.id is not None
    return message.id
