"""cXML Response: what whoever posts a request is told at once, and what we are told.

Notes
-----
Source: cXML 1.2 Reference Guide, Response and Status; codes as in HTTP, within an answer `200`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from gateway.connectors.cxml.message_type import DOCTYPE
from gateway.connectors.cxml.writing import add
from gateway.connectors.message import ConnectorRefused, Finding
from gateway.connectors.ubl.reader import read_xml

ACCEPTED: Final = 200
NOT_ACCEPTABLE: Final = 406

_TEXTS: Final = {ACCEPTED: "OK", NOT_ACCEPTABLE: "Not Acceptable"}


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a request."""

    code: int
    text: str

    @property
    def is_accepted(self) -> bool:
        """Whether it was taken in."""
        return self.code < 400


def render(number: str, at: datetime, findings: Sequence[Finding | str]) -> bytes:
    """Write the answer to a request.

    Parameters
    ----------
    number : str
        Of the answer; never used twice.
    at : datetime
        When it is given, with its zone.
    findings : sequence of Finding or str
        What is wrong with the request, which is so refused; none for one that was taken in.
    """
    root = etree.Element("cXML")
    add(root, "Response")
    root.set("payloadID", number)
    root.set("timestamp", at.isoformat(timespec="seconds"))
    code = NOT_ACCEPTABLE if findings else ACCEPTED
    text = "\n".join(_plain(each) for each in findings)
    status = add(root.find("Response"), "Status", text, code=str(code), lang="en")
    status.set("text", _TEXTS[code])
    doctype = DOCTYPE.format(dtd="cXML")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=doctype)


def _plain(finding: Finding | str) -> str:
    """Spell a finding without what XML cannot hold."""
    return "".join(each if each.isprintable() else " " for each in str(finding))


def read_status(content: bytes) -> Status | None:
    """Read what we are told of a request; nothing where the answer is no cXML Response."""
    try:
        root = read_xml(content, may_have_doctype=True).root
    except ConnectorRefused:
        return None
    status = root.find("Response/Status") if root.tag == "cXML" else None
    code = "" if status is None else status.get("code", "")
    if status is None or not (code.isascii() and code.isdigit() and len(code) == 3):
        return None
    words = " ".join((status.text or "").split()) or status.get("text", "")
    return Status(int(code), words)
