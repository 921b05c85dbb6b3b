"""A partner is told of a fact by the document that came with it, in its own numbers and names."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.answering.telling import document_of
from ledger.document import parse_document
from ledger.document.invoice import Invoice
from ledger.document.notice import Notice
from ledger.document.order import Order
from ledger.document.order_change import OrderChange
from ledger.document.order_response import OrderResponse
from tests.unit.gateway import papers

TIME = 1_772_496_000
ID = "A1-7-O12"


def _order() -> Order:
    party = {"name": "Brand", "endpoint_id": "4012345000009", "endpoint_scheme": "0088"}
    document = parse_document({**papers.order(), "buyer_customer_party": party})
    assert isinstance(document, Order)
    return document


def _notice() -> Notice:
    fields = {"document_type": "Notice", "id": "N-1", "reason": "All fine.", "note": ["Thanks."]}
    document = parse_document(papers.HEAD | fields)
    assert isinstance(document, Notice)
    return document


def _response(*lines: dict[str, Any], **more: Any) -> OrderResponse:
    document = parse_document({**papers.response("AP", *lines, order=ID), **more})
    assert isinstance(document, OrderResponse)
    return document


@pytest.mark.parametrize(
    ("action", "code"),
    [("acknowledge", "AB"), ("confirm", "AP"), ("accept_change", "AP"), ("reject", "RE")],
)
def test_an_answer_without_a_document_becomes_an_order_response(action: str, code: str) -> None:
    told = document_of(action, None, _order(), ID, TIME)
    assert isinstance(told, OrderResponse)
    assert (told.order_response_code, told.order_reference.id) == (code, "PO-1")
    assert (told.id, told.issue_date) == (f"{ID}-{action}", "2026-03-03")
    assert told.buyer_customer_party == _order().buyer_customer_party


def test_the_words_of_a_notice_are_the_notes_of_the_response() -> None:
    told = document_of("confirm", _notice(), _order(), ID, TIME)
    assert isinstance(told, OrderResponse)
    assert (told.id, told.note) == ("N-1", ("All fine.", "Thanks."))


def test_the_order_is_called_what_its_buyer_calls_it() -> None:
    told = document_of("confirm", _response(), _order(), ID, TIME)
    assert isinstance(told, OrderResponse)
    assert (told.order_reference.id, told.order_reference.issue_date) == ("PO-1", "2026-03-01")


def test_lines_name_what_they_answer_and_keep_what_they_say() -> None:
    lines = (papers.answer("2", "5"), papers.answer("1", "3", "7"))
    told = document_of("counter_propose", _response(*lines), _order(), ID, TIME)
    assert isinstance(told, OrderResponse)
    second, first = told.order_line
    assert second.quantity is not None and second.quantity.value == "4"
    assert second.item is not None and second.item.name == "Article 2"
    assert first.quantity is not None and first.quantity.value == "7"


def test_what_a_document_says_of_a_party_is_not_replaced() -> None:
    party = {"name": "The buyer", "endpoint_id": "own"}
    told = document_of("confirm", _response(buyer_customer_party=party), _order(), ID, TIME)
    assert isinstance(told, OrderResponse)
    assert told.buyer_customer_party is not None
    assert told.buyer_customer_party.name == "The buyer"
    assert told.buyer_customer_party.endpoint_id == "own"
    # The scheme belongs to the endpoint of the order.
    assert told.buyer_customer_party.endpoint_scheme is None


def test_other_actions_without_a_document_are_told_as_notices() -> None:
    told = document_of("accept_cancel", None, _order(), ID, TIME)
    assert isinstance(told, Notice)
    assert (told.action, told.reason) == ("accept_cancel", "Accept cancel.")
    assert told.order_reference is not None and told.order_reference.id == "PO-1"


def test_without_an_order_that_can_be_read_a_document_is_told_as_it_is() -> None:
    response = _response()
    assert document_of("confirm", response, None, ID, TIME) == response
    assert isinstance(document_of("confirm", None, None, ID, TIME), Notice)


def test_an_accepted_change_is_named_by_the_response() -> None:
    change = parse_document(
        papers.change({"line_status_code": "3", **papers.order()["order_line"][0]})
    )
    assert isinstance(change, OrderChange)
    told = document_of("accept_change", None, _order(), ID, TIME, change)
    assert isinstance(told, OrderResponse)
    assert told.order_change_reference is not None
    assert told.order_change_reference.id == "OC-1"
    told = document_of("confirm", None, _order(), ID, TIME, change)
    assert isinstance(told, OrderResponse)
    assert told.order_change_reference is None


def test_a_line_in_parts_gets_no_quantity_that_its_parts_do_not_have() -> None:
    parts = {"delivery": [{"quantity": papers.pieces("3")}, {"quantity": papers.pieces("4")}]}
    told = document_of(
        "counter_propose", _response(papers.answer("1", "3", **parts)), _order(), ID, TIME
    )
    assert isinstance(told, OrderResponse)
    assert told.order_line[0].quantity is None


def test_whoever_is_billed_is_the_buyer_only_under_its_name() -> None:
    for name, endpoint in (("Brand", "4012345000009"), ("Brand Holding", None)):
        bill = {**papers.invoice(("1", "10", "2.5")), "accounting_customer_party": {"name": name}}
        told = document_of("settle", parse_document(bill), _order(), ID, TIME)
        assert isinstance(told, Invoice)
        assert told.accounting_customer_party.endpoint_id == endpoint
