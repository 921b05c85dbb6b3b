"""Between amounts as documents say them and minor units as everything below counts them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from ledger.document.money import Amount
from ledger.document.scalar import exact

_DIGITS: Final = 2
_DIGITS_OF: Final = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"), 0
    ),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Digits of the minor unit where they are not two. Source: ISO 4217, table A.1."""


def minor_digits(currency: str) -> int:
    """Say how many digits the minor unit of a currency has."""
    return _DIGITS_OF.get(currency, _DIGITS)


def minor_of(amount: Amount) -> int:
    """Count an amount in minor units.

    Raises
    ------
    ValueError
        If a part of a minor unit is left over.
    """
    digits = minor_digits(amount.currency_id)
    scaled = amount.number.scaleb(digits)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"must have at most {digits} decimals in {amount.currency_id}")
    return int(scaled)


def amount_of(minor: int, currency: str) -> Amount:
    """Say minor units as an amount."""
    value = Decimal(minor).scaleb(-minor_digits(currency))
    return Amount(value=exact(value), currency_id=currency)
