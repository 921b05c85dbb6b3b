"""Keys of GS1 inside EPC URIs and Digital Links: trade items, logistic units, places, parties.

Notes
-----
Source: GS1 EPC Tag Data Standard 2.0, section 6 and 7; GS1 Digital Link 1.2; check digits by GS1
General Specifications 7.9.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

LINK: Final = "https://id.gs1.org"

_EPC: Final = re.compile(
    r"urn:epc:(?:id|idpat|class):(sgtin|lgtin|sscc|sgln|pgln):([0-9]{6,12})\.([0-9]*)(?:\.(.+))?"
)
_DIGITAL: Final = re.compile(
    r"https?://[^/?#]+(?:/[^/?#]+)*?/(01|00|414|417)/([0-9]{8,18})(/[^?#]*)?"
)
_QUALIFIER: Final = re.compile(r"/(10|21)/([^/]+)")
_LENGTHS: Final = {"sgtin": 13, "lgtin": 13, "sscc": 17, "sgln": 12, "pgln": 12}
_KEYS: Final = {"01": 14, "00": 18, "414": 13, "417": 13}


@dataclass(frozen=True, slots=True)
class Key:
    """What a URI names, as far as GS1 says so.

    Parameters
    ----------
    gtin, lot, serial : str
        A trade item (14 digits), its lot, its serial number; empty where there is none.
    sscc : str
        A logistic unit, 18 digits.
    gln : str
        A place or a party, 13 digits.
    """

    gtin: str = ""
    lot: str = ""
    serial: str = ""
    sscc: str = ""
    gln: str = ""


def read_key(uri: str) -> Key:
    """Read the key in a URI; an empty one when it is of no kind that is known here."""
    match = _EPC.fullmatch(uri)
    if match is not None:
        return _of_epc(match[1], match[2], match[3], unquote(match[4] or ""))
    match = _DIGITAL.fullmatch(uri)
    if match is None or not _is_checked(match[2]):
        return Key()
    kind, digits = match[1], match[2].zfill(_KEYS[match[1]])
    if len(digits) != _KEYS[kind]:
        return Key()
    if kind == "00":
        return Key(sscc=digits)
    if kind != "01":
        return Key(gln=digits)
    found = {ai: unquote(text) for ai, text in _QUALIFIER.findall(match[3] or "")}
    return Key(gtin=digits, lot=found.get("10", ""), serial=found.get("21", ""))


def item_uri(gtin: str, lot: str = "", serial: str = "") -> str:
    """Name a trade item, its lot or one piece of it, as a Digital Link."""
    parts = [LINK, "01", gtin.zfill(14)]
    parts += ["10", quote(lot, safe="")] if lot else []
    parts += ["21", quote(serial, safe="")] if serial else []
    return "/".join(parts)


def unit_uri(sscc: str) -> str:
    """Name a logistic unit."""
    return f"{LINK}/00/{sscc}"


def place_uri(gln: str) -> str:
    """Name a place."""
    return f"{LINK}/414/{gln}"


def party_uri(gln: str) -> str:
    """Name a party."""
    return f"{LINK}/417/{gln}"


def is_gtin(text: str) -> bool:
    """Tell whether a text is a GTIN of 8, 12, 13 or 14 digits with its check digit."""
    return text.isascii() and text.isdigit() and len(text) in (8, 12, 13, 14) and _is_checked(text)


def is_gln(text: str) -> bool:
    """Tell whether a text is a GLN with its check digit."""
    return text.isascii() and text.isdigit() and len(text) == 13 and _is_checked(text)


def _of_epc(kind: str, company: str, reference: str, rest: str) -> Key:
    if len(company) + len(reference) != _LENGTHS[kind]:
        return Key()
    if kind in ("sgln", "pgln"):
        return Key(gln=_with_check(company + reference))
    # The indicator, or extension, digit leads the reference here, and the whole key there.
    digits = _with_check(reference[:1] + company + reference[1:])
    if kind == "sscc":
        return Key(sscc=digits)
    if kind == "lgtin":
        return Key(gtin=digits, lot=rest)
    return Key(gtin=digits, serial="" if rest == "*" else rest)


def _with_check(digits: str) -> str:
    weighted = sum(int(each) * (1 if n % 2 else 3) for n, each in enumerate(reversed(digits)))
    return f"{digits}{-weighted % 10}"


def _is_checked(digits: str) -> bool:
    return _with_check(digits[:-1]) == digits
