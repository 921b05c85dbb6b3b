"""Answers as Peppol BIS 3 has them: what its rules do not let stand is said elsewhere, or not.

Notes
-----
Source: Peppol BIS 3, transactions T16, T76, T115 and T116; the rules that elements outside of the
data model are fatal, and R008 of T76 and T116.
"""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.ubl import peppol
from ledger.document.order_response import LINE_ACCEPTED
from ledger.document.part import Document

_ANSWERING: Final = ("OrderResponse", "OrderCancellation")
_SHIPPING: Final = "DespatchAdvice"
_SIDES: Final = ("buyer_customer_party", "seller_supplier_party")
_ENDS: Final = ("despatch_supplier_party", "delivery_customer_party")
_IDENTITY: Final = ("endpoint_id", "endpoint_scheme", "identifications")
_ITEM: Final = {
    "name",
    "buyers_item_identification",
    "sellers_item_identification",
    "standard_item_identification",
}


def shaped(answer: Document, process: str) -> Document:
    """Shape an answer as the transaction of Peppol that it is written as.

    Parameters
    ----------
    process : str
        The ProfileID of the partner's document.
    """
    name = type(answer).__name__
    if name not in peppol.IDENTIFIERS:
        return answer
    fields = answer.model_dump(exclude_defaults=True)
    if name in _ANSWERING:
        _shape_answer(fields)
    elif name == _SHIPPING:
        _shape_shipping(fields)
    document = type(answer).model_validate(fields)
    return peppol.addressed(document, is_advanced=process == peppol.ADVANCED_ORDERING)


def _shape_answer(fields: dict[str, Any]) -> None:
    _undate(fields)
    for side in _SIDES:
        if side in fields:
            fields[side] = _registered(fields[side], _IDENTITY)
    lines = fields.get("order_line", ())
    # Whoever accepts an order accepts its lines; they are named only where something changes.
    if fields.get("order_response_code") == "AP" and all(map(_is_accepted, lines)):
        fields.pop("order_line", None)
    for line in fields.get("order_line", ()):
        _shape_line(line)


def _shape_line(line: dict[str, Any]) -> None:
    for item in (line.get("item", {}), line.get("substituted_item", {})):
        for name in item.keys() - _ITEM:
            del item[name]
    deliveries = line.get("delivery", ())
    if len(deliveries) == 1:
        # The quantity of the only part is that of the line.
        quantity = deliveries[0].pop("quantity", None)
        if quantity is not None:
            line.setdefault("quantity", quantity)


def _shape_shipping(fields: dict[str, Any]) -> None:
    _undate(fields)
    for end in _ENDS:
        if end in fields:
            fields[end] = _registered(fields[end], (*_IDENTITY, "postal_address", "contact"))
    for side in _SIDES:
        if side in fields:
            kept = ("identifications", "name", "postal_address")
            fields[side] = {name: fields[side][name] for name in kept if name in fields[side]}


def _undate(fields: dict[str, Any]) -> None:
    """Refer to the order by its number alone."""
    fields.get("order_reference", {}).pop("issue_date", None)


def _registered(party: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Name a party by its legal entity."""
    kept = {name: party[name] for name in names if name in party}
    entity = party.get("party_legal_entity", {})
    entity = {"registration_name": party["name"], **entity} if "name" in party else entity
    entity = {name: entity[name] for name in ("registration_name",) if name in entity}
    return {**kept, "party_legal_entity": entity} if entity else kept


def _is_accepted(line: dict[str, Any]) -> bool:
    return bool(line["line_status_code"] == LINE_ACCEPTED)
