"""From the fields of a document to UBL elements, in UBL's order, with what rode along put back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lxml import etree

from gateway.connectors.message import (
    ConnectorRefused,
    Finding,
    Location,
    UnwritableDocument,
)
from gateway.connectors.ubl.loss import lost_fields, missing
from gateway.connectors.ubl.mapping import Content, Leaf, values_of
from gateway.connectors.ubl.reader import CAC, CBC, DOCUMENT_NAMESPACE
from gateway.connectors.ubl.residue import put_back, set_attribute, set_text
from ledger.document.part import Document

D = TypeVar("D", bound=Document)


def render_document(
    document: D,
    content: Content,
    name: str,
    parse: Callable[[bytes], D],
    *,
    is_lossy: bool = False,
) -> bytes:
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
    is_lossy : bool
        Whether fields may be left out that the message has no place for.

    Returns
    -------
    bytes
        UTF-8 with an XML declaration.

    Raises
    ------
    UnwritableDocument
        If UBL requires what the document lacks, or the document has fields that the message has no
        place for; if a text holds characters that XML cannot hold, or an extra is not what it says,
        or says something else than the fields.
    """
    findings = list(missing(document, content, f"/{name}"))
    if not is_lossy:
        findings += lost_fields(document, content)
    if findings:
        raise UnwritableDocument(findings)
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
    put_back(root, content, document.extras)
    tree = root.getroottree()
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _fill(element: etree._Element, content: Content, holder: Any) -> None:
    for tag, entry in content.by_tag.items():
        if isinstance(entry, Leaf):
            if entry.filler is not None:
                etree.SubElement(element, tag).text = entry.filler
            for value in values_of(entry, holder):
                _write_leaf(etree.SubElement(element, tag), entry, value, holder)
        elif entry.field is None:
            child = etree.SubElement(element, tag)
            _fill(child, entry.content, holder)
            fillers = entry.content.filler_tags
            if all(each.tag in fillers and not len(each) for each in child):
                element.remove(child)
        else:
            values = values_of(entry, holder)
            if entry.is_filled and not values:
                etree.SubElement(element, tag)
            for value in values:
                child = etree.SubElement(element, tag)
                _fill(child, entry.content, value)
                if entry.has_extras:
                    put_back(child, entry.content, value.extras)


def _write_leaf(element: etree._Element, leaf: Leaf, value: Any, holder: Any) -> None:
    source = holder if leaf.nested is None else value
    unit: str | None = None
    for name, slot in leaf.attributes.items():
        unit = getattr(source, slot.field)
        if unit is not None:
            set_attribute(element, name, unit)
    scalar = value if leaf.nested is None else getattr(value, leaf.nested)
    set_text(element, scalar if leaf.kind.write is None else leaf.kind.write(scalar, unit))
