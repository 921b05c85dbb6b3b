"""Tax of an invoice: one subtotal per category and rate, which add up to the tax charged."""

from __future__ import annotations

import re
from typing import Final, Self

from pydantic import Field, model_validator

from ledger.document.money import Amount, TaxCategory, TaxTotal, total
from ledger.document.part import Many, Part

_is_category: Final = re.compile("A[A-E]?|[B-O]|S|Z").fullmatch
"""Whether it is a code of UNCL5305."""
_UNTAXED: Final = frozenset({"AE", "E", "G", "K", "O", "Z"})
"""Reverse charge, exempt, export, intra-community, outside the scope, zero-rated."""
_NEEDS_REASON: Final = _UNTAXED - {"Z"}

TaxKey = tuple[str, str]
"""Category and rate in percent, ``0`` where there is none."""


def tax_key(category: TaxCategory) -> TaxKey:
    """Say what goods must share to stand in one subtotal."""
    return category.id, category.percent or "0"


class TaxSubtotal(Part):
    """What is taxed in one way, and the tax on it."""

    taxable_amount: Amount
    tax_amount: Amount
    tax_category: TaxCategory

    @model_validator(mode="after")
    def _category_holds(self) -> Self:
        category, rate = tax_key(self.tax_category)
        if not _is_category(category):
            raise ValueError("the tax category must be a code of UNCL5305, such as S")
        if category in _UNTAXED and rate != "0":
            raise ValueError("a tax category under which nothing is taxed has no rate")
        if category in _NEEDS_REASON and self.tax_category.tax_exemption_reason is None:
            raise ValueError("tax_exemption_reason must say why nothing is taxed")
        return self


class TaxBreakdown(TaxTotal):
    """The tax on an invoice with its subtotals (UBL TaxTotal with TaxSubtotal)."""

    tax_subtotal: Many[TaxSubtotal] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _subtotals_add_up(self) -> Self:
        keys = {tax_key(each.tax_category) for each in self.tax_subtotal}
        if len(keys) != len(self.tax_subtotal):
            raise ValueError("two subtotals have one category and rate")
        if total(each.tax_amount.number for each in self.tax_subtotal) != self.tax_amount.number:
            raise ValueError("the subtotals must add up to the tax amount")
        return self
