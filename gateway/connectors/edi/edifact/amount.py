"""Quantities, currencies, prices and amounts, in and out.

Source: UNCL 6063 (quantities), 5125 (prices), 5025 (amounts).
"""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from ledger.document.money import Price, Quantity

NO_UNIT: Final = "C62"
"""A quantity without unit counts the product itself, one by one."""


_COUNTED: Final = ("21", "47", "12", "1")


def quantity(reading: Reading, group: Group, *qualifiers: str) -> dict[str, Any] | None:
    """Read the first quantity of a qualifier, in the order of these."""
    parents = [group, *group.groups("QTY")]
    for qualifier in qualifiers:
        for parent in parents:
            qty = parent.first("QTY", qualifier)
            if qty is not None:
                return quantity_of(reading, qty)
    return None


def quantity_of(reading: Reading, qty: Segment) -> dict[str, Any] | None:
    """Read a quantity and its unit."""
    value = reading.decimal(qty, 1, 2)
    unit = reading.unit(qty, 1, 3) if qty.part(1, 3) else NO_UNIT
    return {"value": value, "unit_code": unit} if value is not None and unit else None


def write_quantity(writing: Writing, qualifier: str, quantity: Quantity | None) -> None:
    """Write a quantity and its unit."""
    if quantity is not None:
        unit = writing.unit(quantity.unit_code)
        writing.add("QTY", (qualifier, quantity.value, unit))


def currency(reading: Reading) -> str | None:
    """Read the currency of a message, or that of its sender."""
    return named_currency(reading) or reading.profile.currency or None


def named_currency(reading: Reading) -> str | None:
    """Read the currency that a message names."""
    cux = reading.tree.group("CUX")
    return reading.currency(cux.head, 1, 2) if cux is not None else None


def write_currency(writing: Writing, currency: str | None, use: str) -> None:
    """Write the currency of a message: of an order (9), or of an invoice (4)."""
    if currency:
        writing.add("CUX", ("2", currency, use))


def price(reading: Reading, group: Group, currency: str | None) -> dict[str, Any] | None:
    """Read the net price of a line, or the gross one from which nothing is taken off."""
    kinds = ("AAA", "INV") if any(group.groups("ALC")) else ("AAA", "INV", "AAB", "CAL")
    found = next((each for kind in kinds if (each := group.group("PRI", kind))), None)
    if found is None:
        return None
    pri = found.head
    cux = found.first("CUX")
    currency = (reading.currency(cux, 1, 2) if cux is not None else None) or currency
    value = reading.decimal(pri, 1, 2, is_signed=True)
    if value is None:
        return None
    if currency is None:
        advice = "Send CUX, or name the currency in the partner's profile."
        reading.warn(pri, 1, "A price has a currency.", advice)
        return None
    fields: dict[str, Any] = {"price_amount": {"value": value, "currency_id": currency}}
    base = reading.decimal(pri, 1, 5)
    if base and base != "0":
        unit = reading.unit(pri, 1, 6) or (quantity(reading, group, *_COUNTED) or {}).get(
            "unit_code", NO_UNIT
        )
        fields["base_quantity"] = {"value": base, "unit_code": unit}
    return fields


def write_price(writing: Writing, price: Price | None) -> None:
    """Write a net price."""
    if price is None:
        return
    base = price.base_quantity
    basis = (base.value, writing.unit(base.unit_code)) if base is not None else ()
    writing.add("PRI", ("AAA", price.price_amount.value, *((None, None) if base else ()), *basis))


def money(
    reading: Reading, group: Group, currency: str | None, *qualifiers: str
) -> dict[str, Any] | None:
    """Read the first amount of a qualifier, in the order of these."""
    parents = [group, *group.groups("MOA")]
    for qualifier in qualifiers:
        for parent in parents:
            moa = parent.first("MOA", qualifier)
            if moa is not None and moa.part(1, 2):
                value = reading.decimal(moa, 1, 2, is_signed=True)
                own = reading.currency(moa, 1, 3) or currency
                return {"value": value, "currency_id": own} if value and own else None
    return None
