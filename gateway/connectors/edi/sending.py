"""What both envelopes need when they are written: numbers, a moment, and bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gateway.connectors.edi.message import Address, Message
from gateway.connectors.edi.segment import Segment
from gateway.connectors.message import Finding, Location, UnwritableDocument


@dataclass(frozen=True, slots=True)
class Sending:
    """One interchange about to be sent.

    Parameters
    ----------
    sender, receiver : Address
        In the codes of the envelope, or by the scheme of ISO 6523.
    control : int
        Its number; never used twice between the two, 1 to 999,999,999.
    at : datetime
        When it is put together, in the clock that the partner expects.
    is_test : bool
        Whether it is only a trial.
    """

    sender: Address
    receiver: Address
    control: int
    at: datetime
    is_test: bool = False


def characters(messages: Iterable[Message]) -> frozenset[str]:
    """Gather the characters that messages are made of."""
    found: set[str] = set()
    for message in messages:
        for segment in message.body:
            found.update(*segment.elements)
    return frozenset(found)


def encoded(text: str, charset: str) -> bytes:
    """Encode an interchange.

    Raises
    ------
    UnwritableDocument
        If the character set lacks one of its characters.
    """
    try:
        return text.encode(charset)
    except UnicodeEncodeError as error:
        found = text[error.start : error.end]
        raise unwritable(
            f"The character set {charset} has all characters of the message.",
            found,
            "Choose a wider character set in the partner's profile.",
        ) from None


def unwritable(rule: str, found: str, advice: str) -> UnwritableDocument:
    """Make the refusal of an interchange that cannot be spelled."""
    return UnwritableDocument([Finding(rule, Location(1, 1), found, advice)])


def with_reference(header: Segment, reference: str) -> Segment:
    """Give a header its reference."""
    place = 1 if header.tag == "ST" else 0
    elements = [*header.elements]
    elements[place] = reference
    return Segment(header.tag, tuple(elements))
