"""What is written is valid UBL, as its published schemas have it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from gateway.connectors.ubl import (
    credit_note,
    despatch_advice,
    invoice,
    message_level_response,
    order_cancellation,
    order_change,
    order_response,
    order_response_simple,
    receipt_advice,
)
from gateway.connectors.ubl.message_level_response import MessageLevelResponse
from gateway.connectors.ubl.peppol import addressed
from ledger.document.party import Identification
from tests.unit.gateway.connectors.ubl import (
    test_credit_note,
    test_despatch_advice,
    test_invoice,
    test_order_cancellation,
    test_order_change,
    test_order_response,
    test_order_response_simple,
    test_receipt_advice,
)

SCHEMAS = "schemas/ubl/kduvekot__ubl-release-package/xsdrt/maindoc"
ENDPOINT = Identification(id="7302347231110", scheme_id="0088")
MESSAGES = {
    "ApplicationResponse": lambda: message_level_response.render(
        MessageLevelResponse("1", "2026-01-01", ENDPOINT, ENDPOINT, "e-1")
    ),
    "CreditNote": lambda: credit_note.render(addressed(test_credit_note.BILL)),
    "DespatchAdvice": lambda: despatch_advice.render(addressed(test_despatch_advice.ADVICE)),
    "Invoice": lambda: invoice.render(addressed(test_invoice.BILL)),
    "OrderCancellation": lambda: order_cancellation.render(
        addressed(test_order_cancellation.CANCELLATION)
    ),
    "OrderChange": lambda: order_change.render(addressed(test_order_change.CHANGE)),
    "OrderResponse": lambda: order_response.render(addressed(test_order_response.RESPONSE)),
    "OrderResponseSimple": lambda: order_response_simple.render(test_order_response_simple.ANSWER),
    "ReceiptAdvice": lambda: receipt_advice.render(test_receipt_advice.ADVICE),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_written_message_is_valid(shared: Path, name: str) -> None:
    schema = etree.XMLSchema(etree.parse(shared / SCHEMAS / f"UBL-{name}-2.5.xsd"))
    assert schema.validate(etree.fromstring(MESSAGES[name]())), schema.error_log
