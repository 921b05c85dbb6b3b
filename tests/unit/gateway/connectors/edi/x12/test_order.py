"""X12 850: what becomes a field, what rides along, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.connectors.edi.finding import InvalidEdiMessage
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.edi.x12.interchange import read
from gateway.connectors.edi.x12.order import ORDER
from gateway.connectors.edi.x12.order_change import ORDER_CHANGE
from gateway.connectors.message import UnwritableDocument
from gateway.connectors.ubl import order as ubl_order
from ledger.document.money import Amount, Price, Quantity
from ledger.document.order import Order
from ledger.document.part import Extra

DEMO_FOLDER = Path(__file__).parents[5] / "edi" / "x12"
DEMO = (DEMO_FOLDER / "order_demo.edi").read_bytes()


def _message(content: bytes) -> Message:
    """Read the one message, whatever its count says."""
    return replace(read(content)[0].messages[0], findings=())


def _changed(was: bytes, becomes: bytes) -> Message:
    assert was in DEMO
    return _message(DEMO.replace(was, becomes))


def _refused(was: bytes, becomes: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvalidEdiMessage) as refused:
        ORDER.parse(_changed(was, becomes))
    return [(each.location.path, each.found) for each in refused.value.findings]


def _demo() -> Order:
    return ORDER.parse(_message(DEMO))


def test_buyer_is_who_sends_it_and_seller_who_receives_it() -> None:
    order = _demo()
    assert order.buyer_customer_party.endpoint_id == "4099999000012"
    assert order.buyer_customer_party.name == "Fjellgrat Outdoor"
    assert order.seller_supplier_party.endpoint_id == "5609999000029"
    assert order.seller_supplier_party.identifications[0].scheme_id == "92"


def test_a_price_per_hundred_keeps_its_basis() -> None:
    price = _demo().order_line[1].price
    assert price is not None and price.base_quantity is not None
    assert (price.price_amount.value, price.base_quantity.value) == ("6", "100")


def test_lines_that_come_in_parts_keep_all_of_them() -> None:
    line = _demo().order_line[1]
    assert [each.quantity.value for each in line.delivery if each.quantity] == ["5000", "5300"]


def test_a_price_without_currency_is_none_but_rides_along() -> None:
    message = _changed(b"CUR*BY*EUR~\n", b"")
    outcome = ORDER.examine(message)
    assert outcome.document is not None
    assert [line.price for line in outcome.document.order_line] == [None, None]
    assert [each.rule for each in outcome.warnings] == ["A price has a currency."] * 2
    assert ORDER.render(outcome.document).body == message.body


def test_the_profile_names_the_currency_that_the_message_does_not() -> None:
    profile = PartnerProfile(currency="USD")
    order = ORDER.parse(_changed(b"CUR*BY*EUR~\n", b""), profile)
    price = order.order_line[0].price
    assert price is not None and price.price_amount.currency_id == "USD"


def test_the_profile_translates_units_and_codes_of_the_partner() -> None:
    message = _changed(b"PO1*2*10300*EA*6*HP*BP*", b"PO1*2*10300*STK*6*HP*OURS*")
    codes = {"PO1": {"6": {"OURS": "BP"}}}
    order = ORDER.parse(message, PartnerProfile(units={"STK": "H87"}, codes=codes))
    line = order.order_line[1]
    assert line.quantity.unit_code == "H87"
    assert line.item.buyers_item_identification is not None
    with pytest.raises(InvalidEdiMessage):
        ORDER.parse(message)


def test_the_profile_asks_for_segments_beyond_the_standard() -> None:
    with pytest.raises(InvalidEdiMessage) as refused:
        ORDER.parse(_message(DEMO), PartnerProfile(required=("TD5",)))
    assert [each.rule for each in refused.value.findings] == ["This partner's 850 has TD5."]


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [
        (b"BEG*00", b"BEG*01", [("/850/2/BEG/1", "01")]),
        (b"**20260302*", b"**20260230*", [("/850/2/BEG/5", "20260230")]),
        (b"**20260302*", b"***", [("/850/2/BEG/5", "")]),
        (b"*FJ-2026-00417*", b"**", [("/850/2/BEG/3", "")]),
        (b"CUR*BY*EUR", b"CUR*BY*Euro", [("/850/3/CUR/2", "Euro")]),
        (b"10300*EA", b"1e5*EA", [("/850/30/PO1/2", "1e5")]),
        (b"10300*EA", b"-1*EA", [("/850/30/PO1/2", "-1")]),
        (b"10300*EA", b"*EA", [("/850/30/PO1/2", "")]),
        (b"10300*EA", b"10300*", [("/850/30/PO1/3", "")]),
        (b"CTT*2", b"CTT*3", [("/850/34/CTT/1", "3")]),
        (b"REF*CR*AW26-DROP1", b"REF*CR", [("/850/4/REF/2", "")]),
        (b"20260626~", b"2026062~", [("/850/27/DTM/2", "2026062")]),
    ],
)
def test_what_breaks_the_standard_is_refused_at_its_place(
    was: bytes, becomes: bytes, found: list[tuple[str, str]]
) -> None:
    assert _refused(was, becomes) == found


def test_everything_wrong_is_named_at_once() -> None:
    content = DEMO.replace(b"10300*EA", b"x*QQ").replace(b"20260626", b"20261326")
    with pytest.raises(InvalidEdiMessage) as refused:
        ORDER.parse(_message(content.replace(b"CTT*2", b"CTT*7")))
    places = [each.location.path for each in refused.value.findings]
    assert places == ["/850/27/DTM/2", "/850/30/PO1/2", "/850/30/PO1/3", "/850/34/CTT/1"]
    assert {each.location.line for each in refused.value.findings} == {29, 32, 36}


def test_two_lines_with_one_number_are_refused_at_the_message() -> None:
    with pytest.raises(InvalidEdiMessage) as refused:
        ORDER.parse(_changed(b"PO1*2*", b"PO1*1*"))
    assert "stands twice" in refused.value.findings[0].rule


def test_a_field_that_changes_is_written_and_the_rest_rides_along() -> None:
    order = _demo()
    first = order.order_line[0].model_copy(
        update={"quantity": Quantity(value="1000", unit_code="EA")}
    )
    changed = order.model_copy(update={"order_line": (first, *order.order_line[1:])})
    body = [segment.elements for segment in ORDER.render(changed).body if segment.tag == "PO1"]
    assert body[0][1] == "1000"
    again = ORDER.parse(replace(ORDER.render(changed), envelope=_message(DEMO).envelope))
    assert again.order_line[0].quantity.value == "1000"
    assert any("PID" in extra.value for extra in again.order_line[0].extras)


def test_extras_that_say_something_else_than_the_fields_are_refused() -> None:
    lie = Extra(path="x12:/850/0/4", value="REF*VN*ANOTHER")
    with pytest.raises(UnwritableDocument):
        ORDER.render(_demo().model_copy(update={"extras": (lie,)}))
    none = Extra(path="x12:/850/0/nowhere", value="REF*VN*ANOTHER")
    with pytest.raises(UnwritableDocument):
        ORDER.render(_demo().model_copy(update={"extras": (none,)}))


@pytest.mark.parametrize(
    ("base", "unit", "written"),
    [
        (None, "EA", ("6", "")),
        ("1", "EA", ("6", "")),
        ("100", "EA", ("6", "HP")),
        ("12", "EA", ("0.5", "")),
        ("7", "EA", ("", "")),
        ("1", "KGM", ("", "")),
    ],
)
def test_a_price_is_written_exactly_or_not_at_all(
    base: str | None, unit: str, written: tuple[str, str]
) -> None:
    order = _demo()
    basis = Quantity(value=base, unit_code=unit) if base else None
    price = Price(price_amount=Amount(value="6", currency_id="EUR"), base_quantity=basis)
    line = order.order_line[1].model_copy(update={"price": price, "extras": ()})
    changed = order.model_copy(update={"order_line": (line,), "extras": ()})
    body = ORDER.render(changed, is_lossy=True).body
    [po1] = [segment for segment in body if segment.tag == "PO1"]
    assert (po1[4], po1[5]) == written


def test_what_a_message_cannot_hold_is_listed_and_refused_unless_accepted() -> None:
    order = _demo()
    line = order.order_line[0].model_copy(update={"accounting_cost": "4100"})
    foreign = Extra(path="ubl:/Order/cbc:UUID", value="7")
    changed = order.model_copy(
        update={"order_line": (line, *order.order_line[1:]), "extras": (*order.extras, foreign)}
    )
    at = len(order.extras)
    assert ORDER.unheld(changed) == ("/order_line/0/accounting_cost", f"/extras/{at}")
    with pytest.raises(UnwritableDocument) as refused:
        ORDER.render(changed)
    places = [each.location.path for each in refused.value.findings]
    assert places == ["/order_line/0/accounting_cost"]
    assert ORDER.render(changed, is_lossy=True).body == _message(DEMO).body
    assert ORDER.unheld(order) == ()


def test_an_order_of_another_standard_keeps_what_both_standards_have() -> None:
    order = ubl_order.parse((Path(__file__).parents[6] / "examples" / "order.xml").read_bytes())
    message = ORDER.render(order, is_lossy=True)
    lost = ORDER.unheld(order)
    again = ORDER.parse(message)
    assert "/validity_period" in lost and "/order_line/0/quantity" not in lost
    assert again.id == order.id
    assert [line.quantity for line in again.order_line] == [
        line.quantity for line in order.order_line
    ]
    assert (
        again.delivery[0].requested_delivery_period == order.delivery[0].requested_delivery_period
    )


def test_a_line_names_its_currency_where_the_head_names_none() -> None:
    order = _demo()
    line = order.order_line[0].model_copy(update={"allowance_charge": (), "extras": ()})
    update: dict[str, Any] = {"document_currency_code": None, "extras": ()}
    update |= {"allowance_charge": (), "anticipated_monetary_total": None, "order_line": (line,)}
    bare = order.model_copy(update=update)
    written = ORDER.render(bare)
    assert [each.elements for each in written.body if each.tag == "CUR"] == [("BY", "EUR")]
    assert ORDER.parse(written).order_line[0].price == line.price


def test_an_unknown_state_of_a_line_is_listed_and_refused() -> None:
    demo = (DEMO_FOLDER / "order_change_demo.edi").read_bytes()
    change = ORDER_CHANGE.parse(_message(demo))
    line = change.order_line[0].model_copy(update={"line_status_code": "42"})
    done = change.model_copy(update={"order_line": (line,)})
    assert ORDER_CHANGE.unheld(done) == ("/order_line/0/line_status_code",)
    with pytest.raises(UnwritableDocument):
        ORDER_CHANGE.render(done)
