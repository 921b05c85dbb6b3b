"""Interchanges of X12 and EDIFACT: what their messages became, and how the sender is told.

Messages of one interchange stand by themselves: what is wrong with one is told of that one, and
keeps no other from becoming its document. Acknowledgements are not acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from gateway.connectors.edi.edifact import acknowledgement as contrl
from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.message_type import MessageType, Outcome, unsupported
from gateway.connectors.edi.scan import Interchange
from gateway.connectors.edi.sending import Sending
from gateway.connectors.edi.x12 import acknowledgement as functional
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from gateway.connectors.message import Finding, Location, UnsupportedDocument
from ledger.document.part import Document

_CONTROL_MAX: Final = 999_999_999
_TOGETHER: Final = 1000
"""Interchanges of one file whose acknowledgements have control numbers of their own."""

_ANSWERS: Final = frozenset(("997", "999", "CONTRL"))


@dataclass(frozen=True, slots=True)
class Syntax:
    """What is needed of X12 or EDIFACT."""

    read: Callable[[bytes], list[Interchange]]
    types: Mapping[str, MessageType[Any]]
    acknowledge: Callable[[Interchange, list[Outcome[Any]], Sending], bytes]


X12: Final = Syntax(x12.read, X12_TYPES, functional.acknowledge)
EDIFACT: Final = Syntax(edifact.read, EDIFACT_TYPES, contrl.acknowledge)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file of interchanges became.

    Parameters
    ----------
    syntax : Syntax
        Which it is in.
    pairs : tuple
        Each interchange, and what became of its messages.
    """

    syntax: Syntax
    pairs: tuple[tuple[Interchange, list[Outcome[Any]]], ...]

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
        at = datetime.fromtimestamp(received_ms / 1000, UTC)
        written = []
        for index, (interchange, outcomes) in enumerate(self.pairs):
            if all(each.name in _ANSWERS for each in interchange.messages):
                continue
            control = (message * _TOGETHER + index) % _CONTROL_MAX + 1
            envelope = interchange.envelope
            sending = Sending(envelope.receiver, envelope.sender, control, at, envelope.is_test)
            written.append(self.syntax.acknowledge(interchange, outcomes, sending))
        return b"".join(written)

    @property
    def _outcomes(self) -> list[Outcome[Any]]:
        return [outcome for _, outcomes in self.pairs for outcome in outcomes]


def take(content: bytes, syntax: Syntax) -> Taken:
    """Read every message of a file.

    Raises
    ------
    MalformedInterchange
        If an envelope cannot be read, or contradicts itself.
    UnsupportedDocument
        If there is no message in it.
    """
    pairs = []
    for interchange in syntax.read(content):
        outcomes = [_outcome(each, syntax.types) for each in interchange.messages]
        pairs.append((interchange, outcomes))
    if not any(outcomes for _, outcomes in pairs):
        rule, advice = "An interchange holds messages.", "Send the messages themselves."
        raise UnsupportedDocument([Finding(rule, Location(1, 1), "", advice)])
    return Taken(syntax, tuple(pairs))


def _outcome(message: Message, types: Mapping[str, MessageType[Any]]) -> Outcome[Any]:
    known = types.get(message.name)
    return unsupported(message, types) if known is None else known.examine(message)
