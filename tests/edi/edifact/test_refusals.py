"""EDIFACT messages that are refused, each with the place and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.connectors.edi.edifact.interchange import read
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES
from gateway.connectors.edi.profile import PartnerProfile
from ledger.document.order import Order

HERE = Path(__file__).parent

REFUSALS = {
    "an order that cancels one": ("order", "PO-4711+9", "PO-4711+1", "BGM/3"),
    "an order without quantity": ("order", "QTY+21:1000:PCE", "QTY+59:1000:PCE", "LIN"),
    "a day that is none": ("order", "20261125:102", "20261131:102", "DTM/1/2"),
    "a count of other lines": ("order", "CNT+2:2", "CNT+2:3", "CNT/1"),
    "a price in words": ("order", "AAA:9.75", "AAA:nine", "PRI/1/2"),
    "a response without answer": ("order_response", "OR-1+4", "OR-1+9", "BGM/3"),
    "a line on hold": ("order_response", "LIN+4+7", "LIN+4+8", "LIN/2"),
    "a response to nothing": ("order_response", "RFF+ON:PO-4711'", "RFF+AGO:1'", "BGM"),
    "a change that replaces": ("order_change", "CH-1+4", "CH-1+5", "BGM/3"),
    "a change of no kind": ("order_change", "LIN+2+7", "LIN+2+9", "LIN/2"),
    "an advice of nothing sent": ("despatch_advice", "QTY+12:5:PCE", "QTY+21:5:PCE", "LIN"),
    "a receipt of nothing": ("receipt_advice", "QTY+48:900", "QTY+47:900", "LIN"),
    "a change of a change": ("order_change", "CH-1+4", "CH-1+3", "BGM/3"),
    "a cancellation of nothing": ("order_cancellation", "RFF+ON:", "RFF+AGO:", "BGM"),
    "a schedule of changes": ("delivery_schedule", "DS-3+9", "DS-3+4", "BGM/3"),
    "a schedule of nothing": ("delivery_schedule", "LIN+1'", "PIA+1+1'", "PIA"),
    "a schedule without a day": ("delivery_schedule", "DTM+69:20261120:102'\n", "", "QTY"),
    "a day of a month": (
        "delivery_schedule",
        "DTM+69:20261120:102",
        "DTM+69:202613:610",
        "DTM/1/2",
    ),
    "a line that will not come": ("delivery_schedule", "LIN+2'", "LIN+2+2'", "LIN/2"),
    "a report of no quantity": ("quality_report", "QTY+1:40.5", "QTY+79:40.5", "LIN"),
    "a value in words": ("quality_report", "+MMT:39.7", "+MMT:short", "MEA/3/2"),
    "a report that cancels one": ("quality_report", "QR-1+9", "QR-1+1", "BGM/3"),
    "a decision without condition": ("quality_report", "FTX+SIN", "FTX+ABC", "LIN"),
    "nothing taxed for no reason": ("invoice_payment", "FTX+TXD", "FTX+ABC", "BGM"),
    "an invoice of the buyer": ("invoice", "BGM+380", "BGM+389", "BGM/1"),
    "a credit note for nothing": ("invoice", "BGM+380", "BGM+381", "BGM"),
    "a credit note that does not add up": ("credit_note", "MOA+9:1.49", "MOA+9:1.5", "MOA/1"),
    "a price below nothing": ("credit_note", "AAA:12.5", "AAA:-12.5", "LIN"),
    "an invoice that does not add up": ("invoice", "MOA+77:574.25", "MOA+77:574.26", "MOA/1"),
    "an invoice without currency": ("invoice", "CUX+2:EUR:4", "CUX+2", "BGM"),
    "a tax without rate": ("invoice", "VAT+++:::7+S'\nMOA+124", "VAT'\nMOA+124", "TAX/5"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_message_is_refused_at_its_place(case: str) -> None:
    name, was, becomes, path = REFUSALS[case]
    text = (HERE / f"{name}_demo.edi").read_text(encoding="utf-8")
    assert was in text
    message = read(text.replace(was, becomes, 1).encode())[0].messages[0]
    outcome = MESSAGE_TYPES[message.name].examine(message)
    assert outcome.document is None
    assert any(each.location.path.endswith(f"/{path}") for each in outcome.findings)
    assert all(each.what_to_do and each.location.line > 1 for each in outcome.findings)


def test_time_has_the_zone_of_the_partner_or_rides_along() -> None:
    text = (HERE / "order_demo.edi").read_text(encoding="utf-8")
    text = text.replace("DTM+137:20261101:102", "DTM+137:202611010930:203")
    message = read(text.encode())[0].messages[0]
    kind = MESSAGE_TYPES["ORDERS"]
    for profile in (PartnerProfile(), PartnerProfile(zone="+01:00")):
        order = kind.parse(message, profile)
        assert isinstance(order, Order)
        assert order.issue_date == "2026-11-01"
        assert kind.render(order, profile).body == message.body


def test_quantity_without_unit_counts_the_product() -> None:
    text = (HERE / "order_demo.edi").read_text(encoding="utf-8")
    message = read(text.replace("21:1000:PCE", "21:1000").encode())[0].messages[0]
    order = MESSAGE_TYPES["ORDERS"].parse(message)
    assert isinstance(order, Order)
    assert order.order_line[0].quantity.unit_code == "C62"
    assert MESSAGE_TYPES["ORDERS"].render(order).body == message.body
