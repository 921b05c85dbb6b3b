"""Goods: the objects of an event as lines with items and quantities, and lines as objects.

Pieces with serial numbers of one trade item become one line; every amount of a class is a line of
its own. An event names no order lines: the reference of a line is the key of its item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from gateway.connectors.epcis.event import (
    AggregationEvent,
    Event,
    ObjectEvent,
    QuantityElement,
    TransactionEvent,
)
from gateway.connectors.epcis.gs1 import Key, is_gtin, item_uri, read_key
from ledger.document.item import Item
from ledger.document.money import Quantity

ONE: Final = "C62"
GTIN: Final = "0160"
PIECE: Final = "epc"
CLASS: Final = "epc-class"


@dataclass(slots=True)
class Goods:
    """One line of goods.

    Parameters
    ----------
    reference : str
        Key of the item.
    item, quantity : dict
        Fields of the canonical `Item` and `Quantity`.
    """

    reference: str
    item: dict[str, Any]
    quantity: dict[str, Any]


@dataclass(slots=True)
class Objects:
    """What an event is about.

    Parameters
    ----------
    goods : list of Goods
        Lines.
    units : list of str
        URIs of logistic units.
    problems : list of str
        What cannot be told, as sentences.
    """

    goods: list[Goods] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def objects_of(event: Event) -> Objects:
    """Read the objects of an event."""
    found = Objects()
    epcs, amounts, parent = _listed(event)
    if parent and read_key(parent).sscc:
        found.units.append(parent)
    pieces: dict[str, Goods] = {}
    for uri in epcs:
        key = read_key(uri)
        if key.sscc:
            found.units.append(uri)
        else:
            _add_piece(pieces, uri, key)
    found.goods.extend(pieces.values())
    for amount in amounts:
        if amount.quantity is None:
            found.problems.append(f"the quantity of {amount.epc_class} is not said")
        else:
            found.goods.append(_amount(amount))
    return found


def epcs_and_quantities(
    lines: Iterable[tuple[Item | None, Quantity]],
) -> tuple[list[str], list[dict[str, Any]], list[int]]:
    """Name lines as objects of an event.

    Returns
    -------
    tuple
        EPCs, quantity elements, and the indices of the lines that nothing can name.
    """
    epcs: list[str] = []
    amounts: list[dict[str, Any]] = []
    unnamed: list[int] = []
    for index, (item, quantity) in enumerate(lines):
        pieces = _piece_uris(item)
        if pieces and quantity.unit_code == ONE and quantity.number == len(pieces):
            epcs.extend(pieces)
            continue
        uri = _class_uri(item)
        if uri is None:
            unnamed.append(index)
            continue
        number = quantity.number
        value: Decimal | int = int(number) if number == number.to_integral_value() else number
        unit = {} if quantity.unit_code == ONE else {"uom": quantity.unit_code}
        amounts.append({"epcClass": uri, "quantity": value, **unit})
    return epcs, amounts, unnamed


def _listed(event: Event) -> tuple[list[str], list[QuantityElement], str | None]:
    if isinstance(event, ObjectEvent):
        return event.epc_list or [], event.quantity_list or [], None
    if isinstance(event, TransactionEvent):
        return event.epc_list or [], event.quantity_list or [], event.parent_id
    assert isinstance(event, AggregationEvent)
    return event.child_epcs or [], event.child_quantity_list or [], event.parent_id


def _add_piece(pieces: dict[str, Goods], uri: str, key: Key) -> None:
    name = key.gtin or uri
    goods = pieces.get(name)
    if goods is None:
        item = _item(key) | {"item_instance": []}
        goods = pieces[name] = Goods(name, item, {"value": 0, "unit_code": ONE})
    goods.quantity["value"] += 1
    goods.item["item_instance"].append(_instance(uri, PIECE, key))


def _amount(amount: QuantityElement) -> Goods:
    key = read_key(amount.epc_class)
    item = _item(key) | {"item_instance": [_instance(amount.epc_class, CLASS, key)]}
    quantity = {"value": amount.quantity, "unit_code": amount.uom or ONE}
    return Goods(key.gtin or amount.epc_class, item, quantity)


def _item(key: Key) -> dict[str, Any]:
    return {"standard_item_identification": {"id": key.gtin, "scheme_id": GTIN}} if key.gtin else {}


def _instance(uri: str, scheme: str, key: Key) -> dict[str, Any]:
    lot = {"lot_number_id": key.lot} if key.lot else {}
    serial = {"serial_id": key.serial} if key.serial else {}
    return {"product_trace_id": {"id": uri, "scheme_id": scheme}, **lot, **serial}


def _piece_uris(item: Item | None) -> list[str]:
    """Name every piece of a line; nothing unless all of them can be named."""
    uris = []
    for instance in item.item_instance if item else ():
        trace = instance.product_trace_id
        gtin = _gtin(item)
        if trace is not None and trace.scheme_id == PIECE:
            uris.append(trace.id)
        elif instance.serial_id and gtin:
            uris.append(item_uri(gtin, instance.lot_number_id or "", instance.serial_id))
        else:
            return []
    return uris


def _class_uri(item: Item | None) -> str | None:
    instances = item.item_instance if item else ()
    lots = {instance.lot_number_id for instance in instances}
    if len(instances) == 1:
        trace = instances[0].product_trace_id
        if trace is not None and trace.scheme_id == CLASS:
            return trace.id
    gtin = _gtin(item)
    lot = next(iter(lots)) if len(lots) == 1 else None
    return item_uri(gtin, lot or "") if gtin else None


def _gtin(item: Item | None) -> str | None:
    standard = item.standard_item_identification if item else None
    return standard.id if standard is not None and is_gtin(standard.id) else None
