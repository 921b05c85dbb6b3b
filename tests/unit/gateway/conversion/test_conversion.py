"""A message of one standard becomes one of another, with everything listed that is lost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from gateway.connectors.edi.message import Address
from gateway.connectors.message import MalformedXml, UnwritableDocument
from gateway.conversion.conversion import convert, write
from gateway.conversion.form import STANDARDS, Manner, form_of
from gateway.inbox.reading import read
from ledger.document import parse_document
from ledger.document.order import Order
from tests.unit.gateway import papers

EDI = Path(__file__).parents[3] / "edi"
X12_ORDER = (EDI / "x12" / "order_demo.edi").read_bytes()
OPEN = b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2">'
MANNER = Manner(datetime(2026, 3, 2, 9, 14))  # noqa: DTZ001
ENDS = Manner(MANNER.at, sender=Address("ME", "ZZ"), receiver=Address("YOU", "ZZ"), control=7)


def _order() -> Order:
    document = parse_document(papers.order())
    assert isinstance(document, Order)
    return document


@pytest.mark.parametrize("standard", ["x12", "edifact", "ubl", "cxml", "json"])
def test_an_x12_order_becomes_an_order_of_every_other_standard(standard: str) -> None:
    conversion = convert(X12_ORDER, standard, MANNER)
    assert (conversion.source.standard, conversion.source.type) == ("x12", "850")
    [converted] = conversion.converted
    [again] = read(converted.content, "").documents
    assert isinstance(again, Order)
    assert (again.id, len(again.order_line)) == (converted.document.id, 2)


def test_what_is_written_in_its_own_standard_loses_nothing() -> None:
    [converted] = convert(X12_ORDER, "x12", MANNER).converted
    assert converted.losses == ()


def test_canonical_json_holds_everything() -> None:
    [converted] = convert(X12_ORDER, "json", MANNER).converted
    assert converted.losses == ()


def test_what_the_target_cannot_hold_is_listed_with_what_it_said() -> None:
    [converted] = convert(X12_ORDER, "cxml", MANNER).converted
    found = {each.pointer: (each.reason, each.said) for each in converted.losses}
    assert found["/contract"] == ("no_place", "id FRAME-2025-09")
    assert found["/extras/1"] == ("foreign", "x12:/850/0/4: REF*DP*4100-OUTERWEAR")


def test_everything_that_is_not_listed_is_the_same_again() -> None:
    [converted] = convert(X12_ORDER, "edifact", MANNER).converted
    pointers = {each.pointer for each in converted.losses}
    [again] = read(converted.content, "").documents
    untouched = [
        name
        for name in type(converted.document).model_fields
        if not any(each.startswith(f"/{name}") for each in pointers)
    ]
    assert len(untouched) > 20
    for name in untouched:
        assert getattr(again, name) == getattr(converted.document, name), name


def test_an_interchange_without_addresses_is_refused_by_name() -> None:
    with pytest.raises(UnwritableDocument, match="An interchange is addressed"):
        write(_order(), "x12", MANNER)
    converted = write(_order(), "x12", ENDS)
    assert b"*ZZ*ME             *ZZ*YOU            *" in converted.content
    assert b"*000000007*" in converted.content


def test_a_standard_without_such_a_message_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(UnwritableDocument) as refused:
        write(_order(), "epcis", MANNER)
    [finding] = refused.value.findings
    assert finding.found == "Order"
    assert "x12, edifact, ubl" in finding.what_to_do


def test_nothing_is_given_out_that_its_receiver_would_refuse() -> None:
    with pytest.raises(UnwritableDocument) as refused:
        write(_order(), "woocommerce", MANNER)
    assert all("choose another standard" in each.what_to_do for each in refused.value.findings)


def test_a_broken_message_is_refused_with_its_place() -> None:
    with pytest.raises(MalformedXml) as refused:
        convert(
            b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2">', "x12", ENDS
        )
    assert refused.value.findings[0].location.line == 1


def test_canonical_json_has_a_form_for_every_document() -> None:
    assert [each for each in STANDARDS if form_of(each, "ReturnInstruction")] == ["json"]
    assert form_of("csv", "Order") is None


def test_the_answer_to_a_change_is_an_865_and_any_other_an_855() -> None:
    change = {"order_change_reference": {"id": "OC-1", "issue_date": "2026-03-01"}}
    order = {"order_reference": {"id": "PO-1", "issue_date": "2026-03-01"}}
    for more, name in (({}, "855"), (change, "865")):
        response = parse_document({**papers.response("AP"), **order, **more})
        assert write(response, "x12", ENDS).form.type == name


def test_in_cxml_parties_go_by_the_numbers_that_they_are_addressed_by() -> None:
    with pytest.raises(UnwritableDocument):
        write(_order(), "cxml", MANNER)
    content = write(_order(), "cxml", ENDS).content
    assert b'<Credential domain="ZZ">' in content
    assert content.index(b"<Identity>ME<") < content.index(b"<Identity>YOU<")
    party = {"name": "Brand", "endpoint_id": "4012345000009", "endpoint_scheme": "0088"}
    sides = {"buyer_customer_party": party, "seller_supplier_party": party}
    order = parse_document({**papers.order(), **sides})
    assert b"<Identity>4012345000009<" in write(order, "cxml", MANNER).content


def test_what_rode_along_with_a_simple_response_stays_behind() -> None:
    extra = {"path": "ubl:/OrderResponseSimple/cbc:AcceptedIndicator", "value": "true"}
    sides = {"buyer_customer_party": {"name": "A"}, "seller_supplier_party": {"name": "B"}}
    response = parse_document({**papers.response("AP"), **sides, "extras": [extra]})
    converted = write(response, "ubl", MANNER)
    assert [(each.pointer, each.reason) for each in converted.losses] == [("/extras/0", "foreign")]
