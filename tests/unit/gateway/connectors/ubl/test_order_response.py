"""UBL order responses: in, out, and what UBL cannot hold."""

from __future__ import annotations

import pytest
from lxml import etree

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


def canonical(message: bytes) -> str:
    return etree.canonicalize(etree.fromstring(message), strip_text=True)


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
        (b">3</cbc:LineStatusCode>", b">Odd</cbc:LineStatusCode>", "LineStatusCode", "UNCL1229"),
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
    ("old", "new", "code", "status"),
    [
        (b"<cbc:OrderResponseCode>CA</cbc:OrderResponseCode>", b"", "CA", LINE_CHANGED),
        (b"<cbc:LineStatusCode>3</cbc:LineStatusCode>", b"", "CA", LINE_CHANGED),
        (b">3</cbc:LineStatusCode>", b">Revised</cbc:LineStatusCode>", "CA", LINE_CHANGED),
        (b">3</cbc:LineStatusCode>", b">NoStatus</cbc:LineStatusCode>", "CA", LINE_ACCEPTED),
    ],
)
def test_codes_left_out_are_concluded_and_left_out_again(
    old: bytes, new: bytes, code: str, status: str
) -> None:
    message = order_response.render(RESPONSE).replace(old, new, 1)
    parsed = order_response.parse(message)
    assert (parsed.order_response_code, parsed.order_line[0].line_status_code) == (code, status)
    assert canonical(order_response.render(parsed)) == canonical(message)


def test_answer_whose_lines_are_all_rejected_rejects() -> None:
    message = order_response.render(RESPONSE)
    message = message.replace(b"<cbc:OrderResponseCode>CA</cbc:OrderResponseCode>", b"")
    message = message.replace(b">3</cbc:LineSt", b">7</cbc:LineSt")
    message = message.replace(b">5</cbc:LineSt", b">7</cbc:LineSt")
    assert order_response.parse(message).order_response_code == "RE"


def test_answer_without_lines_needs_its_code() -> None:
    answer = RESPONSE.model_copy(update={"order_line": ()})
    message = order_response.render(answer)
    message = message.replace(b"<cbc:OrderResponseCode>CA</cbc:OrderResponseCode>", b"")
    with pytest.raises(InvalidUblOrderResponse, match="order_response_code"):
        order_response.parse(message)


def test_line_that_names_no_line_answers_that_of_its_number() -> None:
    message = order_response.render(RESPONSE)
    start = message.index(b"<cac:OrderLineReference>")
    end = message.index(b"</cac:OrderLineReference>") + len(b"</cac:OrderLineReference>")
    message = message[:start] + message[end:]
    parsed = order_response.parse(message)
    assert parsed.order_line[0].order_line_reference == LineReference(line_id="1")
    assert order_response.render(parsed).count(b"<cac:OrderLineReference>") == 1


def test_substituted_item_survives() -> None:
    line = RESPONSE.order_line[0].model_copy(update={"substituted_item": Item(name="other")})
    answer = RESPONSE.model_copy(update={"order_line": (line,)})
    assert order_response.parse(order_response.render(answer)) == answer


def test_what_ubl_cannot_hold_is_named_and_left_out_only_when_asked() -> None:
    line = RESPONSE.order_line[0].model_copy(update={"status_reason_code": "LATE"})
    answer = RESPONSE.model_copy(update={"order_line": (RESPONSE.order_line[1], line)})
    assert order_response.unheld(answer) == ("/order_line/1/status_reason_code",)
    with pytest.raises(UnwritableDocument, match="no place for this field") as refused:
        order_response.render(answer)
    assert refused.value.findings[0].location.path == "/order_line/1/status_reason_code"
    assert b"LATE" not in order_response.render(answer, is_lossy=True)


def test_answer_without_parties_is_no_ubl() -> None:
    with pytest.raises(UnwritableDocument, match="UBL requires cac:BuyerCustomerParty"):
        order_response.render(RESPONSE.model_copy(update={"buyer_customer_party": None}))
