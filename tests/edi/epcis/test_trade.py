"""Events become documents and come back; what cannot become one is refused with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.connectors.epcis import trade, xml
from gateway.connectors.epcis.document import InvalidEpcis
from gateway.connectors.json.reader import read_json
from gateway.connectors.message import UnwritableDocument
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.quality_report import QualityReport
from ledger.document.receipt_advice import ReceiptAdvice

HERE = Path(__file__).parent
SHIPPED = (HERE / "shipped.jsonld").read_bytes()


def _event(**members: Any) -> dict[str, Any]:
    plain = {
        "type": "ObjectEvent",
        "eventTime": "2026-03-01T10:00:00Z",
        "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "disposition": "conformant",
        "epcList": ["urn:epc:id:sgtin:4012345.011111.A1"],
    }
    return {name: value for name, value in {**plain, **members}.items() if value is not None}


def _parsed(event: dict[str, Any]) -> trade.Trade:
    return trade.parse(json.dumps(event).encode())


def test_shipping_becomes_a_despatch_advice() -> None:
    (despatch,) = trade.parse(SHIPPED).documents
    assert isinstance(despatch, DespatchAdvice)
    assert despatch.id == "D/9"
    assert despatch.order_reference is not None
    assert despatch.order_reference.id == "PO-77"
    assert despatch.buyer_customer_party is not None
    assert despatch.buyer_customer_party.identifications[0].id == "4012345000009"
    pieces, amount = despatch.despatch_line
    assert pieces.delivered_quantity.value == "2"
    assert pieces.item is not None
    assert [each.serial_id for each in pieces.item.item_instance] == ["A1", "A/2"]
    assert (amount.delivered_quantity.value, amount.delivered_quantity.unit_code) == ("12.5", "KGM")
    assert amount.item is not None
    assert amount.item.item_instance[0].lot_number_id == "L-7"
    assert despatch.shipment is not None
    assert [each.sscc for each in despatch.shipment.package] == ["040123451234567894"]


def test_the_day_is_that_of_the_zone_of_the_event() -> None:
    (despatch,) = trade.parse(SHIPPED).documents
    assert (despatch.issue_date, despatch.issue_time) == ("2026-03-02", "00:30:00.5+01:00")


def test_a_file_comes_back_the_same_with_its_other_events_and_extensions() -> None:
    read = trade.parse(SHIPPED)
    assert read.others == (0,)
    written = trade.render(read.documents)
    assert read_json(written).value == read_json(SHIPPED).value
    assert b"12.50" in written and b"7.250" in written
    assert trade.parse(written).documents == read.documents


def test_what_is_changed_in_the_document_changes_in_the_event() -> None:
    (document,) = _parsed(_event(quantityList=None)).documents
    assert isinstance(document, QualityReport)
    line = document.inspection_line[0].model_copy(update={"usage_decision": "fail"})
    changed = document.model_copy(update={"inspection_line": (line,)})
    assert read_json(trade.render([changed])).value["disposition"] == "non_conformant"


def test_receiving_in_xml_becomes_a_receipt_advice() -> None:
    read = trade.parse_value(xml.read((HERE / "received.xml").read_bytes()))
    (receipt,) = read.documents
    assert isinstance(receipt, ReceiptAdvice)
    assert receipt.receipt_line[0].received_quantity.value == "12.5"
    event = read_json(trade.render(read.documents)).value["epcisBody"]["eventList"][0]
    assert event["https://mill.example/epcis/gate"] == "7"
    reports = event["sensorElementList"][0]["sensorReport"]
    assert [str(each["value"]) for each in reports] == ["4.1", "4.3"]


@pytest.mark.parametrize("disposition", ["damaged", "conformant"])
def test_inspecting_says_whether_goods_pass(disposition: str) -> None:
    (report,) = _parsed(_event(disposition=disposition)).documents
    assert isinstance(report, QualityReport)
    expected = "pass" if disposition == "conformant" else "fail"
    assert report.inspection_line[0].usage_decision == expected


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"disposition": "in_progress"}, "whether the goods conform"),
        ({"disposition": None}, "whether the goods conform"),
        ({"action": "DELETE"}, "takes back"),
        ({"errorDeclaration": {"declarationTime": "2026-03-02T10:00:00Z"}}, "declared to be wrong"),
        ({"epcList": ["urn:epc:id:sscc:4012345.0123456789"]}, "logistic units only"),
        ({"epcList": []}, "names no goods"),
        (
            {"quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.022222.L-7"}]},
            "is not said",
        ),
        (
            {
                "bizTransactionList": [
                    {"type": "po", "bizTransaction": "urn:x:1"},
                    {"type": "po", "bizTransaction": "urn:x:2"},
                ]
            },
            "several papers",
        ),
        ({"quantityList": [{"epcClass": "urn:x:1", "quantity": -1}]}, "zero or more"),
        ({"bizStep": "packing"}, "tells of shipping"),
        ({"bizStep": None}, "tells of shipping"),
    ],
)
def test_an_event_that_is_no_document_is_refused(members: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidEpcis) as refused:
        _parsed(_event(**members))
    assert any(said in finding.rule for finding in refused.value.findings)


def test_all_events_that_are_wrong_are_told_at_once() -> None:
    document = json.loads(SHIPPED)
    document["epcisBody"]["eventList"] = [_event(disposition=None), _event(action="DELETE")]
    with pytest.raises(InvalidEpcis) as refused:
        trade.parse(json.dumps(document, indent=1).encode())
    paths = [finding.location.path for finding in refused.value.findings]
    assert paths == ["/epcisBody/eventList/0", "/epcisBody/eventList/1"]
    assert refused.value.findings[0].location.line < refused.value.findings[1].location.line


def _bare(document: DespatchAdvice, **changes: Any) -> DespatchAdvice:
    return document.model_copy(update={"extras": (), **changes})


def test_a_document_of_our_own_becomes_an_event_and_comes_back() -> None:
    (read,) = trade.parse(SHIPPED).documents
    assert isinstance(read, DespatchAdvice)
    again = trade.parse(trade.render([_bare(read)]))
    (document,) = again.documents
    assert isinstance(document, DespatchAdvice)
    assert _bare(document) == _bare(read)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda each: {"issue_time": None, "shipment": None}, "a time with its zone"),
        (lambda each: {"seller_supplier_party": None}, "needs the GLN"),
        (
            lambda each: {
                "despatch_line": (each.despatch_line[0].model_copy(update={"item": None}),)
            },
            "needs a GTIN",
        ),
    ],
)
def test_a_document_that_no_event_can_hold_is_refused(
    change: Callable[[DespatchAdvice], dict[str, Any]], said: str
) -> None:
    (read,) = trade.parse(SHIPPED).documents
    assert isinstance(read, DespatchAdvice)
    with pytest.raises(UnwritableDocument, match=said):
        trade.render([_bare(read, **change(read))])
