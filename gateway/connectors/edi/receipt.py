"""What a partner's acknowledgment says about messages that were sent to it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.connectors.edi.finding import Fault, InvalidEdiMessage, UnsupportedMessage
from gateway.connectors.edi.loop import Group, Loop, grow
from gateway.connectors.edi.message import Message, Report
from gateway.connectors.edi.segment import COMPONENT, Segment
from gateway.connectors.edi.syntax import Syntax


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that the partner finds wrong, in the codes of its standard.

    Parameters
    ----------
    position : int
        Which segment of the message, its header being 1; 0 for the whole message.
    tag : str
        The segment, where the standard names it.
    element : str
        The number of the element, ``5`` or ``5:2``; empty for the whole segment.
    code : str
        What is wrong, of element 720 or 723 in X12, of 0085 in EDIFACT.
    found : str
        The bad value, where the standard repeats it.
    """

    position: int
    tag: str
    element: str
    code: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message, or, without a reference, of all that are not named.

    Parameters
    ----------
    interchange_reference : str
        Of the group in X12, of the interchange in EDIFACT.
    name, reference : str
        Type and control number of the message.
    is_accepted : bool
        Whether the partner took it.
    complaints : tuple of Complaint
        What is wrong with it.
    """

    interchange_reference: str
    name: str
    reference: str
    is_accepted: bool
    complaints: tuple[Complaint, ...] = ()


def grown(message: Message, name: str, loop: Loop, syntax: Syntax) -> Group:
    """Lay an acknowledgment out in its loops.

    Raises
    ------
    UnsupportedMessage
        If it is none.
    InvalidEdiMessage
        With everything wrong.
    """
    report = Report(message.name)
    header = message.header or Segment("", ())
    if message.name != name:
        report.add(header, 0, Fault.UNSUPPORTED, f"This is a {name}.", f"Send a {name}.")
        raise UnsupportedMessage(report.findings)
    report.findings += [each for each in message.findings if each.fault is not Fault.UNSUPPORTED]
    for segment in message.body:
        syntax.check(segment, report)
    end = message.trailer or Segment("", (), len(message.body) + 2)
    tree = grow(loop, message.body, report, end)
    if report.findings:
        raise InvalidEdiMessage(report.findings)
    return tree


def position(text: str) -> int:
    """Read which segment is meant; 0 when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


def spelled(element: str) -> str:
    """Spell a place in a composite."""
    return element.replace(COMPONENT, ":")
