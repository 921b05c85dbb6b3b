"""What a message has beyond what its document says: the difference of two trees, as extras.

`difference` compares the message that is written from the document with the one that was sent, and
`apply` makes the latter of the former again. In document order, for each element:

- ``path/@name``: the attribute as it was sent;
- ``path/not(@name)``, ``path/not(tag[n])``: what was not sent;
- ``path/text()``: the text as it was sent;
- ``path/*[k]``: the k-th child, as canonical XML, where the written message has no such child, or
  one that cannot be told apart piece by piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from lxml import etree

from gateway.connectors.ubl.parser import Extras
from gateway.connectors.ubl.reader import attributes_of, safe_parser
from ledger.document.part import Extra
from ledger.document.scalar import TEXT_CHARS_MAX

PREFIX: Final = "cxml:"

_CHILD: Final = re.compile(r"(?P<parent>.*)/\*\[(?P<k>\d{1,6})\]")
_ABSENT: Final = re.compile(r"(?P<parent>.*)/not\((?P<what>[^()]+)\)")
_OTHER: Final = re.compile(
    r"(?P<parent>.*)/(?:@(?P<name>(?:\{[^}]*\})?[^/{}]+)|(?P<text>text\(\)))"
)


def difference(written: etree._Element, sent: etree._Element) -> list[dict[str, str]]:
    """List what makes the sent message of the written one.

    Parameters
    ----------
    written, sent : lxml element
        The roots; both are left as they are.

    Returns
    -------
    list of dict
        Extras, in the order in which they are applied.
    """
    found: Extras = []
    if not _compare(written, sent, f"/{sent.tag}", found):
        found = [("/*[1]", _canonical(sent))]
    return [
        {"path": PREFIX + path, "value": value[start : start + TEXT_CHARS_MAX]}
        for path, value in found
        for start in range(0, max(len(value), 1), TEXT_CHARS_MAX)
    ]


def apply(root: etree._Element, extras: Iterable[Extra]) -> etree._Element:
    """Put back what rode along; what has lost its place is stale and left out.

    Parameters
    ----------
    root : lxml element
        The message as it is written from the document, which is changed.
    extras : iterable of Extra
        What `difference` listed.

    Raises
    ------
    ValueError
        If an extra is not what its path says, or not what XML can hold.
    """
    own = [extra for extra in extras if extra.path.startswith(PREFIX)]
    for path, pieces in groupby(own, key=lambda extra: extra.path):
        value = "".join(piece.value for piece in pieces)
        place = path[len(PREFIX) :]
        if place == "/*[1]":
            return _fragment(value)
        _apply_one(root, place, value)
    return root


def _compare(written: etree._Element, sent: etree._Element, path: str, found: Extras) -> bool:
    """Add what differs; tell whether that is possible piece by piece."""
    if written.tag != sent.tag or (_is_mixed(sent) and _canonical(written) != _canonical(sent)):
        return False
    if len(sent) and (written.text or "").strip():
        return False
    pairs = _pairs(written, sent)
    places = [index for _, index in pairs]
    if places != sorted(places):
        return False
    found.extend(_attributes(written, sent, path))
    if not len(sent) and (written.text or "") != (sent.text or ""):
        found.append((f"{path}/text()", sent.text or ""))
    paired = {id(child) for child, _ in pairs}
    surplus = [child for child in written if id(child) not in paired]
    found.extend((f"{path}/not({child.tag}[{_nth(child)}])", "") for child in reversed(surplus))
    children = list(sent)
    kept: list[tuple[etree._Element, int, Extras]] = []
    for child, index in pairs:
        inner: Extras = []
        at = children[index]
        if _compare(child, at, f"{path}/{at.tag}[{_nth(at)}]", inner):
            kept.append((child, index, inner))
        else:
            found.append((f"{path}/not({child.tag}[{_nth(child)}])", ""))
    known = {index for _, index, _ in kept}
    _order_absent(found, path)
    found.extend(
        (f"{path}/*[{index + 1}]", _canonical(child))
        for index, child in enumerate(children)
        if index not in known
    )
    for _, _, inner in kept:
        found.extend(inner)
    return True


def _order_absent(found: Extras, path: str) -> None:
    """Take away from behind, so that numbers stay what they are."""
    start = f"{path}/not("
    first = next((i for i, (at, _) in enumerate(found) if at.startswith(start)), len(found))
    attributes = [each for each in found[first:] if each[0].startswith(f"{start}@")]
    elements = [each for each in found[first:] if not each[0].startswith(f"{start}@")]
    numbered = sorted(elements, key=lambda each: -int(each[0].rpartition("[")[2][:-2]))
    found[first:] = attributes + numbered


def _pairs(written: etree._Element, sent: etree._Element) -> list[tuple[etree._Element, int]]:
    """Pair the nth child of a name with the nth that was sent."""
    by_tag: dict[str, list[int]] = {}
    for index, child in enumerate(sent):
        by_tag.setdefault(child.tag, []).append(index)
    rest = {tag: iter(indices) for tag, indices in by_tag.items()}
    found = ((child, next(rest.get(child.tag, iter(())), None)) for child in written)
    return [(child, index) for child, index in found if index is not None]


def _attributes(
    written: etree._Element, sent: etree._Element, path: str
) -> Iterator[tuple[str, str]]:
    for name, value in attributes_of(sent):
        if written.get(name) != value:
            yield f"{path}/@{name}", value
    for name, _ in attributes_of(written):
        if sent.get(name) is None:
            yield f"{path}/not(@{name})", ""


def _is_mixed(element: etree._Element) -> bool:
    if not len(element):
        return False
    texts = [element.text, *(child.tail for child in element)]
    return any(text and not text.isspace() for text in texts)


def _nth(element: etree._Element) -> int:
    return 1 + sum(1 for _ in element.itersiblings(element.tag, preceding=True))


def _canonical(element: etree._Element) -> str:
    whole = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    return bytes(whole).decode("utf-8")


def _apply_one(root: etree._Element, place: str, value: str) -> None:
    if match := _CHILD.fullmatch(place):
        parent = _find(root, match["parent"])
        if parent is not None:
            parent.insert(int(match["k"]) - 1, _fragment(value))
    elif match := _ABSENT.fullmatch(place):
        _take_away(_find(root, match["parent"]), match["what"])
    elif match := _OTHER.fullmatch(place):
        element = _find(root, match["parent"])
        if element is not None and match["name"]:
            element.set(match["name"], value)
        elif element is not None:
            element.text = value
    else:
        raise ValueError(place)


def _take_away(parent: etree._Element | None, what: str) -> None:
    if parent is None:
        return
    if what.startswith("@"):
        parent.attrib.pop(what[1:], "")
        return
    child = parent.find(what)
    if child is not None:
        parent.remove(child)


def _find(root: etree._Element, path: str) -> etree._Element | None:
    steps = path.split("/", 2)
    if steps[1] != root.tag:
        raise ValueError(path)
    try:
        return root if len(steps) == 2 else root.find(steps[2])
    except SyntaxError:
        raise ValueError(path) from None


def _fragment(value: str) -> etree._Element:
    try:
        element = etree.fromstring(value.encode("utf-8"), safe_parser())
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        raise ValueError(value) from None
    if element.getroottree().docinfo.internalDTD is not None:
        raise ValueError(value)
    return element
