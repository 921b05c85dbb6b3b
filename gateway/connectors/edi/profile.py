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
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from gateway.connectors.message import Finding, InvalidProfile, Location

_DELIMITERS: Final = ("element", "component", "terminator", "repetition", "release", "decimal")
_PATTERNS: Final = {
    "currency": r"[A-Z]{3}",
    "zone": r"Z|[+-](0\d|1[0-4]):[0-5]\d",
    "release": r"[\w:.-]{1,40}",
}


@dataclass(frozen=True)
class PartnerProfile:
    """How one partner writes and wants its messages; all of it may be left out."""

    name: str = ""
    version: str = ""
    currency: str = ""
    zone: str = ""
    charset: str = ""
    release: str = ""
    required: tuple[str, ...] = ()
    delimiters: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def code(self, tag: str, element: int, found: str) -> str:
        """Translate a code of the partner's own into one of the standard."""
        return self.codes.get(tag, {}).get(str(element), {}).get(found, found)


PLAIN: Final = PartnerProfile()
"""A partner that follows the standard."""


def read_profile(path: Path) -> PartnerProfile:
    """Read a profile.

    Raises
    ------
    InvalidProfile
        If it is not TOML, or breaks a rule of the format.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidProfile([_finding("", f"A profile is TOML: {error}.")]) from None
    findings = [_finding(key, rule) for key, rule in _broken(table)]
    if findings:
        raise InvalidProfile(findings)
    return PartnerProfile(**{**table, "required": tuple(table.get("required", ()))})


def _broken(table: dict[str, Any]) -> list[tuple[str, str]]:
    known = {each.name for each in fields(PartnerProfile)}
    broken = [(key, "A profile has no such key.") for key in table if key not in known]
    broken += [
        (key, "A profile has a name and a version.")
        for key in ("name", "version")
        if not isinstance(table.get(key), str) or not table[key]
    ]
    for key, pattern in _PATTERNS.items():
        if key in table and not re.fullmatch(pattern, str(table[key]), re.ASCII):
            broken.append((key, f"{key} has the form {pattern}."))
    if "charset" in table and not _is_charset(str(table["charset"])):
        broken.append(("charset", "A charset is one that Python knows."))
    for key, mark in table.get("delimiters", {}).items():
        if key not in _DELIMITERS or not isinstance(mark, str) or len(mark) != 1:
            broken.append((f"delimiters.{key}", "A delimiter is one character."))
    for key, unit in table.get("units", {}).items():
        if not re.fullmatch(r"[A-Z0-9]{1,3}", str(unit)):
            broken.append((f"units.{key}", "A unit is a code of UN/ECE Recommendation 20 or 21."))
    return broken


def _is_charset(name: str) -> bool:
    try:
        return bool(codecs.lookup(name))
    except LookupError:
        return False


def _finding(key: str, rule: str) -> Finding:
    return Finding(rule, Location(1, 1, key), key, "Correct the profile.")
