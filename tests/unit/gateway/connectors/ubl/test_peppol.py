"""What messages say of themselves on Peppol."""

from __future__ import annotations

import pytest

from gateway.connectors.ubl import order, order_change, order_response
from gateway.connectors.ubl.peppol import addressed
from ledger.document.notice import Notice
from tests.unit.gateway.connectors.ubl.test_order_change import CHANGE
from tests.unit.gateway.connectors.ubl.test_order_response import RESPONSE


def test_order_of_the_network_says_which_message_it_is(example: bytes) -> None:
    plain = order.parse(example).model_copy(update={"extras": ()})
    message = order.render(addressed(plain))
    assert b">urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>" in message
    assert b">urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID>" in message
    assert order.parse(message) == addressed(plain)


def test_answer_and_change_belong_to_advanced_ordering() -> None:
    message = order_response.render(addressed(RESPONSE, is_advanced=True))
    assert b":trns:order_response_advanced:3<" in message
    assert b":bis:advanced_ordering:3<" in message
    assert b":trns:order_change:3<" in order_change.render(addressed(CHANGE))


def test_what_the_sender_said_stays() -> None:
    said = addressed(RESPONSE)
    assert addressed(said, is_advanced=True) == said


def test_there_is_no_message_for_a_notice() -> None:
    with pytest.raises(KeyError, match="Notice"):
        addressed(Notice(id="1", issue_date="2026-01-01", reason="x"))
