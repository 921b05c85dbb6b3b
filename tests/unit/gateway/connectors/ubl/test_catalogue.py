"""UBL catalogues: read into offers with their prices."""

from __future__ import annotations

import pytest

from gateway.connectors.message import InvalidUblCatalogue
from gateway.connectors.ubl import catalogue

CATALOGUE = b"""<?xml version="1.0"?>
<Catalogue xmlns="urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>C-1</cbc:ID>
  <cbc:IssueDate>2026-01-10</cbc:IssueDate>
  <cbc:VersionID>4</cbc:VersionID>
  <cac:ProviderParty><cac:PartyName><cbc:Name>Costura</cbc:Name></cac:PartyName></cac:ProviderParty>
  <cac:ReceiverParty><cac:PartyName><cbc:Name>Fjell</cbc:Name></cac:PartyName></cac:ReceiverParty>
  <cac:CatalogueLine>
    <cbc:ID>1</cbc:ID>
    <cbc:OrderableIndicator>true</cbc:OrderableIndicator>
    <cbc:MinimumOrderQuantity unitCode="C62">10</cbc:MinimumOrderQuantity>
    <cac:RequiredItemLocationQuantity>
      <cbc:MinimumQuantity unitCode="C62">100</cbc:MinimumQuantity>
      <cac:Price><cbc:PriceAmount currencyID="EUR">61.50</cbc:PriceAmount></cac:Price>
    </cac:RequiredItemLocationQuantity>
    <cac:RequiredItemLocationQuantity>
      <cac:Price><cbc:PriceAmount currencyID="EUR">64.50</cbc:PriceAmount></cac:Price>
    </cac:RequiredItemLocationQuantity>
    <cac:Item><cbc:Name>Jacket</cbc:Name></cac:Item>
  </cac:CatalogueLine>
</Catalogue>"""


def test_every_price_of_an_item_is_read() -> None:
    line = catalogue.parse(CATALOGUE).catalogue_line[0]
    prices = [each.price.price_amount.value for each in line.price_condition if each.price]
    assert prices == ["61.5", "64.5"]
    assert line.price_condition[0].minimum_quantity is not None
    assert line.orderable_indicator is True


def test_quantity_without_unit_is_read_as_it_is() -> None:
    bare = CATALOGUE.replace(
        b'<cbc:MinimumOrderQuantity unitCode="C62">', b"<cbc:MinimumOrderQuantity>"
    )
    quantity = catalogue.parse(bare).catalogue_line[0].minimum_order_quantity
    assert quantity is not None
    assert (quantity.value, quantity.unit_code) == ("10", None)


def test_what_is_not_read_rides_along() -> None:
    extras = catalogue.parse(CATALOGUE).extras
    assert [(each.path, each.value) for each in extras] == [("ubl:/Catalogue/cbc:VersionID", "4")]


def test_catalogue_without_receiver_is_refused() -> None:
    broken = CATALOGUE.replace(b"cac:ReceiverParty", b"cac:SellerSupplierParty")
    with pytest.raises(InvalidUblCatalogue, match="cac:ReceiverParty"):
        catalogue.parse(broken)
