"""UBL order responses: in, out, and what UBL cannot hold."""

from __future__ import annotations

import pytest

from gateway.connectors.message import InvalidUblOrderResponse, UnwritableDocument
from gateway.connectors.ubl import order_response
from ledger.document.item import Item
from ledger.document.money import Amount, Price, Quantity
from ledger.document.order_response import (
    LINE_ACCEPTED,
    LINE_CHANGED,
    OrderResponse,
    OrderResponseLine,
)
from ledger.document.party import Party
from ledger.document.period import Period
from ledger.document.reference import DocumentReference, LineReference

RESPONSE = OrderResponse(
    id="CA-881",
    issue_date="2026-03-05",
    order_response_code="CA",
    order_reference=DocumentReference(id="FJ-2026-00417", issue_date="2026-03-02"),
    buyer_customer_party=Party(name="Fjellgrat Outdoor"),
    seller_supplier_party=Party(name="Costura do Ave"),
    promised_delivery_period=Period(end_date="2026-07-10"),
    order_line=(
        OrderResponseLine(
            id="1",
            order_line_reference=LineReference(line_id="1"),
            line_status_code=LINE_CHANGED,
            quantity=Quantity(value="1150", unit_code="C62"),
            price=Price(price_amount=Amount(value="64.5", currency_id="EUR")),
            promised_delivery_period=Period(start_date="2026-06-22", end_date="2026-07-03"),
            item=Item(name="Hardshell jacket Tindra"),
            note=("Fabric arrives a week late.",),
        ),
        OrderResponseLine(
            id="2",
            order_line_reference=LineReference(line_id="2"),
            line_status_code=LINE_ACCEPTED,
        ),
    ),
)


def test_answer_survives_being_written_and_read() -> None:
    assert order_response.parse(order_response.render(RESPONSE)) == RESPONSE


def test_promise_of_a_line_is_a_delivery_of_the_line() -> None:
    rendered = order_response.render(RESPONSE)
    at = rendered.index(b"<cac:LineItem>")
    assert rendered.index(b"<cac:PromisedDeliveryPeriod>", at) > at


def test_backorder_without_unit_has_the_unit_of_its_line() -> None:
    rendered = order_response.render(RESPONSE).replace(
        b">1150</cbc:Quantity>",
        b">1150</cbc:Quantity><cbc:MaximumBackorderQuantity>50</cbc:MaximumBackorderQuantity>",
    )
    parsed = order_response.parse(rendered)
    assert parsed.order_line[0].maximum_backorder_quantity == Quantity(value="50", unit_code="C62")
    assert b"<cbc:MaximumBackorderQuantity>50<" in order_response.render(parsed)


@pytest.mark.parametrize(
    ("old", "new", "path", "rule"),
    [
        (b">CA</cbc:OrderResponseCode>", b">XX</cbc:OrderResponseCode>", "/OrderResponse", "'AB'"),
        (
            b"<cbc:LineStatusCode>3</cbc:LineStatusCode>",
            b"",
            "/OrderResponse/cac:OrderLine[1]/cac:LineItem",
            "LineStatusCode",
        ),
        (b"<cbc:LineID>2</cbc:LineID>", b"", "/OrderResponse/cac:OrderLine[2]", ""),
        (b"<cbc:ID>2</cbc:ID>", b"<cbc:ID>1</cbc:ID>", "[2]/cac:LineItem/cbc:ID", "of its own"),
        (b"1150", b"-1", "[1]/cac:LineItem/cbc:Quantity", "zero or more"),
    ],
)
def test_broken_answer_is_refused_with_rule_and_place(
    old: bytes, new: bytes, path: str, rule: str
) -> None:
    rendered = order_response.render(RESPONSE)
    assert old in rendered
    with pytest.raises(InvalidUblOrderResponse) as refused:
        order_response.parse(rendered.replace(old, new, 1))
    assert any(
        path in finding.location.path and rule in finding.rule for finding in refused.value.findings
    )


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"substituted_item": Item(name="other")}, "Substituted items"),
        ({"status_reason_code": "LATE"}, "no code for the reason"),
    ],
)
def test_what_ubl_cannot_hold_is_refused_with_the_line(
    change: dict[str, object], rule: str
) -> None:
    line = RESPONSE.order_line[0].model_copy(update=change)
    answer = RESPONSE.model_copy(update={"order_line": (RESPONSE.order_line[1], line)})
    with pytest.raises(UnwritableDocument, match=rule) as refused:
        order_response.render(answer)
    assert refused.value.findings[0].location.path == "/OrderResponse/cac:OrderLine[2]"


def test_answer_without_parties_is_no_ubl() -> None:
    with pytest.raises(UnwritableDocument, match="names seller and buyer"):
        order_response.render(RESPONSE.model_copy(update={"buyer_customer_party": None}))
