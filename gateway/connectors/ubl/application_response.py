"""UBL ApplicationResponse, in only: what a partner says of messages that were sent to it.

Notes
-----
Source: Peppol BIS Message Level Response 3, transaction T71, and Invoice Response 3, T111.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from gateway.connectors.edi.receipt import Complaint, Receipt
from gateway.connectors.message import Finding, InvalidUblApplicationResponse, shortened
from gateway.connectors.ubl.message_level_response import REJECTED
from gateway.connectors.ubl.reader import CAC, CBC, XmlSource, read_ubl

_NAMESPACES: Final = {"cac": CAC, "cbc": CBC}


def read_receipts(content: bytes) -> tuple[Receipt, ...]:
    """Read what it says of each message; all that is not rejected was taken.

    Raises
    ------
    MalformedXml, ForbiddenXml, UnsupportedDocument
        If it is none.
    InvalidUblApplicationResponse
        With every answer that names no message, or says nothing of it.
    """
    source = read_ubl(content, "ApplicationResponse")
    answers = source.root.findall("cac:DocumentResponse", _NAMESPACES)
    findings = [each for answer in answers for each in _findings(source, answer)]
    if not answers:
        rule, advice = "It answers a message.", "Add a DocumentResponse."
        findings.append(Finding(rule, source.locate(source.root), "", advice))
    if findings:
        raise InvalidUblApplicationResponse(findings)
    return tuple(_receipt(answer) for answer in answers)


def _findings(source: XmlSource, answer: etree._Element) -> list[Finding]:
    needed = {
        "cac:Response/cbc:ResponseCode": "An answer says what became of the message.",
        "cac:DocumentReference/cbc:ID": "An answer names the message that it is about.",
    }
    return [
        Finding(rule, source.locate(answer), "", f"Add {path}.")
        for path, rule in needed.items()
        if not _text(answer, path)
    ]


def _receipt(answer: etree._Element) -> Receipt:
    complaints = [
        *_complaints("", answer),
        *(
            each
            for line in answer.findall("cac:LineResponse", _NAMESPACES)
            for each in _complaints(_text(line, "cac:LineReference/cbc:LineID"), line)
        ),
    ]
    is_accepted = _text(answer, "cac:Response/cbc:ResponseCode") != REJECTED
    reference = _text(answer, "cac:DocumentReference/cbc:ID")
    return Receipt("", "", reference, is_accepted, tuple(complaints))


def _complaints(place: str, answer: etree._Element) -> list[Complaint]:
    """Read the reasons of an answer; one that only says yes has none."""
    found = []
    for response in answer.findall("cac:Response", _NAMESPACES):
        words = " ".join(
            each.text or "" for each in response.findall("cbc:Description", _NAMESPACES)
        )
        codes = [
            each.text or ""
            for each in response.findall("cac:Status/cbc:StatusReasonCode", _NAMESPACES)
        ]
        code = " ".join(codes)
        if code or words:
            found.append(Complaint(0, "", place, code, shortened(words)))
    return found


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path, namespaces=_NAMESPACES) or "").strip()
