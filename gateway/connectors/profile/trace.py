"""What the reading of a message takes from which element: for people who look at a profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.connectors.edi.message import Message
from gateway.connectors.edi.message_type import MessageType, Outcome
from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.edi.reading import Reading
from gateway.connectors.edi.segment import Segment


@dataclass(frozen=True, slots=True)
class Taken:
    """One element, or component, that was read.

    Parameters
    ----------
    position : int
        Of its segment in the message.
    element, component : int
        From 1; component 0 for the whole element.
    kind : str
        What it was read as: ``text``, ``code``, ``decimal``, ``date``, ``time``, ``unit``.
    found : str
        What stands there.
    value : str, optional
        What it means; none where it is not understood, or has no place in the document.
    """

    position: int
    element: int
    component: int
    kind: str
    found: str
    value: str | None


@dataclass
class _Tracing(Reading):
    """A reading that notes what is asked of it."""

    taken: list[Taken] = field(default_factory=list)
    days: dict[str, str] = field(default_factory=dict)

    def code(self, segment: Segment, element: int, component: int = 1) -> str:
        value = super().code(segment, element, component)
        self._note("code", segment, element, component, value)
        return value

    def text(self, segment: Segment, element: int, component: int = 0) -> str | None:
        value = super().text(segment, element, component)
        return self._note("text", segment, element, component, value)

    def token(self, segment: Segment, element: int, component: int = 1) -> str | None:
        value = super().token(segment, element, component)
        return self._note("code", segment, element, component, value)

    def country(self, segment: Segment, element: int, component: int = 1) -> str | None:
        value = super().country(segment, element, component)
        return self._note("code", segment, element, component, value)

    def currency(self, segment: Segment, element: int, component: int = 1) -> str | None:
        value = super().currency(segment, element, component)
        return self._note("code", segment, element, component, value)

    def decimal(
        self, segment: Segment, element: int, component: int = 1, *, is_signed: bool = False
    ) -> str | None:
        value = super().decimal(segment, element, component, is_signed=is_signed)
        return self._note("decimal", segment, element, component, value)

    def time(self, segment: Segment, element: int, component: int = 1) -> str | None:
        value = super().time(segment, element, component)
        return self._note("time", segment, element, component, value)

    def unit(self, segment: Segment, element: int, component: int = 1) -> str | None:
        value = super().unit(segment, element, component)
        return self._note("unit", segment, element, component, value)

    def date(self, segment: Segment, element: int, component: int = 1) -> str | None:
        value = super().date(segment, element, component)
        return self._note("date", segment, element, component, value)

    def day(self, text: str) -> str:
        self.days[text] = ""
        self.days[text] = super().day(text)
        return self.days[text]

    def _note(
        self, kind: str, segment: Segment, element: int, component: int, value: str | None
    ) -> str | None:
        found = segment.part(element, component) if component else segment[element]
        if found:
            place = (segment.position, element, component)
            self.taken.append(Taken(*place, kind, found, value))
        return value


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of a message, and of which of its elements.

    Parameters
    ----------
    outcome : Outcome
        As `MessageType.examine` gives it.
    taken : tuple of Taken
        In the order in which they were read; an element may be read more than once.
    days : mapping
        What was read as a day, with the day; empty where it is none.
    """

    outcome: Outcome[Any]
    taken: tuple[Taken, ...]
    days: Mapping[str, str]


def examine(kind: MessageType[Any], message: Message, profile: PartnerProfile) -> Trace:
    """Read a message, and note what is taken from where."""
    readings: list[_Tracing] = []

    def traced(each: MessageType[Any]) -> MessageType[Any]:
        def read(reading: Reading) -> dict[str, Any]:
            tracing = _Tracing(
                reading.message,
                reading.tree,
                reading.report,
                reading.syntax,
                reading.profile,
                reading.origins,
            )
            readings.append(tracing)
            return each.read(tracing)

        return replace(each, read=read)

    whole = replace(traced(kind), others=tuple(map(traced, kind.others)))
    outcome = whole.examine(message, profile)
    taken = tuple(each for reading in readings for each in reading.taken)
    days = {text: day for reading in readings for text, day in reading.days.items()}
    return Trace(outcome, taken, days)
