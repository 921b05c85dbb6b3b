"""What may be wrong with an interchange or a message, by kinds that both standards have codes for.

The refusals::

    ConnectorRefused
    ├── MalformedInterchange    the envelope cannot be read, or contradicts itself
    ├── UnsupportedMessage      a message type or version that is not mapped
    └── InvalidEdiMessage       a message that breaks its standard or the model of the network
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from gateway.connectors.message import ConnectorRefused, Finding


class Fault(Enum):
    """Kinds of faults; each syntax has a table of its own codes for them."""

    SEGMENT_UNKNOWN = auto()
    SEGMENT_MISSING = auto()
    SEGMENT_REPEATED = auto()
    SEGMENT_MISPLACED = auto()
    ELEMENT_MISSING = auto()
    ELEMENT_SURPLUS = auto()
    VALUE_INVALID = auto()
    DATE_INVALID = auto()
    TIME_INVALID = auto()
    CHARACTER_INVALID = auto()
    REFERENCE_MISMATCH = auto()
    COUNT_MISMATCH = auto()
    TRAILER_MISSING = auto()
    DUPLICATE = auto()
    UNSUPPORTED = auto()
    RULE_BROKEN = auto()


@dataclass(frozen=True, slots=True)
class EdiFinding(Finding):
    """A finding with what an acknowledgement says about it.

    Parameters
    ----------
    fault : Fault
        Its kind.
    tag : str
        The segment; empty for the whole message.
    position : int
        Which segment of the message, the header being 1; 0 for the whole message.
    element, component : int
        From 1; 0 for the whole segment, or the whole element.
    """

    fault: Fault = Fault.RULE_BROKEN
    tag: str = ""
    position: int = 0
    element: int = 0
    component: int = 0


class MalformedInterchange(ConnectorRefused):
    """The envelope cannot be read, or its counts and references contradict themselves."""


class UnsupportedMessage(ConnectorRefused):
    """The message is of a type or version that is not mapped."""


class InvalidEdiMessage(ConnectorRefused):
    """The message breaks its standard, or cannot be held by the model of the network."""
