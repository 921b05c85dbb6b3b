"""Items: what is ordered, shipped, received or inspected."""

from __future__ import annotations

from ledger.document.money import Quantity, TaxCategory
from ledger.document.part import Many, Part
from ledger.document.party import Identification
from ledger.document.reference import DocumentReference
from ledger.document.scalar import Code, CountryCode, Date, Identifier, Text


class CommodityClassification(Part):
    """An entry of a classification such as UNSPSC, CPV or HS."""

    item_classification_code: Code
    list_id: Code | None = None
    list_version_id: Code | None = None


class ItemProperty(Part):
    """A property of an item that has no field of its own: colour, length, purity."""

    name: Text
    value: Text | None = None
    name_code: Code | None = None
    value_quantity: Quantity | None = None
    value_qualifier: Text | None = None


class ItemInstance(Part):
    """A lot or a single piece of an item."""

    product_trace_id: Identification | None = None
    serial_id: Identifier | None = None
    lot_number_id: Identifier | None = None
    manufacture_date: Date | None = None
    best_before_date: Date | None = None
    expiry_date: Date | None = None


class HazardousItem(Part):
    """Dangerous goods: UN number, class and packing group."""

    undg_code: Code | None = None
    hazard_class_id: Code | None = None
    packing_group: Code | None = None
    technical_name: Text | None = None


class Item(Part):
    """What something is, in the words and numbers of both sides."""

    name: Text | None = None
    description: Many[Text] = ()
    buyers_item_identification: Identification | None = None
    sellers_item_identification: Identification | None = None
    manufacturers_item_identification: Identification | None = None
    standard_item_identification: Identification | None = None
    """For example a GTIN with scheme 0160."""
    commodity_classification: Many[CommodityClassification] = ()
    item_specification_document_reference: Many[DocumentReference] = ()
    classified_tax_category: Many[TaxCategory] = ()
    additional_item_property: Many[ItemProperty] = ()
    item_instance: Many[ItemInstance] = ()
    hazardous_item: Many[HazardousItem] = ()
    origin_country: CountryCode | None = None
    manufacturer_name: Text | None = None
    brand_name: Text | None = None
    model_name: Text | None = None
