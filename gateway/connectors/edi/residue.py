"""What the fields of a document do not say: how a message differs from what they would write.

Each entry has a path within its block and a text:

- ``5``: the fifth segment of the block, which no field holds;
- ``5/REF/3``: the third element of the fifth segment, where it differs from what the fields say;
- ``5/REF/size``: how many elements that segment has, where this differs;
- ``order``: how many segments the fields write, and which of them the block has, in its order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.segment import Segment

Entry = tuple[str, str]

_PATH: Final = re.compile(r"(\d{1,6})(?:/([A-Z][A-Z0-9]{1,2})/(\d{1,3}|size))?", re.ASCII)
_ORDER: Final = re.compile(r"(\d{1,6}):((?:\d{1,6}(?:-\d{1,6})?(?: |$))*)", re.ASCII)


def difference(
    sent: Sequence[Segment], written: Sequence[Segment], dialect: Dialect
) -> Iterator[Entry]:
    """List how a block that was sent differs from the one that its fields write."""
    if list(sent) == list(written):
        return
    pairs = _pairs(sent, written)
    used = [index for index in pairs if index is not None]
    if used != list(range(len(written))):
        yield "order", f"{len(written)}:{_ranges(used)}"
    for position, (segment, index) in enumerate(zip(sent, pairs, strict=True), start=1):
        if index is None:
            yield str(position), dialect.spell(segment)
        elif segment != written[index]:
            yield from _elements(f"{position}/{segment.tag}", segment, written[index], dialect)


def _elements(path: str, sent: Segment, written: Segment, dialect: Dialect) -> Iterator[Entry]:
    reach = len(written.elements)
    for number in range(1, max(len(sent.elements), reach) + 1):
        if sent[number] != written[number]:
            reach = max(reach, number)
            yield f"{path}/{number}", dialect.raw(sent[number])
    if len(sent.elements) != reach:
        yield f"{path}/size", str(len(sent.elements))


def _pairs(sent: Sequence[Segment], written: Sequence[Segment]) -> list[int | None]:
    """Find for each segment that was sent the written one that stands for it, if any."""
    pairs: list[int | None] = [None] * len(sent)
    free = dict.fromkeys(range(len(written)))
    for identity in (_whole, _qualified):
        candidates = defaultdict[object, list[int]](list)
        for index in reversed(free):
            candidates[identity(written[index])].append(index)
        for place, segment in enumerate(sent):
            if pairs[place] is None and candidates[identity(segment)]:
                index = candidates[identity(segment)].pop()
                pairs[place] = index
                del free[index]
    for index in list(free):
        tag = written[index].tag
        places = [each for each, segment in enumerate(sent) if segment.tag == tag]
        if len(places) == 1 and pairs[places[0]] is None:
            pairs[places[0]] = index
    return pairs


def _whole(segment: Segment) -> object:
    return segment.tag, segment.elements


def _qualified(segment: Segment) -> object:
    return segment.key


def _ranges(numbers: list[int]) -> str:
    """Write ``0 1 2 5`` as ``0-2 5``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(f"{start}-{end}" if end > start else str(start) for start, end in runs)


@dataclass
class _Residue:
    """The entries of one block, sorted out."""

    whole: dict[int, str] = field(default_factory=dict)
    elements: dict[int, list[tuple[str, str, str]]] = field(default_factory=dict)
    order: str = ""


def restored(
    written: Sequence[Segment], entries: Iterable[Entry], dialect: Dialect
) -> list[Segment]:
    """Put the residue of a block back into what its fields write.

    Raises
    ------
    ValueError
        With the path of an entry that is none.
    """
    residue = _sorted_out(entries)
    queue = _sequence(written, residue.order)
    block: list[Segment] = []
    for segment in queue:
        while len(block) + 1 in residue.whole:
            block.append(dialect.read(residue.whole.pop(len(block) + 1)))
        block.append(_amended(segment, residue.elements.get(len(block) + 1, []), dialect))
    block.extend(dialect.read(residue.whole[position]) for position in sorted(residue.whole))
    return block


def _sorted_out(entries: Iterable[Entry]) -> _Residue:
    residue = _Residue()
    for path, text in entries:
        if path == "order":
            residue.order += text
            continue
        match = _PATH.fullmatch(path)
        if match is None:
            raise ValueError(path)
        position = int(match[1])
        if match[2] is None:
            residue.whole[position] = residue.whole.get(position, "") + text
            continue
        known = residue.elements.setdefault(position, [])
        is_more = known and known[-1][:2] == (match[2], match[3])
        begun = known.pop()[2] if is_more else ""
        known.append((match[2], match[3], begun + text))
    return residue


def _sequence(written: Sequence[Segment], order: str) -> list[Segment]:
    """Bring what is written into the order it was sent in; when it has changed, leave it."""
    if not order:
        return list(written)
    match = _ORDER.fullmatch(order)
    if match is None:
        raise ValueError("order")
    if int(match[1]) != len(written):
        return list(written)
    numbers: list[int] = []
    for run in match[2].split():
        start, _, end = run.partition("-")
        numbers.extend(range(int(start), int(end or start) + 1))
        if len(numbers) > len(written):
            raise ValueError("order")
    if len(set(numbers)) != len(numbers) or any(each >= len(written) for each in numbers):
        raise ValueError("order")
    return [written[each] for each in numbers]


def _amended(segment: Segment, changes: list[tuple[str, str, str]], dialect: Dialect) -> Segment:
    elements = list(segment.elements)
    for tag, place, text in changes:
        if tag != segment.tag:
            continue
        if place == "size":
            size = _size(text)
            elements = (elements + [""] * size)[:size]
            continue
        number = int(place)
        elements.extend([""] * (number - len(elements)))
        elements[number - 1] = dialect.neutral(text)
    return Segment(segment.tag, tuple(elements))


def _size(text: str) -> int:
    if not text.isdecimal() or len(text) > 3:
        raise ValueError("size")
    return int(text)
