r"""Scalars of documents: every value is text, an integer or a boolean, in one exact spelling.

Decimals
    Text in minimal form: no exponent, no plus sign, no leading zeros, no trailing zeros after the
    point, zero is ``0``. ``12.50`` and ``0012.5`` are both spelled ``12.5``, so that equal numbers
    have equal commitments; how many digits to print is the business of whoever prints. Models
    accept ``Decimal``, ``int`` and any plain decimal text and normalise it; they refuse floats.
    What arrives sealed has been normalised by its sender, and any other spelling is refused.
Dates and times
    ``YYYY-MM-DD``, and ``HH:MM:SS[.fraction]`` followed by ``Z`` or ``±HH:MM``. A time without a
    zone is not a time here: leave it out, or carry it in ``extras``.
Text
    Unicode as sent (no normalisation), without U+0000, at most ``TEXT_CHARS_MAX`` characters.

Patterns say ``[0-9]`` because ``\d`` means every digit of Unicode to the engine that runs them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import Field, GetPydanticSchema, StringConstraints, ValidationInfo
from pydantic_core import core_schema

TEXT_CHARS_MAX: Final = 16_384
DECIMAL_CHARS_MAX: Final = 40
INTEGER_MAX: Final = 2**53 - 1

CANONICAL: Final = {"spelling": "canonical"}
"""Validation context under which a decimal in any but the canonical spelling is refused."""

_MAGNITUDE = r"0\.[0-9]*[1-9]|[1-9][0-9]*(\.[0-9]*[1-9])?"
_DECIMAL = rf"^(0|-?({_MAGNITUDE}))$"
_DECIMAL_NOT_NEGATIVE = rf"^(0|{_MAGNITUDE})$"
_LEAP_YEAR = r"([1-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)"
_DAY = (
    r"([1-9][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    r"|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    rf"|{_LEAP_YEAR}-02-29)"
)
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_ZONE = r"(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
_DATE = rf"^{_DAY}$"
_TIME = rf"^{_CLOCK}(\.[0-9]{{1,9}})?{_ZONE}$"
_TIMESTAMP = rf"^{_DAY}T{_CLOCK}{_ZONE}$"
_TEXT = r"^[^\x00]+$"
_CODE = r"^[^\s\x00]{1,64}$"
_UNIT = r"^[A-Z0-9]{1,3}$"
_CURRENCY = r"^[A-Z]{3}$"
_COUNTRY = r"^[A-Z]{2}$"
_DIGEST = r"^0x[0-9a-f]{64}$"
_MIME = r"^[a-z]+/[a-z0-9][a-z0-9.+-]{0,126}$"
# Neither a path nor hidden, without control characters and those that turn the reading direction,
# which make `exe.pdf` of `fdp.exe`.
_NOT_IN_NAME = r"/\\\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069"
_FILE_NAME = rf"^[^.{_NOT_IN_NAME}][^{_NOT_IN_NAME}]{{0,254}}$"

PATTERN_SENTENCES: Final = {
    _DECIMAL: "must be an exact decimal such as 12.5, as text of at most 40 characters",
    _DECIMAL_NOT_NEGATIVE: "must be an exact decimal such as 12.5, zero or more, as text of at "
    "most 40 characters",
    _DATE: "must be a day of the calendar, written YYYY-MM-DD",
    _TIME: "must be a time with its zone, such as 12:30:00Z or 12:30:00+02:00",
    _TIMESTAMP: "must be a moment with its zone, such as 2026-03-01T12:30:00Z",
    _TEXT: "must not contain the character U+0000",
    _CODE: "must be a code of 1 to 64 characters without spaces",
    _UNIT: "must be a unit code of UN/ECE Recommendation 20, such as C62 or KGM",
    _CURRENCY: "must be a currency code of ISO 4217, such as EUR",
    _COUNTRY: "must be a country code of ISO 3166-1, such as NO",
    _DIGEST: "must be 0x and 64 lower-case hexadecimal digits",
    _MIME: "must be a media type in lower case without parameters, such as application/pdf",
    _FILE_NAME: "must be a plain file name of at most 255 characters, without path or leading dot",
}
"""What a person is told when a pattern does not match."""

_PLAIN_DECIMAL: Final = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*?)0*)?")


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
        If `value` is a float, a boolean, not a finite plain decimal, or longer than
        ``DECIMAL_CHARS_MAX`` characters in canonical form.
    """
    if isinstance(value, str):
        text = value
    elif isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 100:
        text = format(value, "f")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**100:
        text = str(value)
    else:
        raise ValueError("must be an exact decimal such as 12.5")
    match = _PLAIN_DECIMAL.fullmatch(text) if len(text) <= 512 else None
    if match is None or not any("0" <= character <= "9" for character in text):
        raise ValueError("must be a plain decimal number such as 12.5")
    sign, whole, fraction = match[1], match[2] or "0", match[3] or ""
    minimal = f"{whole}.{fraction}" if fraction else whole
    if sign == "-" and minimal != "0":
        minimal = f"-{minimal}"
    if len(minimal) > DECIMAL_CHARS_MAX:
        raise ValueError(f"must have at most {DECIMAL_CHARS_MAX} characters")
    return minimal


