"""Interchanges of X12 and EDIFACT: what their messages became, and how the sender is told.

Messages of one interchange stand by themselves: what is wrong with one is told of that one, and
keeps no other from becoming its document. Acknowledgements are not acknowledged. All interchanges
of a file are of one partner, by whose profile they are read and answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from gateway.connectors.edi.edifact import acknowledgement as contrl
from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.edifact import receipt as contrl_receipt
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.finding import EdiFinding
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.message_type import MessageType, Outcome, unsupported
from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.edi.receipt import Receipt
from gateway.connectors.edi.scan import Interchange
from gateway.connectors.edi.sending import Sending
from gateway.connectors.edi.x12 import acknowledgement as functional
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.edi.x12 import receipt as functional_receipt
from gateway.connectors.edi.x12.interchange import NOTICE
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from gateway.connectors.message import (
    ConnectorRefused,
    Finding,
    Location,
    UnsupportedDocument,
    shortened,
)
from gateway.connectors.profile.choice import PartnerAmbiguous, Partners
from gateway.connectors.profile.envelope import sender_of
from gateway.connectors.profile.partner import Partner
from ledger.document.part import Document

_CONTROL_MAX: Final = 999_999_999
_TOGETHER: Final = 1000
"""Interchanges of one file whose acknowledgements have control numbers of their own."""

_ANSWERS: Final = frozenset(("997", "999", NOTICE, "CONTRL"))


@dataclass(frozen=True, slots=True)
class Syntax:
    """What is needed of X12 or EDIFACT."""

    read: Callable[[bytes, str], list[Interchange]]
    types: Mapping[str, MessageType[Any]]
    acknowledge: Callable[[Interchange, list[Outcome[Any]], Sending, PartnerProfile], bytes]
    read_receipts: Callable[[Message], tuple[Receipt, ...]]


X12: Final = Syntax(x12.read, X12_TYPES, functional.acknowledge, functional_receipt.read_receipts)
EDIFACT: Final = Syntax(
    edifact.read, EDIFACT_TYPES, contrl.acknowledge, contrl_receipt.read_receipts
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file of interchanges became.

    Parameters
    ----------
    syntax : Syntax
        Which it is in.
    partner : Partner
        Who sent it.
    pairs : tuple
        Each interchange, and what became of its messages.
    receipts : tuple of Receipt
        What it says about messages that were sent to the partner.
    """

    syntax: Syntax
    partner: Partner
    pairs: tuple[tuple[Interchange, list[Outcome[Any]]], ...]
    receipts: tuple[Receipt, ...] = ()

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every document, in order."""
        return tuple(each.document for each in self._outcomes if each.document is not None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong."""
        return tuple(finding for each in self._outcomes for finding in each.findings)

    @property
    def control(self) -> str:
        """The control numbers of the interchanges, each with its sender."""
        found = (f"{each.envelope.sender.id}/{each.envelope.reference}" for each, _ in self.pairs)
        return " ".join(found)

    def acknowledgement(self, message: int, received_ms: int) -> bytes:
        """Write what the sender is told; empty when there is nothing to tell."""
        at, written = _moment(received_ms), []
        for index, (interchange, outcomes) in enumerate(self.pairs):
            if all(each.name in _ANSWERS for each in interchange.messages):
                continue
            control = _control(message, index)
            envelope = interchange.envelope
            sending = Sending(envelope.receiver, envelope.sender, control, at, envelope.is_test)
            written.append(self.syntax.acknowledge(interchange, outcomes, sending, self.partner))
        return b"".join(written)

    @property
    def _outcomes(self) -> list[Outcome[Any]]:
        return [outcome for _, outcomes in self.pairs for outcome in outcomes]


def take(content: bytes, syntax: Syntax, sender: str, partners: Partners) -> Taken:
    """Read every message of a file.

    Parameters
    ----------
    sender : str
        Who brought it.
    partners : Partners
        Those that have profiles.

    Raises
    ------
    MalformedInterchange
        If an envelope cannot be read, or contradicts itself.
    PartnerAmbiguous
        If it is of several partners.
    UnsupportedDocument
        If there is no message in it.
    """
    partner = partners.choose(sender, sender_of(content))
    pairs, receipts = [], list[Receipt]()
    for interchange in syntax.read(content, partner.charset):
        _require_same(interchange, partner, partners.choose(sender, interchange.envelope.sender))
        outcomes = [_outcome(each, syntax, partner, receipts) for each in interchange.messages]
        pairs.append((interchange, outcomes))
    if not any(outcomes for _, outcomes in pairs):
        rule, advice = "An interchange holds messages.", "Send the messages themselves."
        raise UnsupportedDocument([Finding(rule, Location(1, 1), "", advice)])
    return Taken(syntax, partner, tuple(pairs), tuple(receipts))


def refuse(content: bytes, findings: Sequence[Finding], message: int, received_ms: int) -> bytes:
    """Write what the sender of an interchange is told that was refused as a whole.

    Empty where it asks for nothing, or cannot be read so far. It is written plainly: whose it is,
    is not believed.
    """
    is_x12 = content.lstrip().startswith(b"ISA")
    refused = functional.refuse if is_x12 else contrl.refuse
    return refused(content, findings, _moment(received_ms), _control(message, 0))


def _control(message: int, index: int) -> int:
    return (message * _TOGETHER + index) % _CONTROL_MAX + 1


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _require_same(interchange: Interchange, first: Partner, other: Partner) -> None:
    if other == first:
        return
    header = interchange.envelope.header
    assert header is not None, "what was read has a header"
    rule, advice = "All interchanges of a file are of one partner.", "Send them one by one."
    found = shortened(interchange.envelope.sender.id)
    raise PartnerAmbiguous([Finding(rule, Location(header.line, header.column), found, advice)])


def _outcome(
    message: Message, syntax: Syntax, partner: Partner, receipts: list[Receipt]
) -> Outcome[Any]:
    if message.name in _ANSWERS:
        try:
            found = syntax.read_receipts(message)
            # What answers an envelope says so, for it says less than what answers a message.
            is_notice = message.name == NOTICE
            receipts.extend(replace(each, name=NOTICE) if is_notice else each for each in found)
        except ConnectorRefused as error:
            wrong = tuple(each for each in error.findings if isinstance(each, EdiFinding))
            return Outcome(None, wrong, ())
        return Outcome(None, (), ())
    known = syntax.types.get(message.name)
    if known is None:
        return unsupported(message, syntax.types)
    return known.examine(message, partner)
