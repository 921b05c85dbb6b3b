"""Who and what: the parties of the agreement, the items of the order, and the currency of both.

A name is written in many ways, so only numbers are compared, and only those of the same scheme. Who
acted is not in question: the chain knows whose seat and key it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gateway.checks.case import Case, differing
from gateway.errors import Finding
from gateway.orders.line import Line
from ledger.document.item import Item
from ledger.document.money import Amount
from ledger.document.party import Party

_ROLES: Final = {
    "buyer_customer_party": "buyer",
    "seller_supplier_party": "seller",
    "accounting_customer_party": "buyer",
    "accounting_supplier_party": "seller",
}
_NUMBERS: Final = (
    "standard_item_identification",
    "buyers_item_identification",
    "sellers_item_identification",
)
_HEAD_AMOUNTS: Final = ("tax_total", "anticipated_monetary_total", "legal_monetary_total")


def party_findings(case: Case) -> Iterator[Finding]:
    """List the parties, items, units and currencies that are others than agreed."""
    for name, role in _ROLES.items():
        party: Party | None = getattr(case.document, name, None)
        agreed = case.terms.party(role)
        if party is not None and agreed is not None:
            yield from _party(f"/{name}", party, agreed)
    yield from _currencies(case)
    if case.step.action in _ORDERS:
        yield from _units(case)
    elif case.lines and "item" in type(case.lines[0][1]).model_fields:
        for path, each, line in case.lines:
            if each.item is not None:
                yield from _item(f"{path}/item", each.item, line)


def _party(path: str, party: Party, agreed: Party) -> Iterator[Finding]:
    named = _identities(agreed)
    for scheme, numbers in _identities(party).items():
        known = named.get(scheme)
        if known and not known & numbers:
            message = f"must have the number of the agreement in scheme {scheme}"
            expected, found = " ".join(sorted(known)), " ".join(sorted(numbers))
            yield differing("PartyOther", path, message, None, expected, found)


def _identities(party: Party) -> dict[str, set[str]]:
    """Give the numbers of a party by their scheme."""
    found: dict[str, set[str]] = {}
    entity = party.party_legal_entity
    numbers = [*party.identifications, *([entity.company_id] if entity else ())]
    for number in numbers:
        if number is not None and number.scheme_id is not None:
            found.setdefault(number.scheme_id, set()).add(number.id)
    for tax in party.party_tax_scheme:
        found.setdefault(tax.tax_scheme or "VAT", set()).add(tax.company_id.id)
    if party.endpoint_id is not None and party.endpoint_scheme is not None:
        found.setdefault(party.endpoint_scheme, set()).add(party.endpoint_id)
    return found


def _currencies(case: Case) -> Iterator[Finding]:
    currency = case.terms.currency or getattr(case.agreed.order, "document_currency_code", None)
    own = getattr(case.document, "document_currency_code", None)
    if currency is None:
        return
    message = "must be the currency of the agreement"
    if own not in (None, currency):
        path = "/document_currency_code"
        yield differing("CurrencyOther", path, message, None, currency, own)
    for path, line, amount in _amounts(case):
        if amount.currency_id not in (currency, own):
            place = f"{path}/currency_id"
            yield differing("CurrencyOther", place, message, line, currency, amount.currency_id)


def _amounts(case: Case) -> Iterator[tuple[str, Line | None, Amount]]:
    for name in _HEAD_AMOUNTS:
        total: Any = getattr(case.document, name, None)
        for field in type(total).model_fields if total is not None else ():
            amount = getattr(total, field)
            if isinstance(amount, Amount):
                yield f"/{name}/{field}", None, amount
    fields = type(case.lines[0][1]).model_fields if case.lines else ()
    for path, each, line in case.lines if "price" in fields else ():
        if each.price is not None:
            yield f"{path}/price/price_amount", line, each.price.price_amount
    for path, each, line in case.lines if "line_extension_amount" in fields else ():
        if each.line_extension_amount is not None:
            yield f"{path}/line_extension_amount", line, each.line_extension_amount


def _item(path: str, item: Item, line: Line) -> Iterator[Finding]:
    ordered: dict[str, Any] = line.terms.get("item") or {}
    for name in _NUMBERS:
        number, known = getattr(item, name), ordered.get(name)
        if number is None or not known or number.id == known["id"]:
            continue
        if number.scheme_id == known.get("scheme_id"):
            place = f"{path}/{name}/id"
            message = "must be the number of the item that was ordered"
            yield differing("ItemOther", place, message, line, known["id"], number.id)


def _units(case: Case) -> Iterator[Finding]:
    """Hold the units of an order against what the agreement says of its items."""
    if case.terms.content is None or not case.terms.content.item_terms:
        return
    for path, each, line in case.lines:
        terms = case.terms.of_item(line.terms.get("item"))
        if terms is not None and terms.unit_code not in (None, each.quantity.unit_code):
            place, expected = f"{path}/quantity/unit_code", str(terms.unit_code)
            message = "must be the unit that the agreement names for the item"
            yield differing("UnitOther", place, message, line, expected, each.quantity.unit_code)


_ORDERS: Final = ("issue", "revise")