def _decimal(pattern: str) -> Any:
    """Take canonical spellings in compiled code, and only others through `_normalised`."""
    return GetPydanticSchema(
        lambda _source, _handler: core_schema.union_schema(
            [
                core_schema.str_schema(pattern=pattern, max_length=DECIMAL_CHARS_MAX, strict=True),
                core_schema.with_info_before_validator_function(
                    _normalised, core_schema.str_schema(pattern=pattern)
                ),
            ],
            mode="left_to_right",
            custom_error_type="decimal",
            custom_error_message=PATTERN_SENTENCES[pattern],
        ),
        lambda _schema, _handler: {
            "type": "string",
            "pattern": pattern,
            "maxLength": DECIMAL_CHARS_MAX,
        },
    )


def _normalised(value: Any, info: ValidationInfo) -> str:
    text = exact(value)
    if info.context is CANONICAL and text != value:
        raise ValueError("must be in canonical form")
    return text


DecimalText = Annotated[str, _decimal(_DECIMAL)]
"""An exact decimal of either sign."""

NonNegativeDecimalText = Annotated[str, _decimal(_DECIMAL_NOT_NEGATIVE)]
"""An exact decimal that is zero or more."""

Date = Annotated[str, StringConstraints(pattern=_DATE)]
"""A calendar date, ``YYYY-MM-DD``."""

Time = Annotated[str, StringConstraints(pattern=_TIME)]
"""A time of day with its zone, ``12:30:00Z`` or ``12:30:00+02:00``."""

Timestamp = Annotated[str, StringConstraints(pattern=_TIMESTAMP)]
"""A moment with its zone, ``2026-03-01T12:30:00Z``."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_CHARS_MAX, pattern=_TEXT)]
"""Free text, never empty: what is absent is left out."""

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=_TEXT)]
"""A number or name somebody gave to something."""

Code = Annotated[str, StringConstraints(pattern=_CODE)]
"""An entry of a code list."""

UnitCode = Annotated[str, StringConstraints(pattern=_UNIT)]
"""A unit of measure of UN/ECE Recommendation 20 (or 21 with leading X), for example C62, KGM."""

CurrencyId = Annotated[str, StringConstraints(pattern=_CURRENCY)]
"""A currency of ISO 4217."""

CountryCode = Annotated[str, StringConstraints(pattern=_COUNTRY)]
"""A country of ISO 3166-1 alpha-2."""

Digest = Annotated[str, StringConstraints(pattern=_DIGEST)]
"""A 32-byte digest in lower-case hexadecimal with 0x."""

MimeCode = Annotated[str, StringConstraints(pattern=_MIME)]
"""A media type of IANA, ``image/jpeg``."""

FileName = Annotated[str, StringConstraints(pattern=_FILE_NAME)]
"""The name of a file, without any path."""

Count = Annotated[int, Field(ge=0, le=INTEGER_MAX)]
"""An integer that every JSON reader holds exactly."""
