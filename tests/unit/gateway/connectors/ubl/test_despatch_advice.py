"""UBL despatch advices: in, out, and handling units with their SSCC."""

from __future__ import annotations

import pytest

from gateway.connectors.message import InvalidUblDespatchAdvice
from gateway.connectors.ubl import despatch_advice
from ledger.document.delivery import Delivery, Despatch, Package, Shipment
from ledger.document.despatch_advice import DespatchAdvice, DespatchLine
from ledger.document.item import Item, ItemInstance
from ledger.document.money import Quantity
from ledger.document.party import Party
from ledger.document.reference import DocumentReference, LineReference

SSCC = "340123450000000017"
ADVICE = DespatchAdvice(
    id="DA-31",
    issue_date="2026-06-30",
    order_reference=DocumentReference(id="FJ-2026-00417"),
    despatch_supplier_party=Party(name="Costura do Ave"),
    delivery_customer_party=Party(name="Fjellgrat Lager Nord"),
    shipment=Shipment(
        id="S-9",
        gross_weight_measure=Quantity(value="812.5", unit_code="KGM"),
        total_transport_handling_unit_quantity=2,
        consignment_id="GINC-5",
        transport_mode_code="3",
        vehicle_id="AV-12-TT",
        delivery=Delivery(despatch=Despatch(actual_despatch_date="2026-06-30")),
        package=(Package(id=SSCC, sscc=SSCC, packaging_type_code="PX"), Package(id="box 2")),
    ),
    despatch_line=(
        DespatchLine(
            id="1",
            order_line_reference=LineReference(
                line_id="1", document_reference=DocumentReference(id="FJ-2026-00417")
            ),
            delivered_quantity=Quantity(value="600", unit_code="C62"),
            outstanding_quantity=Quantity(value="300", unit_code="C62"),
            outstanding_reason="Fabric is late.",
            item=Item(name="Jacket", item_instance=(ItemInstance(lot_number_id="L-5"),)),
        ),
    ),
)


def test_advice_survives_being_written_and_read() -> None:
    assert despatch_advice.parse(despatch_advice.render(ADVICE)) == ADVICE


def test_handling_units_of_a_line_ride_along() -> None:
    inner = (
        b"<cac:Shipment><cbc:ID>NA</cbc:ID><cac:TransportHandlingUnit><cbc:ID>P1</cbc:ID>"
        b"</cac:TransportHandlingUnit></cac:Shipment>"
    )
    message = despatch_advice.render(ADVICE).replace(
        b"</cac:DespatchLine>", inner + b"</cac:DespatchLine>"
    )
    parsed = despatch_advice.parse(message)
    assert parsed.despatch_line[0].extras
    assert b"<cbc:ID>P1</cbc:ID>" in despatch_advice.render(parsed)


def test_sscc_that_is_not_the_number_of_its_unit_has_no_place() -> None:
    package = Package(id="box 1", sscc=SSCC)
    shipment = Shipment(id="S-9", bill_of_lading_id="BL-1", package=(package,))
    advice = ADVICE.model_copy(update={"shipment": shipment})
    assert despatch_advice.unheld(advice) == (
        "/shipment/bill_of_lading_id",
        "/shipment/package/0/sscc",
    )


def test_line_without_quantity_unit_or_order_line_is_refused() -> None:
    message = despatch_advice.render(ADVICE)
    message = message.replace(b'<cbc:DeliveredQuantity unitCode="C62">', b"<cbc:DeliveredQuantity>")
    message = message.replace(b"<cbc:LineID>1</cbc:LineID>", b"")
    with pytest.raises(InvalidUblDespatchAdvice) as refused:
        despatch_advice.parse(message)
    rules = " ".join(finding.rule for finding in refused.value.findings)
    assert "the attribute unitCode" in rules
    assert "cbc:LineID" in rules
