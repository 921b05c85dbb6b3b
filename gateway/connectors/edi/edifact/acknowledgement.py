"""EDIFACT CONTRL, Syntax and service report: what became of each message of an interchange.

Source: ISO 9735-4; data elements 0083 and 0085.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from gateway.connectors.edi.edifact.envelope import write
from gateway.connectors.edi.edifact.interchange import envelope_of, header_of
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.finding import EdiFinding, Fault
from gateway.connectors.edi.message import Address, Envelope, Message
from gateway.connectors.edi.message_type import Outcome
from gateway.connectors.edi.profile import PLAIN, PartnerProfile
from gateway.connectors.edi.scan import Interchange
from gateway.connectors.edi.segment import Segment, segment
from gateway.connectors.edi.sending import Sending
from gateway.connectors.message import Finding, UnwritableDocument

_VERSION: Final = "D:3:UN"
_REJECTED: Final = "4"
_ACKNOWLEDGED: Final = "7"

_CODES: Final = {
    Fault.SEGMENT_UNKNOWN: "15",
    Fault.SEGMENT_MISSING: "13",
    Fault.SEGMENT_REPEATED: "35",
    Fault.SEGMENT_MISPLACED: "15",
    Fault.ELEMENT_MISSING: "13",
    Fault.ELEMENT_SURPLUS: "16",
    Fault.VALUE_INVALID: "12",
    Fault.DATE_INVALID: "12",
    Fault.TIME_INVALID: "12",
    Fault.CHARACTER_INVALID: "21",
    Fault.REFERENCE_MISMATCH: "28",
    Fault.COUNT_MISMATCH: "29",
    Fault.TRAILER_MISSING: "13",
    Fault.DUPLICATE: "26",
    Fault.UNSUPPORTED: "14",
    Fault.RULE_BROKEN: "12",
}
_UNSPECIFIED: Final = "18"
_SERVICE: Final = ("UNB", "UNG", "UNE", "UNZ")


def acknowledge(
    interchange: Interchange,
    outcomes: Sequence[Outcome[Any]],
    sending: Sending,
    profile: PartnerProfile = PLAIN,
) -> bytes:
    """Write the CONTRL for an interchange.

    Parameters
    ----------
    interchange : Interchange
        What was received.
    outcomes : sequence of Outcome
        What became of each of its messages, in their order.
    sending : Sending
        How the report itself is sent.
    profile : PartnerProfile
        Of its receiver.
    """
    unb = interchange.envelope.header
    assert unb is not None
    body = [segment("UCI", interchange.envelope.reference, unb[2], unb[3], _ACKNOWLEDGED)]
    for message, outcome in zip(interchange.messages, outcomes, strict=True):
        body.extend(_answer(message, outcome))
    return write([_report(body)], sending, profile)


def refuse(
    content: bytes,
    findings: Sequence[Finding],
    at: datetime,
    control: int,
    profile: PartnerProfile = PLAIN,
) -> bytes:
    """Write the CONTRL for an interchange that could not be read; empty if its UNB is illegible.

    Parameters
    ----------
    content : bytes
        What was received.
    findings : sequence of Finding
        Why it was refused.
    at, control
        When and under which number the report itself is sent.
    profile : PartnerProfile
        Of its receiver.
    """
    unb = header_of(content)
    if unb is None:
        return b""
    envelope = envelope_of(unb)
    found = next((each for each in findings if isinstance(each, EdiFinding)), None)
    code = _CODES[found.fault] if found is not None else _UNSPECIFIED
    tag = found.tag if found is not None and found.tag in _SERVICE else None
    uci = segment("UCI", envelope.reference, unb[2], unb[3], _REJECTED, code, tag)
    sending = Sending(envelope.receiver, envelope.sender, control, at, envelope.is_test)
    try:
        return write([_report([uci])], sending, profile)
    except UnwritableDocument:
        return b""


def _report(body: Sequence[Segment]) -> Message:
    header = EDIFACT.header("CONTRL", _VERSION, "1")
    envelope = Envelope(Address(""), Address(""))
    return Message("CONTRL", _VERSION, "", tuple(body), envelope, header)


def _answer(message: Message, outcome: Outcome[Any]) -> Iterable[Segment]:
    """Write whether one message is accepted, and what is wrong with it, segment by segment."""
    assert message.header is not None
    identifier = message.header[2]
    if outcome.document is not None:
        yield segment("UCM", message.reference, identifier, _ACKNOWLEDGED)
        return
    found = sorted(outcome.findings, key=lambda each: (each.position, each.element))
    on_header = [each for each in found if each.position <= 1]
    inner = [each for each in found if each.position > 1]
    code = _CODES[on_header[0].fault] if on_header else None if inner else _UNSPECIFIED
    yield segment("UCM", message.reference, identifier, _REJECTED, code)
    for position, group in groupby(inner, key=lambda each: each.position):
        yield from _segment_errors(position, list(group))


def _segment_errors(position: int, findings: list[EdiFinding]) -> Iterable[Segment]:
    whole = [each for each in findings if not each.element]
    yield segment("UCS", str(position), _CODES[whole[0].fault] if whole else None)
    for each in findings:
        if each.element:
            at = str(each.element + 1), str(each.component) if each.component else None
            yield segment("UCD", _CODES[each.fault], at)
