"""Which standard a message is in, and which of its types, told from the first bytes.

Nothing is expanded, fetched or believed here: this only chooses the reader, which then checks all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from gateway.connectors.message import Finding, Location, UnsupportedDocument, shortened

HEAD_BYTES: Final = 256 * 1024
"""How far the type is looked for; it stands at the beginning in every standard."""

X12: Final = "x12"
EDIFACT: Final = "edifact"
UBL: Final = "ubl"
CXML: Final = "cxml"
EPCIS: Final = "epcis"
EPCIS_XML: Final = "epcis-xml"
SHOPIFY: Final = "shopify"
WOOCOMMERCE: Final = "woocommerce"
JSON: Final = "json"
EXCEL: Final = "excel"

_BLANK: Final = b" \t\r\n"
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_UNH: Final = re.compile(rb"UNH.[^'\r\n]{1,14}?[+\x1d]([A-Z]{6})")
_UBL_ROOT: Final = re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:(\w+)-2")
_EPCIS_ROOT: Final = re.compile(r"urn:epcglobal:epcis(-query)?:xsd:[12]")
_CXML_KINDS: Final = re.compile(
    rb"<(OrderRequest|ConfirmationRequest|ShipNoticeRequest|InvoiceDetailRequest)[\s>/]"
)
_JSON_NAME: Final = re.compile(rb'"([A-Za-z_@]{1,40})"\s*:\s*(?:"([A-Za-z]{1,40})")?')
_OF_WOOCOMMERCE: Final = frozenset(("date_created_gmt", "order_key", "view_order_url"))
"""Members of its orders; the last of those of its interface of before 2016."""
_EPCIS_TYPE: Final = re.compile(
    r"EPCIS(Query)?Document|(Object|Aggregation|Association|"
    r"Transaction|Transformation)Event"
)
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a message is.

    Parameters
    ----------
    standard : str
        One of the names of this module.
    type : str
        The standard's own name of the message type, ``850``, ``ORDERS``, ``OrderResponse``;
        empty where it is not told by the beginning.
    """

    standard: str
    type: str = ""


def detect(content: bytes) -> Kind:
    """Tell what a message is.

    Raises
    ------
    UnsupportedDocument
        If it begins like nothing that is read here.
    """
    if content.startswith(_WORKBOOKS):
        return Kind(EXCEL)
    if content.startswith(_WIDE):
        return _of_xml(content)
    head = content[:HEAD_BYTES]
    for bom in _BOMS:
        head = head.removeprefix(bom)
    head = head.lstrip(_BLANK)
    if head.startswith(b"ISA"):
        return Kind(X12, _x12_type(head))
    if head.startswith((b"UNA", b"UNB")):
        match = _UNH.search(head)
        return Kind(EDIFACT, match[1].decode() if match else "")
    if head.startswith(b"<"):
        return _of_xml(content)
    if head.startswith((b"{", b"[")):
        return _of_json(head)
    raise _unknown(head)


def _x12_type(head: bytes) -> str:
    mark = re.escape(head[3:4])
    match = re.search(rb"[^A-Z0-9]ST" + mark + rb"([0-9]{3})" + mark, head) if mark else None
    return match[1].decode() if match else ""


class _Root(Exception):
    def __init__(self, namespace: str, name: str) -> None:
        super().__init__(name)
        self.namespace, self.name = namespace, name


def _of_xml(content: bytes) -> Kind:
    """Read up to the first start tag; only the root decides."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def begin(name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        raise _Root(namespace, local)

    parser.StartElementHandler = begin
    try:
        parser.Parse(content[:HEAD_BYTES], False)
    except _Root as root:
        return _of_root(root, content[:HEAD_BYTES])
    except (expat.ExpatError, LookupError):
        # The latter for an encoding that nobody knows.
        pass
    raise _unknown(content)


def _of_root(root: _Root, head: bytes) -> Kind:
    ubl = _UBL_ROOT.fullmatch(root.namespace)
    if ubl is not None:
        return Kind(UBL, ubl[1])
    if _EPCIS_ROOT.fullmatch(root.namespace):
        return Kind(EPCIS_XML, root.name)
    if root.name == "cXML":
        match = _CXML_KINDS.search(head)
        return Kind(CXML, match[1].decode() if match else "")
    raise _unknown(f"{{{root.namespace}}}{root.name}".encode())


def _of_json(head: bytes) -> Kind:
    """Choose by the names of members, wherever they stand: the reader looks at the structure."""
    named = {name.decode(): value.decode() for name, value in reversed(_JSON_NAME.findall(head))}
    kind = named.get("type", "")
    if "document_type" in named:
        return Kind(JSON, named["document_type"])
    if _EPCIS_TYPE.fullmatch(kind):
        return Kind(EPCIS, kind)
    if "epcisBody" in named:
        return Kind(EPCIS, "EPCISDocument")
    if "line_items" in named:
        is_woo = named.keys() & _OF_WOOCOMMERCE
        return Kind(WOOCOMMERCE if is_woo else SHOPIFY, "order")
    return Kind(JSON)


def _unknown(head: bytes) -> UnsupportedDocument:
    rule = "The message is in a standard that is read here."
    advice = "Send X12, EDIFACT, UBL, cXML, EPCIS, an order of a shop, or a document as JSON."
    found = shortened(head[:60].decode("utf-8", "replace").partition("\n")[0])
    return UnsupportedDocument([Finding(rule, Location(1, 1), found, advice)])
