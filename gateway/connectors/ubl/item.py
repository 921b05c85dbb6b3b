"""Mapping table of what is ordered: UBL's Item."""

from __future__ import annotations

from typing import Final

from gateway.connectors.ubl.mapping import (
    VALUE,
    Attribute,
    Branch,
    Content,
    Leaf,
    code,
    identification,
    identifier,
    one,
    quantity,
    text,
)
from gateway.connectors.ubl.money import TAX_CATEGORY
from gateway.connectors.ubl.part import DOCUMENT_REFERENCE
from gateway.connectors.ubl.scalar import CODE, COUNTRY, DATE

_IDENTIFICATION: Final = one("ItemIdentification", "ID", identification(VALUE))

_CLASSIFICATION: Final = one(
    "CommodityClassification",
    "ItemClassificationCode",
    Leaf(
        VALUE,
        CODE,
        "item_classification_code",
        {
            "listID": Attribute("list_id", CODE),
            "listVersionID": Attribute("list_version_id", CODE),
        },
    ),
)

_PROPERTY: Final = Content(
    "ItemProperty",
    {
        "Name": text("name"),
        "NameCode": code("name_code"),
        "Value": text("value"),
        "ValueQuantity": quantity("value_quantity"),
        "ValueQualifier": text("value_qualifier", may_repeat=True),
    },
    needed=("name",),
)

_INSTANCE: Final = Content(
    "ItemInstance",
    {
        "ProductTraceID": identification("product_trace_id"),
        "ManufactureDate": Leaf("manufacture_date", DATE),
        "BestBeforeDate": Leaf("best_before_date", DATE),
        "SerialID": identifier("serial_id"),
        "LotIdentification": Branch(
            None,
            Content(
                "LotIdentification",
                {
                    "LotNumberID": identifier("lot_number_id"),
                    "ExpiryDate": Leaf("expiry_date", DATE),
                },
            ),
        ),
    },
)

_HAZARD: Final = Content(
    "HazardousItem",
    {
        "UNDGCode": code("undg_code"),
        "UNPackingGroupCode": code("packing_group"),
        "TechnicalName": text("technical_name"),
        "HazardClassID": code("hazard_class_id"),
    },
)

_MANUFACTURER: Final = Content(
    "Party",
    {
        "PartyName": Branch(
            None, Content("PartyName", {"Name": text("manufacturer_name")}), may_repeat=True
        )
    },
)

ITEM: Final = Content(
    "Item",
    {
        "Description": text("description", is_many=True),
        "Name": text("name", may_repeat=True),
        "BrandName": text("brand_name", may_repeat=True),
        "ModelName": text("model_name", may_repeat=True),
        "BuyersItemIdentification": Branch("buyers_item_identification", _IDENTIFICATION),
        "SellersItemIdentification": Branch("sellers_item_identification", _IDENTIFICATION),
        "ManufacturersItemIdentification": Branch(
            "manufacturers_item_identification", _IDENTIFICATION, may_repeat=True
        ),
        "StandardItemIdentification": Branch("standard_item_identification", _IDENTIFICATION),
        "ItemSpecificationDocumentReference": Branch(
            "item_specification_document_reference", DOCUMENT_REFERENCE, is_many=True
        ),
        "OriginCountry": Branch(
            None, Content("Country", {"IdentificationCode": Leaf("origin_country", COUNTRY)})
        ),
        "CommodityClassification": Branch(
            "commodity_classification", _CLASSIFICATION, is_many=True
        ),
        "HazardousItem": Branch("hazardous_item", _HAZARD, is_many=True),
        "ClassifiedTaxCategory": Branch("classified_tax_category", TAX_CATEGORY, is_many=True),
        "AdditionalItemProperty": Branch("additional_item_property", _PROPERTY, is_many=True),
        "ManufacturerParty": Branch(None, _MANUFACTURER, may_repeat=True),
        "ItemInstance": Branch("item_instance", _INSTANCE, is_many=True),
    },
)
