"""What a partner's X12 and EDIFACT messages have in common, and what of it a profile must say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.connectors.csv.date_format import date_reader
from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.edifact.charset import charset_of
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.message import Address, Message
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.profile import PLAIN
from gateway.connectors.edi.reading import day as standard_day
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from gateway.connectors.profile.charset import guessed_charset
from gateway.connectors.profile.partner import is_address
from gateway.connectors.profile.proposal import Key, Section
from gateway.connectors.profile.trace import Trace, examine
from gateway.connectors.profile.unit_guess import guessed_unit

ENOUGH: Final = 3
"""Messages of one type from which on what all of them have is taken for a habit."""

_DAYS: Final = ("%d%m%Y", "%m%d%Y", "%d%m%y", "%m%d%y", "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y")
_DAYS_MORE: Final = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y")
_MARKS: Final = ("element", "component", "terminator", "repetition", "release", "decimal")
_USUAL: Final = {"x12": Dialect("*", ":", "~", "^"), "edifact": Dialect("+", ":", "'", "*", "?")}
_TIMED: Final = ("201", "203", "204")
_QUALIFIED: Final = ("N1", "NAD", "REF", "RFF")
_LISTED_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class Sample:
    """One message of a sample, and how it is read without a profile."""

    file: str
    syntax: str
    message: Message
    trace: Trace | None


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    syntax: str
    dialect: Dialect
    charset: str
    why_charset: str
    samples: tuple[Sample, ...]


def sections(files: Sequence[tuple[str, bytes]], head: Sequence[Key]) -> list[Section]:
    """Propose the keys of X12 and EDIFACT, after those of every profile.

    Raises
    ------
    MalformedInterchange
        If a file is no interchange that can be read.
    """
    read = [_read(file, content) for file, content in files]
    samples = [sample for each in read for sample in each.samples]
    first = Section(
        "",
        (
            *head,
            *_addresses(samples),
            *_charset(read),
            *_release(samples),
            *_acknowledgement(samples),
            *_days(samples),
            *_open_defaults(samples),
        ),
    )
    return [first, _required(samples), _delimiters(read), _units(samples), *_codes(samples)]


def _read(name: str, content: bytes) -> _File:
    is_x12 = content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"ISA")
    syntax, reader = ("x12", x12) if is_x12 else ("edifact", edifact)
    declared = "" if is_x12 else charset_of(content[:512])
    charset, why = guessed_charset(content, declared)
    types: dict[str, MessageType[Any]] = dict(X12_TYPES if is_x12 else EDIFACT_TYPES)
    interchanges = reader.read(content, charset)
    text = content.decode(charset or declared or "latin-1", "replace")
    dialect = reader.dialect_of(text.removeprefix("\ufeff").lstrip())
    assert dialect is not None, "what was read has delimiters"
    samples = tuple(
        Sample(name, syntax, message, _trace(types.get(message.name), message))
        for interchange in interchanges
        for message in interchange.messages
    )
    return _File(name, syntax, dialect, charset, why, samples)


def _trace(kind: MessageType[Any] | None, message: Message) -> Trace | None:
    return None if kind is None else examine(kind, message, PLAIN)


def _addresses(samples: Iterable[Sample]) -> Iterator[Key]:
    envelopes = [sample.message.envelope for sample in samples]
    senders = Counter(text for each in envelopes if (text := _spelled(each.sender)))
    if senders:
        yield Key("addresses", list(senders), f"Who sent the samples: {_counted(senders)}.")
    receivers = Counter(text for each in envelopes if (text := _spelled(each.receiver)))
    if receivers:
        why = f"Whom they are sent to: {_counted(receivers)}."
        yield Key("own_address", next(iter(receivers)), why)


def _spelled(address: Address) -> str:
    """Spell an address as profiles do; empty when it is none."""
    number, qualifier = address.id.strip(), address.qualifier.strip()
    text = f"{qualifier}:{number}" if qualifier else number
    return text if number and is_address(text) else ""


def _charset(files: Iterable[_File]) -> Iterator[Key]:
    for each in files:
        if each.charset:
            yield Key("charset", each.charset, f"{each.name}: {each.why_charset}")
            return


def _release(samples: Iterable[Sample]) -> Iterator[Key]:
    found = Counter(sample.message.version for sample in samples if sample.message.version)
    if found:
        usual, _ = found.most_common(1)[0]
        yield Key("release", usual, f"Written to this partner; the samples: {_counted(found)}.")


def _acknowledgement(samples: Iterable[Sample]) -> Iterator[Key]:
    if any(sample.message.name == "999" for sample in samples):
        yield Key("acknowledgement", "999", "It acknowledges by 999 itself.")


def _days(samples: Iterable[Sample]) -> Iterator[Key]:
    """Propose formats of days where the standard's own do not read them all."""
    days = [day for sample in samples if sample.trace for day in sample.trace.days]
    if all(_is_standard(day) for day in days):
        return
    fitting = [each for each in (*_DAYS, *_DAYS_MORE) if all(_reads(each, day) for day in days)]
    seen = f"days such as {', '.join(dict.fromkeys(days[:3]))}"
    if not fitting:
        why = f"No format reads them all: {seen}."
        yield Key("dates", ["%d%m%Y"], why, is_open=True)
    elif len(fitting) == 1:
        yield Key("dates", fitting, f"The only format that reads all {len(days)} {seen}.")
    else:
        yield Key("dates", fitting, f"Either reads all {seen}: keep the right one.", is_open=True)


