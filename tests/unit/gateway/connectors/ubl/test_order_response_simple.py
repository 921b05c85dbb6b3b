"""UBL simple order responses: accepted or rejected as a whole."""

from __future__ import annotations

import pytest

from gateway.connectors.message import InvalidUblOrderResponse, UnwritableDocument
from gateway.connectors.ubl import order_response_simple
from tests.unit.gateway.connectors.ubl.test_order_response import RESPONSE

ANSWER = RESPONSE.model_copy(
    update={"order_response_code": "RE", "order_line": (), "promised_delivery_period": None}
)


@pytest.mark.parametrize("code", ["AP", "RE"])
def test_answer_survives_being_written_and_read(code: str) -> None:
    answer = ANSWER.model_copy(update={"order_response_code": code})
    assert order_response_simple.parse(order_response_simple.render(answer)) == answer


def test_reason_of_a_rejection_rides_along() -> None:
    reason = b"<cbc:RejectionNote>Sold out</cbc:RejectionNote>"
    at = b"false</cbc:AcceptedIndicator>"
    message = order_response_simple.render(ANSWER).replace(at, at + reason)
    assert reason in order_response_simple.render(order_response_simple.parse(message))


def test_neither_lines_nor_conditions_fit_a_simple_answer() -> None:
    assert order_response_simple.unheld(RESPONSE) == ("/order_line", "/promised_delivery_period")
    accepted = RESPONSE.model_copy(update={"order_response_code": "AP"})
    with pytest.raises(UnwritableDocument, match="/order_line"):
        order_response_simple.render(accepted)
    conditional = ANSWER.model_copy(update={"order_response_code": "CA"})
    with pytest.raises(UnwritableDocument, match="accepted or rejected"):
        order_response_simple.render(conditional)


def test_answer_that_neither_accepts_nor_rejects_is_refused() -> None:
    message = order_response_simple.render(ANSWER).replace(b">false<", b">perhaps<")
    with pytest.raises(InvalidUblOrderResponse, match="true or false"):
        order_response_simple.parse(message)
