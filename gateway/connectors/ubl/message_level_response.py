"""Peppol Message Level Response, out only: whether a message was taken in, and what is wrong.

Notes
-----
Source: Peppol BIS Message Level Response 3, transaction T71, on UBL ApplicationResponse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from gateway.connectors.message import Finding
from gateway.connectors.ubl.peppol import IDENTIFIERS
from gateway.connectors.ubl.reader import CAC, CBC, DOCUMENT_NAMESPACE
from gateway.connectors.ubl.residue import set_text
from ledger.document.party import Identification

ACCEPTED: Final = "AB"
REJECTED: Final = "RE"

_NAME: Final = "ApplicationResponse"
_NAMESPACE: Final = DOCUMENT_NAMESPACE.format(name=_NAME)
_SYNTAX_VIOLATION: Final = "SV"
_NOWHERE: Final = "NA"


@dataclass(frozen=True, slots=True)
class MessageLevelResponse:
    """The answer to one message.

    Parameters
    ----------
    id, issue_date : str
        Number and day of the answer.
    sender, receiver : Identification
        Endpoints of who answers and of who sent the message.
    message_id : str
        Number of the message, or of the envelope it came in.
    findings : sequence of Finding
        What is wrong with the message, which is so rejected; none for one that was taken in.
    """

    id: str
    issue_date: str
    sender: Identification
    receiver: Identification
    message_id: str
    findings: Sequence[Finding] = ()


def render(response: MessageLevelResponse) -> bytes:
    """Write the answer, each finding with the XPath of its place.

    Raises
    ------
    UnwritableDocument
        If XML cannot hold a text of it.
    """
    root: etree._Element = etree.Element(
        f"{{{_NAMESPACE}}}{_NAME}",
        nsmap={None: _NAMESPACE, "cac": CAC, "cbc": CBC},  # type: ignore[dict-item]
    )
    customisation, process = IDENTIFIERS["MessageLevelResponse"]
    _basic(root, "CustomizationID", customisation)
    _basic(root, "ProfileID", process)
    _basic(root, "ID", response.id)
    _basic(root, "IssueDate", response.issue_date)
    for side, endpoint in (("SenderParty", response.sender), ("ReceiverParty", response.receiver)):
        number = _basic(_aggregate(root, side), "EndpointID", endpoint.id)
        if endpoint.scheme_id is not None:
            number.set("schemeID", endpoint.scheme_id)
    document = _aggregate(root, "DocumentResponse")
    code = REJECTED if response.findings else ACCEPTED
    _basic(_aggregate(document, "Response"), "ResponseCode", code)
    _basic(_aggregate(document, "DocumentReference"), "ID", response.message_id)
    for finding in response.findings:
        _write_finding(document, finding)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _write_finding(document: etree._Element, finding: Finding) -> None:
    line = _aggregate(document, "LineResponse")
    _basic(_aggregate(line, "LineReference"), "LineID", finding.location.path or _NOWHERE)
    answer = _aggregate(line, "Response")
    _basic(answer, "ResponseCode", REJECTED)
    _basic(answer, "Description", str(finding))
    _basic(_aggregate(answer, "Status"), "StatusReasonCode", _SYNTAX_VIOLATION)


def _aggregate(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def _basic(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{CBC}}}{name}")
    set_text(element, text)
    return element
