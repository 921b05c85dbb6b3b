"""EPCIS as XML, read into the same typed events; versions 2.0 and 1.2.

The members of XML are those of JSON under other shapes: lists of elements, values in attributes,
words of the vocabulary as URNs. What others add keeps its namespace as prefix of its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from gateway.connectors.epcis.document import CONTEXT, EpcisDocument, parse_value
from gateway.connectors.epcis.event import Event
from gateway.connectors.json.reader import DIGITS_MAX, Step
from gateway.connectors.json.report import Source
from gateway.connectors.message import Finding, Location, UnsupportedDocument, shortened
from gateway.connectors.ubl.reader import XmlSource, read_xml

NAMESPACES: Final = ("urn:epcglobal:epcis:xsd:2", "urn:epcglobal:epcis:xsd:1")
QUERY_NAMESPACES: Final = ("urn:epcglobal:epcis-query:xsd:2", "urn:epcglobal:epcis-query:xsd:1")

_URN: Final = re.compile(r"urn:epcglobal:cbv:(?:bizstep|disp|btt|sdt|er):([a-z_]+)")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_NUMBERS: Final = frozenset(
    ["quantity", "value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"]
)
_WORDS: Final = frozenset(("bizStep", "disposition", "reason", "type", "set", "unset"))
_WRAPPERS: Final = frozenset(("extension", "baseExtension"))
_LISTS: Final = {
    "epcList": "epc",
    "childEPCs": "epc",
    "inputEPCList": "epc",
    "outputEPCList": "epc",
    "quantityList": "quantityElement",
    "childQuantityList": "quantityElement",
    "inputQuantityList": "quantityElement",
    "outputQuantityList": "quantityElement",
    "correctiveEventIDs": "correctiveEventID",
    "bizTransactionList": "bizTransaction",
    "sourceList": "source",
    "destinationList": "destination",
    "sensorElementList": "sensorElement",
}
_REPEATED: Final = frozenset(("sensorReport", "certificationInfo", "set", "unset"))
_TYPED: Final = frozenset(("bizTransaction", "source", "destination"))


@dataclass(slots=True)
class _Read:
    """What was read, and which element every value comes from."""

    value: Any
    source: XmlSource
    origins: dict[tuple[Step, ...], etree._Element]

    def locate(self, steps: Iterable[Step]) -> Location:
        path = tuple(steps)
        while path and path not in self.origins:
            path = path[:-1]
        return self.source.locate(self.origins.get(path, self.source.root))


def read(content: bytes) -> Source:
    """Read XML as the values that JSON would have.

    Raises
    ------
    MalformedXml, ForbiddenXml
        If it is no XML that is read here.
    UnsupportedDocument
        If its root is no document of EPCIS.
    """
    source = read_xml(content)
    root = source.root
    name = etree.QName(root)
    is_query = name.namespace in QUERY_NAMESPACES and name.localname == "EPCISQueryDocument"
    if not is_query and not (name.namespace in NAMESPACES and name.localname == "EPCISDocument"):
        rule = "The root is an EPCISDocument or EPCISQueryDocument of GS1."
        advice = f"Use the namespace {NAMESPACES[0]}."
        found = shortened(str(root.tag))
        raise UnsupportedDocument([Finding(rule, source.locate(root), found, advice)])
    return _Reader(source).read(is_query)


def parse(content: bytes) -> EpcisDocument | Event:
    """Read a message; as `gateway.connectors.epcis.document.parse`.

    Raises
    ------
    MalformedXml, ForbiddenXml, UnsupportedDocument, InvalidEpcis
        If it is none, or breaks the standard.
    """
    return parse_value(read(content))


class _Reader:
    def __init__(self, source: XmlSource) -> None:
        self.source = source
        self.origins: dict[tuple[Step, ...], etree._Element] = {}

    def read(self, is_query: bool) -> _Read:
        root = self.source.root
        inner: tuple[Step, ...] = ("epcisBody", "eventList")
        if is_query:
            inner = ("epcisBody", "queryResults", "resultsBody", "eventList")
        events: list[Any] = []
        for element in _events(root):
            members = self._members(element, (*inner, len(events)))
            events.append(members | {"type": _local(element)})
        body: dict[str, Any] = {"eventList": events}
        if is_query:
            named = next((each.text for each in root.iter() if _local(each) == "queryName"), None)
            body = {"queryResults": {"queryName": named or "", "resultsBody": body}}
        value = {
            "@context": [CONTEXT],
            "type": "EPCISQueryDocument" if is_query else "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": root.get("creationDate", ""),
            "epcisBody": body,
        }
        return _Read(value, self.source, self.origins)

    def _members(self, element: etree._Element, place: tuple[Step, ...]) -> dict[str, Any]:
        self.origins[place] = element
        members: dict[str, Any] = {}
        for child in element:
            name = _name(child)
            if name in _WRAPPERS:
                members |= self._members(child, place)
                self.origins[place] = element
                continue
            value = self._value(child, name, (*place, name))
            if name in _REPEATED:
                members[name] = [*members.get(name, []), value]
            elif name in members:
                known = members[name]
                members[name] = [*known, value] if isinstance(known, list) else [known, value]
            else:
                members[name] = value
            self.origins.setdefault((*place, name), child)
        return members

    def _value(self, element: etree._Element, name: str, place: tuple[Step, ...]) -> Any:
        if name in _LISTS:
            return self._list(element, place)
        if name in ("persistentDisposition", "readPoint", "bizLocation", "errorDeclaration"):
            return self._members(element, place)
        if name == "ilmd":
            return self._members(element, place)
        if len(element) or (element.attrib and name in ("sensorMetadata", "sensorReport")):
            return self._attributes(element) | self._members(element, place)
        return _scalar(name, (element.text or "").strip())

    def _list(self, element: etree._Element, place: tuple[Step, ...]) -> list[Any]:
        items: list[Any] = []
        for child in element:
            name, at = _local(child), (*place, len(items))
            self.origins[at] = child
            text = (child.text or "").strip()
            if name in _TYPED:
                kind = child.get("type")
                typed = {} if kind is None else {"type": _scalar("type", kind)}
                items.append({**typed, name: text})
            elif len(child) or name == "sensorElement":
                items.append(self._members(child, at))
            else:
                items.append(text)
        return items

    def _attributes(self, element: etree._Element) -> dict[str, Any]:
        return {
            _spelled(etree.QName(name)): _scalar(etree.QName(name).localname, str(value))
            for name, value in element.items()
        }


def _events(root: etree._Element) -> Iterator[etree._Element]:
    """Give the events of the lists of events; version 1.2 puts later types into an extension."""
    for holder in root.iter("EventList"):
        for child in holder:
            yield from child if _local(child) in _WRAPPERS else (child,)


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _name(element: etree._Element) -> str:
    return _spelled(etree.QName(element))


def _spelled(name: etree.QName) -> str:
    if name.namespace is None or name.namespace in NAMESPACES:
        return name.localname
    joint = "" if name.namespace[-1:] in "/#:" else "#"
    return f"{name.namespace}{joint}{name.localname}"


def _scalar(name: str, text: str) -> Any:
    reader = _SCALARS.get(name)
    return text if reader is None else reader(text)


def _number(text: str) -> Any:
    if len(text) > DIGITS_MAX or not _NUMBER.fullmatch(text):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number


def _word(text: str) -> str:
    match = _URN.fullmatch(text)
    return match[1] if match else text


def _boolean(text: str) -> Any:
    return {"true": True, "1": True, "false": False, "0": False}.get(text, text)


_SCALARS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_WORDS, _word),
    "booleanValue": _boolean,
}
