"""Items of cXML: their numbers, their description and their price."""

from __future__ import annotations

from typing import Any

from lxml import etree

from gateway.connectors.cxml.reading import Reading
from gateway.connectors.cxml.writing import add
from gateway.connectors.ubl.scalar import (
    AMOUNT,
    CODE,
    CURRENCY,
    IDENTIFIER,
    TEXT,
    UNIT,
    UNSIGNED,
)
from ledger.document.item import Item
from ledger.document.money import Amount, Price


def read_money(reading: Reading, holder: etree._Element | None) -> dict[str, Any]:
    """Read the ``Money`` of an element."""
    money = holder.find("Money") if holder is not None else None
    if money is None:
        return {}
    currency = reading.attribute(money, "currency", CURRENCY, is_required=True)
    assert holder is not None
    return reading.own(money, value=reading.text(holder, "Money", AMOUNT), currency_id=currency)


def write_money(parent: etree._Element, tag: str, amount: Amount) -> None:
    """Write an amount as the ``Money`` of an element."""
    assert AMOUNT.write is not None
    text = AMOUNT.write(amount.value, amount.currency_id)
    add(add(parent, tag), "Money", text, currency=amount.currency_id)


def read_quantity(
    reading: Reading, holder: etree._Element, measured: etree._Element | None = None
) -> dict[str, Any]:
    """Read the attribute that says how much, and the unit, which may stand in another element."""
    at = holder if measured is None else measured
    unit = reading.need(at, "UnitOfMeasure")
    return reading.own(
        holder,
        value=reading.attribute(holder, "quantity", UNSIGNED, is_required=True),
        unit_code=None if unit is None else reading.text(at, "UnitOfMeasure", UNIT),
    )


def read_item(
    reading: Reading, number: etree._Element | None, detail: etree._Element | None
) -> dict[str, Any]:
    """Read what an item is: its ``ItemID`` and its ``ItemDetail``, or what holds the like."""
    at = number if number is not None else detail
    if at is None:
        return {}
    texts = [] if detail is None else [_text(each) for each in detail.iterfind("Description")]
    texts = [each for each in texts if each]
    return reading.own(
        at,
        name=texts[0] if texts else None,
        description=texts[1:],
        sellers_item_identification=_number(reading, number, "SupplierPartID"),
        buyers_item_identification=_number(reading, number, "BuyerPartID"),
        manufacturers_item_identification=_number(reading, detail, "ManufacturerPartID"),
        manufacturer_name=reading.text(detail, "ManufacturerName", TEXT),
        commodity_classification=_classes(reading, detail),
    )


def read_price(reading: Reading, detail: etree._Element | None) -> dict[str, Any]:
    """Read a unit price, and the quantity it is the price of."""
    amount = read_money(reading, detail.find("UnitPrice") if detail is not None else None)
    if detail is None or not amount:
        return {}
    basis = detail.find("PriceBasisQuantity")
    base = read_quantity(reading, basis) if basis is not None else None
    return reading.own(detail, price_amount=amount, base_quantity=base)


def write_item_id(parent: etree._Element, item: Item) -> None:
    """Write the numbers of an item."""
    seller, buyer = item.sellers_item_identification, item.buyers_item_identification
    element = add(parent, "ItemID")
    add(element, "SupplierPartID", seller.id if seller is not None else "")
    if buyer is not None:
        add(element, "BuyerPartID", buyer.id)


def write_descriptions(parent: etree._Element, item: Item) -> None:
    """Write the name and the further descriptions of an item."""
    for text in (item.name or "", *item.description):
        add(parent, "Description", text, lang="en")


def write_detail(parent: etree._Element, item: Item, price: Price | None, unit: str) -> None:
    """Write price, description, unit and classes of an item."""
    element = add(parent, "ItemDetail")
    if price is not None:
        write_money(element, "UnitPrice", price.price_amount)
    write_descriptions(element, item)
    add(element, "UnitOfMeasure", unit)
    base = price.base_quantity if price is not None else None
    if base is not None:
        basis = add(element, "PriceBasisQuantity", quantity=base.value, conversionFactor="1")
        add(basis, "UnitOfMeasure", base.unit_code)
    for each in item.commodity_classification:
        domain = each.list_id or "unspecified"
        add(element, "Classification", each.item_classification_code, domain=domain)
    maker = item.manufacturers_item_identification
    if maker is not None:
        add(element, "ManufacturerPartID", maker.id)
    if item.manufacturer_name is not None:
        add(element, "ManufacturerName", item.manufacturer_name, lang="en")


def _number(reading: Reading, holder: etree._Element | None, tag: str) -> dict[str, Any]:
    number = reading.text(holder, tag, IDENTIFIER)
    return {} if number is None or holder is None else reading.own(holder, id=number)


def _classes(reading: Reading, detail: etree._Element | None) -> list[dict[str, Any]]:
    found = []
    for each in detail.iterfind("Classification") if detail is not None else ():
        code = reading.text(each, ".", CODE)
        if code is not None:
            domain = reading.attribute(each, "domain", CODE)
            found.append(reading.own(each, item_classification_code=code, list_id=domain))
    return found


def _text(element: etree._Element) -> str:
    return " ".join((element.text or "").split())
