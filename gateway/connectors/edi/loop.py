"""Loop maps: which segments a message has, in which order and in which loops.

A map is written in one line per loop, here of its own words::

    "BEG! CUR REF* (N1 N2* N3* N4*)* (PO1 PID*)*! (CTT AMT*)"

``!`` is mandatory, ``*`` may repeat; parentheses are a loop that its first segment opens. A segment
that stands where the map has it, but too late, is taken in where it stands, with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from gateway.connectors.edi.finding import Fault
from gateway.connectors.edi.message import Report
from gateway.connectors.edi.segment import Segment

SEPARATORS: Final = frozenset({"UNS"})
"""Segments that separate sections; what lacks them is read all the same, with a warning."""

_TOKEN: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}[!*]*|\(|\)[!*]*|\s+|.")


@dataclass(frozen=True)
class Use:
    """A segment, or a loop that it opens, at its place in a loop.

    Parameters
    ----------
    tag : str
        The segment.
    is_required, is_many : bool
        Whether it must stand there, and whether more than once.
    loop : Loop, optional
        The loop that it opens.
    """

    tag: str
    is_required: bool = False
    is_many: bool = False
    loop: Loop | None = None


@dataclass(frozen=True)
class Loop:
    """What a loop may hold, in order; its first segment opens it, but for the message itself."""

    uses: tuple[Use, ...]

    @cached_property
    def places(self) -> dict[str, tuple[int, ...]]:
        """Where each tag may stand."""
        places: dict[str, tuple[int, ...]] = {}
        for index, use in enumerate(self.uses):
            places[use.tag] = (*places.get(use.tag, ()), index)
        return places

    @cached_property
    def tags(self) -> frozenset[str]:
        """All tags of this loop and those in it."""
        inner = [use.loop.tags for use in self.uses if use.loop is not None]
        return frozenset(use.tag for use in self.uses).union(*inner)


def loop_map(text: str) -> Loop:
    """Read a map from its one-line form."""
    tokens = [token for token in _TOKEN.findall(text) if not token.isspace()]
    loop, rest = _uses(tokens)
    assert not rest, f"a loop map ends before {rest}"
    return loop


def _uses(tokens: list[str]) -> tuple[Loop, list[str]]:
    uses: list[Use] = []
    while tokens and tokens[0][0] != ")":
        token, tokens = tokens[0], tokens[1:]
        if token != "(":
            uses.append(Use(token.rstrip("!*"), "!" in token, "*" in token))
            continue
        inner, tokens = _uses(tokens)
        flags, tokens = tokens[0], tokens[1:]
        uses.append(Use(inner.uses[0].tag, "!" in flags, "*" in flags, inner))
    return Loop(tuple(uses)), tokens


@dataclass(slots=True)
class Group:
    """A loop as it stands in a message: segments, and loops in it, in their order."""

    loop: Loop
    children: list[Segment | Group] = field(default_factory=list)

    @property
    def head(self) -> Segment:
        """The segment that opened it."""
        first = self.children[0]
        assert isinstance(first, Segment)
        return first

    def all(self, *tags: str) -> Iterator[Segment]:
        """Iterate over its own segments of these tags."""
        return (each for each in self.children if isinstance(each, Segment) and each.tag in tags)

    def first(self, tag: str, *qualifiers: str) -> Segment | None:
        """Find its first segment of a tag, of one of the qualifiers if any are given."""
        return next(
            (each for each in self.all(tag) if not qualifiers or each.key[1] in qualifiers), None
        )

    def need(self, tag: str) -> Segment:
        """Find its first segment of a tag, or an empty one in its place."""
        return self.first(tag) or Segment(tag, ())

    def groups(self, tag: str) -> Iterator[Group]:
        """Iterate over its loops that a tag opens."""
        return (each for each in self.children if isinstance(each, Group) and each.head.tag == tag)

    def group(self, tag: str, *qualifiers: str) -> Group | None:
        """Find its first loop that a tag opens, of one of the qualifiers if any are given."""
        return next(
            (each for each in self.groups(tag) if not qualifiers or each.head.key[1] in qualifiers),
            None,
        )

    def flat(self) -> Iterator[Segment]:
        """Iterate over all segments, those of inner loops too."""
        for each in self.children:
            if isinstance(each, Segment):
                yield each
            else:
                yield from each.flat()

    def split(self, is_line: Callable[[Segment], bool]) -> Iterator[list[Segment]]:
        """Split it into what stands around the loops that are lines, and these, in turn."""
        block: list[Segment] = []
        stack = [iter(self.children)]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
            elif isinstance(child, Segment):
                block.append(child)
            elif is_line(child.head):
                yield block
                yield list(child.flat())
                block = []
            else:
                stack.append(iter(child.children))
        yield block


@dataclass(slots=True)
class _Open:
    """A loop that is being filled: how far in its map, and what it has seen."""

    group: Group
    at: int
    seen: set[int]

    def forward(self, tag: str) -> int | None:
        """Find the next place of a tag that passes over nothing mandatory."""
        uses = self.group.loop.uses
        for index in self.group.loop.places.get(tag, ()):
            if index < self.at or (index in self.seen and not uses[index].is_many):
                continue
            passed = range(self.at, index)
            if any(uses[each].is_required and each not in self.seen for each in passed):
                return None
            return index
        return None

    def anywhere(self, tag: str) -> int | None:
        """Find a place of a tag that it may still stand at, even if its turn is over."""
        uses = self.group.loop.uses
        places = self.group.loop.places.get(tag, ())
        free = [each for each in places if uses[each].is_many or each not in self.seen]
        return free[0] if free else None


def grow(loop: Loop, segments: Iterable[Segment], report: Report, end: Segment) -> Group:
    """Lay the segments of a message out in its loops.

    Parameters
    ----------
    loop : Loop
        The map of the message.
    segments : iterable of Segment
        What stands between header and trailer.
    report : Report
        Takes unknown, misplaced, repeated and missing segments.
    end : Segment
        Where a missing segment is reported; the trailer.
    """
    root = Group(loop)
    stack = [_Open(root, 0, set())]
    for segment in segments:
        _place(segment, stack, report)
    _close(stack, 0, report, end)
    return root


def _place(segment: Segment, stack: list[_Open], report: Report) -> None:
    tag = segment.tag
    for depth in range(len(stack) - 1, -1, -1):
        index = stack[depth].forward(tag)
        if index is not None:
            _close(stack, depth + 1, report, segment)
            _enter(segment, stack, index)
            return
    for depth in range(len(stack) - 1, -1, -1):
        index = stack[depth].anywhere(tag)
        if index is not None:
            _close(stack, depth + 1, report, segment)
            if index < stack[depth].at:
                rule = f"{tag} stands earlier in {report.name}."
                advice = "Write the segments in the order of the standard."
                fault = Fault.SEGMENT_MISPLACED
                report.add(segment, 0, fault, rule, advice, is_warning=True)
            _enter(segment, stack, index)
            return
    if any(tag in each.group.loop.places for each in stack):
        rule, fault = f"{tag} stands at most once here.", Fault.SEGMENT_REPEATED
        advice = "Remove all but one of them."
    elif tag in stack[0].group.loop.tags:
        rule, fault = f"{tag} has no place here.", Fault.SEGMENT_MISPLACED
        advice = "Put it after the segment that it belongs to."
    else:
        name = tag or "An empty segment"
        rule, fault = f"{name} is no segment of {report.name}.", Fault.SEGMENT_UNKNOWN
        advice = "Correct its name, or remove it."
    report.add(segment, 0, fault, rule, advice)


def _enter(segment: Segment, stack: list[_Open], index: int) -> None:
    top = stack[-1]
    top.at = max(top.at, index)
    top.seen.add(index)
    inner = top.group.loop.uses[index].loop
    if inner is None:
        top.group.children.append(segment)
        return
    group = Group(inner, [segment])
    top.group.children.append(group)
    stack.append(_Open(group, 0, {0}))


def _close(stack: list[_Open], depth: int, report: Report, at: Segment) -> None:
    """Close the loops from a depth on; whatever they lack is missing for good."""
    while len(stack) > depth:
        closed = stack.pop()
        for index, use in enumerate(closed.group.loop.uses):
            if use.is_required and index not in closed.seen:
                inside = f" after {closed.group.head.tag}" if stack else ""
                report.add(
                    at,
                    0,
                    Fault.SEGMENT_MISSING,
                    f"{report.name} has {use.tag}{inside}.",
                    f"Add {use.tag} before this segment.",
                    is_warning=use.tag in SEPARATORS,
                )
