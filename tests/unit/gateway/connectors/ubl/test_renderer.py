"""Extras are put back only where they belong, and never say what the fields do not say."""

from __future__ import annotations

import pytest

from gateway.connectors.message import UnwritableDocument
from gateway.connectors.ubl import order
from ledger.document.money import Amount, Quantity
from ledger.document.order import Order
from ledger.document.part import Extra

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CHARGE = (
    f'<cac:AllowanceCharge xmlns:cac="{CAC}" xmlns:cbc="{CBC}">'
    "<cbc:ChargeIndicator>true</cbc:ChargeIndicator>"
    '<cbc:Amount currencyID="EUR">999.00</cbc:Amount></cac:AllowanceCharge>'
)


def with_extra(parsed: Order, path: str, value: str) -> Order:
    return parsed.model_copy(update={"extras": (*parsed.extras, Extra(path=path, value=value))})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ubl:/Order/cac:AllowanceCharge", CHARGE),
        ("ubl:/Order/cbc:SalesOrderID", "SO-1"),
        ("ubl:/Order/cbc:ID[2]", "another"),
        ("ubl:/Order/cbc:Note[2]", "a note that is no field"),
        ("ubl:/Order/cac:AllowanceCharge", "not xml"),
        ("ubl:/Order/cac:AllowanceCharge", "<!DOCTYPE a><a/>"),
        ("ubl:/Order/cac:TaxTotal", CHARGE),
        ("ubl:/Order/cac:Nonsense", CHARGE),
        ("ubl:/Order/cbc:Nonsense", "x"),
        ("ubl:Order", "x"),
        ("ubl:/Order/cbc:ID/@a b", "x"),
        ("ubl:/Order//cbc:UUID", "x"),
        ("ubl:/Order/cbc:ID/@schemeID[2]", "x"),
        ("ubl:/Order/cbc:UUID", "\x01"),
        ("ubl:/Order/not(cbc:ID)", ""),
        ("ubl:/Order/not(cac:OrderLine)", ""),
        ("ubl:/Order/processing-instruction(a)[1]", "?>"),
        ("ubl:/Order/processing-instruction(a b)[1]", ""),
    ],
)
def test_extra_that_adds_or_breaks_is_refused(example: bytes, path: str, value: str) -> None:
    parsed = order.parse(example)
    with pytest.raises(UnwritableDocument) as refused:
        order.render(with_extra(parsed, path, value))
    assert refused.value.findings[0].what_to_do


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ubl:/Order/cbc:ID", "FORGED"),
        ("ubl:/Order/cbc:IssueDate", "2020-01-01"),
        ("ubl:/Order/cac:AllowanceCharge[2]/cbc:ID", "stale"),
        (
            "ubl:/Order/cac:BuyerCustomerParty",
            CHARGE.replace("AllowanceCharge", "BuyerCustomerParty"),
        ),
    ],
)
def test_extra_that_lost_its_place_is_left_out(example: bytes, path: str, value: str) -> None:
    parsed = order.parse(example)
    rendered = order.render(with_extra(parsed, path, value))
    assert order.parse(rendered) == parsed


def test_field_wins_over_the_spelling_it_no_longer_has(example: bytes) -> None:
    content = example.replace(b">1200<", b">1200.0<", 1)
    parsed = order.parse(content)
    line = parsed.order_line[0]
    changed = line.model_copy(update={"quantity": Quantity(value="900", unit_code="C62")})
    edited = parsed.model_copy(update={"order_line": (changed, *parsed.order_line[1:])})
    assert b">1200.0<" in order.render(parsed)
    rendered = order.render(edited)
    assert b">900<" in rendered
    assert b"1200.0" not in rendered


def test_new_unmapped_element_is_written_in_the_order_of_ubl(example: bytes) -> None:
    parsed = with_extra(order.parse(example), "ubl:/Order/cbc:UUID", "u-1")
    rendered = order.render(parsed)
    at = [rendered.index(tag) for tag in (b"<cbc:ID>", b"<cbc:UUID>", b"<cbc:IssueDate>")]
    assert at == sorted(at)


def test_text_that_xml_cannot_hold_is_refused_with_its_path(example: bytes) -> None:
    parsed = order.parse(example).model_copy(update={"note": ("bell \x07",)})
    with pytest.raises(UnwritableDocument) as refused:
        order.render(parsed)
    assert refused.value.findings[0].location.path == "/Order/cbc:Note"


@pytest.mark.parametrize(
    ("currency", "value", "written"),
    [
        ("EUR", "5", "5.00"),
        ("EUR", "5.125", "5.125"),
        ("JPY", "5", "5"),
        ("KWD", "5.1", "5.100"),
        ("EUR", "-0.5", "-0.50"),
    ],
)
def test_amounts_are_written_with_the_digits_of_their_currency(
    example: bytes, currency: str, value: str, written: str
) -> None:
    parsed = order.parse(example)
    amount = Amount(value=value, currency_id=currency)
    line = parsed.order_line[0].model_copy(update={"line_extension_amount": amount, "extras": ()})
    rendered = order.render(parsed.model_copy(update={"order_line": (line,)}))
    assert f'currencyID="{currency}">{written}<'.encode() in rendered
