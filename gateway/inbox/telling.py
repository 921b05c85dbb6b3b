"""Between inbox and outbox: what senders are told, and what they say of what they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlmodel import Session

from gateway.connectors import detect
from gateway.connectors.edi.receipt import Receipt
from gateway.connectors.message import Finding, Location, shortened
from gateway.inbox.book import number_of
from gateway.inbox.models import InboxMessage
from gateway.inbox.reading import Reading
from gateway.outbox import book
from gateway.outbox.answer import note_receipts

_INTERCHANGES: Final = (b"ISA", b"UNA", b"UNB")
_PEPPOL: Final = b"peppol"


def acknowledge(
    session: Session, message: InboxMessage, content: bytes, refusal: Sequence[Finding]
) -> None:
    """Put what the sender is told of a message as it came into the outbox, once."""
    if message.acknowledgement is None and message.version == 1:
        message.acknowledgement = _written(content, refusal, message) or None
    if message.acknowledgement is None:
        return
    number, told = number_of(message), detect.detect(message.acknowledgement)
    book.put(
        session,
        message.organisation,
        partner_of(message),
        message.acknowledgement,
        key=f"inbox:{number}:acknowledgement",
        standard=told.standard,
        type=told.type,
        source=number,
    )


def partner_of(message: InboxMessage) -> str:
    """Tell whom the outbox calls the sender of a message: by its profile where nobody said."""
    return message.sender or _named(message.profile)


def _named(profile: str) -> str:
    return profile.partition(" ")[0]


def _written(content: bytes, refusal: Sequence[Finding], message: InboxMessage) -> bytes | None:
    """Write what is told by the inbox itself, rather than by whoever read the message."""
    number, came_ms = number_of(message), message.received_ms
    # Connectors are loaded by those gateways that are sent their standard.
    if content.lstrip().startswith(_INTERCHANGES):
        from gateway.inbox import interchange

        return interchange.refuse(content, refusal, number, came_ms) if refusal else None
    if _PEPPOL in content:
        from gateway.inbox import level_response

        return level_response.write(content, refusal, number, came_ms)
    return None


def heard(session: Session, message: InboxMessage, reading: Reading) -> Reading:
    """Note what a message says of messages that were sent; what was not sent is a finding.

    The receipts that are left in the reading are those that name something.
    """
    partner = message.sender or _named(reading.profile)
    unknown = note_receipts(session, message.organisation, partner, reading.receipts)
    known = tuple(each for each in reading.receipts if each not in unknown)
    findings = (*reading.findings, *map(_never_sent, unknown))
    return replace(reading, receipts=known, findings=findings)


def _never_sent(receipt: Receipt) -> Finding:
    named = f"{receipt.interchange_reference} {receipt.name} {receipt.reference}"
    rule = "An acknowledgement names messages that were sent to its sender."
    advice = "Ask the sender what it means; the outbox lists what was sent, with its numbers."
    return Finding(rule, Location(1, 1), shortened(" ".join(named.split())), advice)
