"""Taxes of X12, on the whole, on lines and on charges, in and out.

Source: ASC X12 segment TXI; data element 963 (tax type).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from gateway.connectors.edi import bill
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.x12 import price
from ledger.document.money import AllowanceCharge, TaxCategory, total
from ledger.document.scalar import exact
from ledger.document.tax import TaxSubtotal

Tax = tuple[dict[str, Any], str]
"""A category of goods, and the tax on them."""

_SCHEMES: Final = {"VA": "VAT", "GS": "GST", "ST": "STT"}
_ANY: Final = "TX"


def read(reading: Reading, tree: Group) -> list[Tax]:
    """Read the taxes on the whole: one for each rate that lines name, or else one of all."""
    found = [each for each in tree.all("TXI") if each[2]]
    read = [(reading.decimal(txi, 3), reading.decimal(txi, 2), txi) for txi in found]
    is_free = not tree.need("TDS")[1].strip("0")
    if not any(amount != "0" or rate == "0" or is_free for rate, amount, _ in read):
        return []
    for rate, _, txi in read:
        if rate is None:
            reading.missing(txi, 3, "A tax has its rate in percent.")
    rates = [(rate or "0", amount or "0") for rate, amount, _ in read]
    if any(txi[3] for group in tree.groups("IT1") for txi in group.all("TXI")):
        schemes = [_SCHEMES.get(reading.code(txi, 1)) for _, _, txi in read]
        return _by_rate(rates, schemes)
    whole = exact(total(Decimal(rate) for rate, _ in rates))
    scheme = _SCHEMES.get(reading.code(found[0], 1)) if len(found) == 1 else None
    amount = exact(total(Decimal(each) for _, each in rates))
    return [(bill.category(whole, scheme=scheme), amount)]


def _by_rate(rates: list[tuple[str, str]], schemes: list[str | None]) -> list[Tax]:
    """Put taxes of one rate together, as of two states or of two reasons."""
    found: dict[str, tuple[list[str], set[str | None]]] = {}
    for (rate, amount), scheme in zip(rates, schemes, strict=True):
        amounts, names = found.setdefault(rate, ([], set()))
        amounts.append(amount)
        names.add(scheme)
    return [
        (
            bill.category(rate, scheme=next(iter(names)) if len(names) == 1 else None),
            exact(total(map(Decimal, amounts))),
        )
        for rate, (amounts, names) in found.items()
    ]


def category(reading: Reading, group: Group, taxes: list[Tax]) -> dict[str, Any] | None:
    """Find the tax of a line or a charge: that of its own rate, or the one there is."""
    rates = [reading.decimal(txi, 3) for txi in group.all("TXI") if txi[3]]
    if len(rates) == 1:
        return next((each for each, _ in taxes if each["percent"] == rates[0]), None)
    return taxes[0][0] if len(taxes) == 1 else None


def charges(reading: Reading, tree: Group, currency: str, taxes: list[Tax]) -> list[dict[str, Any]]:
    """Read what is added to the whole or taken off it, each with its tax."""
    found = []
    for group in tree.groups("SAC"):
        charge, taxed = (
            price.allowance(group.head, currency or None),
            category(reading, group, taxes),
        )
        if charge is not None:
            found.append(charge | ({"tax_category": taxed} if taxed else {}))
    return found


def write(writing: Writing, taxes: Iterable[TaxSubtotal]) -> None:
    """Write the taxes on the whole."""
    schemes = {scheme: own for own, scheme in _SCHEMES.items()}
    for each in taxes:
        scheme = schemes.get(each.tax_category.tax_scheme or "", _ANY)
        writing.add("TXI", scheme, each.tax_amount.value, each.tax_category.percent or "0")


def write_rate(writing: Writing, found: TaxCategory) -> None:
    """Write the rate of a line or a charge."""
    writing.add("TXI", _ANY, None, found.percent or "0")


def write_charges(writing: Writing, charges: Sequence[AllowanceCharge], has_own_rate: bool) -> None:
    """Write what is added to the whole or taken off it, each with its rate where it has its own."""
    for each in charges:
        written = price.write_allowances(writing, [each])
        if written and has_own_rate and each.tax_category is not None:
            write_rate(writing, each.tax_category)
