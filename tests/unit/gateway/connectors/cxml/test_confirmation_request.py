"""cXML confirmations: lines that are accepted, split, backordered and rejected."""

from __future__ import annotations

import pytest

from gateway.connectors.cxml import confirmation_request
from gateway.connectors.message import InvalidCxml, UnwritableDocument
from ledger.document.item import Item
from ledger.document.order_response import LINE_ACCEPTED, LINE_CHANGED, LINE_REJECTED
from tests.unit.gateway.connectors.cxml.messages import CONFIRMATION, canonical


def test_every_status_of_a_line_is_read() -> None:
    answer = confirmation_request.parse(CONFIRMATION)
    assert answer.order_response_code == "CA"
    assert [line.line_status_code for line in answer.order_line] == [
        LINE_ACCEPTED,
        LINE_CHANGED,
        LINE_REJECTED,
    ]
    split = answer.order_line[1]
    assert split.quantity is not None
    assert split.quantity.value == "90"
    parts = [
        (part.quantity.value, part.promised_delivery_period.end_date)
        for part in split.delivery
        if part.quantity is not None and part.promised_delivery_period is not None
    ]
    assert parts == [("60", "2026-07-03"), ("30", "2026-08-03")]
    assert split.note == ("Sold out.",)


def test_confirmation_comes_back_as_it_was_sent() -> None:
    answer = confirmation_request.parse(CONFIRMATION)
    rendered = confirmation_request.render(answer)
    assert canonical(rendered) == canonical(CONFIRMATION)
    assert confirmation_request.parse(rendered) == answer


def test_answer_of_the_network_survives() -> None:
    answer = confirmation_request.parse(CONFIRMATION).model_copy(update={"extras": ()})
    again = confirmation_request.parse(confirmation_request.render(answer))
    assert again.model_copy(update={"extras": ()}) == answer


def test_answer_that_only_acknowledges_or_names_no_quantity_is_not_written() -> None:
    answer = confirmation_request.parse(CONFIRMATION).model_copy(update={"extras": ()})
    received = answer.model_copy(update={"order_response_code": "AB"})
    with pytest.raises(UnwritableDocument, match="/order_response_code"):
        confirmation_request.render(received)
    line = answer.order_line[0].model_copy(update={"quantity": None})
    with pytest.raises(UnwritableDocument, match="/order_line/0/quantity"):
        confirmation_request.render(answer.model_copy(update={"order_line": (line,)}))


def test_parts_that_do_not_add_up_are_refused_at_their_line() -> None:
    broken = CONFIRMATION.replace(b'quantity="10" type="reject"', b'quantity="10" type="accept"')
    broken = broken.replace(b'quantity="30" type="back', b'quantity="31" type="back')
    with pytest.raises(InvalidCxml, match="add up") as refused:
        confirmation_request.parse(broken)
    assert refused.value.findings[0].location.path.endswith("ConfirmationItem[2]")


def test_unknown_type_is_refused() -> None:
    with pytest.raises(InvalidCxml, match="accepts, rejects or details"):
        confirmation_request.parse(CONFIRMATION.replace(b'type="except"', b'type="requestToPay"'))


def test_line_that_goes_as_ordered_names_no_item_that_would_change_it() -> None:
    answer = confirmation_request.parse(CONFIRMATION).model_copy(update={"extras": ()})
    line = answer.order_line[0].model_copy(update={"item": Item(name="Hardshell jacket")})
    named = answer.model_copy(update={"order_line": (line,)})
    assert confirmation_request.unheld(named) == ("/order_line/0/item",)
    again = confirmation_request.parse(confirmation_request.render(named, is_lossy=True))
    assert again.order_line[0].line_status_code == LINE_ACCEPTED
