"""UBL order changes: in, out, and the codes of lines."""

from __future__ import annotations

import pytest

from gateway.connectors.message import InvalidUblOrderChange, UnwritableDocument
from gateway.connectors.ubl import order_change
from ledger.document.item import Item
from ledger.document.money import Amount, Price, Quantity
from ledger.document.order_change import OrderChange, OrderChangeLine
from ledger.document.order_response import LINE_ACCEPTED, LINE_CHANGED, LINE_REJECTED
from ledger.document.party import Party
from ledger.document.period import Period
from ledger.document.reference import DocumentReference, LineReference

CHANGE = OrderChange(
    id="CH-2",
    issue_date="2026-03-09",
    sequence_number_id=2,
    document_currency_code="EUR",
    order_reference=DocumentReference(id="FJ-2026-00417"),
    buyer_customer_party=Party(name="Fjellgrat Outdoor"),
    seller_supplier_party=Party(name="Costura do Ave"),
    order_line=(
        OrderChangeLine(
            id="1",
            line_status_code=LINE_CHANGED,
            order_line_reference=LineReference(line_id="1"),
            quantity=Quantity(value="900", unit_code="C62"),
            price=Price(price_amount=Amount(value="62.75", currency_id="EUR")),
            requested_delivery_period=Period(end_date="2026-07-17"),
            item=Item(name="Hardshell jacket Tindra"),
        ),
        OrderChangeLine(id="2", line_status_code=LINE_REJECTED),
        OrderChangeLine(id="3", line_status_code=LINE_ACCEPTED),
    ),
)


def test_change_survives_being_written_and_read() -> None:
    assert order_change.parse(order_change.render(CHANGE)) == CHANGE


def test_removed_and_unchanged_lines_have_the_codes_of_a_change() -> None:
    message = order_change.render(CHANGE)
    assert b"<cbc:LineStatusCode>2<" in message
    assert b"<cbc:LineStatusCode>4<" in message


def test_code_of_ubl_is_understood_and_comes_back() -> None:
    message = order_change.render(CHANGE).replace(
        b"Code>3</cbc:LineS", b'Code listName="Line Status">Revised</cbc:LineS'
    )
    parsed = order_change.parse(message)
    assert parsed.order_line[0].line_status_code == LINE_CHANGED
    assert order_change.render(parsed) == message


def test_line_without_status_is_changed_and_stays_without() -> None:
    message = order_change.render(CHANGE).replace(
        b"<cbc:LineStatusCode>3</cbc:LineStatusCode>", b""
    )
    parsed = order_change.parse(message)
    assert parsed.order_line[0].line_status_code == LINE_CHANGED
    assert b"LineStatusCode>3<" not in order_change.render(parsed)


def test_every_error_is_told_at_once() -> None:
    message = order_change.render(CHANGE)
    message = message.replace(b">3</cbc:LineStatusCode>", b">9</cbc:LineStatusCode>")
    message = message.replace(b"<cbc:ID>3</cbc:ID>", b"<cbc:ID>2</cbc:ID>")
    message = message.replace(b">900<", b">many<")
    with pytest.raises(InvalidUblOrderChange) as refused:
        order_change.parse(message)
    paths = [finding.location.path for finding in refused.value.findings]
    assert paths == [
        "/OrderChange/cac:OrderLine[1]/cac:LineItem/cbc:LineStatusCode",
        "/OrderChange/cac:OrderLine[1]/cac:LineItem/cbc:Quantity",
        "/OrderChange/cac:OrderLine[3]/cac:LineItem/cbc:ID",
    ]


def test_reason_of_a_change_has_no_place_in_ubl() -> None:
    change = CHANGE.model_copy(update={"reason": "new season"})
    assert order_change.unheld(change) == ("/reason",)
    with pytest.raises(UnwritableDocument, match="/reason"):
        order_change.render(change)
