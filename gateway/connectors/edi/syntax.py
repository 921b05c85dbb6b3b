"""What tells X12 and EDIFACT apart, as far as messages are concerned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.finding import Fault
from gateway.connectors.edi.message import Report
from gateway.connectors.edi.segment import Segment


@dataclass(frozen=True)
class Syntax:
    """A family of standards.

    Parameters
    ----------
    name : str
        ``x12`` or ``edifact``; the prefix of extras.
    dialect : Dialect
        How extras spell segments; it has a release character, so that it can spell anything.
    version : str
        What messages are written in unless a profile or the document says otherwise.
    required : mapping
        Tag to the elements that it never lacks: ``"1 2|3 4.1"`` is the first, the second or the
        third, and the first component of the fourth.
    header : callable
        Name, version and reference to the header of a message.
    units : mapping
        Own unit codes to those of UN/ECE Recommendations 20 and 21, where they differ.
    nearest_units : mapping
        Units of UN/ECE without a code of their own, to codes that come nearest.
    keeps_units : bool
        Whether a unit that is not among `units` is one of UN/ECE already.
    """

    name: str
    dialect: Dialect
    version: str
    required: Mapping[str, str]
    header: Callable[[str, str, str], Segment]
    units: Mapping[str, str] = field(default_factory=dict)
    nearest_units: Mapping[str, str] = field(default_factory=dict)
    keeps_units: bool = True

    def check(self, segment: Segment, report: Report) -> None:
        """Report the elements that a segment lacks."""
        for choice in self.required.get(segment.tag, "").split():
            places = [tuple(map(int, each.split("."))) for each in choice.split("|")]
            if any(
                segment.part(*place) if len(place) > 1 else segment[place[0]] for place in places
            ):
                continue
            element, *component = places[0]
            names = " or ".join(segment.tag + f"{place[0]:02}" for place in places)
            report.add(
                segment,
                element,
                Fault.ELEMENT_MISSING,
                f"{segment.tag} has element {names}.",
                "Add the element with its value.",
                component=component[0] if component else 0,
            )
