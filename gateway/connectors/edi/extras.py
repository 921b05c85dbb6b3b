"""What rides along in the extras of a document: entries of the residue, under a path of its own.

The path of an extra is ``x12:/850/`` for the message and ``x12:/850/PO1/`` for a line, followed by
the path of the entry. A message falls into blocks, around its lines and its lines, in turn: entries
of the blocks with even numbers are those of the message, those of odd numbers belong to a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from gateway.connectors.edi.residue import Entry
from ledger.document.part import Document, Extra
from ledger.document.scalar import TEXT_CHARS_MAX

D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True)
class Paths:
    """How the paths of extras begin, those of a message and those of its lines."""

    head: str
    line: str


def laden(
    document: D, head: Iterable[Entry], residues: Iterable[Iterable[Entry]], paths: Paths
) -> D:
    """Let the entries of a message and of its blocks ride along."""
    own, carrying = list(head), list(lines(document))
    for number, residue in enumerate(residues):
        place = number // 2
        if number % 2:
            extras = tuple(_extras(paths.line, residue))
            if extras:
                carrying[place] = carrying[place].model_copy(update={"extras": extras})
        else:
            own.extend((f"{place}/{path}", text) for path, text in residue)
    update: dict[str, Any] = {"extras": tuple(_extras(paths.head, own))}
    if document.lines_field is not None and carrying:
        update[document.lines_field] = tuple(carrying)
    return document.model_copy(update=update)


def unladen(document: Document, count: int, paths: Paths) -> Iterator[list[Entry]]:
    """Give the entries of each block, as many as the document writes."""
    head, carrying = list(entries(paths.head, document.extras)), lines(document)
    for number in range(count):
        place = number // 2
        if number % 2:
            yield list(entries(paths.line, carrying[place].extras))
        else:
            yield below(str(place), head)


def _extras(prefix: str, entries: Iterable[Entry]) -> Iterator[Extra]:
    """Write entries; a text that is too long for one extra takes several."""
    for place, text in entries:
        for start in range(0, max(len(text), 1), TEXT_CHARS_MAX):
            yield Extra(path=prefix + place, value=text[start : start + TEXT_CHARS_MAX])


def entries(prefix: str, extras: Iterable[Extra]) -> Iterator[Entry]:
    """Find the entries among extras of any origin."""
    for extra in extras:
        if extra.path.startswith(prefix):
            yield extra.path.removeprefix(prefix), extra.value


def below(name: str, entries: Iterable[Entry]) -> list[Entry]:
    """Take the entries that belong to one part of a message."""
    prefix = f"{name}/"
    return [(path.removeprefix(prefix), text) for path, text in entries if path.startswith(prefix)]


def ride_along(document: Document, paths: Paths) -> bool:
    """Tell whether anything does."""
    places = ((paths.head, document), *((paths.line, line) for line in lines(document)))
    return any(extra.path.startswith(prefix) for prefix, part in places for extra in part.extras)


def foreign(document: Document, paths: Paths) -> Iterator[str]:
    """List the JSON pointers of what rode along in something else."""
    places = [("", document.extras)]
    for nth, line in enumerate(lines(document)):
        places.append((f"/{document.lines_field}/{nth}", line.extras))
    for at, extras in places:
        for nth, extra in enumerate(extras):
            if not extra.path.startswith(paths.head):
                yield f"{at}/extras/{nth}"


def lines(document: Document) -> tuple[Any, ...]:
    """Give the lines of a document, if it has any."""
    if document.lines_field is None:
        return ()
    return tuple(getattr(document, document.lines_field))


def bare(document: D) -> D:
    """Take all extras off."""
    update: dict[str, Any] = {"extras": ()}
    if document.lines_field is not None:
        update[document.lines_field] = tuple(
            line.model_copy(update={"extras": ()}) if line.extras else line
            for line in lines(document)
        )
    return document.model_copy(update=update)
