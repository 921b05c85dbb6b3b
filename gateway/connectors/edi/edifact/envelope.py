"""Putting EDIFACT messages into UNB and UNH."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.edifact.charset import is_later, name_of
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.message import Address, Message
from gateway.connectors.edi.profile import PLAIN, PartnerProfile
from gateway.connectors.edi.segment import REPETITION, Segment, segment
from gateway.connectors.edi.sending import (
    Sending,
    characters,
    encoded,
    unwritable,
    with_reference,
)

_QUALIFIERS: Final = {"0088": "14", "0060": "1"}
_USUAL: Final = {"component": ":", "element": "+", "decimal": ".", "release": "?"}
_END: Final = "'"
_REPETITION: Final = "*"


def write(messages: Sequence[Message], sending: Sending, profile: PartnerProfile = PLAIN) -> bytes:
    """Write an interchange, with UNA.

    Raises
    ------
    UnwritableDocument
        If the character set of the profile lacks a character, or an address does not fit.
    """
    found = characters(messages).union(sending.sender.id, sending.receiver.id)
    charset = profile.charset or ("latin-1" if max(found, default=" ") <= "\xff" else "utf-8")
    name = name_of(charset, found)
    is_fourth = is_later(name) or REPETITION in found
    dialect = _dialect(profile, is_fourth)
    segments = [_unb(sending, name, is_fourth)]
    for number, message in enumerate(messages, start=1):
        segments.extend(_message(message, str(number)))
    segments.append(segment("UNZ", str(len(messages)), str(sending.control)))
    end = dialect.terminator + "\n"
    return encoded(_advice(dialect) + "\n" + end.join([*map(dialect.spell, segments), ""]), charset)


def _dialect(profile: PartnerProfile, is_fourth: bool) -> Dialect:
    marks = {**_USUAL, "terminator": _END, "repetition": _REPETITION} | dict(profile.delimiters)
    if not is_fourth:
        marks["repetition"] = ""
    return Dialect(**marks)


def _advice(dialect: Dialect) -> str:
    marks = (dialect.component, dialect.element, dialect.decimal, dialect.release)
    return "UNA" + "".join(marks) + (dialect.repetition or " ") + dialect.terminator


def _unb(sending: Sending, charset: str, is_fourth: bool) -> Segment:
    day = f"{sending.at:%Y%m%d}" if is_fourth else f"{sending.at:%y%m%d}"
    elements: list[str | tuple[str, ...] | None] = [
        (charset, "4" if is_fourth else "3"),
        _address(sending.sender),
        _address(sending.receiver),
        (day, f"{sending.at:%H%M}"),
        str(sending.control),
    ]
    if sending.is_test:
        elements += [*[None] * 5, "1"]
    return segment("UNB", *elements)


def _address(address: Address) -> tuple[str, str]:
    qualifier = _QUALIFIERS.get(address.qualifier, address.qualifier)
    if not 0 < len(address.id) <= 35 or len(qualifier) > 4:
        rule = "An address of UNB is a number of 1 to 35 characters and a qualifier of up to 4."
        found = f"{address.id} {address.qualifier}"
        raise unwritable(rule, found, "Name the address in the partner's profile.")
    return address.id, qualifier


def _message(message: Message, reference: str) -> Iterable[Segment]:
    header = message.header or EDIFACT.header(message.name, message.version, reference)
    yield with_reference(header, reference)
    yield from message.body
    yield segment("UNT", str(len(message.body) + 2), reference)
