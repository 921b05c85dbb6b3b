"""How much money: prices, charges and tax against those of the order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from gateway.checks.case import Case, differing
from gateway.errors import Finding
from gateway.orders.line import ZERO, Line, plain
from ledger.document.billing import Bill, BillLine
from ledger.document.money import AllowanceCharge
from ledger.document.order import Order
from ledger.document.order_response import OrderResponse

_ONE: Final = Decimal(1)


def price_findings(case: Case) -> Iterator[Finding]:
    """List the prices, charges and taxes that are not those agreed on."""
    is_confirmed = case.step.action == "confirm" and isinstance(case.document, OrderResponse)
    if not is_confirmed and not isinstance(case.document, Bill):
        return
    for path, each, line in case.lines:
        if each.price is not None:
            yield from _price(case, f"{path}/price", each, line)
        if isinstance(each, BillLine):
            yield from _tax(f"{path}/item/classified_tax_category/0", each, line)
    if isinstance(case.document, Bill):
        yield from _charges(case, case.document)


def _price(case: Case, path: str, each: Any, line: Line) -> Iterator[Finding]:
    agreed = line.terms.get("price")
    if agreed is None:
        return
    price, base = Decimal(agreed["price_amount"]["value"]), _base(agreed.get("base_quantity"))
    found = each.price.price_amount.number
    found_base = each.price.base_quantity.number if each.price.base_quantity else _ONE
    # Multiplied by the bases instead of divided by them, which would not be exact.
    difference = abs(found * base - price * found_base)
    if difference > abs(case.terms.price_tolerance * price * found_base):
        message = "must be the price agreed on, within tolerance"
        expected, spelled = _spelled(price, base), _spelled(found, found_base)
        place = f"{path}/price_amount/value"
        yield differing("PriceOther", place, message, line, expected, spelled)


def _base(quantity: dict[str, Any] | None) -> Decimal:
    return Decimal(quantity["value"]) if quantity else _ONE


def _spelled(price: Decimal, base: Decimal) -> str:
    return plain(price) if base == _ONE else f"{plain(price)} per {plain(base)}"


def _tax(path: str, each: BillLine, line: Line) -> Iterator[Finding]:
    item: dict[str, Any] = line.terms.get("item") or {}
    ordered = item.get("classified_tax_category", [])
    billed = each.item.classified_tax_category
    if len(ordered) != 1 or len(billed) != 1:
        return
    expected = f"{ordered[0]['id']} {ordered[0].get('percent') or '0'}"
    found = f"{billed[0].id} {billed[0].percent or '0'}"
    if expected != found:
        message = "must be the tax that the order names for the item"
        yield differing("TaxOther", path, message, line, expected, found)


def _charges(case: Case, bill: Bill) -> Iterator[Finding]:
    """Compare each kind of charge, on the whole and on lines, with what the order has of it."""
    order = case.agreed.order
    agreed: dict[str, Decimal] = {}
    if isinstance(order, Order):
        _add(agreed, order.allowance_charge)
        for line in order.order_line:
            _add(agreed, line.allowance_charge)
    found: dict[str, Decimal] = {}
    _add(found, bill.allowance_charge)
    for each in bill.lines:
        _add(found, each.allowance_charge)
    for kind, amount in found.items():
        limit = agreed.get(kind, ZERO)
        if amount > limit:
            message = f"charges more than the order has of {kind!r}"
            yield differing("ChargeOther", "/allowance_charge", message, None, limit, amount)


def _add(sums: dict[str, Decimal], charges: Iterable[AllowanceCharge]) -> None:
    for each in charges:
        if each.charge_indicator:
            kind = each.allowance_charge_reason_code or each.allowance_charge_reason or "charge"
            sums[kind] = sums.get(kind, ZERO) + each.amount.number
