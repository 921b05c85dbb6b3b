"""How a partner wants answers: in the standard, the release and between the addresses it used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from gateway.connectors import detect
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.scan import Interchange
from gateway.connectors.profile.choice import Partners
from gateway.connectors.profile.partner import Partner
from gateway.conversion.form import Manner
from gateway.inbox import interchange
from gateway.inbox.reading import read
from ledger.document.order import Order
from ledger.document.part import Document, Extra

_PEPPOL: Final = "urn:fdc:peppol.eu:"
_PAYLOAD: Final = "cxml:/cXML/@payloadID"
_REFERENCE: Final = "OrderReference[1]/DocumentReference[1]"
_REFERENCES: Final = {
    "OrderResponse": f"ConfirmationRequest[1]/{_REFERENCE}",
    "DespatchAdvice": f"ShipNoticeRequest[1]/ShipNoticePortion[1]/{_REFERENCE}",
    "Invoice": "InvoiceDetailRequest[1]/InvoiceDetailOrder[1]/InvoiceDetailOrderInfo[1]/"
    + _REFERENCE,
}
"""Where a message of cXML names the message of the order that it is about."""

_EPCIS: Final = (detect.EPCIS, detect.EPCIS_XML)


@dataclass(frozen=True, slots=True)
class Usage:
    """How a partner is answered.

    Parameters
    ----------
    standard : str
        What answers are written in.
    manner : Manner
        How they are written.
    process : str, optional
        Of Peppol, where the partner's document names one.
    payload : str, optional
        Of cXML: what the partner called its message.
    """

    standard: str
    manner: Manner
    process: str | None = None
    payload: str | None = None

    def dressed(self, answer: Document) -> Document:
        """Let an answer name the message of cXML that it answers, or its process of Peppol."""
        place = _REFERENCES.get(type(answer).__name__)
        if self.payload is not None and place is not None:
            named = Extra(path=f"cxml:/cXML/Request[1]/{place}/@payloadID", value=self.payload)
            return answer.model_copy(update={"extras": (*answer.extras, named)})
        if self.process is None:
            return answer
        # The XML parser is loaded by those gateways that are sent XML.
        from gateway.answering.peppol import shaped

        return shaped(answer, self.process)


def usage_of(
    standard: str,
    content: bytes,
    position: int,
    sender: str,
    noted: Partners,
    partners: Partners,
    control: int,
    at: datetime,
) -> Usage:
    """Read off a message how its sender is answered.

    Parameters
    ----------
    standard : str
        Of the message.
    content : bytes
        The message.
    position : int
        Which document of it is answered.
    sender : str
        Who sent it.
    noted : Partners
        Those by whose profiles it was read.
    partners : Partners
        Those of now, by whose profiles X12 and EDIFACT are written.
    control, at : int, datetime
        Number and time of the interchange that answers.

    Raises
    ------
    ConnectorRefused
        If the message is not read any more as it was.
    """
    if standard in (detect.X12, detect.EDIFACT):
        syntax = interchange.X12 if standard == detect.X12 else interchange.EDIFACT
        taken = interchange.take(content, syntax, sender, noted)
        around, message = _found(taken, position)
        partner = partners.choose(sender, around.envelope.sender)
        return Usage(standard, _answering(around, message, partner, standard, control, at))
    # Standards without envelopes take nothing from a profile, and a carrier may stand in several.
    manner = Manner(at, control=control)
    if standard not in (detect.UBL, detect.CXML):
        return Usage(detect.EPCIS if standard in _EPCIS else standard, manner)
    document = read(content, sender, noted).documents[position]
    return Usage(standard, manner, _process(document), _payload(document))


def _process(document: Document) -> str | None:
    """Read which process of Peppol a document is of, if it is of Peppol."""
    prefix = f"{detect.UBL}:/{type(document).__name__}/cbc:"
    said = {each.path.removeprefix(prefix): each.value for each in document.extras}
    is_peppol = _PEPPOL in said.get("CustomizationID", "")
    return said.get("ProfileID", "") if is_peppol else None


def _payload(document: Document) -> str | None:
    """Read what a message of cXML calls itself, if answers refer to it: if it is an order."""
    if not isinstance(document, Order):
        return None
    return next((each.value for each in document.extras if each.path == _PAYLOAD), None)


def _found(taken: interchange.Taken, position: int) -> tuple[Interchange, Message]:
    """Find the message that became a document."""
    places = [
        (around, message)
        for around, outcomes in taken.pairs
        for message, outcome in zip(around.messages, outcomes, strict=True)
        if outcome.document is not None
    ]
    return places[position]


def _answering(
    around: Interchange, message: Message, partner: Partner, kind: str, control: int, at: datetime
) -> Manner:
    release = partner.release or _release(message.version, kind)
    envelope = around.envelope
    return Manner(
        at,
        replace(partner, release=release),
        envelope.receiver,
        envelope.sender,
        control,
        envelope.is_test,
    )


def _release(version: str, kind: str) -> str:
    """Give the release of a message for messages of other types.

    The code of a message in a guideline, as EANCOM has it, is of its own type alone.
    """
    return ":".join(version.split(":")[:3]) if kind == detect.EDIFACT else version
