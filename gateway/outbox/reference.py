"""What a partner's acknowledgement names: the numbers of a message, and of what is around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.connectors import detect
from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.x12 import interchange as x12

_GROUP_REFERENCE: Final = {"GS": 6, "UNG": 5}


@dataclass(frozen=True, slots=True)
class Reference:
    """The numbers under which one message was sent; empty where its standard has none."""

    interchange: str
    group: str
    name: str
    reference: str


def references(content: bytes, standard: str, type_: str) -> list[Reference]:
    """List what can be acknowledged of a message that is about to be sent.

    Raises
    ------
    MalformedInterchange
        If it is an interchange that contradicts itself.
    """
    if standard in (detect.X12, detect.EDIFACT):
        syntax = x12 if standard == detect.X12 else edifact
        return [_of(each) for part in syntax.read(content) for each in part.messages]
    if standard == detect.UBL:
        return [Reference("", "", type_[:64], plain(_ubl_number(content))[:200])]
    return []


def plain(number: str) -> str:
    """Spell a control number the one way it is compared: leading zeros say nothing."""
    is_number = number.isascii() and number.isdecimal()
    return (number.lstrip("0") or "0") if is_number else number


def _ubl_number(content: bytes) -> str:
    # XML is loaded by those gateways that speak it.
    from gateway.connectors.ubl.reader import CBC, read_xml

    return (read_xml(content).root.findtext(f"{{{CBC}}}ID") or "").strip()


def _of(message: Message) -> Reference:
    envelope = message.envelope
    group = envelope.group
    number = group[_GROUP_REFERENCE[group.tag]] if group is not None else ""
    return Reference(
        plain(envelope.reference), plain(number), message.name, plain(message.reference)
    )
