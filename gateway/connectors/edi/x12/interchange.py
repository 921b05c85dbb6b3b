"""The envelope of X12: ISA and IEA, GS and GE, ST and SE, with their references and counts.

The fixed length of ISA declares the delimiters: character 4 sets elements apart, element 16
components, and what follows it ends segments; from release 00402 on, element 11 sets repetitions
apart. Messages are given one after another, so that an interchange of any size needs no more memory
than its largest message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.finding import Fault
from gateway.connectors.edi.message import Address, Envelope, Message
from gateway.connectors.edi.reading import day
from gateway.connectors.edi.scan import Interchange, Scan, counts
from gateway.connectors.edi.segment import Segment

HEAD_BYTES: Final = 512
"""At the beginning of a file, in which its first header stands."""

ISA_LENGTHS: Final = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
"""How many characters each element of ISA has."""

_COMPOSITES: Final = {
    "CTP": frozenset({5}),
    "MEA": frozenset({4}),
    "PAM": frozenset({3}),
    "PWK": frozenset({8}),
    "QTY": frozenset({3}),
    "REF": frozenset({4}),
    "SLN": frozenset({5}),
    "UIT": frozenset({1}),
    "AK4": frozenset({1}),
    "IK4": frozenset({1}),
    "CTX": frozenset(range(1, 11)),
}
"""Elements that are composites; elsewhere the component separator is a character like others."""

_LOOSE_ISA: Final = re.compile(
    r"ISA([^\w\s])((?:(?!\1).){0,20}\1){15}([^\w\s])([^\w ])\s*(?=GS\1|TA1\1|IEA\1)", re.DOTALL
)
"""An ISA whose blanks were lost on the way, but that still says all it has to."""

NOTICE: Final = "TA1"
"""The acknowledgment of an interchange, one segment long."""

_REPETITION_SINCE: Final = "00402"
_is_reference = re.compile(r"\d{4,9}|[A-Z0-9]{4,9}", re.ASCII).fullmatch


@dataclass
class _State:
    """Which headers are open, and what has been counted since."""

    envelope: Envelope | None = None
    groups: int = 0
    sets: int = 0
    seen: set[str] = field(default_factory=set)


def dialect_of(text: str) -> Dialect | None:
    """Read the delimiters that the ISA at the beginning of a text declares."""
    match = _LOOSE_ISA.match(text)
    if match is None and (not text.startswith("ISA") or len(text) < 106):
        return None
    mark = text[3]
    parts = text[:105].split(mark) if match is None else text[: match.end(3)].split(mark)
    if match is None and (len(parts) != 17 or any(map(_differs, parts[1:], ISA_LENGTHS))):
        return None
    end, component = (text[105], parts[16]) if match is None else (match[4], match[3])
    if len({mark, component, end}) < 3 or any(each.isalnum() for each in (mark, component, end)):
        return None
    has_repetition = parts[12] >= _REPETITION_SINCE and not parts[11].isalnum()
    return Dialect(mark, component, end, parts[11] if has_repetition else "")


def _differs(text: str, length: int) -> bool:
    return len(text) != length


def read(content: bytes, charset: str = "") -> list[Interchange]:
    """Read all interchanges of a file.

    Parameters
    ----------
    content : bytes
        The file.
    charset : str
        Of the partner's profile; without it UTF-8, and Latin-1 where it is none.

    Raises
    ------
    MalformedInterchange
        If an envelope cannot be read at all.
    """
    return Interchange.gather(read_stream([content], charset or _charset(content)))


def _charset(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def read_stream(chunks: Iterable[bytes], charset: str = "latin-1") -> Iterator[Message | Envelope]:
    """Read messages one after another; each interchange ends with its envelope.

    Raises
    ------
    MalformedInterchange
        If an envelope cannot be read, or contradicts itself.
    """
    scan = Scan(chunks, charset, "ST", "IEA", dialect_of, _explain, _COMPOSITES)
    state = _State()
    for segment in scan:
        if segment.tag == "ST":
            yield _message(scan, state, segment)
        elif segment.tag == "ISA":
            _open(scan, state, segment)
        elif segment.tag == "GS":
            _open_group(scan, state, segment)
        elif segment.tag == "GE":
            _close_group(scan, state, segment)
        elif segment.tag == "IEA":
            yield _close(scan, state, segment)
        elif segment.tag == NOTICE:
            yield _notice(scan, state, segment)
        else:
            scan.refuse(segment, 0, "Between messages stand GS, GE, TA1 and IEA.", "Remove it.")
    if state.envelope is not None:
        scan.refuse_end("An interchange ends with IEA.", "Send the complete file.")


def _explain(text: str) -> tuple[int, str, str]:
    """Say where an ISA breaks its rules: offset, rule, and what to do."""
    if len(text) < 106:
        return 0, "ISA has 106 characters, its terminator included.", "Send the complete file."
    at = 4
    for number, (part, length) in enumerate(
        zip(text[:120].split(text[3])[1:], ISA_LENGTHS, strict=False), start=1
    ):
        if len(part) != length and number < 16:
            rule = f"ISA{number:02} has {length} characters."
            return at, rule, "Fill it up with blanks on the right, or zeros on the left."
        at += len(part) + 1
    return 103, "ISA declares three different delimiters that are no letters.", "Correct ISA16."


def _open(scan: Scan, state: _State, isa: Segment) -> None:
    if state.envelope is not None:
        scan.refuse(isa, 0, "An interchange ends with IEA before the next begins.", "Add IEA.")
    state.envelope = Envelope(*addresses(isa), isa[13], isa, None, is_test(isa))
    state.groups = state.sets = 0


def addresses(isa: Segment) -> tuple[Address, Address]:
    """Read who sends an interchange, and who receives it."""
    return Address(isa[6].strip(), isa[5].strip()), Address(isa[8].strip(), isa[7].strip())


def is_test(isa: Segment) -> bool:
    """Tell whether an interchange is only a trial."""
    return isa[15] == "T"


def header_of(content: bytes) -> Segment | None:
    """Read the header of an interchange that may be broken further on; none if it is itself."""
    text = content[:HEAD_BYTES].decode("latin-1").removeprefix("\xef\xbb\xbf").lstrip()
    dialect = dialect_of(text)
    if dialect is None:
        return None
    tag, *elements = text[: text.index(dialect.terminator)].split(dialect.element)
    return Segment(tag, tuple(elements))


def _open_group(scan: Scan, state: _State, gs: Segment) -> None:
    if state.envelope is None or state.envelope.group is not None:
        scan.refuse(gs, 0, "GS stands within ISA and IEA, after the GE of the last.", "Add it.")
    for number in range(1, 9):
        if not gs[number]:
            scan.refuse(gs, number, "GS has eight elements.", "Add the element with its value.")
    assert state.envelope is not None
    state.envelope = replace(state.envelope, group=gs, date=_day(gs[4]))
    state.groups, state.sets, state.seen = state.groups + 1, 0, set()


def _day(text: str) -> str:
    try:
        return day(text)
    except ValueError:
        return ""


def _notice(scan: Scan, state: _State, notice: Segment) -> Message:
    """Take an acknowledgment of an interchange, which has no envelope of its own, as a message."""
    envelope = state.envelope
    if envelope is None or envelope.group is not None or envelope.header is None:
        scan.refuse(notice, 0, "TA1 stands within ISA and IEA, before the groups.", "Move it.")
    return Message(NOTICE, envelope.header[12], notice[1], (notice,), envelope)


def _close_group(scan: Scan, state: _State, ge: Segment) -> None:
    group = state.envelope.group if state.envelope is not None else None
    if group is None:
        scan.refuse(ge, 0, "GE ends a group that GS began.", "Remove it, or add GS.")
    scan.hold_count(ge, 1, state.sets, "GE01 is the number of transaction sets in the group.")
    # Control numbers of groups are numbers: leading zeros say nothing.
    opened = ge[2] if _number(ge[2]) == _number(group[6]) else group[6]
    scan.hold_reference(ge, 2, opened, "GE02 is the reference of GS06.")
    assert state.envelope is not None
    state.envelope = replace(state.envelope, group=None)


def _number(text: str) -> str:
    return text.lstrip("0") if text.isascii() and text.isdecimal() else text


def _close(scan: Scan, state: _State, iea: Segment) -> Envelope:
    envelope = state.envelope
    if envelope is None or envelope.group is not None:
        scan.refuse(iea, 0, "IEA ends an interchange whose groups have ended.", "Add GE.")
    scan.hold_count(iea, 1, state.groups, "IEA01 is the number of groups in the interchange.")
    scan.hold_reference(iea, 2, envelope.reference, "IEA02 is the reference of ISA13.")
    scan.settle()
    state.envelope = None
    return envelope


def _message(scan: Scan, state: _State, st: Segment) -> Message:
    """Read from ST to SE."""
    if state.envelope is None or state.envelope.group is None:
        scan.refuse(st, 0, "ST stands within GS and GE.", "Put the message into a group.")
    version = state.envelope.group[8]
    body, trailer = scan.until("SE", {"ST", "GE", "IEA", "ISA", "GS"}, st)
    message = Message(st[1], version, st[2], tuple(body), state.envelope, st, trailer)
    report = scan.close(message, "SE")
    state.sets += 1
    if not _is_reference(st[2]):
        rule, advice = "ST02 is a reference of 4 to 9 characters.", "Give the set a number."
        report.add(st, 2, Fault.REFERENCE_MISMATCH, rule, advice)
    elif st[2] in state.seen:
        rule, advice = "ST02 is unique in its group.", "Give the set another number."
        report.add(st, 2, Fault.DUPLICATE, rule, advice)
    scan.remember(state.seen, st[2])
    if trailer is not None:
        if not counts(trailer[1], len(body) + 2):
            rule = f"SE01 is the number of segments, ST and SE included: {len(body) + 2}."
            report.add(trailer, 1, Fault.COUNT_MISMATCH, rule, "Send the complete message.")
        if trailer[2] != st[2]:
            rule = f"SE02 is the reference of ST02: {st[2]}."
            report.add(trailer, 2, Fault.REFERENCE_MISMATCH, rule, "Write the same reference.")
    return replace(message, findings=tuple(report.findings))
