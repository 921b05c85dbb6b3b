"""X12 997, Functional Acknowledgment: what became of each message of an interchange.

Source: ASC X12 997; data elements 715, 717, 718, 720 and 723.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from gateway.connectors.edi.x12.syntax import X12

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
_ENVELOPE: Final = ("ST", "SE")


def acknowledge(
    interchange: Interchange,
    outcomes: Sequence[Outcome[Any]],
    sending: Sending,
    profile: PartnerProfile = PLAIN,
) -> bytes:
    """Write a 997 for each group of an interchange.

    Parameters
    ----------
    interchange : Interchange
        What was received.
    outcomes : sequence of Outcome
        What became of each of its messages, in their order.
    sending : Sending
        How the acknowledgment itself is sent.
    profile : PartnerProfile
        Of its receiver.
    """
    pairs = list(zip(interchange.messages, outcomes, strict=True))
    sets = [
        _acknowledgment([message for message, _ in group], [outcome for _, outcome in group])
        for group in (list(each) for _, each in groupby(pairs, key=lambda pair: _group(pair[0])))
    ]
    return write(sets, sending, profile)


def _group(message: Message) -> tuple[str, str]:
    assert message.envelope.group is not None
    return message.envelope.group[1], message.envelope.group[6]


def _acknowledgment(messages: list[Message], outcomes: list[Outcome[Any]]) -> Message:
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
