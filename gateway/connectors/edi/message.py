"""Messages and the envelopes they came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from gateway.connectors.edi.finding import EdiFinding, Fault
from gateway.connectors.edi.segment import COMPONENT, Segment
from gateway.connectors.message import Location, shortened
from ledger.document.part import Document

FINDINGS_MAX: Final = 100

_ABSENT: Final = (Fault.SEGMENT_MISSING, Fault.TRAILER_MISSING)


@dataclass(frozen=True, slots=True)
class Address:
    """Who sends or receives an interchange, and in which scheme."""

    id: str
    qualifier: str = ""


def address_of(document: Document, field: str) -> Address:
    """Address a message by the endpoint of a party of its document."""
    party = getattr(document, field, None)
    if party is None:
        return Address("")
    return Address(party.endpoint_id or "", party.endpoint_scheme or "")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers around a message say.

    Parameters
    ----------
    sender, receiver : Address
        Of the interchange.
    reference : str
        The interchange's control number.
    header : Segment
        ISA or UNB.
    group : Segment, optional
        GS or UNG.
    is_test : bool
        Whether it is only a trial.
    date : str
        The day it was put together, ``YYYY-MM-DD``; empty when it names none.
    """

    sender: Address
    receiver: Address
    reference: str = ""
    header: Segment | None = None
    group: Segment | None = None
    is_test: bool = False
    date: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: a transaction set of X12, a message of EDIFACT.

    Parameters
    ----------
    name : str
        Its type, ``850`` or ``ORDERS``.
    version : str
        ``004010``, or ``D:96A:UN:EAN008``.
    reference : str
        Its control number.
    body : tuple of Segment
        What stands between its header and its trailer.
    envelope : Envelope
        What it came in.
    header, trailer : Segment, optional
        As they were sent.
    findings : tuple of EdiFinding
        What is wrong with its header and trailer.
    """

    name: str
    version: str
    reference: str
    body: tuple[Segment, ...]
    envelope: Envelope
    header: Segment | None = None
    trailer: Segment | None = None
    findings: tuple[EdiFinding, ...] = ()


@dataclass(slots=True)
class Report:
    """The findings of one message so far; of a hopeless message the first hundred are enough.

    Parameters
    ----------
    name : str
        The message type, with which all paths begin.
    """

    name: str
    findings: list[EdiFinding] = field(default_factory=list)
    warnings: list[EdiFinding] = field(default_factory=list)

    def add(
        self,
        segment: Segment,
        element: int,
        fault: Fault,
        rule: str,
        what_to_do: str,
        *,
        component: int = 0,
        is_warning: bool = False,
    ) -> None:
        """Add a finding at a segment, or at one of its elements or components."""
        findings = self.warnings if is_warning else self.findings
        if len(findings) >= FINDINGS_MAX:
            return
        path = f"/{self.name}/{segment.position}/{segment.tag}"
        found = "" if fault in _ABSENT else segment.tag
        if element:
            path += f"/{element}" + (f"/{component}" if component else "")
            found = segment.part(element, component) if component else segment[element]
        finding = EdiFinding(
            rule,
            Location(segment.line, segment.column_of(element), path),
            shortened(found.replace(COMPONENT, ":")),
            what_to_do,
            fault,
            segment.tag,
            segment.position,
            element,
            component,
        )
        # An element that two fields are read from is wrong once.
        if finding not in findings:
            findings.append(finding)
