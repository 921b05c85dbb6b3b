"""XML in, safely: no DTD, no entities, no network, bounded size and depth; places on demand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, cast

from lxml import etree

from gateway.connectors.message import (
    Finding,
    ForbiddenXml,
    Location,
    MalformedXml,
    UnsupportedDocument,
    shortened,
)

XML_BYTES_MAX: Final = 20 * 1024 * 1024
XML_DEPTH_MAX: Final = 48
ATTRIBUTES_MAX: Final = 100
"""Of one element. To list n attributes takes the parser n² steps."""
STRAYS_MAX: Final = 100

CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
EXT: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
DOCUMENT_NAMESPACE: Final = "urn:oasis:names:specification:ubl:schema:xsd:{name}-2"

_PREFIXES: Final = {f"{{{CAC}}}": "cac:", f"{{{CBC}}}": "cbc:", f"{{{EXT}}}": "ext:"}
_NAMESPACES: Final = {prefix: namespace for namespace, prefix in _PREFIXES.items()}

_is_absurd = etree.XPath(
    f"boolean({'/*' * (XML_DEPTH_MAX + 1)}) or boolean(/descendant::*/@*[{ATTRIBUTES_MAX + 1}])"
)
_first_overloaded = etree.XPath(f"(/descendant::*[@*[{ATTRIBUTES_MAX + 1}]])[1]")
_first_too_deep = etree.XPath("(" + "/*" * (XML_DEPTH_MAX + 1) + ")[1]")
_may_be_stray = etree.XPath(
    "boolean(//cac:*/text()[normalize-space()]) or boolean(/*/text()[normalize-space()])",
    namespaces={"cac": CAC},
)
_stray_text = etree.XPath(
    "//*[*][text()[normalize-space()]][namespace-uri()=$cac or not(parent::*)]"
)
_TAGS: Final = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|</[^>]*>"
    r"""|<[^!?/](?:[^<>"']|"[^"]*"|'[^']*')*>""",
    re.DOTALL,
)


def step_of(tag: str) -> str:
    """Spell a tag as a step of an XPath: ``cbc:ID``, or ``{namespace}name`` when foreign."""
    end = tag.find("}") + 1
    prefix = _PREFIXES.get(tag[:end])
    return tag if prefix is None else prefix + tag[end:]


def tag_of(step: str) -> str:
    """Spell a step of an XPath as a tag."""
    namespace = _NAMESPACES.get(step[:4])
    return step if namespace is None else namespace + step[4:]


def attributes_of(element: etree._Element) -> list[tuple[str, str]]:
    """List the attributes of an element by their names, for XML gives them no order."""
    found = cast("list[tuple[str, str]]", element.items())
    return found if len(found) < 2 else sorted(found)


def safe_parser(*, has_instructions: bool = False) -> etree.XMLParser:
    """Make a parser that loads nothing, expands nothing and stays within bounds."""
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=not has_instructions,
    )


@dataclass(frozen=True)
class XmlSource:
    """A parsed message and the bytes it came from.

    Parameters
    ----------
    root : lxml element
        Its root.
    content : bytes
        The message as it was sent.
    """

    root: etree._Element
    content: bytes

    def locate(self, element: etree._Element) -> Location:
        """Find line, column and XPath of an element of this message."""
        index = self._places[element]
        line, column = self._starts[index] if index < len(self._starts) else (1, 1)
        return Location(line, column, xpath_of(element))

    @cached_property
    def _places(self) -> dict[etree._Element, int]:
        """Every element and its place in document order."""
        return {element: index for index, element in enumerate(self.root.iter("*"))}

    @cached_property
    def _starts(self) -> list[tuple[int, int]]:
        """Line and column of every start tag, in document order."""
        encoding = self.root.getroottree().docinfo.encoding or "utf-8"
        text = self.content.decode(encoding, errors="replace").removeprefix("\ufeff")
        return list(_start_tags(text))


def _start_tags(text: str) -> Iterator[tuple[int, int]]:
    line, line_start, position = 1, 0, 0
    for match in _TAGS.finditer(text):
        start = match.start()
        breaks = text.count("\n", position, start)
        if breaks:
            line, line_start = line + breaks, text.rindex("\n", position, start) + 1
        position = start
        if text[start + 1] not in "!?/":
            yield line, start - line_start + 1


def xpath_of(element: etree._Element) -> str:
    """Write the XPath of an element, with an index wherever it has siblings of its name."""
    steps: list[str] = []
    at: etree._Element | None = element
    while at is not None:
        parent = at.getparent()
        step = step_of(at.tag)
        if parent is None:
            step = etree.QName(at).localname
        else:
            before = sum(1 for _ in at.itersiblings(at.tag, preceding=True))
            if before or next(at.itersiblings(at.tag), None) is not None:
                step += f"[{before + 1}]"
        steps.append(step)
        at = parent
    return "/" + "/".join(reversed(steps))


