"""X12 and EDIFACT, for tests that hold both to the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.scan import Interchange
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES


@dataclass(frozen=True)
class Syntax:
    """How interchanges are read, and the message types that are mapped, by name."""

    name: str
    read: Callable[[bytes], list[Interchange]]
    types: Mapping[str, MessageType[Any]]


SYNTAXES = {
    "x12": Syntax("x12", x12.read, X12_TYPES),
    "edifact": Syntax("edifact", edifact.read, EDIFACT_TYPES),
}
