"""Allowances, charges and taxes of EDIFACT, in and out.

Source: UNCL 5463 (allowance or charge), 5025 (amounts), 5305 (tax categories).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from gateway.connectors.edi import bill
from gateway.connectors.edi.edifact import amount, part
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from ledger.document.money import AllowanceCharge, TaxCategory

_INDICATORS: Final = {"A": False, "C": True}
_AMOUNTS: Final = ("8", "23", "204")
UNTAXED: Final = ("AE", "E", "G", "K", "O", "Z")
"""Categories (5305) that have no rate."""

_BASE: Final = "25"
_PERCENT: Final = ("3", "1", "2")
_TAX: Final = "7"
_TAX_AMOUNT: Final = "124"
_TAXED: Final = "125"

Taxes = list[tuple[dict[str, Any], str]]
"""Categories, each with the tax of the whole message."""


def charges(
    reading: Reading, group: Group, currency: str | None, taxes: Taxes
) -> list[dict[str, Any]]:
    """Read what is taken off or added, where it is an amount of a known currency."""
    found = []
    for alc in group.groups("ALC"):
        value = amount.money(reading, alc, currency, *_AMOUNTS)
        if alc.head[1] not in _INDICATORS or value is None:
            continue
        tax = alc.group("TAX", _TAX)
        own = category(reading, tax.head) if tax is not None else None
        fields = {
            "charge_indicator": _INDICATORS[alc.head[1]],
            "amount": value,
            "base_amount": amount.money(reading, alc, currency, _BASE),
            "multiplier_factor_numeric": _percent(reading, alc),
            "allowance_charge_reason_code": reading.token(alc.head, 5),
            "allowance_charge_reason": reading.text(alc.head, 5, 4),
            "tax_category": own or (taxes[0][0] if len(taxes) == 1 else None),
        }
        found.append(part.held(fields))
    return found


def _percent(reading: Reading, alc: Group) -> str | None:
    pcd = alc.group("PCD", *_PERCENT)
    return reading.decimal(pcd.head, 1, 2) if pcd is not None else None


def write_charges(writing: Writing, charges: Iterable[AllowanceCharge]) -> None:
    """Write what is taken off or added."""
    for each in charges:
        code, text = each.allowance_charge_reason_code, each.allowance_charge_reason
        indicator = "C" if each.charge_indicator else "A"
        writing.add("ALC", indicator, None, None, None, (code, None, None, text))
        if each.multiplier_factor_numeric is not None:
            writing.add("PCD", (_PERCENT[0], each.multiplier_factor_numeric))
        writing.add("MOA", (_AMOUNTS[1 if each.charge_indicator else 2], each.amount.value))
        if each.base_amount is not None:
            writing.add("MOA", (_BASE, each.base_amount.value))
        write_tax(writing, each.tax_category)


def category(reading: Reading, tax: Segment) -> dict[str, Any] | None:
    """Read how something is taxed; what is not needs no rate."""
    code = reading.token(tax, 6)
    percent = reading.decimal(tax, 5, 4) or ("0" if code in UNTAXED else None)
    return bill.category(percent, code, reading.token(tax, 2)) if percent is not None else None


def line_category(reading: Reading, group: Group, taxes: Taxes) -> dict[str, Any] | None:
    """Find the tax of a line: its own, or the one there is; none when the message has none."""
    if not taxes:
        return None
    tax = group.group("TAX", _TAX)
    own = category(reading, tax.head) if tax is not None else None
    return own or (taxes[0][0] if len(taxes) == 1 else None)


def taxes(reading: Reading, currency: str) -> Taxes:
    """Read the taxes of the whole message."""
    found: Taxes = []
    for group in reading.tree.groups("TAX"):
        value = amount.money(reading, group, currency, _TAX_AMOUNT)
        if group.head[1] != _TAX or value is None:
            continue
        own = category(reading, group.head)
        if own is None:
            reading.missing(group.head, 5, "A tax has its rate in percent.")
        else:
            found.append((own, value["value"]))
    return found


def write_tax(writing: Writing, category: TaxCategory | None) -> None:
    """Write how something is taxed."""
    if category is not None:
        percent = (None, None, None, category.percent or "0")
        scheme = category.tax_scheme
        writing.add("TAX", _TAX, scheme, None, None, percent, category.id)


def write_taxed(writing: Writing, tax: str, base: str) -> None:
    """Write the tax of the whole, and what it is on."""
    writing.add("MOA", (_TAX_AMOUNT, tax))
    writing.add("MOA", (_TAXED, base))
