"""A request of cXML: how it is read into a document and written from one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from lxml import etree
from pydantic import ValidationError

from gateway.connectors.cxml.reading import Reading, read_cxml
from gateway.connectors.cxml.residue import PREFIX, apply, difference
from gateway.connectors.message import (
    ConnectorRefused,
    Finding,
    InvalidCxml,
    Location,
    UnwritableDocument,
)
from gateway.connectors.ubl.reader import XmlSource
from ledger.document.part import Document

D = TypeVar("D", bound=Document)

DOCTYPE: Final = '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.063/{dtd}.dtd">'


@dataclass(frozen=True)
class MessageType(Generic[D]):
    """One request of cXML, and the document it becomes.

    Parameters
    ----------
    name : str
        The element that the message carries.
    dtd : str
        The DTD that declares it.
    model : type
        The document.
    read : callable
        The root of a message to the fields of the document.
    write : callable
        The document to the root of a message.
    """

    name: str
    dtd: str
    model: type[D]
    read: Callable[[Reading, etree._Element], dict[str, Any]]
    write: Callable[[D], etree._Element]

    def parse(self, content: bytes) -> D:
        """Read a message.

        Raises
        ------
        MalformedXml, ForbiddenXml, UnsupportedDocument
            If this is no such message at all.
        InvalidCxml
            With everything wrong, each with line, column and XPath.
        """
        source = read_cxml(content, self.name)
        document = self._document(source)
        extras = difference(self.write(document), source.root)
        return self.model.model_validate({**document.model_dump(), "extras": extras})

    def render(self, document: D, *, is_lossy: bool = False) -> bytes:
        """Write a message.

        Parameters
        ----------
        document : Document
            The document.
        is_lossy : bool
            Whether fields may be left out that cXML has no place for: see `unheld`.

        Raises
        ------
        UnwritableDocument
            If the document has fields that cXML has no place for, or lacks what cXML requires, or
            what rode along says something that the fields do not say.
        """
        lost = self._lost_fields(document)
        if lost and not is_lossy:
            rule = "cXML has no place for this field of the document."
            advice = "Say it in a note, or accept that the message is without it."
            raise UnwritableDocument(
                [Finding(rule, Location(1, 1, pointer), "", advice) for pointer in lost]
            )
        root = self.write(document)
        etree.indent(root)
        try:
            root = apply(root, document.extras)
        except ValueError as error:
            raise _stale(str(error)) from None
        if document.extras and not self._agrees(document, root):
            raise _stale("")
        doctype = DOCTYPE.format(dtd=self.dtd)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=doctype)

    def unheld(self, document: D) -> tuple[str, ...]:
        """List the JSON pointers of what a message of this kind cannot hold.

        Raises
        ------
        UnwritableDocument
            If there is no such message of the document at all.
        """
        foreign = (
            f"/extras/{nth}"
            for nth, extra in enumerate(document.extras)
            if not extra.path.startswith(PREFIX)
        )
        return (*self._lost_fields(document), *foreign)

    def _lost_fields(self, document: D) -> tuple[str, ...]:
        """Compare with what can be read again.

        Raises
        ------
        UnwritableDocument
            If nothing can, for the document lacks what cXML requires.
        """
        try:
            read = self._document(_as_source(self.write(document)))
        except InvalidCxml as error:
            raise UnwritableDocument(error.findings) from None
        bare = {"extras": ()}
        return tuple(
            _lost(
                document.model_copy(update=bare).model_dump(exclude_defaults=True),
                read.model_dump(exclude_defaults=True),
                "",
            )
        )

    def _document(self, source: XmlSource) -> D:
        reading = Reading(source)
        fields = self.read(reading, source.root)
        report = reading.report
        if report.findings:
            raise InvalidCxml(report.findings)
        report.origins[id(fields)] = source.root
        try:
            return self.model.model_validate(fields)
        except ValidationError as error:
            raise InvalidCxml(report.model_findings(error, fields)) from None

    def _agrees(self, document: D, full: etree._Element) -> bool:
        """Tell whether a message says what the document says, or what it would say by itself."""
        try:
            read = self._document(_as_source(full))
            bare = document.model_copy(update={"extras": ()})
            return read == bare or read == self._document(_as_source(self.write(document)))
        except ConnectorRefused:
            return False


def _as_source(root: etree._Element) -> XmlSource:
    return XmlSource(root, etree.tostring(root))


def _lost(before: Any, after: Any, at: str) -> list[str]:
    """List the pointers of what is in one value and not in another."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            pointer
            for name, value in before.items()
            for pointer in (
                _lost(value, after[name], f"{at}/{name}") if name in after else [f"{at}/{name}"]
            )
        ]
    if isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        return [
            pointer
            for nth, pair in enumerate(zip(before, after, strict=True))
            for pointer in _lost(*pair, f"{at}/{nth}")
        ]
    return [] if before == after else [at]


def _stale(what: str) -> UnwritableDocument:
    finding = Finding(
        "What rides along in extras says nothing that the fields do not say.",
        Location(1, 1, "/cXML"),
        what,
        "Remove the extras that add to the fields, or read the message again.",
    )
    return UnwritableDocument([finding])
