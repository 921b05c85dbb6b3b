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
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from lxml import etree

from gateway.connectors.ubl.extra import Extras
from gateway.connectors.ubl.reader import attributes_of, safe_parser
from ledger.document.part import Extra
from ledger.document.scalar import TEXT_CHARS_MAX

PREFIX: Final = "cxml:"

_CHILD: Final = re.compile(r"(?P<parent>.*)/\*\[(?P<k>\d{1,6})\]")
_STEP: Final = re.compile(r"/(?P<tag>(?:\{[^}]*\})?[^/\[\]{}]+)(?:\[(?P<nth>\d{1,6})\])?")
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
    target = _Target(root)
    own = [extra for extra in extras if extra.path.startswith(PREFIX)]
    for path, pieces in groupby(own, key=lambda extra: extra.path):
        value = "".join(piece.value for piece in pieces)
        place = path[len(PREFIX) :]
        if place == "/*[1]":
            return _fragment(value)
        target.apply(place, value)
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
    children, steps, own_steps = list(sent), _numbers(sent), _numbers(written)
    kept: list[tuple[int, Extras]] = []
    paired = dict(pairs)
    for child, step in zip(written, own_steps, strict=True):
        inner: Extras = []
        index = paired.get(child)
        if index is not None and _compare(child, children[index], f"{path}/{steps[index]}", inner):
            kept.append((index, inner))
        else:
            found.append((f"{path}/not({step})", ""))
    known = {index for index, _ in kept}
    _order_absent(found, path)
    if not len(sent) and (written.text or "") != (sent.text or ""):
        found.append((f"{path}/text()", sent.text or ""))
    found.extend(
        (f"{path}/*[{index + 1}]", _canonical(child))
        for index, child in enumerate(children)
        if index not in known
    )
    for _, inner in kept:
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


def _numbers(parent: etree._Element) -> list[str]:
    """Spell the name and the number of every child: ``ItemOut[3]``."""
    seen: Counter[str] = Counter()
    found = []
    for child in parent:
        seen[child.tag] += 1
        found.append(f"{child.tag}[{seen[child.tag]}]")
    return found


def _canonical(element: etree._Element) -> str:
    whole = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    return bytes(whole).decode("utf-8")


class _Target:
    """The message that is put together; every list of children of one name is made once.

    An element changes only before those inside it are asked for, so that lists stay true.
    """

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.children: dict[tuple[etree._Element, str], list[etree._Element]] = {}

    def apply(self, place: str, value: str) -> None:
        """Put one thing back."""
        if match := _CHILD.fullmatch(place):
            parent = self._find(match["parent"])
            if parent is not None:
                parent.insert(int(match["k"]) - 1, _fragment(value))
        elif match := _ABSENT.fullmatch(place):
            parent = self._find(match["parent"])
            if parent is not None:
                _take_away(parent, match["what"])
        elif match := _OTHER.fullmatch(place):
            element = self._find(match["parent"])
            if element is not None and match["name"]:
                element.set(match["name"], value)
            elif element is not None:
                element.text = value
        else:
            raise ValueError(place)

    def _find(self, path: str) -> etree._Element | None:
        steps = list(_STEP.finditer(path))
        if "".join(step[0] for step in steps) != path or steps[0]["tag"] != self.root.tag:
            raise ValueError(path)
        at = self.root
        for step in steps[1:]:
            key = (at, step["tag"])
            if key not in self.children:
                self.children[key] = list(at.iterchildren(step["tag"]))
            found = self.children[key]
            nth = int(step["nth"] or 1)
            if not 0 < nth <= len(found):
                return None
            at = found[nth - 1]
        return at


def _take_away(parent: etree._Element, what: str) -> None:
    if what.startswith("@"):
        parent.attrib.pop(what[1:], "")
        return
    try:
        child = parent.find(what)
    except SyntaxError:
        raise ValueError(what) from None
    if child is not None:
        parent.remove(child)
    if not len(parent) and (parent.text or "").isspace():
        parent.text = None


def _fragment(value: str) -> etree._Element:
    try:
        element = etree.fromstring(value.encode("utf-8"), safe_parser())
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        raise ValueError(value) from None
    if element.getroottree().docinfo.internalDTD is not None:
        raise ValueError(value)
    return element
