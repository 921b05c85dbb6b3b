"""What became of an interchange and of each of its messages: X12 997 or 999, and TA1.

Source: ASC X12 997, 999 (005010 and later), TA1; data elements 715 to 723, 618, 620, 621 and I18.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from gateway.connectors.edi.finding import EdiFinding, Fault
from gateway.connectors.edi.message import Address, Envelope, Message
from gateway.connectors.edi.message_type import Outcome
from gateway.connectors.edi.profile import PLAIN, PartnerProfile
from gateway.connectors.edi.scan import Interchange
from gateway.connectors.edi.segment import Segment, segment
from gateway.connectors.edi.sending import Sending
from gateway.connectors.edi.x12.envelope import spelled_plainly, write
from gateway.connectors.edi.x12.interchange import NOTICE, addresses, header_of, is_test
from gateway.connectors.edi.x12.syntax import X12
from gateway.connectors.message import Finding

_SEGMENT_CODES: Final = {
    Fault.SEGMENT_UNKNOWN: "1",
    Fault.SEGMENT_MISSING: "3",
    Fault.SEGMENT_REPEATED: "5",
    Fault.SEGMENT_MISPLACED: "7",
}
_HAS_ERRORS: Final = "8"

_ELEMENT_CODES: Final = {
    Fault.ELEMENT_MISSING: "1",
    Fault.ELEMENT_SURPLUS: "3",
    Fault.CHARACTER_INVALID: "6",
    Fault.VALUE_INVALID: "7",
    Fault.DATE_INVALID: "8",
    Fault.TIME_INVALID: "9",
}

_SET_CODES: Final = {
    Fault.UNSUPPORTED: "1",
    Fault.TRAILER_MISSING: "2",
    Fault.REFERENCE_MISMATCH: "3",
    Fault.COUNT_MISMATCH: "4",
    Fault.DUPLICATE: "23",
}
_SEGMENTS_IN_ERROR: Final = "5"
_IMPLEMENTATION: Final = "999"
_IMPLEMENTATION_SINCE: Final = "005010"
_IMPLEMENTATION_VERSION: Final = "005010X231A1"
_TAGS: Final = {"AK3": "IK3", "AK4": "IK4", "AK5": "IK5"}
"""How 999 calls what it has in common with 997."""

_ANSWERS: Final = frozenset({"997", _IMPLEMENTATION, NOTICE})
"""What is not acknowledged."""

_NOTICE_CODES: Final = {
    Fault.REFERENCE_MISMATCH: "001",
    Fault.COUNT_MISMATCH: "021",
    Fault.TRAILER_MISSING: "023",
    Fault.CHARACTER_INVALID: "024",
}
_NO_ERROR: Final = "000"
_INVALID_STRUCTURE: Final = "022"
_ASKED: Final = "1"
"""In ISA14: that a TA1 is sent for the interchange."""

_ENVELOPE: Final = ("ST", "SE")


def acknowledge(
    interchange: Interchange,
    outcomes: Sequence[Outcome[Any]],
    sending: Sending,
    profile: PartnerProfile = PLAIN,
) -> bytes:
    """Write a 997 or 999 for each group of an interchange, and a TA1 where it is asked for.

    Empty when there is nothing to say.

    Parameters
    ----------
    interchange : Interchange
        What was received.
    outcomes : sequence of Outcome
        What became of each of its messages, in their order.
    sending : Sending
        How the acknowledgment itself is sent.
    profile : PartnerProfile
        Of its receiver; it says whether it wants 999, which releases before 005010 do not have.
    """
    pairs = [
        (message, outcome)
        for message, outcome in zip(interchange.messages, outcomes, strict=True)
        if message.name not in _ANSWERS
    ]
    if not pairs:
        return b""
    sets = []
    for _, run in groupby(pairs, key=lambda pair: _group(pair[0])):
        messages, found = zip(*run, strict=True)
        plain = _acknowledgment(messages, found)
        is_wanted = profile.acknowledgement == _IMPLEMENTATION
        is_known = plain.version[:6] >= _IMPLEMENTATION_SINCE
        sets.append(_implementation(plain) if is_wanted and is_known else plain)
    header = interchange.envelope.header
    assert header is not None, "what was read has a header"
    notices = [_notice(header, "A", _NO_ERROR)] if header[14] == _ASKED else []
    return write(sets, sending, profile, notices)


def refuse(
    content: bytes,
    findings: Sequence[Finding],
    at: datetime,
    control: int,
    profile: PartnerProfile = PLAIN,
) -> bytes:
    """Write the TA1 for an interchange that could not be read, if it asks for one legibly.

    Parameters
    ----------
    content : bytes
        What was received.
    findings : sequence of Finding
        Why it was refused.
    at, control
        When and under which number the TA1 itself is sent.
    profile : PartnerProfile
        Of its receiver.
    """
    isa = header_of(content)
    if isa is None or isa[14] != _ASKED:
        return b""
    faults = [each.fault for each in findings if isinstance(each, EdiFinding)]
    code = next((_NOTICE_CODES[each] for each in faults if each in _NOTICE_CODES), "")
    sender, receiver = addresses(isa)
    sending = Sending(receiver, sender, control, at, is_test(isa))
    return write([], sending, profile, [_notice(isa, "R", code or _INVALID_STRUCTURE)])


def _notice(isa: Segment, code: str, note: str) -> Segment:
    return segment(NOTICE, isa[13], isa[9], isa[10], code, note)


def _implementation(plain: Message) -> Message:
    """Say the same as a 999."""
    body = tuple(replace(each, tag=_TAGS.get(each.tag, each.tag)) for each in plain.body)
    version = _IMPLEMENTATION_VERSION
    header = segment("ST", _IMPLEMENTATION, "1", version)
    return replace(plain, name=_IMPLEMENTATION, version=version, body=body, header=header)


def _group(message: Message) -> tuple[str, str]:
    assert message.envelope.group is not None
    return message.envelope.group[1], message.envelope.group[6]


def _acknowledgment(messages: Sequence[Message], outcomes: Sequence[Outcome[Any]]) -> Message:
    body = [segment("AK1", *_group(messages[0]))]
    for message, outcome in zip(messages, outcomes, strict=True):
        body.append(segment("AK2", message.name, message.reference))
        body.extend(_answer(outcome))
    accepted = sum(outcome.document is not None for outcome in outcomes)
    count = str(len(messages))
    code = "A" if accepted == len(messages) else "P" if accepted else "R"
    if code == "A" and any(outcome.warnings for outcome in outcomes):
        code = "E"
    body.append(segment("AK9", code, count, count, str(accepted)))
    version = messages[0].version
    return Message(
        "997", version, "", tuple(body), Envelope(Address(""), Address("")), _header(version)
    )


def _header(version: str) -> Segment:
    return X12.header("997", version, "1")


def _answer(outcome: Outcome[Any]) -> Iterable[Segment]:
    """Write what is wrong with one message, segment by segment, and whether it is accepted."""
    found = sorted(
        (*outcome.findings, *outcome.warnings), key=lambda each: (each.position, each.element)
    )
    inner = [each for each in found if each.tag not in _ENVELOPE or each.fault in _SEGMENT_CODES]
    for (position, tag), group in groupby(inner, key=lambda each: (each.position, each.tag)):
        yield from _segment_errors(position, tag, list(group))
    if outcome.document is not None:
        yield segment("AK5", "E" if outcome.warnings else "A")
        return
    codes = {_SET_CODES[each.fault] for each in found if each.fault in _SET_CODES}
    if inner:
        codes.add(_SEGMENTS_IN_ERROR)
    yield segment("AK5", "R", *sorted(codes or {_SEGMENTS_IN_ERROR})[:5])


def _segment_errors(position: int, tag: str, findings: list[EdiFinding]) -> Iterable[Segment]:
    place = str(max(position, 1))
    whole = [each for each in findings if each.fault in _SEGMENT_CODES]
    for code in sorted({_SEGMENT_CODES[each.fault] for each in whole}):
        yield segment("AK3", tag or "ST", place, None, code)
    rest = [each for each in findings if each.fault not in _SEGMENT_CODES]
    if not rest:
        return
    yield segment("AK3", tag or "ST", place, None, _HAS_ERRORS)
    for each in rest:
        if not each.element:
            continue
        at = (str(each.element), str(each.component)) if each.component else str(each.element)
        code = _ELEMENT_CODES.get(each.fault, _ELEMENT_CODES[Fault.VALUE_INVALID])
        yield segment("AK4", at, None, code, spelled_plainly(each.found) or None)
