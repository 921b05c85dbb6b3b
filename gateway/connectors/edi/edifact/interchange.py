"""The envelope of EDIFACT: UNA, UNB and UNZ, UNG and UNE, UNH and UNT, with references and counts.

UNA declares the delimiters; without it they are ``:+.? '``. Its fifth character separates
repetitions in syntax version 4, and is reserved in earlier ones. Messages are given one after
another, so that an interchange of any size needs no more memory than its largest message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.edifact.charset import charset_of
from gateway.connectors.edi.finding import Fault, MalformedInterchange
from gateway.connectors.edi.message import Address, Envelope, Message
from gateway.connectors.edi.reading import day
from gateway.connectors.edi.scan import ADVICE_LENGTH, Interchange, Scan, counts
from gateway.connectors.edi.segment import Segment

_PEEK_BYTES: Final = 512
_USUAL: Final = "UNA:+.? '"
_is_release = re.compile(r"\s*\d\d[ABC]\s*").fullmatch


@dataclass
class _State:
    """Which headers are open, and what has been counted since."""

    envelope: Envelope | None = None
    groups: int = 0
    messages: int = 0
    messages_in_group: int = 0
    seen: set[str] = field(default_factory=set)


def dialect_of(text: str) -> Dialect | None:
    """Read the delimiters at the beginning of an interchange."""
    advice, rest = _USUAL, text
    if text.startswith("UNA"):
        advice, rest = text[:ADVICE_LENGTH], text[ADVICE_LENGTH:].lstrip()
    component, element, decimal, release, repetition, end = list(advice[3:].ljust(6))
    marks = {component, element, end, release}
    if len(marks) < 4 or any(mark.isalnum() for mark in marks) or rest[:4] != f"UNB{element}":
        return None
    syntax = rest[4:40].split(element)[0].split(component)[1:2]
    has_repetition = syntax == ["4"] and repetition not in marks and not repetition.isspace()
    if advice is _USUAL and syntax == ["4"]:
        repetition, has_repetition = "*", True
    return Dialect(
        element, component, end, repetition if has_repetition else "", release.strip(), decimal
    )


def read(content: bytes, charset: str = "") -> list[Interchange]:
    """Read all interchanges of a file.

    Parameters
    ----------
    content : bytes
        The file.
    charset : str
        Of the partner's profile; without it, the one that UNB names.

    Raises
    ------
    MalformedInterchange
        If an envelope cannot be read, or contradicts itself.
    """
    return Interchange.gather(read_stream([content], charset))


def read_stream(chunks: Iterable[bytes], charset: str = "") -> Iterator[Message | Envelope]:
    """Read messages one after another; each interchange ends with its envelope.

    Raises
    ------
    MalformedInterchange
        If an envelope cannot be read, or contradicts itself.
    """
    pieces = iter(chunks)
    first = next(pieces, b"")
    scan = Scan(
        chain([first], pieces),
        charset or charset_of(first[:_PEEK_BYTES]),
        "UNH",
        "UNZ",
        dialect_of,
        _explain,
    )
    state = _State()
    for segment in scan:
        if segment.tag == "UNH":
            yield _message(scan, state, segment)
        elif segment.tag == "UNB":
            _open(scan, state, segment)
        elif segment.tag == "UNG":
            _open_group(scan, state, segment)
        elif segment.tag == "UNE":
            _close_group(scan, state, segment)
        elif segment.tag == "UNZ":
            yield _close(scan, state, segment)
        else:
            scan.refuse(segment, 0, "Between messages stand UNG, UNE and UNZ.", "Remove it.")
    if state.envelope is not None:
        scan.refuse_end("An interchange ends with UNZ.", "Send the complete file.")


def header_of(content: bytes) -> Segment | None:
    """Find the UNB of a file that may be malformed otherwise, if it can be answered."""
    end = content.find(b"UNH")
    head = content[: end if end > 0 else _PEEK_BYTES]
    scan = Scan([head], charset_of(head), "UNH", "UNZ", dialect_of, _explain)
    try:
        unb = next(iter(scan), None)
    except MalformedInterchange:
        return None
    is_legible = unb is not None and unb.tag == "UNB" and bool(unb.part(2) and unb[5])
    return unb if is_legible else None


def envelope_of(unb: Segment) -> Envelope:
    """Read what UNB says."""
    return Envelope(
        Address(unb.part(2), unb.part(2, 2)),
        Address(unb.part(3), unb.part(3, 2)),
        unb[5],
        unb,
        None,
        unb[11] == "1",
        _day(unb.part(4)),
    )


def _explain(text: str) -> tuple[int, str, str]:
    """Say where a beginning breaks the rules: offset, rule, and what to do."""
    if text.startswith("UNA"):
        rule = "UNA is followed by six delimiters, and then by UNB."
        return 0, rule, "Write UNA with six different delimiters, or leave it out."
    return 0, "An interchange begins with UNA or UNB.", "Send the complete file."


def _open(scan: Scan, state: _State, unb: Segment) -> None:
    if state.envelope is not None:
        scan.refuse(unb, 0, "An interchange ends with UNZ before the next begins.", "Add UNZ.")
    for number in range(1, 6):
        if not unb[number]:
            scan.refuse(unb, number, f"UNB has element {number}.", "Add it with its value.")
    state.envelope, state.seen = envelope_of(unb), set()
    state.groups = state.messages = 0


def _day(text: str) -> str:
    try:
        return day(text)
    except ValueError:
        return ""


def _open_group(scan: Scan, state: _State, ung: Segment) -> None:
    if state.envelope is None or state.envelope.group is not None:
        scan.refuse(ung, 0, "UNG stands within UNB and UNZ, after the UNE of the last.", "Add it.")
    assert state.envelope is not None
    state.envelope = replace(state.envelope, group=ung)
    state.groups, state.messages_in_group = state.groups + 1, 0


def _close_group(scan: Scan, state: _State, une: Segment) -> None:
    group = state.envelope.group if state.envelope is not None else None
    if group is None:
        scan.refuse(une, 0, "UNE ends a group that UNG began.", "Remove it, or add UNG.")
    rule = "UNE has the number of messages in the group."
    scan.hold_count(une, 1, state.messages_in_group, rule)
    scan.hold_reference(une, 2, group[5], "UNE has the reference of UNG.")
    assert state.envelope is not None
    state.envelope = replace(state.envelope, group=None)


def _close(scan: Scan, state: _State, unz: Segment) -> Envelope:
    envelope = state.envelope
    if envelope is None or envelope.group is not None:
        scan.refuse(unz, 0, "UNZ ends an interchange whose groups have ended.", "Add UNE.")
    count = state.groups or state.messages
    scan.hold_count(unz, 1, count, "UNZ has the number of messages, or of groups if there are any.")
    scan.hold_reference(unz, 2, envelope.reference, "UNZ has the reference of UNB.")
    scan.settle()
    state.envelope = None
    return envelope


def _message(scan: Scan, state: _State, unh: Segment) -> Message:
    """Read from UNH to UNT."""
    if state.envelope is None:
        scan.refuse(unh, 0, "UNH stands within UNB and UNZ.", "Put the message into an envelope.")
    body, trailer = scan.until("UNT", {"UNH", "UNE", "UNZ", "UNB", "UNG"}, unh)
    name, *version = unh.parts(2)
    message = Message(
        name, ":".join(version), unh.part(1), tuple(body), state.envelope, unh, trailer
    )
    report = scan.close(message, "UNT")
    state.messages += 1
    state.messages_in_group += 1
    if unh[1] in state.seen:
        rule, advice = "UNH has a reference that is unique here.", "Give it another number."
        report.add(unh, 1, Fault.DUPLICATE, rule, advice)
    scan.remember(state.seen, unh[1])
    for number in (1, 2):
        if not unh[number]:
            rule = "UNH has a reference and a message identifier."
            report.add(unh, number, Fault.ELEMENT_MISSING, rule, "Add it with its value.")
    if unh.part(2, 2).strip() != "D" or not _is_release(unh.part(2, 3)):
        rule = "The directory of a message is D and its release, for example D:96A."
        advice = "Name the directory that the message follows."
        report.add(unh, 2, Fault.UNSUPPORTED, rule, advice, component=2)
    if trailer is not None:
        if not counts(trailer[1], len(body) + 2):
            rule = f"UNT has the number of segments, UNH and UNT included: {len(body) + 2}."
            report.add(trailer, 1, Fault.COUNT_MISMATCH, rule, "Send the complete message.")
        if trailer[2] != unh[1]:
            rule = f"UNT has the reference of UNH: {unh[1]}."
            report.add(trailer, 2, Fault.REFERENCE_MISMATCH, rule, "Write the same reference.")
    return replace(message, findings=tuple(report.findings))