def read_xml(content: bytes, *, may_have_doctype: bool = False) -> XmlSource:
    """Parse a message.

    Parameters
    ----------
    content : bytes
        The message, at most ``XML_BYTES_MAX`` bytes.
    may_have_doctype : bool
        Whether it may name a DTD, which is never loaded, and declare nothing itself.

    Raises
    ------
    MalformedXml
        If it is not well-formed.
    ForbiddenXml
        If it is too large, nests deeper than ``XML_DEPTH_MAX``, has an element of more than
        ``ATTRIBUTES_MAX`` attributes or a DTD, or refers to entities.
    """
    if len(content) > XML_BYTES_MAX:
        raise ForbiddenXml(
            [
                Finding(
                    f"A message has at most {XML_BYTES_MAX} bytes.",
                    Location(1, 1),
                    f"{len(content)} bytes",
                    "Send attachments beside the message, or split it.",
                )
            ]
        )
    try:
        root = etree.fromstring(content, safe_parser())
    except etree.XMLSyntaxError as error:
        raise _unreadable(content, error, may_have_doctype=may_have_doctype) from None
    source = XmlSource(root, content)
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and not (may_have_doctype and _declares_nothing(declared, root)):
        raise ForbiddenXml([_doctype_finding(content)])
    if _is_absurd(root):
        raise ForbiddenXml([_absurdity(source)])
    return source


def _absurdity(source: XmlSource) -> Finding:
    for find, rule, advice in (
        (
            _first_too_deep,
            f"Elements nest at most {XML_DEPTH_MAX} levels deep.",
            "Send the message without the excess levels.",
        ),
        (
            _first_overloaded,
            f"An element has at most {ATTRIBUTES_MAX} attributes.",
            "Send the message without the excess attributes.",
        ),
    ):
        for element in cast("list[etree._Element]", find(source.root)):
            return Finding(rule, source.locate(element), step_of(element.tag), advice)
    raise AssertionError("one of the two is so")


def read_ubl(content: bytes, name: str) -> XmlSource:
    """Parse a UBL 2.x message of one type.

    Raises
    ------
    MalformedXml, ForbiddenXml
        As `read_xml`.
    UnsupportedDocument
        If the root is not this type's.
    """
    source = read_xml(content)
    expected = f"{{{DOCUMENT_NAMESPACE.format(name=name)}}}{name}"
    if source.root.tag != expected:
        raise UnsupportedDocument(
            [
                Finding(
                    f"The root of this message is {expected}.",
                    source.locate(source.root),
                    shortened(source.root.tag),
                    f"Send the UBL 2.x {name} itself, without an envelope around it.",
                )
            ]
        )
    return source


def stray_texts(source: XmlSource) -> list[Finding]:
    """List text that stands between elements, where UBL has none; the first hundred."""
    # The cheap question first: hardly any message has stray text.
    if not _may_be_stray(source.root):
        return []
    strays = cast("list[etree._Element]", _stray_text(source.root, cac=CAC))
    return [
        Finding(
            "Text stands in basic elements only, never between elements.",
            source.locate(element),
            shortened(" ".join(text.strip() for text in _own_texts(element) if text.strip())),
            "Remove the text, or put it into a cbc:Note.",
        )
        for element in strays[:STRAYS_MAX]
    ]


def _own_texts(element: etree._Element) -> list[str]:
    return [element.text or "", *(child.tail or "" for child in element)]


def _declares_nothing(dtd: etree.DTD, root: etree._Element) -> bool:
    is_bare = not any((*dtd.entities(), *dtd.elements()))  # type: ignore[attr-defined]
    return is_bare and next(root.iter(etree.Entity), None) is None


def _unreadable(
    content: bytes, error: etree.XMLSyntaxError, *, may_have_doctype: bool
) -> MalformedXml | ForbiddenXml:
    forbidden = "<!ENTITY" if may_have_doctype else "<!DOCTYPE"
    if forbidden.encode() in content or forbidden.encode("utf-16-le") in content:
        return ForbiddenXml([_doctype_finding(content)])
    line, column = error.position
    finding = Finding(
        "A message is well-formed XML.",
        Location(max(line, 1), max(column, 1)),
        shortened(error.msg or "nothing that can be parsed"),
        "Send the complete file as the system wrote it.",
    )
    return MalformedXml([finding])


def _doctype_finding(content: bytes) -> Finding:
    at = max(content.find(b"<!DOCTYPE"), 0)
    line_start = content.rfind(b"\n", 0, at) + 1
    return Finding(
        "A message has no document type declaration and no entities.",
        Location(content.count(b"\n", 0, at) + 1, at - line_start + 1),
        "<!DOCTYPE",
        "Send the message without the <!DOCTYPE ...> part.",
    )
