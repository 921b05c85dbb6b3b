"""A partner is answered in the standard, the release and between the addresses that it used."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.answering.manner import Usage, usage_of
from gateway.answering.peppol import shaped
from gateway.answering.telling import document_of
from gateway.connectors.edi.finding import MalformedInterchange
from gateway.connectors.edi.message import Address
from gateway.connectors.profile.choice import NO_PARTNERS, Partners
from gateway.connectors.ubl import order as ubl
from gateway.connectors.ubl import peppol
from gateway.conversion.conversion import write
from gateway.conversion.form import Manner
from ledger.document import parse_document
from ledger.document.order import Order
from tests.unit.gateway import papers

EDI = Path(__file__).parents[3] / "edi"
AT = datetime(2026, 3, 2, 9, 14)  # noqa: DTZ001


def _usage(standard: str, content: bytes, partners: Partners = NO_PARTNERS) -> Usage:
    return usage_of(standard, content, 0, "acme", NO_PARTNERS, partners, 7, AT)


def _order() -> Order:
    document = parse_document(papers.order())
    assert isinstance(document, Order)
    return document


def test_addresses_of_an_interchange_are_turned_round() -> None:
    manner = _usage("x12", (EDI / "x12" / "order_demo.edi").read_bytes()).manner
    assert manner.sender == Address("5609999000029", "07")
    assert manner.receiver == Address("4099999000012", "07")
    assert (manner.control, manner.partner.release) == (7, "004010")


def test_a_release_of_edifact_is_taken_without_the_code_of_the_message() -> None:
    manner = _usage("edifact", (EDI / "edifact" / "order_demo.edi").read_bytes()).manner
    assert manner.partner.release == "D:01B:UN"


def test_the_release_of_a_profile_counts_more_than_that_of_the_message() -> None:
    partners = Partners.of([b'name = "acme"\nversion = "1"\nrelease = "005010"\n'])
    manner = _usage("x12", (EDI / "x12" / "order_demo.edi").read_bytes(), partners).manner
    assert manner.partner.release == "005010"


def test_a_peppol_order_is_answered_by_a_peppol_message() -> None:
    usage = _usage("ubl", ubl.render(peppol.addressed(_order(), is_advanced=True)))
    answer = parse_document(papers.response("AP"))
    said = {each.path: each.value for each in usage.dressed(answer).extras}
    assert said["ubl:/OrderResponse/cbc:ProfileID"] == peppol.ADVANCED_ORDERING
    assert "order_response_advanced" in said["ubl:/OrderResponse/cbc:CustomizationID"]


def test_an_order_of_plain_ubl_is_answered_in_plain_ubl() -> None:
    answer = parse_document(papers.response("AP"))
    assert _usage("ubl", ubl.render(_order())).dressed(answer) == answer


def test_events_as_xml_are_answered_by_events_as_json() -> None:
    assert _usage("epcis-xml", b"").standard == "epcis"


def test_a_carrier_of_several_partners_is_answered_where_nothing_depends_on_a_profile() -> None:
    carried = [
        b'name = "%s"\nversion = "1"\nsenders = ["acme"]\naddresses = ["%s"]\n' % each
        for each in ((b"north", b"4099999000012"), (b"south", b"4099999000029"))
    ]
    partners = Partners.of(carried)
    assert _usage("ubl", ubl.render(_order()), partners) == _usage("ubl", ubl.render(_order()))
    assert _usage("epcis", b"", partners) == _usage("epcis", b"")
    in_x12 = _usage("x12", (EDI / "x12" / "order_demo.edi").read_bytes(), partners)
    assert in_x12.manner.partner.name == "north"


def test_a_message_that_is_not_read_any_more_is_refused() -> None:
    with pytest.raises(MalformedInterchange):
        _usage("x12", b"ISA*broken")


def _party(name: str, number: str) -> dict[str, Any]:
    return {
        "name": name,
        "endpoint_id": number,
        "endpoint_scheme": "0088",
        "postal_address": {"country": "DE"},
    }


def _shaped(document: dict[str, Any]) -> Any:
    sides = {
        "buyer_customer_party": _party("Brand", "4012345000009"),
        "seller_supplier_party": _party("Supplier", "4098765000003"),
    }
    reference = {"order_reference": {"id": "PO-1", "issue_date": "2026-03-01"}}
    return shaped(parse_document({**document, **sides, **reference}), peppol.ORDERING)


def test_peppol_names_parties_by_their_legal_entity_and_orders_by_their_number() -> None:
    answer = _shaped(papers.response("RE"))
    assert answer.order_reference.issue_date is None
    assert answer.buyer_customer_party.name is None
    assert answer.buyer_customer_party.postal_address is None
    assert answer.buyer_customer_party.party_legal_entity.registration_name == "Brand"


def test_peppol_accepts_without_lines_unless_one_is_changed() -> None:
    accepted, changed = papers.answer("1", "5"), papers.answer("1", "3", "7")
    assert _shaped(papers.response("AP", accepted)).order_line == ()
    assert len(_shaped(papers.response("CA", changed, papers.answer("2", "5"))).order_line) == 2


def test_the_sides_of_a_peppol_despatch_advice_have_no_endpoint() -> None:
    answer = _shaped(papers.despatch(l1="3"))
    assert (answer.buyer_customer_party.name, answer.buyer_customer_party.endpoint_id) == (
        "Brand",
        None,
    )


def test_what_peppol_has_no_message_for_stays_as_it_is() -> None:
    report = parse_document(papers.report(("1", "10", "pass")))
    assert shaped(report, peppol.ORDERING) == report


def test_a_line_of_a_peppol_response_has_one_quantity_and_names_its_item_only() -> None:
    item = {"name": "Felt", "description": ["Grey."], "sellers_item_identification": {"id": "F-1"}}
    parts = [
        {"quantity": papers.pieces("7"), "promised_delivery_period": {"end_date": "2026-05-01"}}
    ]
    (line,) = _shaped(
        papers.response("CA", papers.answer("1", "3", item=item, delivery=parts))
    ).order_line
    assert line.quantity.value == "7"
    assert line.delivery[0].quantity is None
    assert (line.item.name, line.item.description) == ("Felt", ())


@pytest.mark.parametrize(
    "answer", [papers.response("AP", papers.answer("1", "5", "10")), papers.despatch(l1="3")]
)
def test_an_answer_in_cxml_names_the_message_that_it_answers(answer: dict[str, Any]) -> None:
    numbers = {"identifications": [{"id": "B-1"}]}
    sides = {
        "buyer_customer_party": {"name": "Brand", **numbers},
        "seller_supplier_party": {"name": "Supplier", **numbers},
    }
    order = parse_document({**papers.order(), **sides})
    assert isinstance(order, Order)
    content = write(order, "cxml", Manner(AT)).content
    usage = _usage("cxml", content.replace(b'payloadID="PO-1@2026-03-01"', b'payloadID="77@brand"'))
    told = document_of("confirm", parse_document(answer), order, "A1-7-O12", 0)
    written = write(usage.dressed(told), usage.standard, usage.manner).content
    assert b'<DocumentReference payloadID="77@brand"/>' in written
