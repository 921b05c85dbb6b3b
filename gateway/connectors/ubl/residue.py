"""Putting back what rode along: extras, into a message that is written from the fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby, islice
from typing import Final

from lxml import etree

from gateway.connectors.message import Finding, Location, UnwritableDocument, shortened
from gateway.connectors.ubl.extra import PREFIX
from gateway.connectors.ubl.instruction import put_instruction
from gateway.connectors.ubl.mapping import Branch, Content, Leaf
from gateway.connectors.ubl.reader import CBC, safe_parser, tag_of, xpath_of
from gateway.connectors.ubl.scalar import Kind, Unheld
from ledger.document.part import Extra

_STEP: Final = re.compile(r"/(@?(?:\{[^}]*\})?[^/\[\]{}]+)(?:\[(\d{1,9})\])?")
_UNIT: Final = "unitCode"
_ABSENT: Final = "not("

Steps = list[tuple[str, int]]
Place = tuple[etree._Element, Content | None, Leaf | Branch | None]
"""An element, the table of its children, and what it stands for."""


def set_text(element: etree._Element, text: str) -> None:
    """Set the text of an element, or refuse what XML cannot hold."""
    try:
        element.text = text
    except ValueError:
        raise _unwritable(xpath_of(element), text) from None


def set_attribute(element: etree._Element, name: str, value: str) -> None:
    """Set an attribute of an element, or refuse what XML cannot hold."""
    try:
        element.set(name, value)
    except ValueError:
        raise _unwritable(f"{xpath_of(element)}/@{name}", value) from None


def _unwritable(path: str, text: str) -> UnwritableDocument:
    finding = Finding(
        "XML holds neither control characters nor lone surrogates.",
        Location(1, 1, path),
        shortened(text.encode("unicode_escape").decode("ascii")),
        "Remove the character, or send the document in a standard that can hold it.",
    )
    return UnwritableDocument([finding])


def put_back(root: etree._Element, content: Content, extras: Iterable[Extra]) -> None:
    """Put what rode along back to where it stood in a message or a line."""
    own = [extra for extra in extras if extra.path.startswith(PREFIX)]
    # What stood in one element comes one after the other: it is looked for once.
    parents: Steps = []
    place: Place | None = (root, content, None)
    for path, pieces in groupby(own, key=lambda extra: extra.path):
        value = "".join(piece.value for piece in pieces)
        try:
            if put_instruction(root, path[len(PREFIX) :], value):
                continue
        except ValueError:
            raise _misplaced(path, "XML cannot hold this processing instruction.") from None
        matches = list(_STEP.finditer(path, len(PREFIX)))
        if "".join(match[0] for match in matches) != path[len(PREFIX) :] or len(matches) < 2:
            raise _misplaced(path, "This is no path of a UBL element.")
        if any(match[1][0] == "@" and (match[2] or match is not matches[-1]) for match in matches):
            raise _misplaced(path, "An attribute ends its path, and has no index.")
        steps = [(match[1], int(match[2] or 1)) for match in matches[1:]]
        if steps[:-1] != parents:
            parents = steps[:-1]
            place = _walk((root, content, None), parents)
        if place is not None:
            _put_one(place, *steps[-1], path, value)


def _walk(place: Place, steps: Steps) -> Place | None:
    """Walk to the element in which an extra stood; none if it has lost its place."""
    element, content, entry = place
    for step, nth in steps:
        tag = tag_of(step)
        entry = content.by_tag.get(tag) if content is not None else None
        child = _nth(element, tag, nth)
        if child is None:
            if not isinstance(entry, Branch) or entry.field is not None:
                return None
            assert content is not None
            child = etree.Element(tag)
            _insert(element, content, child, nth)
        element, content = child, entry.content if isinstance(entry, Branch) else None
    return element, content, entry


def _put_one(place: Place, step: str, nth: int, path: str, value: str) -> None:
    element, content, entry = place
    try:
        if step.startswith(_ABSENT):
            _take_away(element, content, step[len(_ABSENT) : -1])
        elif step.startswith("@"):
            _put_attribute(element, entry, step[1:], value)
        elif content is not None:
            _put_element(element, content, tag_of(step), nth, path, value)
    except ValueError:
        raise _misplaced(path, "This is no name XML can hold.") from None


def _take_away(element: etree._Element, content: Content | None, step: str) -> None:
    """Leave out again what was only concluded from the rest, or only filled in."""
    entry = content.by_tag.get(tag_of(step)) if content is not None else None
    present = element.find(tag_of(step))
    if entry is not None and present is not None:
        element.remove(present)


def _put_attribute(
    element: etree._Element, entry: Leaf | Branch | None, name: str, value: str
) -> None:
    slot = entry.attributes.get(name) if isinstance(entry, Leaf) else None
    present = element.get(name)
    if slot is not None and name == _UNIT and not value:
        element.attrib.pop(name, "")
    elif present is None or (slot is not None and _reads_as(slot.kind, value, present)):
        set_attribute(element, name, value)


def _put_element(
    parent: etree._Element, content: Content, tag: str, nth: int, path: str, value: str
) -> None:
    entry = content.by_tag.get(tag)
    present = _nth(parent, tag, nth)
    if tag not in content.ranks:
        raise _misplaced(path, "UBL has no such element at this place.")
    if not tag.startswith(f"{{{CBC}}}"):
        if entry is None or entry.is_many or entry.may_repeat or present is None:
            _insert(parent, content, _fragment(path, tag, value), nth)
        return
    if present is not None and isinstance(entry, Leaf):
        if entry.field is None or _reads_as(entry.kind, value, present.text or ""):
            set_text(present, value)
            return
        if not entry.is_many:
            return
    element = etree.Element(tag)
    set_text(element, value)
    _insert(parent, content, element, nth)


def _reads_as(kind: Kind, text: str, present: str) -> bool:
    try:
        return bool(kind.read(text) == kind.read(present))
    except (ValueError, Unheld):
        return False


def _nth(parent: etree._Element, tag: str, nth: int) -> etree._Element | None:
    return next(islice(parent.iterchildren(tag), nth - 1, None), None) if nth > 0 else None


def _insert(parent: etree._Element, content: Content, child: etree._Element, nth: int) -> None:
    """Insert an element as the nth of its name, else where UBL's sequence has it."""
    present = _nth(parent, child.tag, nth)
    if present is not None:
        present.addprevious(child)
        return
    ranks = content.ranks
    rank = ranks[child.tag]
    for sibling in parent:
        if ranks[sibling.tag] > rank:
            sibling.addprevious(child)
            return
    parent.append(child)


def _fragment(path: str, tag: str, value: str) -> etree._Element:
    try:
        element = etree.fromstring(value.encode("utf-8"), safe_parser())
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        raise _misplaced(path, "This extra is not the XML of an element.") from None
    if element.tag != tag or element.getroottree().docinfo.internalDTD is not None:
        raise _misplaced(path, "This extra is not the element that its path names.")
    return element


def _misplaced(path: str, rule: str) -> UnwritableDocument:
    finding = Finding(
        rule, Location(1, 1, path), "", "Remove the extra, or read the message again."
    )
    return UnwritableDocument([finding])
