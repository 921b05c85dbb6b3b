"""cXML ship notices: several orders in one shipment."""

from __future__ import annotations

import pytest

from gateway.connectors.cxml import ship_notice_request
from gateway.connectors.message import InvalidCxml
from tests.unit.gateway.connectors.cxml.messages import SHIP_NOTICE, canonical


def test_lines_of_every_order_are_read() -> None:
    advice = ship_notice_request.parse(SHIP_NOTICE)
    found = [
        (line.id, line.order_line_reference.line_id, line.delivered_quantity.unit_code)
        for line in advice.despatch_line
    ]
    assert found == [("1", "1", "C62"), ("2", "1", "KGM")]
    orders = [line.order_line_reference.document_reference for line in advice.despatch_line]
    assert [each.id for each in orders if each is not None] == ["FJ-1", "FJ-2"]
    assert advice.shipment is not None
    assert advice.shipment.delivery is not None
    assert advice.shipment.delivery.tracking_id == "8202 8261"
    assert advice.shipment.delivery.carrier_party is not None
    assert advice.shipment.delivery.carrier_party.name == "Nordfrakt"


def test_notice_comes_back_as_it_was_sent() -> None:
    advice = ship_notice_request.parse(SHIP_NOTICE)
    rendered = ship_notice_request.render(advice)
    assert canonical(rendered) == canonical(SHIP_NOTICE)
    assert ship_notice_request.parse(rendered) == advice


def test_advice_of_the_network_survives() -> None:
    advice = ship_notice_request.parse(SHIP_NOTICE).model_copy(update={"extras": ()})
    again = ship_notice_request.parse(ship_notice_request.render(advice))
    assert again.model_copy(update={"extras": ()}) == advice


def test_notice_without_lines_or_units_is_refused_with_its_place() -> None:
    empty = SHIP_NOTICE.replace(b"ShipNoticeItem", b"Extrinsic")
    with pytest.raises(InvalidCxml, match="line by line"):
        ship_notice_request.parse(empty)
    with pytest.raises(InvalidCxml, match="UnitOfMeasure") as refused:
        ship_notice_request.parse(SHIP_NOTICE.replace(b"<UnitOfMeasure>KGM</UnitOfMeasure>", b""))
    assert refused.value.findings[0].location.path.endswith("ShipNoticePortion[2]/ShipNoticeItem")
