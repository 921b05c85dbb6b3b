"""Mapping profiles: which column of a partner's CSV file stands for which field.

A profile is a TOML file; docs/import.md explains it by example. One row is one order with one
line, and, where the profile says so, its despatch advice and its receipt advice.
"""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

import gateway
from gateway.connectors.csv.date_format import DateReader, date_reader
from gateway.connectors.csv.expression import require_quick
from gateway.connectors.message import Finding, InvalidProfile, Location, shortened
from ledger.document.scalar import exact

DOCUMENTS: Final = ("order", "despatch", "receipt")
SHIPPED: Final = Path(gateway.__file__).parent.parent / "profiles"

_TARGET: Final = re.compile(r"(order|despatch|receipt)((?:\.[a-z_]+(?:\[\d{1,2}\])?)+)")
_STEP: Final = re.compile(r"\.([a-z_]+)(?:\[(\d+)\])?")
_COLUMN_IN_TEMPLATE: Final = re.compile(r"\{([^{}]+)\}")

Step = str | int
Texts = Annotated[tuple[str, ...], Field(strict=False)]
OneOrMore = Annotated[tuple[str, ...], Field(strict=False, min_length=1)]


class _ProfilePart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Rule(_ProfilePart):
    """Where a value comes from, how it is read, and which fields it goes to.

    Parameters
    ----------
    to : tuple of str
        Fields such as ``order.order_line[0].quantity.value``.
    column, columns, constant, template : exactly one of them
        The column; columns of which the first that has a value counts; a text; a text with
        ``{column}`` in it.
    kind : str
        ``text``, ``code``, ``date`` or ``decimal``.
    is_required : bool
        Whether a row without this value is bad.
    is_always : bool
        For a constant: written even when nothing else stands beside it.
    absent : tuple of str
        Texts that mean that there is no value, beside those of the profile.
    absent_pattern : str, optional
        A regular expression for further such texts.
    dates : tuple of str
        Date formats, tried in order.
    values : dict, optional
        What each text of the column stands for; any other text makes the row bad.
    minimum : str, optional
        The least decimal that is allowed.
    fallback_note : str, optional
        Note on the document when not the first of `columns` had the value; ``{column}`` names it.
    """

    to: OneOrMore
    column: str | None = None
    columns: Texts = ()
    constant: str | None = None
    template: str | None = None
    kind: Literal["text", "code", "date", "decimal"] = "text"
    is_required: bool = False
    is_always: bool = False
    absent: Texts = ()
    absent_pattern: str | None = None
    dates: Annotated[tuple[str, ...], Field(strict=False, max_length=20)] = ()
    values: dict[str, str] | None = None
    minimum: str | None = None
    fallback_note: str | None = None

    @field_validator("to", mode="before")
    @classmethod
    def _one_is_a_list(cls, to: Any) -> Any:
        return (to,) if isinstance(to, str) else to

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        given = (self.column, self.columns or None, self.constant, self.template)
        if sum(each is not None for each in given) != 1:
            raise ValueError("a rule has one of column, columns, constant and template")
        for target in self.to:
            if not _TARGET.fullmatch(target):
                raise ValueError(f"{target!r} is no field of an order, despatch or receipt")
        if (self.kind == "date") != bool(self.dates):
            raise ValueError("a date, and only a date, has formats in dates")
        for pattern in self.dates:
            date_reader(pattern)
        if self.absent_pattern is not None:
            require_quick(self.absent_pattern)
        if self.minimum is not None:
            exact(self.minimum)
        return self

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Every column this rule reads."""
        if self.template is not None:
            return tuple(_COLUMN_IN_TEMPLATE.findall(self.template))
        return (self.column,) if self.column is not None else self.columns

    @cached_property
    def targets(self) -> tuple[tuple[Step, ...], ...]:
        """Every field as steps: the document, names and indices."""
        return tuple(_steps(target) for target in self.to)

    @cached_property
    def date_readers(self) -> tuple[DateReader, ...]:
        """The date formats, compiled."""
        return tuple(date_reader(pattern) for pattern in self.dates)

    @cached_property
    def absent_match(self) -> re.Pattern[str] | None:
        """The pattern of absent texts, compiled."""
        return None if self.absent_pattern is None else re.compile(self.absent_pattern)


def _steps(target: str) -> tuple[Step, ...]:
    name, _, _ = target.partition(".")
    steps: list[Step] = [name]
    for match in _STEP.finditer(target, len(name)):
        steps.append(match[1])
        if match[2] is not None:
            steps.append(int(match[2]))
    return tuple(steps)


class Profile(_ProfilePart):
    """How the files of one partner are read.

    Parameters
    ----------
    name, version, title : str, int, str
        Which profile this is.
    encoding : str
        Of the file; a byte order mark is skipped.
    delimiter, quote : str
        One character each.
    sheet : str, optional
        The sheet of a workbook; without it, the only one that is not empty.
    header_line : int
        The line, in a workbook the row, on which the columns have their names; what stands above
        is not read.
    decimal, grouping : str
        The decimal mark of numbers, and what sets groups of three digits apart, if anything does.
    key : tuple of str
        Columns that together identify a row for ever: an import that is repeated or resumed
        knows by it what it has already brought in.
    absent : tuple of str
        Texts that mean in every column that there is no value.
    despatch_when, receipt_when : str, optional
        The column without whose value a row has no despatch advice, no receipt advice. Without
        it, rows never have one.
    field : tuple of Rule
        The rules.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
    version: Annotated[int, Field(ge=1)]
    title: str
    encoding: str = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    quote: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    sheet: str | None = None
    header_line: Annotated[int, Field(ge=1, le=1000)] = 1
    decimal: Literal[".", ","] = "."
    grouping: Literal["", ".", ",", " ", "'", "\u00a0", "\u202f"] = ""
    key: OneOrMore
    absent: Texts = ("",)
    despatch_when: str | None = None
    receipt_when: str | None = None
    field: Annotated[tuple[Rule, ...], Field(strict=False, min_length=1)]

    @field_validator("encoding")
    @classmethod
    def _keeps_ascii(cls, encoding: str) -> str:
        try:
            is_plain = "\n,x".encode(encoding) == b"\n,x" and b"\n".decode(encoding) == "\n"
        except (LookupError, UnicodeError):
            is_plain = False
        if not is_plain:
            raise ValueError("the encoding must be known, and contain ASCII as it is")
        return encoding

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.decimal == self.grouping:
            raise ValueError("decimal and grouping are two marks")
        return self

    @cached_property
    def _is_number(self) -> re.Pattern[str]:
        mark, group = re.escape(self.decimal), re.escape(self.grouping)
        whole = rf"\d+|\d{{1,3}}(?:{group}\d{{3}})+" if group else r"\d+"
        return re.compile(rf"[+-]?(?:(?:{whole})(?:{mark}\d*)?|{mark}\d+)", re.ASCII)

    def number(self, text: str) -> str:
        """Spell a number of the file plainly: without groups, with a point.

        Raises
        ------
        ValueError
            If it is none in the marks of this profile.
        """
        if not self._is_number.fullmatch(text):
            raise ValueError(text)
        return text.replace(self.grouping, "").replace(self.decimal, ".")

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column the file must have."""
        whens = (each for each in (self.despatch_when, self.receipt_when) if each is not None)
        sources = (column for rule in self.field for column in rule.sources)
        return tuple(dict.fromkeys((*self.key, *whens, *sources)))


def read_profile(content: bytes) -> Profile:
    """Read a profile.

    Raises
    ------
    InvalidProfile
        With everything wrong and where it stands.
    """
    try:
        text = content.decode("utf-8")
        fields = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        location = Location(int(place[1]), int(place[2])) if place else Location(1, 1)
        finding = Finding("A profile is TOML in UTF-8.", location, str(error), "Correct the file.")
        raise InvalidProfile([finding]) from None
    try:
        return Profile.model_validate(fields)
    except ValidationError as error:
        raise InvalidProfile(_profile_findings(error, text)) from None


def find_profile(name: str) -> Profile:
    """Read a profile by the path of its file, or by the name of one that is shipped.

    Raises
    ------
    InvalidProfile
        If there is no such file, or it breaks the rules of profiles.
    """
    path = Path(name)
    if re.fullmatch(r"[a-z][a-z0-9_-]*", name) and not path.is_file():
        path = SHIPPED / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in SHIPPED.glob("*.toml"))) or "none"
        finding = Finding(
            "A profile is the path of a TOML file, or the name of a shipped one.",
            Location(1, 1),
            shortened(name),
            f"Shipped profiles: {known}.",
        )
        raise InvalidProfile([finding])
    return read_profile(path.read_bytes())


def _profile_findings(error: ValidationError, text: str) -> list[Finding]:
    heads = [
        text.count("\n", 0, match.start()) + 1
        for match in re.finditer(r"^\[\[field\]\]", text, re.MULTILINE)
    ]
    findings = []
    for each in error.errors(include_url=False, include_context=False):
        place = each["loc"]
        in_rule = len(place) > 1 and place[0] == "field" and isinstance(place[1], int)
        line = heads[int(place[1])] if in_rule and int(place[1]) < len(heads) else 1
        path = ".".join(str(step) for step in place)
        rule = each["msg"].removeprefix("Value error, ")
        found = each.get("input")
        findings.append(
            Finding(
                f"{rule[:1].upper()}{rule[1:]}.",
                Location(line, 1, path),
                shortened(found) if isinstance(found, str) else "",
                "Correct the profile.",
            )
        )
    return findings
