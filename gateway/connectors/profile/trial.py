"""A profile held against samples of its partner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any, Final

from gateway.connectors import detect
from gateway.connectors.csv.profile import Profile, Step
from gateway.connectors.csv.reader import BadRow, Imported
from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.extras import bare
from gateway.connectors.edi.message import Address, Message
from gateway.connectors.edi.message_type import MessageType, unsupported
from gateway.connectors.edi.scan import Interchange
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from gateway.connectors.message import (
    ConnectorRefused,
    Finding,
    Location,
    UnsupportedDocument,
)
from gateway.connectors.profile.comparison import Comparison, Line
from gateway.connectors.profile.partner import Partner
from gateway.connectors.profile.table import TableReading, read_rows
from gateway.connectors.profile.trace import Taken, examine

_SHOWN: Final = Dialect("*", ":", "~", "^")
"""How segments are shown, whatever delimiters they came with."""

_ALIGNED_MAX: Final = 2_000
_ANSWERS: Final = ("997", "999", "CONTRL")
_HELD: Final = "(in fields)"
_RIDES_ALONG: Final = "(rides along)"


def compare(partner: Partner, content: bytes) -> Iterator[Comparison]:
    """Read a sample by a profile, and write back what it became.

    Raises
    ------
    ConnectorRefused
        If the sample as a whole cannot be read.
    """
    kind = _kind(partner, content)
    if kind == detect.X12:
        yield from _messages(partner, x12.read(content, partner.charset), X12_TYPES)
    elif kind == detect.EDIFACT:
        yield from _messages(partner, edifact.read(content, partner.charset), EDIFACT_TYPES)
    else:
        yield from _rows(read_rows(partner, content, is_workbook=kind == detect.EXCEL))


def _kind(partner: Partner, content: bytes) -> str:
    try:
        kind = detect.detect(content).standard
    except UnsupportedDocument:
        if not partner.table:
            raise
        return ""
    if kind in (detect.X12, detect.EDIFACT, detect.EXCEL):
        return kind
    rule = "X12, EDIFACT, CSV and Excel are read by profiles; other standards need none."
    advice = "Send it to the inbox as it is."
    raise UnsupportedDocument([Finding(rule, Location(1, 1), kind, advice)])


def _messages(
    partner: Partner, interchanges: list[Interchange], types: Mapping[str, MessageType[Any]]
) -> Iterator[Comparison]:
    for interchange in interchanges:
        strangers = tuple(_stranger(partner, interchange.envelope.sender))
        for message in interchange.messages:
            kind = types.get(message.name)
            if message.name in _ANSWERS:
                yield Comparison(_title(message), tuple(_answer(message)), (), strangers)
            elif kind is None:
                title, found = _title(message), unsupported(message, types).findings
                yield Comparison(title, (), found, strangers)
            else:
                compared = _message(partner, kind, message)
                yield replace(compared, warnings=(*strangers, *compared.warnings))


def _stranger(partner: Partner, sender: Address) -> Iterator[Finding]:
    """Warn when the profile would not be chosen for what it is tried with."""
    if not partner.is_at(sender):
        rule = "The envelope names an address of the profile; this one is chosen by sender only."
        found = f"{sender.qualifier}:{sender.id}"
        yield Finding(rule, Location(1, 1), found, "Add it to addresses.")


def _answer(message: Message) -> Iterator[Line]:
    """Show an acknowledgement: it becomes no document, and is never written back."""
    for each in message.body:
        yield Line(f"line {each.line}", _SHOWN.spell(each), (), None)


def _title(message: Message) -> str:
    return f"{message.name} {message.reference}"


def _message(partner: Partner, kind: MessageType[Any], message: Message) -> Comparison:
    trace = examine(kind, message, partner)
    outcome = trace.outcome
    findings: tuple[Finding, ...] = outcome.findings
    written: tuple[Segment, ...] | None = None
    held = frozenset[Segment]()
    if outcome.document is not None:
        try:
            written = kind.render(outcome.document, partner).body
            held = frozenset(kind.render(bare(outcome.document), partner, is_lossy=True).body)
        except ConnectorRefused as error:
            findings = error.findings
    taken = defaultdict[int, list[Taken]](list)
    for each in trace.taken:
        taken[each.position].append(each)
    means = {}
    for segment in message.body:
        found = _values(segment, taken[segment.position], trace.days)
        if not found and outcome.document is not None:
            found = (_HELD if segment in held else _RIDES_ALONG,)
        means[segment.position] = found
    lines = tuple(_lines(message.body, means, written))
    return Comparison(_title(message), lines, findings, outcome.warnings)


def _lines(
    body: tuple[Segment, ...],
    means: Mapping[int, tuple[str, ...]],
    written: Iterable[Segment] | None,
) -> Iterator[Line]:
    sent = [_SHOWN.spell(each) for each in body]
    if written is None:
        for each, text in zip(body, sent, strict=True):
            yield Line(f"line {each.line}", text, means[each.position], None)
        return
    back = [_SHOWN.spell(each) for each in written]
    for start, end, first, last in _runs(sent, back):
        for nth in range(max(end - start, last - first)):
            own = body[start + nth] if start + nth < end else None
            text = back[first + nth] if first + nth < last else ""
            if own is None:
                yield Line("", "", (), text)
            else:
                yield Line(f"line {own.line}", sent[start + nth], means[own.position], text)


def _runs(sent: list[str], back: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Align what was sent and what would be written back; very long messages by place alone."""
    if sent == back or len(sent) > _ALIGNED_MAX:
        yield 0, len(sent), 0, len(back)
        return
    for _, *run in SequenceMatcher(a=sent, b=back, autojunk=False).get_opcodes():
        start, end, first, last = run
        yield start, end, first, last


def _values(segment: Segment, taken: Iterable[Taken], days: Mapping[str, str]) -> tuple[str, ...]:
    """Give what is made of a segment's elements, in their order."""
    found = {(each.element, each.component): each.value for each in taken if each.value is not None}
    if segment.tag == "DTM":
        # Its day is told apart from its time before it is read.
        text = segment.part(1, 2)
        day = next((days[head] for end in (12, 10, 8, 6) if days.get(head := text[:end])), None)
        if day is not None:
            found[1, 2] = day
    return tuple(value for _, value in sorted(found.items()))


def _rows(read: TableReading) -> Iterator[Comparison]:
    header = [each.strip() for each in read.records[0].cells]
    cells = {each.line: dict(zip(header, each.cells, strict=False)) for each in read.records}
    for row in read.rows:
        title = f"line {row.line} {row.key}".rstrip()
        if isinstance(row, BadRow):
            yield Comparison(title, (), row.findings)
        else:
            yield Comparison(title, tuple(_cells(read.mapping, row, cells[row.line])))


def _cells(mapping: Profile, row: Imported, cells: Mapping[str, str]) -> Iterator[Line]:
    for rule in mapping.field:
        means = tuple(each for target in rule.targets if (each := _meant(target, row)))
        if means:
            place = ", ".join(rule.sources) or "constant"
            sent = ", ".join(cells[column] for column in rule.sources) or rule.constant or ""
            yield Line(place, sent, means, None)


def _meant(target: tuple[Step, ...], row: Imported) -> str:
    at: Any = {"order": row.order, "despatch": row.despatch, "receipt": row.receipt}[str(target[0])]
    for step in target[1:]:
        if isinstance(step, int):
            at = at[step] if at is not None and step < len(at) else None
        else:
            at = getattr(at, step, None)
    return f"{_spelled(target)} = {at}" if at is not None else ""


def _spelled(target: tuple[Step, ...]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in target)
    return "".join(steps).removeprefix(".")
