"""Files of events: typed and given back whole, or refused with every breach and its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.connectors.epcis import document, trade, xml
from gateway.connectors.epcis.document import EpcisDocument, InvalidEpcis
from gateway.connectors.epcis.event import Event, ObjectEvent
from gateway.connectors.json.reader import MalformedJson, read_json
from gateway.connectors.message import ConnectorRefused, Finding, ForbiddenXml, UnsupportedDocument

HERE = Path(__file__).parent
SHIPPED = (HERE / "shipped.jsonld").read_bytes()
XML = (HERE / "received.xml").read_bytes()


def _changed(member: str, value: Any) -> bytes:
    fields = json.loads(SHIPPED)
    event = fields["epcisBody"]["eventList"][1]
    event[member] = value
    if value is None:
        del event[member]
    return json.dumps(fields, indent=2).encode()


def test_events_are_typed_and_come_back_equal() -> None:
    read = document.parse(SHIPPED)
    assert isinstance(read, EpcisDocument)
    assert isinstance(read.events[1], ObjectEvent)
    assert read_json(document.render(read)).value == read_json(SHIPPED).value


@pytest.mark.parametrize(
    ("member", "value", "said"),
    [
        ("action", "CREATE", "Action"),
        ("eventTime", "2026-03-01T10:00:00", "moment with its zone"),
        ("eventTime", "2026-02-30T10:00:00Z", "day of the calendar"),
        ("eventTimeZoneOffset", "+25:00", "EventTimeZoneOffset"),
        ("bizStep", "transforming", "business step"),
        ("disposition", "in_transport", "disposition"),
        ("epcList", ["urn:x:1", "urn:x:1"], "once only"),
        ("epcList", ["no uri"], "absolute URI"),
        ("quantityList", [{"epcClass": "urn:x:1", "quantity": "twenty"}], "must be a number"),
        ("quantityList", [{"epcClass": "urn:x:1", "quantity": True}], "must be a number"),
        ("quantityList", [{"epcClass": "urn:x:1", "weight": 5}], "not permitted"),
        ("colour", "red", "has no prefix"),
        ("ilmd", {"mill:lot": "1"}, "only with action ADD"),
        ("eventTime", None, "field required"),
        ("sensorElementList", [{"sensorReport": [{"value": 1}]}], "a type of measurement"),
    ],
)
def test_a_breach_of_the_standard_is_refused_with_its_place(
    member: str, value: Any, said: str
) -> None:
    with pytest.raises(InvalidEpcis) as refused:
        document.parse(_changed(member, value))
    (finding,) = refused.value.findings
    assert said.lower() in finding.rule.lower()
    assert finding.location.line > 1
    assert finding.location.path.startswith("/epcisBody/eventList/1")


def test_what_is_no_event_is_unsupported() -> None:
    for content in (b"[]", b'{"type": "Order"}', b"3"):
        with pytest.raises(UnsupportedDocument):
            document.parse(content)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b"[" * 100_000,
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 1e99999}',
    ],
)
def test_json_that_cannot_be_read_one_way_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedJson):
        document.parse(content)


def test_xml_gives_the_events_that_json_gives() -> None:
    read = xml.parse(XML)
    assert isinstance(read, EpcisDocument)
    assert read.events[0].biz_step == "receiving"


def test_xml_errors_have_line_and_column() -> None:
    broken = XML.replace(b"<action>OBSERVE", b"<action>CREATE")
    with pytest.raises(InvalidEpcis) as refused:
        xml.parse(broken)
    (finding,) = refused.value.findings
    assert (finding.location.line, finding.location.column) == (11, 9)
    assert finding.location.path.endswith("/action")


def test_xml_with_a_doctype_or_of_another_kind_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaa">]>' + XML.split(b"?>", 1)[1]
    with pytest.raises(ForbiddenXml):
        xml.parse(bomb)
    with pytest.raises(UnsupportedDocument):
        xml.parse(b"<Order/>")


def test_public_files_are_typed_and_come_back_or_are_refused_with_places(shared: Path) -> None:
    """Of 75 files that are said to be valid, one names a member twice and one is a query."""
    refused, mapped = 0, 0
    for entry in json.loads((shared / "corpus" / "index.json").read_bytes()):
        if entry["format"] != "epcis2":
            continue
        content = (shared / "corpus" / entry["file"]).read_bytes()
        read = _read(content)
        if isinstance(read, tuple):
            refused += entry["valid"]
            assert all(each.location.line and each.what_to_do for each in read)
            continue
        assert entry["valid"], entry["file"]
        assert read_json(document.render(read)).value == read_json(content).value
        mapped += _comes_back_as_documents(content)
    assert refused <= 2
    assert mapped >= 17


def _read(content: bytes) -> EpcisDocument | Event | tuple[Finding, ...]:
    try:
        return document.parse(content)
    except ConnectorRefused as error:
        return error.findings


def _comes_back_as_documents(content: bytes) -> bool:
    try:
        read = trade.parse(content)
    except InvalidEpcis:
        return False
    assert read_json(trade.render(read.documents)).value == read_json(content).value
    return True
