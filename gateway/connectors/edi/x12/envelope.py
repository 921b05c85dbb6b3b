"""Putting X12 messages into ISA, GS and ST."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.message import Address, Message
from gateway.connectors.edi.profile import PLAIN, Delimiter, PartnerProfile
from gateway.connectors.edi.segment import COMPONENT, REPETITION, Segment, segment
from gateway.connectors.edi.sending import (
    Sending,
    characters,
    encoded,
    unwritable,
    with_reference,
)
from gateway.connectors.edi.x12.syntax import X12

GROUPS: Final = {
    "810": "IN",
    "830": "PS",
    "850": "PO",
    "855": "PR",
    "856": "SH",
    "860": "PC",
    "861": "RC",
    "863": "RT",
    "865": "CA",
    "997": "FA",
    "999": "FA",
}
"""Transaction set to functional identifier (element 479)."""

_QUALIFIERS: Final = {"0060": "01", "0088": "07", "ZZZ": "ZZ", "": "ZZ"}
_CHOICES: Final[dict[Delimiter, str]] = {
    "element": "*|^}",
    "component": ":>\\<",
    "repetition": "^!%",
    "terminator": "~'`",
}
_REPETITION_SINCE: Final = "00402"
_CONTROL_MAX: Final = 999_999_999


def write(
    messages: Sequence[Message],
    sending: Sending,
    profile: PartnerProfile = PLAIN,
    notices: Sequence[Segment] = (),
) -> bytes:
    """Write an interchange: a group per run of messages of one type and release.

    Parameters
    ----------
    messages : sequence of Message
        What is sent.
    sending : Sending
        From whom to whom, and under which number.
    profile : PartnerProfile
        Of the receiver.
    notices : sequence of Segment
        Acknowledgments of interchanges, which stand before all groups.

    Raises
    ------
    UnwritableDocument
        If a delimiter or the character set of the profile does not suit the data, or an address
        does not fit.
    """
    version = messages[0].version[:5] if messages else X12.version[:5]
    found = characters(messages)
    if REPETITION in found and version < _REPETITION_SINCE:
        rule, advice = "From release 00402 on, elements repeat.", "Choose a later release."
        raise unwritable(rule, version, advice)
    dialect = _dialect(found, profile)
    header = _isa(sending, version, dialect)
    runs = groupby(messages, key=lambda message: (message.name, message.version))
    groups = [list(run) for _, run in runs]
    lines = [header, *map(dialect.spell, notices)]
    for nth, group in enumerate(groups):
        # A group is acknowledged by its number, which has to differ from one sending to the next.
        number = (sending.control + nth - 1) % _CONTROL_MAX + 1
        lines.extend(map(dialect.spell, _group(group, sending, number)))
    lines.append(dialect.spell(segment("IEA", str(len(groups)), f"{sending.control:09}")))
    end = dialect.terminator + "\n"
    return encoded(end.join([*lines, ""]), profile.charset or "utf-8")


def _dialect(found: frozenset[str], profile: PartnerProfile) -> Dialect:
    """Choose delimiters that no data has."""
    chosen: dict[Delimiter, str] = {}
    for name, candidates in _CHOICES.items():
        wanted = profile.delimiters.get(name, candidates)
        free = [each for each in wanted if each not in found and each not in chosen.values()]
        if not free:
            advice = "Choose another delimiter in the partner's profile."
            raise unwritable(f"The {name} separator stands in no data.", wanted, advice)
        chosen[name] = free[0]
    return Dialect(**chosen)


def _isa(sending: Sending, version: str, dialect: Dialect) -> str:
    elements = (
        *("00", " " * 10, "00", " " * 10),
        *_address(sending.sender),
        *_address(sending.receiver),
        *(f"{sending.at:%y%m%d}", f"{sending.at:%H%M}"),
        dialect.repetition if version >= _REPETITION_SINCE else "U",
        *(version, f"{sending.control:09}", "0", "T" if sending.is_test else "P"),
        dialect.component,
    )
    return dialect.element.join(("ISA", *elements))


def _address(address: Address) -> tuple[str, str]:
    qualifier = _QUALIFIERS.get(address.qualifier, address.qualifier)
    if len(qualifier) != 2 or not 0 < len(address.id) <= 15:
        rule = "An address of ISA is a qualifier of 2 characters and a number of 1 to 15."
        found = f"{address.qualifier} {address.id}"
        raise unwritable(rule, found, "Name the address in the partner's profile.")
    return qualifier, address.id.ljust(15)


def _group(messages: list[Message], sending: Sending, number: int) -> Iterable[Segment]:
    name, version = messages[0].name, messages[0].version
    at = (f"{sending.at:%Y%m%d}", f"{sending.at:%H%M}")
    ends = (sending.sender.id, sending.receiver.id)
    yield segment("GS", GROUPS.get(name, name), *ends, *at, str(number), "X", version)
    for index, message in enumerate(messages, start=1):
        reference = f"{index:04}"
        header = message.header or X12.header(name, version, reference)
        yield with_reference(header, reference)
        yield from message.body
        yield segment("SE", str(len(message.body) + 2), reference)
    yield segment("GE", str(len(messages)), str(number))


def spelled_plainly(text: str) -> str:
    """Write a bad value as data of an acknowledgment, whatever delimiters it had."""
    return text.replace(COMPONENT, " ")[:99].strip()
