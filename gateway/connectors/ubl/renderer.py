"""From the fields of a document to UBL elements, in UBL's order, with what rode along put back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, Final, TypeVar

from lxml import etree

from gateway.connectors.message import (
    ConnectorRefused,
    Finding,
    Location,
    UnwritableDocument,
    shortened,
)
from gateway.connectors.ubl.mapping import VALUE, Branch, Content, Leaf
from gateway.connectors.ubl.parser import PREFIX
from gateway.connectors.ubl.reader import (
    CAC,
    CBC,
    DOCUMENT_NAMESPACE,
    safe_parser,
    tag_of,
    xpath_of,
)
from gateway.connectors.ubl.scalar import Kind, Unheld
from ledger.document.part import Document, Extra

_STEP: Final = re.compile(r"/(@?(?:\{[^}]*\})?[^/\[\]{}]+)(?:\[(\d{1,9})\])?")
_UNIT: Final = "unitCode"

D = TypeVar("D", bound=Document)


def render_document(document: D, content: Content, name: str, parse: Callable[[bytes], D]) -> bytes:
    """Write a whole message.

    Parameters
    ----------
    document : Document
        The document.
    content : Content
        The table of its root.
    name : str
        Local name of the root.
    parse : callable
        The reader of such messages: what rode along must not say anything that the fields of the
        document do not say, so what is written is read again.

    Returns
    -------
    bytes
        UTF-8 with an XML declaration.

    Raises
    ------
    UnwritableDocument
        If a text holds characters that XML cannot hold, or an extra is not what it says, or says
        something else than the fields.
    """
    bare = _without_extras(document)
    plain, full = _write(bare, content, name), _write(document, content, name)
    if plain == full:
        return full
    try:
        agrees = _without_extras(parse(full)) == _without_extras(parse(plain))
    except ConnectorRefused as error:
        raise UnwritableDocument(error.findings) from None
    if not agrees:
        finding = Finding(
            "What rides along in extras says nothing that the fields do not say.",
            Location(1, 1, f"/{name}"),
            "",
            "Remove the extras that add to the fields, or read the message again.",
        )
        raise UnwritableDocument([finding])
    return full


def _without_extras(document: D) -> D:
    bare: dict[str, Any] = {"extras": ()}
    if document.lines_field is not None:
        lines = getattr(document, document.lines_field)
        bare[document.lines_field] = tuple(line.model_copy(update={"extras": ()}) for line in lines)
    return document.model_copy(update=bare)


def _write(document: Document, content: Content, name: str) -> bytes:
    namespace = DOCUMENT_NAMESPACE.format(name=name)
    root: etree._Element = etree.Element(
        f"{{{namespace}}}{name}",
        nsmap={None: namespace, "cac": CAC, "cbc": CBC},  # type: ignore[dict-item]
    )
    _fill(root, content, document)
    _put_back(root, content, document.extras)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _fill(element: etree._Element, content: Content, holder: Any) -> None:
    for tag, entry in content.by_tag.items():
        if isinstance(entry, Leaf):
            for value in _values(entry, holder):
                _write_leaf(etree.SubElement(element, tag), entry, value, holder)
        elif entry.field is None:
            child = etree.SubElement(element, tag)
            _fill(child, entry.content, holder)
            if not len(child):
                element.remove(child)
        else:
            for value in entry.gather(holder) if entry.gather else _values(entry, holder):
                child = etree.SubElement(element, tag)
                _fill(child, entry.content, value)
                if entry.has_extras:
                    _put_back(child, entry.content, value.extras)


def _values(entry: Leaf | Branch, holder: Any) -> Iterable[Any]:
    assert entry.field is not None
    value = holder if entry.field == VALUE else getattr(holder, entry.field)
    if entry.is_many:
        return value  # type: ignore[no-any-return]
    return () if value is None else (value,)


def _write_leaf(element: etree._Element, leaf: Leaf, value: Any, holder: Any) -> None:
    source = holder if leaf.nested is None else value
    unit: str | None = None
    for name, slot in leaf.attributes.items():
        unit = getattr(source, slot.field)
        if unit is not None:
            _set_attribute(element, name, unit)
    scalar = value if leaf.nested is None else getattr(value, leaf.nested)
    _set_text(element, scalar if leaf.kind.write is None else leaf.kind.write(scalar, unit))


def _set_text(element: etree._Element, text: str) -> None:
    try:
        element.text = text
    except ValueError:
        raise _unwritable(xpath_of(element), text) from None


def _set_attribute(element: etree._Element, name: str, value: str) -> None:
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


def _put_back(root: etree._Element, content: Content, extras: Iterable[Extra]) -> None:
    own = [extra for extra in extras if extra.path.startswith(PREFIX)]
    for path, pieces in groupby(own, key=lambda extra: extra.path):
        value = "".join(piece.value for piece in pieces)
        matches = list(_STEP.finditer(path, len(PREFIX)))
        if "".join(match[0] for match in matches) != path[len(PREFIX) :] or len(matches) < 2:
            raise _misplaced(path, "This is no path of a UBL element.")
        if any(match[1][0] == "@" and (match[2] or match is not matches[-1]) for match in matches):
            raise _misplaced(path, "An attribute ends its path, and has no index.")
        steps = [(match[1], int(match[2] or 1)) for match in matches[1:]]
        _put_one(root, content, steps, path, value)


def _put_one(
    element: etree._Element,
    content: Content | None,
    steps: list[tuple[str, int]],
    path: str,
    value: str,
) -> None:
    """Walk to where an extra stood and put it there; one that has lost its place is stale."""
    entry: Leaf | Branch | None = None
    for step, nth in steps[:-1]:
        tag = tag_of(step)
        entry = content.by_tag.get(tag) if content is not None else None
        child = _nth(element, tag, nth)
        if child is None:
            if not isinstance(entry, Branch) or entry.field is not None:
                return
            assert content is not None
            child = etree.Element(tag)
            _insert(element, content, child, nth)
        element, content = child, entry.content if isinstance(entry, Branch) else None
    step, nth = steps[-1]
    try:
        if step.startswith("@"):
            _put_attribute(element, entry, step[1:], value)
        elif content is not None:
            _put_element(element, content, tag_of(step), nth, path, value)
    except ValueError:
        raise _misplaced(path, "This is no name XML can hold.") from None


def _put_attribute(
    element: etree._Element, entry: Leaf | Branch | None, name: str, value: str
) -> None:
    slot = entry.attributes.get(name) if isinstance(entry, Leaf) else None
    present = element.get(name)
    if slot is not None and name == _UNIT and not value:
        element.attrib.pop(name, "")
    elif present is None or (slot is not None and _reads_as(slot.kind, value, present)):
        _set_attribute(element, name, value)


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
        if _reads_as(entry.kind, value, present.text or ""):
            _set_text(present, value)
            return
        if not entry.is_many:
            return
    element = etree.Element(tag)
    _set_text(element, value)
    _insert(parent, content, element, nth)


def _reads_as(kind: Kind, text: str, present: str) -> bool:
    try:
        return bool(kind.read(text) == kind.read(present))
    except (ValueError, Unheld):
        return False


def _nth(parent: etree._Element, tag: str, nth: int) -> etree._Element | None:
    same = list(parent.iterchildren(tag))
    return same[nth - 1] if 0 < nth <= len(same) else None


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
