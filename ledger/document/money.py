"""Money, prices and quantities: exact decimals with their currency or unit."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact
from functools import reduce
from typing import Final

from ledger.document.part import Many, Part
from ledger.document.scalar import (
    Code,
    CurrencyId,
    DecimalText,
    NonNegativeDecimalText,
    Text,
    UnitCode,
)

EXACT: Final = Context(prec=400, traps=[Inexact])
"""Computes with decimals of documents without rounding: products of several have fewer digits."""

_ZERO: Final = Decimal(0)
_MINOR_DIGITS: Final = {
    currency: digits
    for digits, currencies in (
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    )
    for currency in currencies.split()
}
"""Digits after the point, of the currencies of ISO 4217 that do not have two."""


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Add numbers up exactly, however many digits they have."""
    return reduce(EXACT.add, numbers, _ZERO)


def minor_unit(currency_id: str) -> Decimal:
    """Give the smallest amount of a currency, for example 0.01.

    Notes
    -----
    Source: ISO 4217, minor units.
    """
    return Decimal(1).scaleb(-_MINOR_DIGITS.get(currency_id, 2))


class Quantity(Part):
    """How much of something: an exact number, zero or more, and its unit."""

    value: NonNegativeDecimalText
    unit_code: UnitCode

    @property
    def number(self) -> Decimal:
        """The value as a number to compute with."""
        return Decimal(self.value)


class Amount(Part):
    """How much money: an exact number of either sign and its currency."""

    value: DecimalText
    currency_id: CurrencyId

    @property
    def number(self) -> Decimal:
        """The value as a number to compute with."""
        return Decimal(self.value)


class TaxCategory(Part):
    """The tax that applies: category of UNCL5305, rate in percent, scheme such as VAT."""

    id: Code
    percent: NonNegativeDecimalText | None = None
    tax_scheme: Code | None = None
    tax_exemption_reason: Text | None = None


class AllowanceCharge(Part):
    """A deduction (`charge_indicator` false) or a charge (true)."""

    charge_indicator: bool
    amount: Amount
    base_amount: Amount | None = None
    multiplier_factor_numeric: DecimalText | None = None
    allowance_charge_reason_code: Code | None = None
    allowance_charge_reason: Text | None = None
    tax_category: TaxCategory | None = None


class Price(Part):
    """The price of `base_quantity` (one unit, when absent) of an item, net of its allowances."""

    price_amount: Amount
    base_quantity: Quantity | None = None
    price_type: Text | None = None
    allowance_charge: Many[AllowanceCharge] = ()


class TaxTotal(Part):
    """The tax on the whole document."""

    tax_amount: Amount


class MonetaryTotal(Part):
    """The sums of a document, as its sender computed them."""

    line_extension_amount: Amount
    tax_exclusive_amount: Amount | None = None
    tax_inclusive_amount: Amount | None = None
    allowance_total_amount: Amount | None = None
    charge_total_amount: Amount | None = None
    prepaid_amount: Amount | None = None
    payable_rounding_amount: Amount | None = None
    payable_amount: Amount | None = None
