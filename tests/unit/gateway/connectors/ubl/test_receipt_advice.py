"""UBL receipt advices: in, out, and lines that name no other line."""

from __future__ import annotations

import pytest

from gateway.connectors.message import InvalidUblReceiptAdvice
from gateway.connectors.ubl import receipt_advice
from ledger.document.money import Quantity
from ledger.document.party import Location, Party
from ledger.document.receipt_advice import ReceiptAdvice, ReceiptLine
from ledger.document.reference import DocumentReference, LineReference

ADVICE = ReceiptAdvice(
    id="RA-12",
    issue_date="2026-07-04",
    order_reference=DocumentReference(id="FJ-2026-00417"),
    despatch_document_reference=DocumentReference(id="DA-31"),
    delivery_customer_party=Party(name="Fjellgrat Lager Nord"),
    despatch_supplier_party=Party(name="Costura do Ave"),
    actual_delivery_date="2026-07-03",
    delivery_location=Location(name="Ramp 4"),
    receipt_line=(
        ReceiptLine(
            id="1",
            despatch_line_reference=LineReference(line_id="1"),
            received_quantity=Quantity(value="590", unit_code="C62"),
            short_quantity=Quantity(value="10", unit_code="C62"),
            rejected_quantity=Quantity(value="4", unit_code="C62"),
            reject_reason=("Wet.", "Torn."),
            received_date="2026-07-03",
        ),
    ),
)


def test_advice_survives_being_written_and_read() -> None:
    assert receipt_advice.parse(receipt_advice.render(ADVICE)) == ADVICE


def test_arrival_is_written_with_a_shipment_that_ubl_allows() -> None:
    message = receipt_advice.render(ADVICE)
    assert b"<cbc:ID>NA</cbc:ID>" in message
    named = message.replace(b"<cbc:ID>NA</cbc:ID>", b'<cbc:ID schemeID="x">S-9</cbc:ID>')
    assert receipt_advice.render(receipt_advice.parse(named)) == named
    absent = message.replace(b"<cbc:ID>NA</cbc:ID>", b"")
    assert b"NA" not in receipt_advice.render(receipt_advice.parse(absent))


def test_nothing_is_written_about_an_arrival_nobody_told() -> None:
    silent = ADVICE.model_copy(update={"actual_delivery_date": None, "delivery_location": None})
    assert b"Shipment" not in receipt_advice.render(silent)


@pytest.mark.parametrize(
    ("head", "field"),
    [(True, "despatch_line_reference"), (False, "order_line_reference")],
)
def test_line_that_names_no_line_is_about_that_of_its_number(head: bool, field: str) -> None:
    update = {} if head else {"despatch_document_reference": None}
    message = receipt_advice.render(ADVICE.model_copy(update=update))
    start = message.index(b"<cac:DespatchLineReference>")
    end = message.index(b"</cac:DespatchLineReference>") + len(b"</cac:DespatchLineReference>")
    message = message[:start] + message[end:]
    parsed = receipt_advice.parse(message)
    assert getattr(parsed.receipt_line[0], field) == LineReference(line_id="1")
    assert b"LineReference" not in receipt_advice.render(parsed)


def test_rejection_without_reason_is_refused_at_its_line_only() -> None:
    message = receipt_advice.render(ADVICE)
    message = message.replace(b"<cbc:RejectReason>Wet.</cbc:RejectReason>", b"")
    message = message.replace(b"<cbc:RejectReason>Torn.</cbc:RejectReason>", b"")
    with pytest.raises(InvalidUblReceiptAdvice, match="needs a reason") as refused:
        receipt_advice.parse(message)
    assert [each.location.path for each in refused.value.findings] == [
        "/ReceiptAdvice/cac:ReceiptLine"
    ]
