"""Reading the elements and attributes of a cXML message into scalars, with everything wrong."""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from gateway.connectors.message import Finding, UnsupportedDocument, shortened
from gateway.connectors.ubl.reader import XmlSource, read_xml
from gateway.connectors.ubl.report import Report
from gateway.connectors.ubl.scalar import DATE, TEXT, TIME, Kind, Unheld

SECRETS: Final = ("SharedSecret", "DigitalSignature", "CredentialMac")

_MOMENT: Final = re.compile(r"([^T]+)(?:T(.+))?", re.DOTALL)


def read_cxml(content: bytes, request: str) -> XmlSource:
    """Parse a cXML message of one kind, without the secrets of its sender.

    Parameters
    ----------
    content : bytes
        The XML, which may name a DTD; it is never loaded.
    request : str
        The element that the message carries, such as ``OrderRequest``.

    Raises
    ------
    MalformedXml, ForbiddenXml
        As for every XML.
    UnsupportedDocument
        If it carries another element, or none.
    """
    source = read_xml(content, may_have_doctype=True)
    root = source.root
    if root.tag != "cXML" or root.find(f"Request/{request}") is None:
        carried = root.find("Request/*")
        at = root if carried is None else carried
        finding = Finding(
            f"This message is a cXML that carries {request}.",
            source.locate(at),
            shortened(at.tag),
            f"Send a cXML whose Request holds {request}.",
        )
        raise UnsupportedDocument([finding])
    for secret in root.iter(*SECRETS):
        secret[:] = []
        secret.text = None
    return source


class Reading:
    """The reading of one message: scalars out of it, and what is wrong.

    Parameters
    ----------
    source : XmlSource
        The message.
    """

    def __init__(self, source: XmlSource) -> None:
        self.report = Report(source, has_origins=True)

    def own(self, element: etree._Element, **fields: Any) -> dict[str, Any]:
        """Make an object of the fields that have a value, and remember where it comes from."""
        found = {name: value for name, value in fields.items() if value not in (None, [], {})}
        self.report.origins[id(found)] = element
        return found

    def need(self, element: etree._Element, path: str) -> etree._Element | None:
        """Find an element that must be there."""
        found = element.find(path)
        if found is None:
            self.report.add_missing(element, path.split("/")[0])
        return found

    def text(self, element: etree._Element | None, path: str, kind: Kind) -> Any:
        """Read the text of an element below, if it is there."""
        found = element.find(path) if element is not None else None
        if found is None:
            return None
        return self._value(found, " ".join((found.text or "").split()), kind)

    def attribute(
        self, element: etree._Element | None, name: str, kind: Kind, *, is_required: bool = False
    ) -> Any:
        """Read an attribute, if it is there."""
        text = element.get(name) if element is not None else None
        if text is None:
            if is_required and element is not None:
                self.report.add_missing(element, f"the attribute {name}")
            return None
        assert element is not None
        return self._value(element, text, kind)

    def moment(
        self, element: etree._Element | None, name: str, *, is_required: bool = False
    ) -> tuple[str | None, str | None]:
        """Read an attribute of date and time; a time without zone is no time."""
        text = element.get(name) if element is not None else None
        if element is None or text is None:
            if is_required and element is not None:
                self.report.add_missing(element, f"the attribute {name}")
            return None, None
        match = _MOMENT.fullmatch(text)
        if match is None:
            self.report.add_value(element, DATE, text)
            return None, None
        day = self._value(element, match[1], DATE)
        return day, None if match[2] is None else self._value(element, match[2], TIME)

    def _value(self, element: etree._Element, text: str, kind: Kind) -> Any:
        try:
            return kind.read(text)
        except Unheld:
            return None
        except ValueError:
            self.report.add_value(element, kind, text)
            return None


def read_comments(reading: Reading, holder: etree._Element) -> list[str]:
    """Read the comments that are nothing but a text."""
    found = (reading.text(each, ".", TEXT) for each in holder.iterfind("Comments") if not len(each))
    return [text for text in found if text is not None]
