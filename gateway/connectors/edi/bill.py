"""Sums of invoices: what the messages leave to be computed, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from ledger.document.money import EXACT, minor_unit, total
from ledger.document.scalar import exact

CATEGORY_STANDARD: Final = "S"
CATEGORY_ZERO: Final = "Z"

_ROUNDING: Final = Context(prec=400, rounding=ROUND_HALF_UP)


def line_amount(
    quantity: dict[str, Any], price: dict[str, Any], charges: Iterable[dict[str, Any]]
) -> dict[str, Any]:
    """Compute quantity times price plus charges less allowances, half a minor unit rounded up."""
    amount: dict[str, Any] = price["price_amount"]
    base = Decimal(price.get("base_quantity", {}).get("value", "1"))
    product = EXACT.multiply(Decimal(quantity["value"]), Decimal(amount["value"]))
    net = _ROUNDING.add(_ROUNDING.divide(product, base), balance(charges))
    rounded = net.quantize(minor_unit(amount["currency_id"]), context=_ROUNDING)
    return amount | {"value": exact(rounded)}


def balance(charges: Iterable[dict[str, Any]]) -> Decimal:
    """Give what charges add, less what allowances take off."""
    return total(
        value if each["charge_indicator"] else value.copy_negate()
        for each in charges
        for value in [Decimal(each["amount"]["value"])]
    )


def category(percent: str, code: str | None = None, scheme: str | None = None) -> dict[str, Any]:
    """Describe how something is taxed."""
    is_taxed = percent != "0"
    fields: dict[str, Any] = {"id": code or (CATEGORY_STANDARD if is_taxed else CATEGORY_ZERO)}
    fields["percent"] = percent
    return fields | ({"tax_scheme": scheme} if scheme else {})


def key(category: dict[str, Any]) -> tuple[str, str]:
    """Say what goods must share to stand in one subtotal."""
    return category["id"], category.get("percent", "0")


def tax_total(
    taxes: list[tuple[dict[str, Any], str]],
    lines: list[dict[str, Any]],
    charges: list[dict[str, Any]],
    currency: str,
) -> dict[str, Any] | None:
    """Put the taxes together that a message names, each with what it taxes.

    Parameters
    ----------
    taxes : list of (dict, str)
        Categories, each with the tax.
    lines, charges : list of dict
        What is taxed, with its category.
    currency : str
        Of the message.
    """
    if not taxes:
        return None
    subtotals = []
    for found, tax in taxes:
        base = total(
            [
                *(_net(each) for each in lines if _is_in(each["item"], found)),
                *(balance([each]) for each in charges if _is_taxed(each, found)),
            ]
        )
        subtotals.append(
            {
                "taxable_amount": {"value": exact(base), "currency_id": currency},
                "tax_amount": {"value": tax, "currency_id": currency},
                "tax_category": found,
            }
        )
    whole = exact(total(Decimal(tax) for _, tax in taxes))
    return {
        "tax_amount": {"value": whole, "currency_id": currency},
        "tax_subtotal": subtotals,
    }


def _is_taxed(charge: dict[str, Any], found: dict[str, Any]) -> bool:
    return "tax_category" in charge and key(charge["tax_category"]) == key(found)


def _is_in(item: dict[str, Any], found: dict[str, Any]) -> bool:
    return any(key(each) == key(found) for each in item.get("classified_tax_category", ()))


def _net(line: dict[str, Any]) -> Decimal:
    return Decimal(line["line_extension_amount"]["value"])


def sums(
    lines: list[dict[str, Any]],
    charges: list[dict[str, Any]],
    tax: dict[str, Any] | None,
    currency: str,
    prepaid: str | None = None,
) -> dict[str, Any]:
    """Add the sums of an invoice up."""
    net = total(_net(each) for each in lines)
    added = balance(each for each in charges if each["charge_indicator"])
    off = balance(each for each in charges if not each["charge_indicator"]).copy_negate()
    before = EXACT.add(EXACT.subtract(net, off), added)
    after = EXACT.add(before, Decimal(tax["tax_amount"]["value"] if tax else 0))
    payable = EXACT.subtract(after, Decimal(prepaid or 0))
    amounts = {
        "line_extension_amount": net,
        "allowance_total_amount": off or None,
        "charge_total_amount": added or None,
        "tax_exclusive_amount": before,
        "tax_inclusive_amount": after,
        "prepaid_amount": Decimal(prepaid) if prepaid is not None else None,
        "payable_amount": payable,
    }
    return {
        name: {"value": exact(value), "currency_id": currency}
        for name, value in amounts.items()
        if value is not None
    }
