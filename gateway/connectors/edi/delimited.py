"""The tokenizer of both syntaxes: bytes in, segments as lists of raw elements out, streaming.

Text is decoded before it is split: in GB 18030 the second byte of a character may look like a
delimiter. Nothing is dropped: joined again, the tokens are the file. Blanks and line ends between
segments stay before the tag of the segment that follows.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from gateway.connectors.edi.segment import COMPONENT, REPETITION, Segment

SEGMENT_CHARS_MAX: Final = 1 << 20
CHUNK_BYTES: Final = 1 << 16

_SHIELDS: Final = ("\x01", "\x02")
"""Control characters, which no interchange may hold."""


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
        # Released releases and terminators step aside, so that `str.split` can do the work.
        shielded = text.replace(release * 2, _SHIELDS[0])
        shielded = shielded.replace(release + self.terminator, _SHIELDS[1])
        whole, found, rest = shielded.rpartition(self.terminator)
        if not found:
            return [], text
        return [self._elements(each) for each in whole.split(self.terminator)], self._unshielded(
            rest
        )

    def _elements(self, text: str) -> list[str]:
        if self.release in text or _SHIELDS[0] in text or _SHIELDS[1] in text:
            return self.split(self._unshielded(text), self.element)
        return text.split(self.element)

    def _unshielded(self, text: str) -> str:
        text = text.replace(_SHIELDS[1], self.release + self.terminator)
        return text.replace(_SHIELDS[0], self.release * 2)

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
        raise Undecodable(seen + len(before), error.object[error.start : error.end]) from None


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
    for text in texts:
        tokens, rest = dialect.tokens(rest + text)
        if len(rest) > SEGMENT_CHARS_MAX:
            raise SegmentTooLong
        if tokens:
            yield tokens
    yield [[rest]]


def chunks_of(content: bytes) -> Iterator[bytes]:
    """Cut bytes into pieces of ``CHUNK_BYTES``."""
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]
