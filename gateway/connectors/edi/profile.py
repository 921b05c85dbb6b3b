"""Partner profiles: what one partner does its own way, declared rather than programmed.

A TOML file::

    name = "acme"
    version = "2026-11-01"
    currency = "USD"              # of prices, where messages name none
    zone = "-05:00"               # of times, where messages name none
    charset = "latin-1"           # of what is read, where the envelope does not say; and written
    release = "005010"            # what is written
    required = ["N1", "CTT"]      # segments that are refused without, beyond the standard

    [delimiters]                  # of what is written
    element = "|"

    [units]                       # own codes to those of UN/ECE
    PLT = "XPX"

    [codes.N1.1]                  # own codes to those of the standard: segment, element
    VEND = "SE"
"""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from gateway.connectors.message import Finding, InvalidProfile, Location


def _known(charset: str) -> str:
    try:
        codecs.lookup(charset)
    except LookupError:
        raise ValueError("must be a character set that Python knows") from None
    return charset


Mark = Annotated[str, StringConstraints(min_length=1, max_length=1)]
Unit = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")]
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
    required: tuple[str, ...] = ()
    delimiters: Mapping[Delimiter, Mark] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def code(self, tag: str, element: int, found: str) -> str:
        """Translate a code of the partner's own into one of the standard."""
        return self.codes.get(tag, {}).get(str(element), {}).get(found, found)


PLAIN: Final = PartnerProfile()
"""A partner that follows the standard."""

_ADAPTER: Final = TypeAdapter(PartnerProfile)


def read_profile(path: Path) -> PartnerProfile:
    """Read a profile.

    Raises
    ------
    InvalidProfile
        If it is not TOML, or with every key that breaks a rule of the format.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidProfile([_finding("", f"A profile is TOML: {error}.")]) from None
    if isinstance(table.get("required"), list):
        table["required"] = tuple(table["required"])
    missing = [key for key in ("name", "version") if not table.get(key)]
    findings = [_finding(key, "A profile has a name and a version.") for key in missing]
    try:
        profile = _ADAPTER.validate_python(table)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False, include_input=False):
            key = ".".join(str(step) for step in each["loc"] if step != "[key]")
            findings.append(_finding(key, f"{each['msg'].removeprefix('Value error, ')}."))
    if findings:
        raise InvalidProfile(findings)
    return profile


def _finding(key: str, rule: str) -> Finding:
    return Finding(rule, Location(1, 1, key), key, "Correct the profile.")
