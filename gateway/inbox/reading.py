"""Reading a message: the connector of its standard, chosen by how it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Final

from gateway.connectors import detect
from gateway.connectors.detect import Kind
from gateway.connectors.edi.receipt import Receipt
from gateway.connectors.message import Finding, Location, UnsupportedDocument
from gateway.connectors.profile.choice import NO_PARTNERS, Partners
from ledger.document.part import Document


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says.

    Parameters
    ----------
    kind : Kind
        Its standard and type.
    documents : tuple of Document
        What it became, in order.
    control : str
        The number of its interchange; empty in standards without one.
    findings : tuple of Finding
        What is wrong with messages of the interchange that became none; warnings of published
        rules about what became documents.
    acknowledge : callable, optional
        Writes what its sender is told, where the standard has a message for it; takes the number
        and the time under which the message was kept.
    profile : str
        Name and version of the partner's profile that it was read by; empty without one.
    receipts : tuple of Receipt
        What it says about messages that were sent to the partner.
    """

    kind: Kind
    documents: tuple[Document, ...]
    control: str = ""
    findings: tuple[Finding, ...] = ()
    acknowledge: Callable[[int, int], bytes] | None = None
    profile: str = ""
    receipts: tuple[Receipt, ...] = ()


CSV: Final = "csv"

_PUBLISHED: Final = frozenset((detect.UBL, detect.CXML, detect.EPCIS, detect.EPCIS_XML))
"""Standards that have published schemas and rules to check with."""

Reader = Callable[[bytes, Kind, str, Partners], Reading]

_UBL: Final = {
    "Order": "order",
    "OrderResponse": "order_response",
    "OrderResponseSimple": "order_response_simple",
    "OrderChange": "order_change",
    "OrderCancellation": "order_cancellation",
    "DespatchAdvice": "despatch_advice",
    "ReceiptAdvice": "receipt_advice",
    "Invoice": "invoice",
    "CreditNote": "credit_note",
}
_CXML: Final = {
    "OrderRequest": "order_request",
    "ConfirmationRequest": "confirmation_request",
    "ShipNoticeRequest": "ship_notice_request",
    "InvoiceDetailRequest": "invoice_detail_request",
}


def read(content: bytes, sender: str, partners: Partners = NO_PARTNERS) -> Reading:
    """Read a message of any standard.

    Parameters
    ----------
    sender : str
        Who sent it; for a shop, where it is.
    partners : Partners
        Those that have profiles.

    Raises
    ------
    ConnectorRefused
        With everything that is wrong, and where it stands.
    """
    kind = _kind(content, sender, partners)

    def understood() -> Reading:
        return _READERS[kind.standard](content, kind, sender, partners)

    if kind.standard not in _PUBLISHED:
        return understood()
    from gateway.connectors.schemas.check import checked

    reading, warnings = checked(content, kind, understood)
    return replace(reading, findings=(*reading.findings, *warnings)) if warnings else reading


def _kind(content: bytes, sender: str, partners: Partners) -> Kind:
    """Tell what a message is; what begins like nothing else is a table, if its partner sends such.

    A table of text has no beginning of its own.
    """
    try:
        return detect.detect(content)
    except UnsupportedDocument:
        if not partners.choose(sender).table:
            raise
        return Kind(CSV)


def _xml(content: bytes, kind: Kind, sender: str, partners: Partners) -> Reading:
    if kind == Kind(detect.UBL, "ApplicationResponse"):
        from gateway.connectors.ubl import application_response

        return Reading(kind, (), receipts=application_response.read_receipts(content))
    name = (_UBL if kind.standard == detect.UBL else _CXML).get(kind.type)
    if name is None:
        raise _unread(kind)
    # Connectors are loaded by those gateways that are sent their standard.
    module = import_module(f"gateway.connectors.{kind.standard}.{name}")
    return Reading(kind, (module.parse(content),))


def _edi(content: bytes, kind: Kind, sender: str, partners: Partners) -> Reading:
    from gateway.inbox import interchange

    syntax = interchange.X12 if kind.standard == detect.X12 else interchange.EDIFACT
    taken = interchange.take(content, syntax, sender, partners)
    return Reading(
        kind,
        taken.documents,
        taken.control,
        taken.findings,
        taken.acknowledgement,
        taken.partner.label,
        taken.receipts,
    )


def _table(content: bytes, kind: Kind, sender: str, partners: Partners) -> Reading:
    from gateway.inbox import table

    partner = partners.choose(sender)
    taken = table.take(content, partner, is_workbook=kind.standard == detect.EXCEL)
    kind = Kind(kind.standard, taken.table)
    return Reading(kind, taken.documents, findings=taken.findings, profile=partner.label)


def _epcis(content: bytes, kind: Kind, sender: str, partners: Partners) -> Reading:
    from gateway.connectors.epcis import trade

    return Reading(kind, trade.parse(content).documents)


def _epcis_xml(content: bytes, kind: Kind, sender: str, partners: Partners) -> Reading:
    from gateway.connectors.epcis import trade, xml

    return Reading(kind, trade.parse_value(xml.read(content)).documents)


def _shopify(content: bytes, kind: Kind, sender: str, partners: Partners) -> Reading:
    from gateway.connectors.shop import shopify

    return Reading(kind, (shopify.parse(content, sender),))


def _woocommerce(content: bytes, kind: Kind, sender: str, partners: Partners) -> Reading:
    from gateway.connectors.shop import woocommerce

    return Reading(kind, (woocommerce.parse(content, sender),))


def _json(content: bytes, kind: Kind, sender: str, partners: Partners) -> Reading:
    from gateway.connectors.json import document

    return Reading(kind, (document.parse(content),))


_READERS: Final[dict[str, Reader]] = {
    detect.X12: _edi,
    detect.EDIFACT: _edi,
    detect.UBL: _xml,
    detect.CXML: _xml,
    detect.EPCIS: _epcis,
    detect.EPCIS_XML: _epcis_xml,
    detect.SHOPIFY: _shopify,
    detect.WOOCOMMERCE: _woocommerce,
    detect.JSON: _json,
    detect.EXCEL: _table,
    CSV: _table,
}


def _unread(kind: Kind) -> UnsupportedDocument:
    rule = f"Messages of type {kind.type or 'none'} in {kind.standard} are not read here."
    advice = "Send a message type that is read here, or the document as JSON."
    return UnsupportedDocument([Finding(rule, Location(1, 1), kind.type, advice)])
