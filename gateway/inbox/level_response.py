"""What the sender of a Peppol message is told of it: a Message Level Response."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from gateway.connectors.message import ConnectorRefused, Finding
from gateway.connectors.schemas.finding import WARNING
from gateway.connectors.ubl.message_level_response import MessageLevelResponse, render
from gateway.connectors.ubl.reader import CAC, CBC, read_xml
from ledger.document.party import Identification

_PEPPOL: Final = "peppol.eu"
_ORDERING: Final = ("BuyerCustomerParty", "SellerSupplierParty")
_DESPATCH: Final = ("DespatchSupplierParty", "DeliveryCustomerParty")
_BILLING: Final = ("AccountingSupplierParty", "AccountingCustomerParty")
_SIDES: Final = {
    "Order": _ORDERING,
    "OrderChange": _ORDERING,
    "OrderCancellation": _ORDERING,
    "OrderResponse": _ORDERING[::-1],
    "DespatchAdvice": _DESPATCH,
    "ReceiptAdvice": _DESPATCH[::-1],
    "Invoice": _BILLING,
    "CreditNote": _BILLING,
}
"""Message to who sends and who receives it."""


def write(
    content: bytes, findings: Sequence[Finding], number: int, received_ms: int
) -> bytes | None:
    """Write the answer; none for what is not of Peppol, or does not say between whom it is.

    Parameters
    ----------
    findings : sequence of Finding
        Why the message was refused; none for one that was taken in.
    number, received_ms : int
        Under which it was kept, and when.
    """
    try:
        root = read_xml(content).root
        answer = _answer(root, findings, number, received_ms)
        return None if answer is None else render(answer)
    except ConnectorRefused:
        # What cannot be read at all is not known to be of Peppol.
        return None


def _answer(
    root: etree._Element, findings: Sequence[Finding], number: int, received_ms: int
) -> MessageLevelResponse | None:
    sides = _SIDES.get(etree.QName(root).localname)
    if sides is None or _PEPPOL not in _text(root, "CustomizationID"):
        return None
    sender, receiver = (_endpoint(root, side) for side in sides)
    message_id = _text(root, "ID")
    if sender is None or receiver is None or not message_id:
        return None
    day = datetime.fromtimestamp(received_ms / 1000, UTC).date().isoformat()
    errors = [each for each in findings if getattr(each, "flag", "") != WARNING]
    return MessageLevelResponse(f"MLR-{number}", day, receiver, sender, message_id, errors)


def _endpoint(root: etree._Element, side: str) -> Identification | None:
    found = root.find(f"{{{CAC}}}{side}/{{{CAC}}}Party/{{{CBC}}}EndpointID")
    if found is None or not (found.text or "").strip():
        return None
    return Identification(id=(found.text or "").strip(), scheme_id=found.get("schemeID"))


def _text(root: etree._Element, name: str) -> str:
    return (root.findtext(f"{{{CBC}}}{name}") or "").strip()
