"""Prices, their basis, and allowances and charges of X12, in and out.

Source: ASC X12 data elements 639 (basis of price), 1300 (allowance or charge); segment SAC, whose
amount has two decimals that are not written.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, Inexact
from typing import Any, Final

from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12.part import held
from ledger.document.money import EXACT, AllowanceCharge, Amount, Price
from ledger.document.scalar import exact

_BASES: Final = {"HP": "100", "TP": "1000"}
_INDICATORS: Final = {"A": False, "C": True}
_OTHER_REASON: Final = "ZZZZ"


def price(
    reading: Reading, segment: Segment, element: int, currency: str | None
) -> dict[str, Any] | None:
    """Read a price and its basis, from the unit before it; without a currency it is none."""
    value = reading.decimal(segment, element)
    if value is None:
        return None
    if currency is None:
        reading.warn(
            segment,
            element,
            "A price has a currency.",
            "Send CUR, or name the currency in the partner's profile.",
        )
        return None
    found: dict[str, Any] = {"price_amount": {"value": value, "currency_id": currency}}
    base = _BASES.get(reading.code(segment, element + 1))
    if base is not None:
        found["base_quantity"] = {"value": base, "unit_code": reading.unit(segment, element - 1)}
    return found


def price_elements(price: Price | None, unit: str) -> tuple[str | None, str | None]:
    """Write a price per hundred, per thousand, or per unit; nothing when none of them is exact.

    Parameters
    ----------
    price : Price, optional
        The price.
    unit : str
        The unit of the line; a price per another unit cannot be written.
    """
    if price is None:
        return None, None
    base, value = price.base_quantity, price.price_amount.value
    if base is None or (base.value == "1" and base.unit_code == unit):
        return value, None
    if base.unit_code != unit or base.value == "0":
        return None, None
    codes = {quantity: code for code, quantity in _BASES.items()}
    if base.value in codes:
        return value, codes[base.value]
    try:
        return exact(EXACT.divide(Decimal(value), base.number)), None
    except (Inexact, ValueError):
        return None, None


def write_currency(
    writing: Writing, entity: str, amounts: Iterable[Amount | None], named: str | None
) -> None:
    """Write the currency of a line's amounts, unless the head or the partner's profile does."""
    found = next((each.currency_id for each in amounts if each is not None), None)
    if found is not None and found != (named or writing.profile.currency):
        writing.add("CUR", entity, found)


def allowances(reading: Reading, group: Group, currency: str | None) -> list[dict[str, Any]]:
    """Read what is taken off or added, where it is an amount of a known currency."""
    found = (allowance(each.head, currency) for each in group.groups("SAC"))
    return [each for each in found if each is not None]


def allowance(sac: Segment, currency: str | None) -> dict[str, Any] | None:
    """Read one of them."""
    amount = sac[5]
    is_whole = amount.isascii() and amount.isdecimal() and len(amount) <= 15
    if sac[1] not in _INDICATORS or currency is None or not is_whole:
        return None
    value = exact(EXACT.scaleb(Decimal(amount), -2))
    return held(
        {
            "charge_indicator": _INDICATORS[sac[1]],
            "amount": {"value": value, "currency_id": currency},
            "allowance_charge_reason": sac[15] or None,
        }
    )


def write_allowances(writing: Writing, charges: Iterable[AllowanceCharge]) -> int:
    """Write what is taken off or added, as far as it is hundredths; say how many could be."""
    count = 0
    for each in charges:
        hundredths = EXACT.scaleb(each.amount.number, 2)
        if hundredths < 0 or hundredths != hundredths.to_integral_value():
            continue
        indicator = "C" if each.charge_indicator else "A"
        reason = each.allowance_charge_reason
        amount = str(int(hundredths))
        writing.add("SAC", indicator, _OTHER_REASON, None, None, amount, *[None] * 9, reason)
        count += 1
    return count
