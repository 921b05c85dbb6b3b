"""Scalars of documents: every value is text, an integer or a boolean, in one exact spelling.

Decimals
    Text in minimal form: no exponent, no plus sign, no leading zeros, no trailing zeros after the
    point, zero is ``0``. ``12.50`` and ``0012.5`` are both spelled ``12.5``, so that equal numbers
    have equal commitments; how many digits to print is the business of whoever prints. Models
    accept ``Decimal``, ``int`` and any plain decimal text and normalise it; they refuse floats.
Dates and times
    ``YYYY-MM-DD``, and ``HH:MM:SS[.fraction]`` followed by ``Z`` or ``±HH:MM``. A time without a
    zone is not a time here: leave it out, or carry it in ``extras``.
Text
    Unicode as sent (no normalisation), without U+0000, at most ``TEXT_CHARS_MAX`` characters.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic.json_schema import WithJsonSchema

TEXT_CHARS_MAX: Final = 16_384
DECIMAL_DIGITS_MAX: Final = 38

_CANONICAL_DECIMAL: Final = r"^(0|-?(0\.\d*[1-9]|[1-9]\d*(\.\d*[1-9])?))$"
_PLAIN_DECIMAL: Final = re.compile(r"([+-]?)0*(\d*)(?:\.(\d*?)0*)?", re.ASCII)
_is_canonical_decimal = re.compile(_CANONICAL_DECIMAL, re.ASCII).match
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def exact(value: Decimal | int | str) -> str:
    """Spell a number in the one canonical decimal form.

    Parameters
    ----------
    value : Decimal, int or str
        A finite number; text may have a sign, leading zeros and trailing zeros, no exponent.

    Returns
    -------
    str
        For example ``"12.5"``, ``"-0.01"``, ``"0"``.

    Raises
    ------
    ValueError
        If `value` is a float, a boolean, not a finite plain decimal, or has more than
        ``DECIMAL_DIGITS_MAX`` digits.
    """
    if isinstance(value, str):
        if len(value) <= DECIMAL_DIGITS_MAX and _is_canonical_decimal(value):
            return value
        text = value
    elif isinstance(value, Decimal) and value.is_finite() and -400 < value.adjusted() < 400:
        text = format(value, "f")
    elif isinstance(value, int) and not isinstance(value, bool):
        text = str(value) if -(10**40) < value < 10**40 else "too long"
    else:
        raise ValueError("must be an exact decimal, written as text")
    return _minimal(text)


def _minimal(text: str) -> str:
    match = _PLAIN_DECIMAL.fullmatch(text) if len(text) <= 512 else None
    if match is None or not any(character.isdigit() for character in text):
        raise ValueError("must be a plain decimal number such as 12.5")
    sign, whole, fraction = match[1], match[2] or "0", match[3] or ""
    if len(whole) + len(fraction) > DECIMAL_DIGITS_MAX:
        raise ValueError(f"must have at most {DECIMAL_DIGITS_MAX} digits")
    minimal = f"{whole}.{fraction}" if fraction else whole
    return f"-{minimal}" if sign == "-" and minimal != "0" else minimal


def _not_negative(text: str) -> str:
    if text.startswith("-"):
        raise ValueError("must not be negative")
    return text


def _iso_date(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise ValueError("must be a date written YYYY-MM-DD")
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date of the calendar") from None
    return text


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a moment of the calendar") from None
    return text


DecimalText = Annotated[
    str,
    BeforeValidator(exact),
    WithJsonSchema({"type": "string", "pattern": _CANONICAL_DECIMAL, "maxLength": 40}),
]
"""An exact decimal of either sign."""

NonNegativeDecimalText = Annotated[
    str,
    AfterValidator(_not_negative),
    BeforeValidator(exact),
    WithJsonSchema(
        {"type": "string", "pattern": _CANONICAL_DECIMAL.replace("-?", ""), "maxLength": 40}
    ),
]
"""An exact decimal that is zero or more."""

Date = Annotated[
    str,
    AfterValidator(_iso_date),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A calendar date, ``YYYY-MM-DD``."""

Time = Annotated[
    str,
    StringConstraints(
        pattern=r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$"
    ),
]
"""A time of day with its zone, ``12:30:00Z`` or ``12:30:00+02:00``."""

Timestamp = Annotated[
    str,
    AfterValidator(_moment),
    StringConstraints(
        pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d"
        r"(Z|[+-](0\d|1[0-4]):[0-5]\d)$"
    ),
]
"""A moment with its zone, ``2026-03-01T12:30:00Z``."""

Text = Annotated[
    str, StringConstraints(min_length=1, max_length=TEXT_CHARS_MAX, pattern=r"^[^\x00]+$")
]
"""Free text, never empty: what is absent is left out."""

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00]+$")]
"""A number or name somebody gave to something."""

Code = Annotated[str, StringConstraints(pattern=r"^[^\s\x00]{1,64}$")]
"""An entry of a code list."""

UnitCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")]
"""A unit of measure of UN/ECE Recommendation 20 (or 21 with leading X), for example C62, KGM."""

CurrencyId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""A currency of ISO 4217."""

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""A country of ISO 3166-1 alpha-2."""

Digest = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
"""A 32-byte digest in lower-case hexadecimal with 0x."""

Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""An integer that every JSON reader holds exactly."""