def _is_standard(text: str) -> bool:
    try:
        standard_day(text)
    except ValueError:
        return False
    return True


def _reads(pattern: str, text: str) -> bool:
    return date_reader(pattern)(text) is not None and _length(pattern) == len(text)


def _length(pattern: str) -> int:
    return len(pattern) + 2 * pattern.count("%Y")


def _open_defaults(samples: Sequence[Sample]) -> Iterator[Key]:
    """Name what messages leave to an understanding between the partners."""
    bodies = [sample.message.body for sample in samples]
    if not any(each.tag in ("CUR", "CUX") for body in bodies for each in body):
        why = "No message names a currency; without one prices ride along unread."
        yield Key("currency", "EUR", why, is_open=True)
    timed = sum(_is_timed(each) for body in bodies for each in body)
    if timed:
        why = f"{timed} times name no zone; without one they ride along unread."
        yield Key("zone", "+01:00", why, is_open=True)


def _is_timed(segment: Segment) -> bool:
    if segment.tag != "DTM":
        return False
    return segment.part(1, 3) in _TIMED or bool(segment[3] and not segment[4])


def _required(samples: Iterable[Sample]) -> Section:
    """Propose to refuse messages without what every message of the type has so far."""
    by_type: dict[str, list[Message]] = defaultdict(list)
    for sample in samples:
        if sample.trace is not None:
            by_type[sample.message.name].append(sample.message)
    keys = []
    for name, messages in sorted(by_type.items()):
        always = frozenset.intersection(*(_tags(each) for each in messages))
        tags = sorted(always - _mandatory(name))
        why = f"In {len(messages)} of {len(messages)} {name}."
        is_few = len(messages) < ENOUGH
        if is_few:
            why += f" That are fewer than {ENOUGH}: decide which of them it never lacks."
        if tags:
            keys.append(Key(name, tags, why, is_open=is_few))
    why = "Segments that the standard does not require, but that every message of the type has."
    return Section("[required_in]", tuple(keys), why)


def _tags(message: Message) -> frozenset[str]:
    return frozenset(each.tag for each in message.body)


def _mandatory(name: str) -> frozenset[str]:
    kind: MessageType[Any] = {**X12_TYPES, **EDIFACT_TYPES}[name]
    return frozenset(use.tag for use in kind.loop.uses if use.is_required) | {"UNS"}


def _delimiters(files: Sequence[_File]) -> Section:
    keys = []
    for mark in _MARKS:
        found = Counter(getattr(each.dialect, mark) for each in files)
        usual, _ = found.most_common(1)[0]
        if usual and usual != getattr(_USUAL[files[0].syntax], mark):
            why = f"As in the samples: {_counted(found)}." if len(found) > 1 else ""
            keys.append(Key(mark, usual, why))
    return Section("[delimiters]", tuple(keys), "What the samples are written with.")


def _units(samples: Iterable[Sample]) -> Section:
    unknown: Counter[str] = Counter()
    places: dict[str, str] = {}
    for sample in samples:
        for taken in sample.trace.taken if sample.trace else ():
            if taken.kind == "unit" and taken.value is None:
                unknown[taken.found] += 1
                if taken.found not in places:
                    places[taken.found] = _place(sample, taken.position)
    keys = []
    for text, count in unknown.most_common(_LISTED_MAX):
        guess = guessed_unit(text)
        why = f"{count} times, first in {places[text]}."
        why += " A guess by its name: hold it against your agreement." if guess else ""
        keys.append(Key(text, guess or "C62", why, is_open=not guess))
    why = "Units that are not of the standard's list, and what they are in UN/ECE Rec. 20 or 21."
    return Section("[units]", tuple(keys), why)


def _codes(samples: Iterable[Sample]) -> Iterator[Section]:
    """List the qualified segments that no field takes; they may be known ones by other names."""
    unread: dict[str, Counter[str]] = defaultdict(Counter)
    for sample in samples:
        if sample.trace is None or sample.trace.outcome.document is None:
            continue
        taken = {each.position for each in sample.trace.taken}
        for segment in sample.message.body:
            tag, qualifier = segment.key
            if tag in _QUALIFIED and qualifier and segment.position not in taken:
                unread[tag][qualifier] += 1
    for tag, found in sorted(unread.items()):
        keys = tuple(
            Key(each, each, f"{count} times.", is_open=True)
            for each, count in found.most_common(_LISTED_MAX)
        )
        why = f"{tag} with these qualifiers has no field and rides along. "
        why += "If one means what another code of the standard means, say so."
        yield Section(f"[codes.{tag}.1]", keys, why)


def _place(sample: Sample, position: int) -> str:
    line = next(each.line for each in sample.message.body if each.position == position)
    return f"{sample.file}, line {line}"


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{each or 'none'} ({count})" for each, count in found.most_common(5))
