"""The forms a document can be written in: one message type of one standard each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from gateway.connectors import detect
from gateway.connectors.edi.message import Address, Message
from gateway.connectors.edi.sending import Sending
from gateway.connectors.message import Finding, Location, UnwritableDocument
from gateway.connectors.profile.partner import NOBODY, Partner
from ledger.document.part import Document
from ledger.document.party import Identification, Party

XML: Final = "application/xml"
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a document is written, as far as it does not say so itself.

    Parameters
    ----------
    at : datetime
        When, in the clock that the partner expects.
    partner : Partner
        Who is to read it.
    sender, receiver : Address, optional
        Of an interchange; by default the endpoints of the parties, the addresses of the partner's
        profile, or the numbers of the parties.
    control : int
        Number of an interchange.
    is_test : bool
        Whether an interchange is only a trial.
    """

    at: datetime
    partner: Partner = NOBODY
    sender: Address | None = None
    receiver: Address | None = None
    control: int = 1
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One message type.

    Parameters
    ----------
    standard : str
        As `gateway.connectors.detect` calls it.
    type : str
        The standard's own name of it.
    media_type : str
        Of what is written.
    write : callable
        Writes a document, without what the message type has no place for.
    read : callable
        Reads what was written.
    """

    standard: str
    type: str
    media_type: str
    write: Callable[[Any, Manner], bytes]
    read: Callable[[bytes, Manner], Document]


_UBL: Final = {
    "Order": "order",
    "OrderResponse": "order_response",
    "OrderChange": "order_change",
    "OrderCancellation": "order_cancellation",
    "DespatchAdvice": "despatch_advice",
    "ReceiptAdvice": "receipt_advice",
    "Invoice": "invoice",
    "CreditNote": "credit_note",
}
_SIMPLE: Final = "ubl:/OrderResponseSimple/"
_CXML: Final = {
    "Order": ("OrderRequest", "order_request"),
    "OrderResponse": ("ConfirmationRequest", "confirmation_request"),
    "DespatchAdvice": ("ShipNoticeRequest", "ship_notice_request"),
    "Invoice": ("InvoiceDetailRequest", "invoice_detail_request"),
}
_CHANGE_ANSWER: Final = "865"
"""Of X12, for the answer to a change of an order."""

_CREDENTIALS: Final = {
    "Order": ("buyer_customer_party", "seller_supplier_party"),
    "OrderResponse": ("seller_supplier_party", "buyer_customer_party"),
    "DespatchAdvice": ("despatch_supplier_party", "delivery_customer_party"),
    "Invoice": ("accounting_supplier_party", "accounting_customer_party"),
}
"""Who sends and who receives each message of cXML."""

_EPCIS: Final = {
    "DespatchAdvice": "shipping",
    "ReceiptAdvice": "receiving",
    "QualityReport": "inspecting",
}


def form_of(standard: str, document_type: str) -> Form | None:
    """Find the message type of a standard that a type of document is written as, if it has one."""
    make = _FORMS.get(standard)
    return None if make is None else make(document_type)


def require_form(standard: str, document: Document) -> Form:
    """Find the message type of a standard that a document is written as.

    Raises
    ------
    UnwritableDocument
        If the standard has none.
    """
    name = type(document).__name__
    is_of_change = getattr(document, "order_change_reference", None) is not None
    form = _x12(name, _CHANGE_ANSWER) if standard == detect.X12 and is_of_change else None
    form = form or form_of(standard, name)
    if form is None:
        rule = f"{standard} has a message for documents of type {name}."
        known = ", ".join(each for each in STANDARDS if form_of(each, name) is not None)
        advice = f"Choose a standard that has one: {known}."
        raise UnwritableDocument([Finding(rule, Location(1, 1, "/document_type"), name, advice)])
    return form


def _ubl(name: str) -> Form | None:
    if name not in _UBL:
        return None
    module = import_module(f"gateway.connectors.ubl.{_UBL[name]}")
    return Form(
        detect.UBL,
        name,
        XML,
        lambda document, manner: module.render(_without_simple(document), is_lossy=True),
        lambda content, manner: module.parse(content),
    )


def _without_simple(document: Document) -> Document:
    """Leave behind what a simple response carries along: it has no place in a whole one."""
    extras = tuple(each for each in document.extras if not each.path.startswith(_SIMPLE))
    return document.model_copy(update={"extras": extras})


def _cxml(name: str) -> Form | None:
    if name not in _CXML:
        return None
    kind, file = _CXML[name]
    module = import_module(f"gateway.connectors.cxml.{file}")
    return Form(
        detect.CXML,
        kind,
        XML,
        lambda document, manner: module.render(_credited(document, manner), is_lossy=True),
        lambda content, manner: module.parse(content),
    )


def _credited(document: Document, manner: Manner) -> Document:
    """Number those between whom a message of cXML goes: there, a number is all that a party has."""
    ends = zip(_CREDENTIALS[type(document).__name__], (manner.sender, manner.receiver), strict=True)
    update: dict[str, Party] = {}
    for field, address in ends:
        party: Party = getattr(document, field, None) or Party()
        known = address or Address(party.endpoint_id or "", party.endpoint_scheme or "")
        if known.id and not party.identifications:
            number = Identification(id=known.id, scheme_id=known.qualifier or None)
            update[field] = party.model_copy(update={"identifications": (number,)})
    return document.model_copy(update=update)


def _epcis(name: str) -> Form | None:
    from gateway.connectors.epcis import trade

    if name not in _EPCIS:
        return None
    return Form(
        detect.EPCIS,
        _EPCIS[name],
        JSON,
        lambda document, manner: trade.render([document]),
        lambda content, manner: trade.parse(content).documents[0],
    )


def _shop(standard: str) -> Callable[[str], Form | None]:
    def make(name: str) -> Form | None:
        shop = import_module(f"gateway.connectors.shop.{standard}")
        if name != "Order":
            return None
        return Form(
            standard,
            "order",
            JSON,
            lambda document, manner: shop.render(document),
            # A shop's orders do not name the shop: it is known by where they come from.
            lambda content, manner: shop.parse(content, "the shop"),
        )

    return make


def _json(name: str) -> Form | None:
    from gateway.connectors.json import document

    return Form(
        detect.JSON,
        name,
        JSON,
        lambda content, manner: document.render(content),
        lambda content, manner: document.parse(content),
    )


def _x12(name: str, wanted: str = "") -> Form | None:
    from gateway.connectors.edi.x12 import envelope, interchange
    from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES

    return _edi(detect.X12, name, MESSAGE_TYPES, envelope.write, interchange.read, wanted)


def _edifact(name: str) -> Form | None:
    from gateway.connectors.edi.edifact import envelope, interchange
    from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES

    return _edi(detect.EDIFACT, name, MESSAGE_TYPES, envelope.write, interchange.read)


def _edi(
    standard: str,
    name: str,
    types: Mapping[str, Any],
    write: Callable[..., bytes],
    read: Callable[..., Any],
    wanted: str = "",
) -> Form | None:
    holding = [each for each in types.values() if name in [model.__name__ for model in each.models]]
    kind = next((each for each in holding if each.name == wanted), holding[0] if holding else None)
    if kind is None:
        return None

    def written(document: Document, manner: Manner) -> bytes:
        message = kind.render(document, manner.partner, is_lossy=True)
        return write([message], _sending(document, message, kind.parties, manner), manner.partner)

    def reread(content: bytes, manner: Manner) -> Document:
        [interchange] = read(content, manner.partner.charset)
        document: Document = kind.parse(interchange.messages[0], manner.partner)
        return document

    media_type = "application/edi-x12" if standard == detect.X12 else "application/edifact"
    return Form(standard, kind.name, media_type, written, reread)


def _sending(
    document: Document, message: Message, parties: tuple[str, str], manner: Manner
) -> Sending:
    usual = (message.envelope.sender, message.envelope.receiver)
    wanted = (manner.sender, manner.receiver)
    known = (manner.partner.sending_address, manner.partner.address)
    ends = [
        want or (end if end.id else own or _numbered(document, field))
        for want, end, own, field in zip(wanted, usual, known, parties, strict=True)
    ]
    return Sending(ends[0], ends[1], manner.control, manner.at, manner.is_test)


def _numbered(document: Document, field: str) -> Address:
    party = getattr(document, field, None)
    for each in party.identifications if party is not None else ():
        return Address(each.id, each.scheme_id or "")
    rule = "An interchange is addressed."
    advice = "Name who sends and who receives it, or give the party an endpoint or a number."
    raise UnwritableDocument([Finding(rule, Location(1, 1, f"/{field}"), "", advice)])


_FORMS: Final[dict[str, Callable[[str], Form | None]]] = {
    detect.X12: _x12,
    detect.EDIFACT: _edifact,
    detect.UBL: _ubl,
    detect.CXML: _cxml,
    detect.EPCIS: _epcis,
    detect.SHOPIFY: _shop(detect.SHOPIFY),
    detect.WOOCOMMERCE: _shop(detect.WOOCOMMERCE),
    detect.JSON: _json,
}

STANDARDS: Final = tuple(_FORMS)
"""What documents can be written in."""
