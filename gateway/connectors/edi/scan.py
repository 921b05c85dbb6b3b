"""Walking through the segments of a file: places, delimiters per interchange, bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, NoReturn

from gateway.connectors.edi.delimited import (
    CONTROLS,
    SEGMENT_CHARS_MAX,
    Dialect,
    Undecodable,
    chunks_of,
    decoded,
)
from gateway.connectors.edi.finding import EdiFinding, Fault, MalformedInterchange
from gateway.connectors.edi.message import Envelope, Message, Report
from gateway.connectors.edi.segment import Segment
from gateway.connectors.message import Location, shortened

SEGMENTS_MAX: Final = 500_000
"""Of one message."""

INTERCHANGES_MAX: Final = 1_000
"""Of one file."""

ADVICE_LENGTH: Final = 9
"""Of the service string advice, UNA."""

REFERENCES_MAX: Final = 100_000
"""Of messages in an interchange; beyond these, one that comes again is not noticed."""

_HEAD_CHARS: Final = 4096


@dataclass(frozen=True)
class Interchange:
    """An envelope and the messages in it."""

    envelope: Envelope
    messages: tuple[Message, ...]

    @staticmethod
    def gather(parts: Iterable[Message | Envelope]) -> list[Interchange]:
        """Put messages and the envelopes that follow them together."""
        found: list[Interchange] = []
        messages: list[Message] = []
        for part in parts:
            if isinstance(part, Message):
                messages.append(part)
            else:
                found.append(Interchange(part, tuple(messages)))
                messages = []
        return found


class Scan:
    """Walks through the segments of a file.

    Parameters
    ----------
    chunks : iterable of bytes
        The file, in pieces.
    charset : str
        Its character set.
    opens, ends : str
        The segments that open a message, and end an interchange.
    dialect_of : callable
        Reads the delimiters from the beginning of an interchange; ``None`` if they cannot be read.
    explain : callable
        What is wrong with such a beginning: offset, rule, what to do.
    composites : mapping, optional
        Tag to the elements that are composites, where not every element may be one.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        charset: str,
        opens: str,
        ends: str,
        dialect_of: Callable[[str], Dialect | None],
        explain: Callable[[str], tuple[int, str, str]],
        composites: dict[str, frozenset[int]] | None = None,
    ) -> None:
        pieces = (piece for chunk in chunks for piece in chunks_of(chunk))
        self._texts = decoded(pieces, charset)
        self._opens = opens
        self._ends = ends
        self._dialect_of = dialect_of
        self._explain = explain
        self._composites = composites
        self._buffer = ""
        self._line = self._column = 1
        self._position = 0
        self._segments = self._walk()
        self._held: Segment | None = None
        self.faults: list[EdiFinding] = []

    def __iter__(self) -> Scan:
        """Walk on from where it stands."""
        return self

    def __next__(self) -> Segment:
        """Give the next segment."""
        if self._held is not None:
            held, self._held = self._held, None
            return held
        return next(self._segments)

    def _walk(self) -> Iterator[Segment]:
        for number in range(INTERCHANGES_MAX + 1):
            dialect = self._begin()
            if dialect is None:
                return
            if number == INTERCHANGES_MAX:
                self.refuse_end(f"A file has at most {INTERCHANGES_MAX} interchanges.", "Split it.")
            yield from self._interchange(dialect)

    def _begin(self) -> Dialect | None:
        """Find the next interchange and its delimiters."""
        while len(self._buffer) < _HEAD_CHARS and self._more():
            pass
        text = self._buffer.removeprefix("\ufeff").lstrip()
        self._advance(self._buffer[: len(self._buffer) - len(text)].removeprefix("\ufeff"))
        self._buffer = text
        if not text:
            return None
        dialect = self._dialect_of(text)
        if dialect is None:
            offset, rule, advice = self._explain(text)
            self._advance(text[:offset])
            self._raise(rule, text[offset : offset + 40].split("\n")[0], advice)
        if text.startswith("UNA"):
            self._advance(text[:ADVICE_LENGTH])
            self._buffer = text[ADVICE_LENGTH:]
        self._hold_characters(self._buffer, dialect)
        return dialect

    def _interchange(self, dialect: Dialect) -> Iterator[Segment]:
        """Walk through one interchange; what follows it stays in the buffer."""
        tokens, self._buffer = dialect.tokens(self._buffer)
        while True:
            for index, raw in enumerate(tokens):
                segment = self._segment(raw, dialect)
                if segment.tag == self._ends:
                    rest = tokens[index + 1 :]
                    end = dialect.terminator
                    kept = "".join(dialect.element.join(each) + end for each in rest)
                    self._buffer = kept + self._buffer
                yield segment
                if segment.tag == self._ends:
                    return
            before = len(self._buffer)
            if not self._more():
                break
            self._hold_characters(self._buffer[before:], dialect)
            tokens, self._buffer = dialect.tokens(self._buffer)
            if len(self._buffer) > SEGMENT_CHARS_MAX:
                rule = f"A segment has at most {SEGMENT_CHARS_MAX} characters."
                self._raise(rule, self._buffer[:40], "End it with the segment terminator.")
        if self._buffer.strip():
            # The terminator of the very last segment may be missing; nothing is lost by it.
            text, self._buffer = self._buffer, ""
            yield self._segment(dialect.split(text.rstrip(), dialect.element), dialect)

    def _more(self) -> bool:
        """Read on: as much again as there is, so that a long segment is not looked at for ever."""
        pieces, size = [self._buffer], 0
        try:
            for text in self._texts:
                pieces.append(text)
                size += len(text)
                if size >= len(self._buffer):
                    break
        except Undecodable as error:
            self._advance("".join(pieces))
            rule, advice = "Text is in the character set of the interchange.", "Correct the bytes."
            self._raise(rule, error.found.hex(), advice, Fault.CHARACTER_INVALID)
        self._buffer = "".join(pieces)
        return len(pieces) > 1

    def _segment(self, raw: list[str], dialect: Dialect) -> Segment:
        text = dialect.element.join(raw)
        tag = raw[0].lstrip()
        lead = len(raw[0]) - len(tag)
        if lead:
            self._advance(raw[0][:lead])
        line, column = self._line, self._column
        self._advance(text[lead:] if lead else text)
        self._advance(dialect.terminator)
        if self._composites is None:
            elements = dialect.neutrals(raw, text)
        else:
            elements = dialect.neutrals_of(raw, text, self._composites.get(tag, frozenset()))
        tag = tag.rstrip()
        self._position = 1 if tag == self._opens else self._position + 1
        return Segment(tag, elements, self._position, line, column, raw)

    def _advance(self, text: str) -> None:
        if "\n" in text:
            self._line += text.count("\n")
            self._column = len(text) - text.rindex("\n")
        else:
            self._column += len(text)

    def _hold_characters(self, text: str, dialect: Dialect) -> None:
        marks = dialect.element + dialect.component + dialect.terminator + dialect.repetition
        for character in CONTROLS:
            if character in text and character not in marks:
                before = text[: text.index(character)]
                self._advance(before)
                rule, advice = "Text has no control characters.", "Remove the character."
                self._raise(rule, repr(character), advice, Fault.CHARACTER_INVALID)

    def until(
        self, end: str, stops: Collection[str], header: Segment
    ) -> tuple[list[Segment], Segment | None]:
        """Read the body of a message up to its trailer, which is missing if a stop comes first."""
        body: list[Segment] = []
        for segment in self:
            if segment.tag in stops:
                self._held = segment
                break
            if segment.tag == end:
                return body, segment
            body.append(segment)
            if len(body) > SEGMENTS_MAX:
                rule = f"A message has at most {SEGMENTS_MAX} segments."
                self.refuse(header, 0, rule, "Split the message.")
        return body, None

    def close(self, message: Message, end: str) -> Report:
        """Begin the report on header and trailer of a message."""
        report = Report(message.name)
        assert message.header is not None
        if message.trailer is None:
            rule = f"A message ends with {end}."
            report.add(message.header, 0, Fault.TRAILER_MISSING, rule, "Send all of it.")
        return report

    @staticmethod
    def remember(seen: set[str], reference: str) -> None:
        """Remember a reference, so that it is known when it comes again."""
        if len(seen) < REFERENCES_MAX:
            seen.add(reference)

    def hold_count(self, segment: Segment, element: int, count: int, rule: str) -> None:
        """Note a count that is not the one in the trailer."""
        if not counts(segment[element], count):
            rule = f"{rule[:-1]}: {count}."
            self._note(segment, element, Fault.COUNT_MISMATCH, rule, "Send all of it again.")

    def hold_reference(self, segment: Segment, element: int, opened: str, rule: str) -> None:
        """Note a reference in a trailer that is not that of its header."""
        if segment[element] != opened:
            rule = f"{rule[:-1]}: {opened}."
            self._note(segment, element, Fault.REFERENCE_MISMATCH, rule, "Write the same twice.")

    def refuse(self, segment: Segment, element: int, rule: str, advice: str) -> NoReturn:
        """Refuse the interchange at a segment."""
        self._note(segment, element, Fault.RULE_BROKEN, rule, advice)
        raise MalformedInterchange(self.faults)

    def refuse_end(self, rule: str, advice: str) -> NoReturn:
        """Refuse the interchange where it stands."""
        self._raise(rule, "", advice, Fault.TRAILER_MISSING)

    def settle(self) -> None:
        """Refuse the interchange if anything was noted."""
        if self.faults:
            raise MalformedInterchange(self.faults)

    def _note(self, segment: Segment, element: int, fault: Fault, rule: str, advice: str) -> None:
        report = Report("")
        report.add(segment, element, fault, rule, advice)
        found = report.findings[0]
        path = f"/{segment.tag}" + (f"/{element}" if element else "")
        place = Location(found.location.line, found.location.column, path)
        self.faults.append(replace(found, location=place))

    def _raise(
        self, rule: str, found: str, advice: str, fault: Fault = Fault.RULE_BROKEN
    ) -> NoReturn:
        place = Location(self._line, self._column)
        finding = EdiFinding(rule, place, shortened(found), advice, fault)
        raise MalformedInterchange([*self.faults, finding])


def counts(text: str, count: int) -> bool:
    """Tell whether a trailer says this count."""
    return text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) == count
