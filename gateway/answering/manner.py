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
from ledger.document.part import Document

_PEPPOL: Final = "urn:fdc:peppol.eu:"
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
    """

    standard: str
    manner: Manner
    process: str | None = None

    def dressed(self, answer: Document) -> Document:
        """Let an answer say which message of Peppol it is, where the partner's document does."""
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
        Those of now, by whose profiles is written.
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
    manner = Manner(at, partners.choose(sender), control=control)
    if standard != detect.UBL:
        return Usage(detect.EPCIS if standard in _EPCIS else standard, manner)
    return Usage(standard, manner, _process(read(content, sender, noted).documents[position]))


def _process(document: Document) -> str | None:
    """Read which process of Peppol a document is of, if it is of Peppol."""
    prefix = f"{detect.UBL}:/{type(document).__name__}/cbc:"
    said = {each.path.removeprefix(prefix): each.value for each in document.extras}
    is_peppol = _PEPPOL in said.get("CustomizationID", "")
    return said.get("ProfileID", "") if is_peppol else None


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
