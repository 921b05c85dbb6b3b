"""Segments, free of delimiters: a tag and its elements, with where they stood.

Within an element, components and repetitions are set apart by ``COMPONENT`` and ``REPETITION``,
control characters that no interchange may hold as data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

COMPONENT: Final = "\x1f"
REPETITION: Final = "\x1d"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment; equal to another that says the same, wherever it stands.

    Parameters
    ----------
    tag : str
        Its name.
    elements : tuple of str
        Its elements, without the tag.
    position : int
        Which one of its message it is; the header is 1.
    line, column : int
        Where its tag stands in the file, from 1.
    raw : sequence of str
        Tag and elements as they were sent.
    """

    tag: str
    elements: tuple[str, ...]
    position: int = field(default=0, compare=False)
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)
    raw: Sequence[str] = field(default=(), compare=False, repr=False)

    def __getitem__(self, number: int) -> str:
        """Give an element by its number, from 1; empty when it is not there."""
        return self.elements[number - 1] if number <= len(self.elements) else ""

    def part(self, number: int, component: int = 1) -> str:
        """Give a component of an element by their numbers, from 1; empty when it is not there."""
        parts = self[number].split(COMPONENT)
        return parts[component - 1] if component <= len(parts) else ""

    def parts(self, number: int) -> list[str]:
        """List the components of an element."""
        return self[number].split(COMPONENT)

    def repetitions(self, number: int) -> list[str]:
        """List the repetitions of an element."""
        return self[number].split(REPETITION)

    def column_of(self, number: int) -> int:
        """Find the column of an element; that of the segment when it is not there."""
        if not 0 < number < len(self.raw):
            return self.column
        return self.column + sum(len(text) + 1 for text in self.raw[:number]) - _lead(self.raw[0])

    @property
    def key(self) -> tuple[str, str]:
        """Tag and qualifier: the first component of the first element."""
        return self.tag, self.elements[0].split(COMPONENT)[0] if self.elements else ""


def _lead(text: str) -> int:
    return len(text) - len(text.lstrip())


def segment(tag: str, *elements: str | Iterable[str | None] | None) -> Segment:
    """Make a segment to write; composites are given as sequences, empty ends are left out."""
    texts = [
        (each or "") if each is None or isinstance(each, str) else _composite(each)
        for each in elements
    ]
    while texts and not texts[-1]:
        texts.pop()
    return Segment(tag, tuple(texts))


def _composite(parts: Iterable[str | None]) -> str:
    return COMPONENT.join(part or "" for part in parts).rstrip(COMPONENT)
