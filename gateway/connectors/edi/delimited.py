"""The tokenizer of both syntaxes: bytes in, segments as lists of raw elements out, streaming.

Text is decoded before it is split: in GB 18030 the second byte of a character may look like a
delimiter. Nothing is dropped: joined again, the tokens are the file. Blanks and line ends between
segments stay before the tag of the segment that follows.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from gateway.connectors.edi.segment import COMPONENT, REPETITION, Segment

SEGMENT_CHARS_MAX: Final = 1 << 20
CHUNK_BYTES: Final = 1 << 12
"""So few that the segments of a piece are gone before the garbage collector looks at them."""

CONTROLS: Final = "\x00\x01\x02\x03\x04\x05\x06\x0e\x0f\x10\x1d\x1f"
"""Characters that no interchange may hold, but for delimiters; some are made use of within."""


class SegmentTooLong(Exception):
    """No terminator within ``SEGMENT_CHARS_MAX`` characters."""


class Undecodable(Exception):
    """Bytes that the character set does not have; says how many characters come before."""

    def __init__(self, offset: int, found: bytes) -> None:
        super().__init__(offset, found)
        self.offset, self.found = offset, found


@dataclass(frozen=True)
class Dialect:
    """The delimiters of one interchange.

    Parameters
    ----------
    element, component, terminator : str
        One character each.
    repetition, release : str
        One character each, or empty where the interchange has none.
    decimal : str
        The decimal mark of numbers.
    """

    element: str
    component: str
    terminator: str
    repetition: str = ""
    release: str = ""
    decimal: str = "."

    @cached_property
    def _special(self) -> re.Pattern[str]:
        marks = {self.element, self.component, self.terminator, self.repetition, self.release}
        return re.compile("[" + "".join(re.escape(mark) for mark in marks if mark) + "]")

    def tokens(self, text: str) -> tuple[list[list[str]], str]:
        """Split text into segments and elements, and what stands after the last terminator."""
        element, release = self.element, self.release
        if not release or release not in text:
            whole, found, rest = text.rpartition(self.terminator)
            if not found:
                return [], rest
            return [each.split(element) for each in whole.split(self.terminator)], rest
        # Released marks step aside, those that set apart are marked, and all step back again: so
        # `str.replace` and `str.split` do the work for all segments at once.
        pair, end, mark, end_spare, mark_spare = self._spares
        released = (
            (release + self.terminator, end_spare),
            (release + element, mark_spare),
        )
        shielded = text.replace(release * 2, pair)
        for found, spare in released:
            shielded = shielded.replace(found, spare)
        whole, has_end, rest = shielded.rpartition(self.terminator)
        if not has_end:
            return [], text
        whole = whole.replace(self.terminator, end).replace(element, mark)
        for found, spare in released:
            whole, rest = whole.replace(spare, found), rest.replace(spare, found)
        whole, rest = whole.replace(pair, release * 2), rest.replace(pair, release * 2)
        return [each.split(mark) for each in whole.split(end)], rest

    @cached_property
    def _spares(self) -> list[str]:
        """Find control characters that delimit nothing here, to stand in for others."""
        marks = {self.element, self.component, self.terminator, self.repetition, self.release}
        return [each for each in CONTROLS if each not in marks][:5]

    def split(self, text: str, mark: str) -> list[str]:
        """Split at a delimiter that is not released."""
        if not self.release or self.release not in text:
            return text.split(mark)
        pieces: list[str] = []
        held = ""
        for piece in text.split(mark):
            held += piece
            releases = len(held) - len(held.rstrip(self.release))
            if releases % 2:
                held += mark
            else:
                pieces.append(held)
                held = ""
        if held:
            # The text ends in a release that releases nothing.
            pieces.append(held[:-1])
        return pieces

    def plain(self, text: str) -> str:
        """Take the release characters out."""
        if not self.release or self.release not in text:
            return text
        return re.sub(re.escape(self.release) + "(.)", r"\1", text, flags=re.DOTALL)

    def neutral(self, text: str) -> str:
        """Turn a raw element into its neutral form."""
        if self.repetition and self.repetition in text:
            return REPETITION.join(
                self._composite(each) for each in self.split(text, self.repetition)
            )
        return self._composite(text)

    def neutrals(self, raw: Sequence[str], text: str) -> tuple[str, ...]:
        """Turn the raw elements of a segment, whose tag is the first, into their neutral forms."""
        if self.release and self.release in text:
            return tuple(map(self.neutral, raw[1:]))
        repeats = self.repetition and self.repetition in text
        if not repeats and self.component not in text:
            return tuple(raw[1:])
        plain = text.replace(self.component, COMPONENT)
        if repeats:
            plain = plain.replace(self.repetition, REPETITION)
        return tuple(plain.split(self.element)[1:])

    def neutrals_of(
        self, raw: Sequence[str], text: str, composites: frozenset[int]
    ) -> tuple[str, ...]:
        """Do the same where only some elements are composites, and all may repeat."""
        repeats = self.repetition and self.repetition in text
        if not repeats and (not composites or self.component not in text):
            return tuple(raw[1:])
        return tuple(
            self.neutral(each) if number in composites else self._repeated(each)
            for number, each in enumerate(raw[1:], start=1)
        )

    def _repeated(self, text: str) -> str:
        return text.replace(self.repetition, REPETITION) if self.repetition else text

    def _composite(self, text: str) -> str:
        if self.component not in text:
            return self.plain(text)
        return COMPONENT.join(self.plain(each) for each in self.split(text, self.component))

    def raw(self, text: str) -> str:
        """Turn a neutral element into a raw one; needs a release character if marks are in it."""
        if self.release:
            text = self._special.sub(lambda match: self.release + match[0], text)
        return text.replace(COMPONENT, self.component).replace(REPETITION, self.repetition)

    def spell(self, segment: Segment) -> str:
        """Write a segment, without its terminator."""
        return self.element.join((segment.tag, *map(self.raw, segment.elements)))

    def read(self, text: str) -> Segment:
        """Read a segment that `spell` wrote."""
        tag, *elements = self.split(text, self.element)
        return Segment(tag, tuple(map(self.neutral, elements)))


def decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Decode a stream of bytes.

    Raises
    ------
    Undecodable
        At the first bytes that the character set does not have.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    seen = 0
    try:
        for chunk in chunks:
            text = decoder.decode(chunk)
            seen += len(text)
            yield text
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(encoding, errors="replace")
        found = error.object[error.start : error.end]
    else:
        return
    yield before
    raise Undecodable(seen + len(before), found)


def token_stream(
    texts: Iterable[str], dialect: Dialect, rest: str = ""
) -> Iterator[list[list[str]]]:
    """Split a stream of text, a batch of segments per piece, in constant memory.

    The last batch holds one token list: what stands after the last terminator.

    Raises
    ------
    SegmentTooLong
        If no terminator comes.
    """
    pieces, size = [rest], 0
    for text in texts:
        pieces.append(text)
        size += len(text)
        if size < len(rest):
            # A long segment is looked at again only when there is as much again.
            continue
        tokens, rest = dialect.tokens("".join(pieces))
        pieces, size = [rest], 0
        if len(rest) > SEGMENT_CHARS_MAX:
            raise SegmentTooLong
        if tokens:
            yield tokens
    tokens, rest = dialect.tokens("".join(pieces))
    if tokens:
        yield tokens
    yield [[rest]]


def chunks_of(content: bytes) -> Iterator[bytes]:
    """Cut bytes into pieces of ``CHUNK_BYTES``."""
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]
