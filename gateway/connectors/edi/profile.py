"""Partner profiles: what one partner does its own way, declared rather than programmed.

These are the keys of X12 and EDIFACT; `gateway.connectors.profile` reads the whole file::

    currency = "USD"              # of prices, where messages name none
    zone = "-05:00"               # of times, where messages name none
    charset = "latin-1"           # of what is read, where the envelope does not say; and written
    release = "005010"            # what is written
    acknowledgement = "999"       # of X12 from 005010 on, instead of 997
    dates = ["%d%m%Y"]            # of days, where not as the standard has them
    required = ["N1", "CTT"]      # segments that are refused without, beyond the standard

    [required_in]                 # the same for one message type
    850 = ["FOB"]

    [delimiters]                  # of what is written
    element = "|"

    [units]                       # own codes to those of UN/ECE
    PLT = "XPX"

    [codes.N1.1]                  # own codes to those of the standard: segment, element[-component]
    VEND = "SE"
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from gateway.connectors.csv.date_format import date_reader
from gateway.connectors.edi.segment import COMPONENT, Segment

_reader = lru_cache(maxsize=256)(date_reader)


def _known(charset: str) -> str:
    try:
        codecs.lookup(charset)
    except LookupError:
        raise ValueError("must be a character set that Python knows") from None
    return charset


def _of_digits(pattern: str) -> str:
    date_reader(pattern)
    if "%b" in pattern:
        raise ValueError("a day of a message is written in digits")
    return pattern


Mark = Annotated[str, StringConstraints(min_length=1, max_length=1)]
Unit = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")]
Tag = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,2}$")]
Place = Annotated[str, StringConstraints(pattern=r"^[1-9]\d?(-[1-9]\d?)?$")]
Day = Annotated[str, AfterValidator(_of_digits)]
Delimiter = Literal["element", "component", "terminator", "repetition", "release", "decimal"]


@dataclass(frozen=True)
class PartnerProfile:
    """How one partner writes and wants its messages; all of it may be left out."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str = ""
    version: str = ""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = ""
    zone: Annotated[str, StringConstraints(pattern=r"^(Z|[+-](0\d|1[0-4]):[0-5]\d)$")] = ""
    charset: Annotated[str, AfterValidator(_known)] = ""
    release: Annotated[str, StringConstraints(pattern=r"^[\w:.-]{1,40}$")] = ""
    acknowledgement: Literal["997", "999"] = "997"
    dates: Annotated[tuple[Day, ...], Field(max_length=8)] = ()
    required: tuple[Tag, ...] = ()
    required_in: Mapping[str, tuple[Tag, ...]] = field(default_factory=dict)
    delimiters: Mapping[Delimiter, Mark] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    codes: Mapping[Tag, Mapping[Place, Mapping[str, str]]] = field(default_factory=dict)

    def requires(self, name: str) -> tuple[str, ...]:
        """List the segments that messages of a type are refused without."""
        return (*self.required, *self.required_in.get(name, ()))

    def day(self, text: str) -> str:
        """Read a day in one of the formats of this partner.

        Raises
        ------
        ValueError
            If it is none.
        """
        for pattern in self.dates:
            found = _reader(pattern)(text)
            # Written again it is the same: no digit more or less than the format has.
            if found is not None and date.fromisoformat(found).strftime(pattern) == text:
                return found
        raise ValueError(text)

    def spelled_day(self, value: str) -> str:
        """Spell a day in the first of the formats of this partner."""
        return date.fromisoformat(value).strftime(self.dates[0])

    def translated(self, segment: Segment) -> Segment:
        """Put the codes of the standard in place of the partner's own."""
        return _with_codes(segment, self._places.get(segment.tag, ()))

    def own(self, segment: Segment) -> Segment:
        """Put the partner's own codes in place of those of the standard."""
        return _with_codes(segment, self._own_places.get(segment.tag, ()))

    @cached_property
    def _places(self) -> dict[str, _Places]:
        return {
            tag: tuple((*_place(place), codes) for place, codes in elements.items())
            for tag, elements in self.codes.items()
        }

    @cached_property
    def _own_places(self) -> dict[str, _Places]:
        return {
            tag: tuple(
                (element, component, _reversed(codes)) for element, component, codes in places
            )
            for tag, places in self._places.items()
        }


_Places = tuple[tuple[int, int, Mapping[str, str]], ...]

PLAIN: Final = PartnerProfile()
"""A partner that follows the standard."""


def _place(text: str) -> tuple[int, int]:
    element, _, component = text.partition("-")
    return int(element), int(component or 1)


def _reversed(codes: Mapping[str, str]) -> dict[str, str]:
    """Of several own codes for one, the first is written."""
    return {code: own for own, code in reversed(list(codes.items()))}


def _with_codes(segment: Segment, places: _Places) -> Segment:
    if not places:
        return segment
    elements = list(segment.elements)
    for element, component, codes in places:
        parts = segment.parts(element)
        if component <= len(parts) and parts[component - 1] in codes:
            parts[component - 1] = codes[parts[component - 1]]
            elements[element - 1] = COMPONENT.join(parts)
    return replace(segment, elements=tuple(elements))
