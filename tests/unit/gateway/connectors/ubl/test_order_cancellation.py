"""UBL order cancellations: in, out, and what they must say."""

from __future__ import annotations

import pytest

from gateway.connectors.message import InvalidUblOrderCancellation
from gateway.connectors.ubl import order_cancellation
from ledger.document.order_cancellation import OrderCancellation
from ledger.document.party import Party
from ledger.document.reference import DocumentReference

CANCELLATION = OrderCancellation(
    id="X-7",
    issue_date="2026-03-11",
    issue_time="09:30:00+01:00",
    cancellation_note="The collection is withdrawn.",
    order_reference=DocumentReference(id="FJ-2026-00417", issue_date="2026-03-02"),
    buyer_customer_party=Party(name="Fjellgrat Outdoor"),
    seller_supplier_party=Party(name="Costura do Ave"),
)


def test_cancellation_survives_being_written_and_read() -> None:
    assert order_cancellation.parse(order_cancellation.render(CANCELLATION)) == CANCELLATION


def test_second_note_rides_along() -> None:
    second = b"<cbc:CancellationNote>Second note</cbc:CancellationNote>"
    message = order_cancellation.render(CANCELLATION)
    at = message.index(b"<cac:OrderReference>")
    parsed = order_cancellation.parse(message[:at] + second + message[at:])
    assert parsed.cancellation_note == "The collection is withdrawn."
    assert second in order_cancellation.render(parsed)


def test_cancellation_without_reason_or_order_is_refused() -> None:
    message = order_cancellation.render(CANCELLATION)
    message = message.replace(b"cbc:CancellationNote>", b"cbc:Note>")
    message = message.replace(b"cac:OrderReference>", b"cac:OriginatorDocumentReference>")
    with pytest.raises(InvalidUblOrderCancellation) as refused:
        order_cancellation.parse(message)
    rules = {finding.rule for finding in refused.value.findings}
    assert rules >= {
        "OrderCancellation has cbc:CancellationNote.",
        "OrderCancellation has cac:OrderReference.",
    }
