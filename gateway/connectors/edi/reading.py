"""Reading the elements of a message into the fields of a document, and writing them again.

What breaks a rule of the standard is reported with its place. What is fine there but has no place
in the document is given back as ``None``, and stays in the residue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from pydantic import ValidationError

from gateway.connectors.edi.finding import Fault
from gateway.connectors.edi.loop import Group, Loop, grow
from gateway.connectors.edi.message import Message, Report
from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.edi.segment import COMPONENT, REPETITION, Segment, segment
from gateway.connectors.edi.sending import unwritable
from gateway.connectors.edi.syntax import Syntax
from ledger.document.scalar import TEXT_CHARS_MAX, exact

CENTURY_PIVOT: Final = 70
"""Years of two digits from here on are those of 1900, those below of 2000."""

_is_code = re.compile(r"[^\s\x00]{1,64}").fullmatch
_is_unit = re.compile(r"[A-Z0-9]{1,3}").fullmatch
_is_number = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)", re.ASCII).fullmatch
_is_currency = re.compile(r"[A-Z]{3}").fullmatch
_is_country = re.compile(r"[A-Z]{2}").fullmatch
_is_clock = re.compile(r"([01]\d|2[0-3])([0-5]\d)([0-5]\d)?(\d{1,2})?", re.ASCII).fullmatch


def day(text: str) -> str:
    """Read ``CCYYMMDD`` or ``YYMMDD`` as a day of the calendar.

    Raises
    ------
    ValueError
        If it is none.
    """
    if len(text) == 6:
        text = ("19" if int(text[:2]) >= CENTURY_PIVOT else "20") + text
    if len(text) != 8 or not (text.isascii() and text.isdecimal()) or text < "10000101":
        raise ValueError(text)
    return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()


@dataclass
class Reading:
    """The reading of one message.

    Parameters
    ----------
    message : Message
        The message.
    tree : Group
        Its segments in their loops.
    report : Report
        Takes what is wrong.
    syntax : Syntax
        Of the message.
    profile : PartnerProfile
        Of its sender.
    """

    message: Message
    tree: Group
    report: Report
    syntax: Syntax
    profile: PartnerProfile
    origins: dict[int, Segment] = field(default_factory=dict)

    @classmethod
    def of(cls, message: Message, loop: Loop, syntax: Syntax, profile: PartnerProfile) -> Reading:
        """Lay a message out, and hold it to its standard and to what its partner always sends."""
        report = Report(message.name, list(message.findings))
        end = message.trailer or Segment("", (), len(message.body) + 2)
        for each in message.body:
            syntax.check(each, report)
        body = [profile.translated(segment) for segment in message.body]
        tree = grow(loop, body, report, end)
        tags = {segment.tag for segment in body}
        for tag in profile.requires(message.name):
            if tag not in tags:
                rule, advice = f"This partner's {message.name} has {tag}.", f"Add {tag}."
                report.add(end, 0, Fault.SEGMENT_MISSING, rule, advice)
        return cls(message, tree, report, syntax, profile)

    @cached_property
    def tags(self) -> frozenset[str]:
        """All segments that the message has."""
        return frozenset(segment.tag for segment in self.message.body)

    def came_from(self, fields: dict[str, Any], segment: Segment) -> dict[str, Any]:
        """Remember which segment an object came from, for what its model refuses."""
        self.origins[id(fields)] = segment
        return fields

    def code(self, segment: Segment, element: int, component: int = 1) -> str:
        """Read a code, in the words of the standard; empty when there is none."""
        return segment.part(element, component)

    def text(self, segment: Segment, element: int, component: int = 0) -> str | None:
        """Read free text."""
        text = segment.part(element, component) if component else segment[element]
        is_simple = COMPONENT not in text and REPETITION not in text
        return text if 0 < len(text) <= TEXT_CHARS_MAX and is_simple else None

    def identifier(self, segment: Segment, element: int, component: int = 0) -> str | None:
        """Read an identifier."""
        text = self.text(segment, element, component)
        return text if text and len(text) <= 256 else None

    def token(self, segment: Segment, element: int, component: int = 1) -> str | None:
        """Read a code that is taken over as it stands."""
        text = segment.part(element, component)
        return text if _is_code(text) else None

    def country(self, segment: Segment, element: int, component: int = 1) -> str | None:
        """Read a country of ISO 3166-1."""
        text = segment.part(element, component)
        return text if _is_country(text) else None

    def currency(self, segment: Segment, element: int, component: int = 1) -> str | None:
        """Read a currency of ISO 4217."""
        text = segment.part(element, component)
        if not text or _is_currency(text):
            return text or None
        rule, advice = "A currency is a code of ISO 4217.", "Write three capital letters."
        self._refuse(segment, element, component, Fault.VALUE_INVALID, rule, advice)
        return None

    def decimal(
        self, segment: Segment, element: int, component: int = 1, *, is_signed: bool = False
    ) -> str | None:
        """Read a number; either decimal mark is understood."""
        text = segment.part(element, component)
        if not text:
            return None
        try:
            if not _is_number(text):
                raise ValueError
            value = exact(text.replace(",", "."))
            if value[0] == "-" and not is_signed:
                raise ValueError
        except ValueError:
            rule = "A number is plain, exact and has at most 40 characters"
            rule += "." if is_signed else ", and a quantity or price is not negative."
            advice = "Write a number such as 12.5, without exponent or grouping."
            self._refuse(segment, element, component, Fault.VALUE_INVALID, rule, advice)
            return None
        return value

    def count(self, segment: Segment, element: int, component: int = 1) -> int | None:
        """Read a whole number, zero or more."""
        value = self.decimal(segment, element, component)
        return int(value) if value is not None and value.isdecimal() and len(value) < 16 else None

    def day(self, text: str) -> str:
        """Read a day as the standard has it, or as the partner does where its profile says so.

        Raises
        ------
        ValueError
            If it is none.
        """
        return self.profile.day(text) if self.profile.dates else day(text)

    def date(self, segment: Segment, element: int, component: int = 1) -> str | None:
        """Read a day, ``CCYYMMDD`` or ``YYMMDD``."""
        text = segment.part(element, component)
        if not text:
            return None
        try:
            return self.day(text)
        except ValueError:
            rule, advice = "A date is a day of the calendar.", "Write it as CCYYMMDD."
            self._refuse(segment, element, component, Fault.DATE_INVALID, rule, advice)
            return None

    def time(self, segment: Segment, element: int, component: int = 1) -> str | None:
        """Read a time ``HHMM[SS]`` in the zone of the partner; without one it is none here."""
        text = segment.part(element, component)
        match = _is_clock(text)
        if text and match is None:
            rule, advice = "A time is a time of day.", "Write it as HHMM or HHMMSS."
            self._refuse(segment, element, component, Fault.TIME_INVALID, rule, advice)
        if match is None or not self.profile.zone or match[4]:
            return None
        return f"{match[1]}:{match[2]}:{match[3] or '00'}{self.profile.zone}"

    def unit(self, segment: Segment, element: int, component: int = 1) -> str | None:
        """Read a unit as a code of UN/ECE Recommendation 20 or 21."""
        text = segment.part(element, component)
        unit = self.profile.units.get(text) or self.syntax.units.get(text)
        if unit is None and self.syntax.keeps_units and _is_unit(text):
            unit = text
        if unit is None and text:
            rule = "A unit is one that UN/ECE Recommendation 20 or 21 has a code for."
            advice = "Write a unit of the code list, or add this one to the partner's profile."
            self._refuse(segment, element, component, Fault.VALUE_INVALID, rule, advice)
        return unit

    def refuse_model(self, error: ValidationError, fields: dict[str, Any]) -> None:
        """Report what the model of the document refuses, where it came from."""
        first = self.message.body[0] if self.message.body else Segment("", ())
        for each in error.errors(include_url=False, include_context=False, include_input=False):
            at: Any = fields
            segment, rest = self.origins.get(id(at), first), list(each["loc"])
            while rest and isinstance(at, dict | list):
                at = at[int(rest.pop(0))] if isinstance(at, list) else at.get(rest.pop(0))
                segment = self.origins.get(id(at), segment)
            where = ".".join(str(step) for step in each["loc"])
            rule = f"The document of the network breaks a rule: {where} "
            rule += each["msg"].removeprefix("Value error, ") + "."
            advice = "Correct the segment so that the rule holds."
            self.report.add(segment, 0, Fault.RULE_BROKEN, rule, advice)

    def missing(self, segment: Segment, element: int, rule: str) -> None:
        """Report that the document of the network needs an element that the segment lacks."""
        advice = "Add the element with its value."
        self.report.add(segment, element, Fault.ELEMENT_MISSING, rule, advice)

    def refuse_count(self, segment: Segment, element: int, rule: str) -> None:
        """Report a control total that is not what was counted."""
        advice = "Send the complete message."
        self.report.add(segment, element, Fault.COUNT_MISMATCH, rule, advice)

    def refuse_value(self, segment: Segment, element: int, rule: str, advice: str) -> None:
        """Report a value that the standard or the document does not have."""
        self.report.add(segment, element, Fault.VALUE_INVALID, rule, advice)

    def warn(self, segment: Segment, element: int, rule: str, advice: str) -> None:
        """Report something odd that does not stand in the way."""
        fault = Fault.RULE_BROKEN
        self.report.add(segment, element, fault, rule, advice, is_warning=True)

    def _refuse(
        self, segment: Segment, element: int, component: int, fault: Fault, rule: str, advice: str
    ) -> None:
        inner = component if COMPONENT in segment[element] else 0
        self.report.add(segment, element, fault, rule, advice, component=inner)


class Writing:
    """The segments that the fields of a document write, in blocks: around lines, and lines.

    Parameters
    ----------
    syntax : Syntax
        Of the message.
    profile : PartnerProfile
        Of its receiver.
    """

    def __init__(self, syntax: Syntax, profile: PartnerProfile) -> None:
        self.syntax = syntax
        self.profile = profile
        self.blocks: list[list[Segment]] = [[]]
        own = {unit: code for code, unit in reversed(list(syntax.units.items()))}
        partners = {unit: code for code, unit in profile.units.items()}
        self._units = {**syntax.nearest_units, **own, **partners}

    def add(self, tag: str, *elements: str | Iterable[str | None] | None) -> None:
        """Write a segment; composites are lists, what is absent is ``None``."""
        for each in elements:
            parts = [each] if each is None or isinstance(each, str) else each
            if any(part and (COMPONENT in part or REPETITION in part) for part in parts):
                rule, advice = "Text has no control characters.", "Remove the characters."
                raise unwritable(rule, tag, advice)
        self.blocks[-1].append(self.profile.own(segment(tag, *elements)))

    @contextmanager
    def line(self) -> Iterator[None]:
        """Write a line: what is added within belongs to it. Lines come in their order."""
        self.blocks.append([])
        yield
        self.blocks.append([])

    def unit(self, unit: str) -> str:
        """Spell a unit in the codes of the standard."""
        return self._units.get(unit, unit)

    def day(self, value: str) -> str:
        """Spell a day as the standard has it, or as the partner does."""
        return self.profile.spelled_day(value) if self.profile.dates else value.replace("-", "")

    def count(self, *tags: str) -> int:
        """Count the segments of some tags so far."""
        return sum(each.tag in tags for block in self.blocks for each in block)
