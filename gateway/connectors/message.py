"""What every connector shares: where something stands, what is wrong there, and named refusals.

The tree, by what was wrong with the message::

    ConnectorRefused                with every finding of the document at once
    ├── MalformedXml                not well-formed
    ├── ForbiddenXml                a DTD or entities, too many bytes, nested too deeply
    ├── UnsupportedDocument         well-formed, but no message this connector reads
    ├── InvalidUblOrder             an order that breaks UBL or the model of the network
    ├── InvalidUblOrderResponse     likewise, an order response
    ├── InvalidUblOrderChange       likewise, a change of an order
    ├── InvalidUblOrderCancellation likewise, a cancellation of an order
    ├── InvalidUblDespatchAdvice    likewise, a despatch advice
    ├── InvalidUblReceiptAdvice     likewise, a receipt advice
    ├── InvalidUblInvoice           likewise, an invoice
    ├── InvalidUblCreditNote        likewise, a credit note
    ├── InvalidUblCatalogue         likewise, a catalogue
    ├── InvalidUblApplicationResponse likewise, an answer to messages that were sent
    ├── InvalidCxml                 a cXML message that breaks cXML or the model of the network
    ├── MalformedInterchange        an envelope of X12 or EDIFACT that contradicts itself
    ├── UnsupportedMessage          an X12 or EDIFACT message that is not the one asked for
    ├── InvalidEdiMessage           one that breaks its standard or the model of the network
    ├── MalformedJson               not JSON, or none that can be read one way only
    ├── InvalidJsonDocument         a document as plain JSON that breaks the model of the network
    ├── InvalidEpcis                events that break EPCIS or the model of the network
    ├── InvalidShopOrder            an order of a shop that breaks the model of the network
    ├── PublishedRuleBroken         a message that breaks the schema or rules of its publisher
    ├── UnwritableDocument          a document that the standard cannot hold
    ├── PartnerAmbiguous            a message that may be of several partners
    ├── InvalidProfile              a mapping profile that breaks its own rules
    ├── InvalidWorkbook             a workbook that cannot be read as a table
    ├── CsvHeaderMismatch           a file without the columns its profile reads
    └── InvalidCsvRow               one row that cannot become documents
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

FOUND_CHARS_MAX: Final = 120


@dataclass(frozen=True, slots=True)
class Location:
    """Where something stands in a message.

    Parameters
    ----------
    line : int
        Line of the file, from 1.
    column : int
        Column of the line, from 1: of characters in XML, of cells in CSV.
    path : str
        XPath of the element, or the name of the CSV column; empty for the whole message.
    """

    line: int
    column: int
    path: str = ""

    def __str__(self) -> str:
        """Read as ``line 3, column 7, /Order/cbc:ID``."""
        place = f"line {self.line}, column {self.column}"
        return f"{place}, {self.path}" if self.path else place


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a message, in words a person can act on.

    Parameters
    ----------
    rule : str
        The rule that is broken, as a sentence.
    location : Location
        Where.
    found : str
        What stands there, shortened; empty when something is missing.
    what_to_do : str
        How to mend it, as a sentence.
    """

    rule: str
    location: Location
    found: str
    what_to_do: str

    def __str__(self) -> str:
        """Read as one line of a report."""
        found = f" Found: {self.found!r}." if self.found else ""
        return f"{self.location}: {self.rule}{found} {self.what_to_do}"

    def as_dict(self) -> dict[str, Any]:
        """Spell it for a problem body."""
        return {
            "rule": self.rule,
            "line": self.location.line,
            "column": self.location.column,
            "path": self.location.path,
            "found": self.found,
            "what_to_do": self.what_to_do,
        }


def shortened(text: str) -> str:
    """Shorten a found value to what a report can show."""
    return text if len(text) <= FOUND_CHARS_MAX else text[: FOUND_CHARS_MAX - 1] + "…"


class ConnectorRefused(Exception):
    """A message that cannot become a document, or a document that cannot become a message.

    Parameters
    ----------
    findings : iterable of Finding
        Everything wrong, in the order of the message; at least one.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        assert self.findings, "a refusal names what is wrong"
        more = f" (and {len(self.findings) - 1} more)" if len(self.findings) > 1 else ""
        self.detail = f"{self.findings[0]}{more}"
        super().__init__(self.detail)

    @property
    def name(self) -> str:
        """Name of the error, the same in every catalogue."""
        return type(self).__name__

    @property
    def context(self) -> dict[str, Any]:
        """All findings, for programs."""
        return {"findings": [finding.as_dict() for finding in self.findings]}


class MalformedXml(ConnectorRefused):
    """The bytes are not well-formed XML."""


class ForbiddenXml(ConnectorRefused):
    """The XML uses what no business document needs: a DTD, entities, absurd size or depth."""


class UnsupportedDocument(ConnectorRefused):
    """The XML is well-formed, but its root is no message this connector reads."""


class InvalidUblOrder(ConnectorRefused):
    """The order breaks UBL, or cannot be held by the model of the network."""


class InvalidUblOrderResponse(ConnectorRefused):
    """The order response breaks UBL, or cannot be held by the model of the network."""


class InvalidUblOrderChange(ConnectorRefused):
    """The change of an order breaks UBL, or cannot be held by the model of the network."""


class InvalidUblOrderCancellation(ConnectorRefused):
    """The cancellation of an order breaks UBL, or cannot be held by the model of the network."""


class InvalidUblDespatchAdvice(ConnectorRefused):
    """The despatch advice breaks UBL, or cannot be held by the model of the network."""


class InvalidUblReceiptAdvice(ConnectorRefused):
    """The receipt advice breaks UBL, or cannot be held by the model of the network."""


class InvalidUblInvoice(ConnectorRefused):
    """The invoice breaks UBL, or cannot be held by the model of the network."""


class InvalidUblCreditNote(ConnectorRefused):
    """The credit note breaks UBL, or cannot be held by the model of the network."""


class InvalidUblCatalogue(ConnectorRefused):
    """The catalogue breaks UBL, or cannot be held by the model of the network."""


class InvalidUblApplicationResponse(ConnectorRefused):
    """The answer does not say which message it is about, or what became of it."""


class InvalidCxml(ConnectorRefused):
    """The message breaks cXML, or cannot be held by the model of the network."""


class UnwritableDocument(ConnectorRefused):
    """The document holds something that the standard, or XML itself, cannot hold."""


class InvalidProfile(ConnectorRefused):
    """The mapping profile breaks its own rules."""


class CsvHeaderMismatch(ConnectorRefused):
    """The file does not have the columns that its profile reads."""


class InvalidCsvRow(ConnectorRefused):
    """One row cannot become documents."""
