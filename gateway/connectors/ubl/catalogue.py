"""UBL 2.x Catalogue, in only: what a seller offers, as a document of its own that is never sealed.

Notes
-----
Source: OASIS UBL 2.0 to 2.4, Catalogue; Peppol BIS Catalogue 3, transaction T19.
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from pydantic import Field

from gateway.connectors.message import InvalidUblCatalogue
from gateway.connectors.ubl.item import ITEM
from gateway.connectors.ubl.mapping import Branch, Content, Leaf, code, identifier, quantity, text
from gateway.connectors.ubl.message_type import MessageType
from gateway.connectors.ubl.money import PRICE
from gateway.connectors.ubl.part import CUSTOMER_PARTY, PARTY, PERIOD, SUPPLIER_PARTY
from gateway.connectors.ubl.scalar import DATE, INDICATOR, TIME
from ledger.document.item import Item
from ledger.document.money import Price
from ledger.document.part import LINES_MAX, Document, Extra, Many, Part
from ledger.document.party import Party
from ledger.document.period import Period
from ledger.document.scalar import Code, Identifier, NonNegativeDecimalText, Text, UnitCode


class CatalogueQuantity(Part):
    """How much of an item, in the unit it is ordered in where none is named."""

    value: NonNegativeDecimalText
    unit_code: UnitCode | None = None


class PriceCondition(Part):
    """A price and the quantities and days it holds for."""

    minimum_quantity: CatalogueQuantity | None = None
    maximum_quantity: CatalogueQuantity | None = None
    price: Price | None = None
    applicable_delivery_period: Period | None = None


class CatalogueLine(Part):
    """One item that is offered."""

    id: Identifier
    action_code: Code | None = None
    item: Item
    orderable_indicator: bool | None = None
    orderable_unit: Code | None = None
    minimum_order_quantity: CatalogueQuantity | None = None
    maximum_order_quantity: CatalogueQuantity | None = None
    content_unit_quantity: CatalogueQuantity | None = None
    line_validity_period: Period | None = None
    price_condition: Many[PriceCondition] = ()
    note: Many[Text] = ()
    extras: Many[Extra] = ()


class Catalogue(Document):
    """What a seller offers to a buyer."""

    lines_field: ClassVar[str | None] = "catalogue_line"

    document_type: Literal["Catalogue"] = "Catalogue"
    action_code: Code | None = None
    name: Text | None = None
    validity_period: Period | None = None
    provider_party: Party
    receiver_party: Party
    seller_supplier_party: Party | None = None
    contractor_customer_party: Party | None = None
    catalogue_line: Many[CatalogueLine] = Field(min_length=1, max_length=LINES_MAX)


_CONDITION: Final = Content(
    "ItemLocationQuantity",
    {
        "MinimumQuantity": quantity("minimum_quantity", is_unit_optional=True),
        "MaximumQuantity": quantity("maximum_quantity", is_unit_optional=True),
        "Price": Branch("price", PRICE),
        "ApplicableDeliveryPeriod": Branch("applicable_delivery_period", PERIOD),
    },
)

_LINE: Final = Content(
    "CatalogueLine",
    {
        "ID": identifier("id", is_required=True),
        "ActionCode": code("action_code"),
        "Note": text("note", is_many=True),
        "OrderableIndicator": Leaf("orderable_indicator", INDICATOR),
        "OrderableUnit": code("orderable_unit"),
        "ContentUnitQuantity": quantity("content_unit_quantity", is_unit_optional=True),
        "MinimumOrderQuantity": quantity("minimum_order_quantity", is_unit_optional=True),
        "MaximumOrderQuantity": quantity("maximum_order_quantity", is_unit_optional=True),
        "LineValidityPeriod": Branch("line_validity_period", PERIOD),
        "RequiredItemLocationQuantity": Branch("price_condition", _CONDITION, is_many=True),
        "Item": Branch("item", ITEM, is_required=True),
    },
)

_CATALOGUE: Final = Content(
    "Catalogue",
    {
        "ID": identifier("id", is_required=True),
        "ActionCode": code("action_code"),
        "Name": text("name"),
        "IssueDate": Leaf("issue_date", DATE, is_required=True),
        "IssueTime": Leaf("issue_time", TIME),
        "Note": text("note", is_many=True),
        "ValidityPeriod": Branch("validity_period", PERIOD, may_repeat=True),
        "ProviderParty": Branch("provider_party", PARTY, is_required=True),
        "ReceiverParty": Branch("receiver_party", PARTY, is_required=True),
        "SellerSupplierParty": Branch("seller_supplier_party", SUPPLIER_PARTY),
        "ContractorCustomerParty": Branch("contractor_customer_party", CUSTOMER_PARTY),
        "CatalogueLine": Branch(
            "catalogue_line", _LINE, is_many=True, is_required=True, has_extras=True
        ),
    },
)

CATALOGUE: Final = MessageType(_CATALOGUE, Catalogue, InvalidUblCatalogue)
parse = CATALOGUE.parse
