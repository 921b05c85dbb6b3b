"""How the text of UBL elements and attributes becomes a scalar of a document, and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, get_args

from ledger.document.credit_note import CreditNoteTypeCode
from ledger.document.invoice import InvoiceTypeCode
from ledger.document.scalar import TEXT_CHARS_MAX, exact

_BLANK: Final = " \t\r\n"
_XSD_DATE: Final = re.compile(r"([1-9]\d{3}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?", re.ASCII)
_XSD_TIME: Final = re.compile(
    r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(?P<zone>Z|[+-](0\d|1[0-4]):[0-5]\d)?", re.ASCII
)
_is_code = re.compile(r"[^\s\x00]{1,64}").fullmatch
_is_country = re.compile(r"[A-Z]{2}").fullmatch
_is_currency = re.compile(r"[A-Z]{3}").fullmatch
_is_unit = re.compile(r"[A-Z0-9]{1,3}").fullmatch
_KNOWN_STATUSES: Final = frozenset({"1", "3", "5", "7", "42"})
_STATUSES: Final = {
    "2": "7",
    "4": "5",
    "6": "3",
    "Added": "1",
    "Cancelled": "7",
    "Disputed": "7",
    "NoStatus": "5",
    "Revised": "3",
}
"""Other codes of UNCL1229 and those of UBL 2.0, as the ones that documents hold."""
_CHANGES: Final = {"7": "2", "5": "4"}
"""How a change of an order spells removed and unchanged lines."""
_TAX_CATEGORIES: Final = {"StandardRated": "S", "ZeroRated": "Z", "ReverseCharge": "AE"}
"""Categories of OIOUBL as those of UNCL5305."""
_INVOICES: Final = dict.fromkeys(
    (
        *("71", "80", "82", "84", "102", "218", "219", "331", "382", "388", "393", "395", "553"),
        *("575", "623", "780", "817", "870", "875", "876", "877", "SalesInvoice"),
    ),
    "380",
)
"""Further types of invoices (EN 16931, BR-CL-01), and that of UBL 2.0."""
_CREDITS: Final = {"396": "381", "532": "381"}
"""Further types of credit notes."""
_plain_number = re.compile(r"(?:0|[1-9][0-9]{0,17})(?:\.([0-9]{1,18}))?").fullmatch
_is_count = re.compile(r"[0-9]{1,15}").fullmatch
_INDICATORS: Final = {"true": True, "1": True, "false": False, "0": False}
_MINOR_DIGITS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


class Unheld(Exception):
    """Well-formed, but no field of the document can hold it: it rides along as an extra."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to read and write a scalar.

    Parameters
    ----------
    read : callable
        Text to value. Raises `ValueError` when the text breaks the rule, `Unheld` when the text
        is fine in UBL and the document has no place for it.
    rule, what_to_do : str
        What a finding says about text that breaks the rule.
    write : callable, optional
        Value, and currency or unit, to text. Without it the value is the text.
    """

    read: Callable[[str], Any]
    rule: str
    what_to_do: str
    write: Callable[[Any, str | None], str] | None = None


def _text(text: str) -> str:
    if not text or len(text) > TEXT_CHARS_MAX:
        raise Unheld
    return text


def _identifier(text: str) -> str:
    if not text or len(text) > 256:
        raise Unheld
    return text


def _code(text: str) -> str:
    if not _is_code(text):
        raise Unheld
    return text


def _country(text: str) -> str:
    if not _is_country(text):
        raise Unheld
    return text


@lru_cache(maxsize=256)
def _currency(text: str) -> str:
    text = text.strip(_BLANK)
    if not _is_currency(text):
        raise ValueError
    return text


@lru_cache(maxsize=1024)
def _unit(text: str) -> str:
    text = text.strip(_BLANK)
    if not _is_unit(text):
        raise ValueError
    return text


def _date(text: str) -> str:
    match = _XSD_DATE.fullmatch(text.strip(_BLANK))
    if match is None:
        raise ValueError
    date.fromisoformat(match[1])
    return match[1]


def _time(text: str) -> str:
    match = _XSD_TIME.fullmatch(text.strip(_BLANK))
    if match is None:
        raise ValueError
    if match["zone"] is None:
        raise Unheld
    return match[0]


def _decimal(text: str) -> str:
    number = _plain_number(text)
    if number is not None:
        fraction = number[1]
        is_minimal = fraction is None or fraction[-1] != "0"
        return text if is_minimal else text.rstrip("0").rstrip(".")
    return exact(text.strip(_BLANK))


def _unsigned(text: str) -> str:
    value = _decimal(text)
    if value[0] == "-":
        raise ValueError
    return value


def _line_status(text: str) -> str:
    code = text.strip(_BLANK)
    status = _STATUSES.get(code, code)
    if status not in _KNOWN_STATUSES:
        raise ValueError
    return status


def _one_of(text: str, codes: tuple[str, ...]) -> str:
    if text not in codes:
        raise ValueError
    return text


def _count(text: str) -> int:
    digits = text.strip(_BLANK)
    if not _is_count(digits):
        raise Unheld
    return int(digits)


def _indicator(text: str) -> bool:
    value = _INDICATORS.get(text.strip(_BLANK))
    if value is None:
        raise ValueError
    return value


def minor_digits(currency: str | None) -> int:
    """Count the digits that amounts of a currency are printed with.

    Notes
    -----
    Source: ISO 4217, list one, minor unit.
    """
    return _MINOR_DIGITS.get(currency or "", 2)


def padded(value: str, currency: str | None) -> str:
    """Write an amount with the digits of its currency."""
    digits = minor_digits(currency)
    whole, _, fraction = value.partition(".")
    return value if len(fraction) >= digits else f"{whole}.{fraction:0<{digits}}"


def same(value: str, _unit: str | None) -> str:
    """Write a value as it is kept."""
    return value


def _truth(value: bool, _unit: str | None) -> str:
    return "true" if value else "false"


_NUMBER_ADVICE: Final = "Write a plain number such as 12.50, without exponent or separators."

TEXT: Final = Kind(_text, "This element holds text.", "Write the text, or leave the element out.")
IDENTIFIER: Final = Kind(
    _identifier,
    "An identifier has 1 to 256 characters.",
    "Write the identifier, or leave the element out.",
)
CODE: Final = Kind(_code, "A code has no blanks.", "Write a code of the code list.")
COUNTRY: Final = Kind(_country, "A country is a code of ISO 3166-1.", "Write two capital letters.")
CURRENCY: Final = Kind(
    _currency,
    "A currency is a code of ISO 4217.",
    "Write three capital letters such as EUR.",
    same,
)
UNIT: Final = Kind(
    _unit,
    "A unit is a code of UN/ECE Recommendation 20 or 21.",
    "Write the unit code, for example C62 for one piece or KGM for kilograms.",
    same,
)
DATE: Final = Kind(_date, "A date is a day of the calendar.", "Write the date as YYYY-MM-DD.", same)
TIME: Final = Kind(
    _time, "A time is a time of day.", "Write the time as HH:MM:SS with its zone.", same
)
DECIMAL: Final = Kind(
    _decimal, "A number is an exact decimal of at most 40 characters.", _NUMBER_ADVICE, same
)
UNSIGNED: Final = Kind(
    _unsigned,
    "A quantity is an exact decimal, zero or more, of at most 40 characters.",
    _NUMBER_ADVICE,
    same,
)
AMOUNT: Final = Kind(
    _decimal, "An amount is an exact decimal of at most 40 characters.", _NUMBER_ADVICE, padded
)
LINE_STATUS: Final = Kind(
    _line_status,
    "A line status is a code of UNCL1229 or of UBL, such as 3 or Revised.",
    "Write 1 for added, 3 for changed, 5 for accepted, 7 for not accepted.",
    same,
)
LINE_CHANGE: Final = Kind(
    _line_status,
    "A line status is a code of UNCL1229 or of UBL, such as 3 or Revised.",
    "Write 1 for added, 2 for removed, 3 for changed, 4 for unchanged.",
    lambda value, _unit: _CHANGES.get(value, value),
)
TAX_CATEGORY_ID: Final = Kind(
    lambda text: _TAX_CATEGORIES.get(text) or _code(text),
    "A tax category is a code of UNCL5305.",
    "Write S for the standard rate, Z for zero, E for exempt.",
    same,
)
INVOICE_TYPE: Final = Kind(
    lambda text: _INVOICES.get(text) or _one_of(text, get_args(InvoiceTypeCode)),
    "The type of an invoice is a code of UNCL1001.",
    "Write 380, or 384 for a corrected one.",
    same,
)
CREDIT_TYPE: Final = Kind(
    lambda text: _CREDITS.get(text) or _one_of(text, get_args(CreditNoteTypeCode)),
    "The type of a credit note is a code of UNCL1001.",
    "Write 381.",
    same,
)
COUNT: Final = Kind(
    _count,
    "A count is a whole number, zero or more.",
    "Write digits only.",
    lambda value, _unit: str(value),
)
INDICATOR: Final = Kind(
    _indicator, "An indicator is true or false.", "Write true or false.", _truth
)
