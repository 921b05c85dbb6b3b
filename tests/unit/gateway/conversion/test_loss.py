"""Losses are named by pointer and reason, as small as they are."""

from __future__ import annotations

from typing import Any

from gateway.conversion.loss import ADDED, CHANGED, FOREIGN, NO_PLACE, losses
from ledger.document import parse_document
from ledger.document.part import Document
from tests.unit.gateway import papers


def _order(**changes: Any) -> Document:
    return parse_document({**papers.order(), **changes})


def _found(before: Document, after: Document) -> list[tuple[str, str]]:
    return [(each.pointer, each.reason) for each in losses(before, after)]


def test_the_same_document_loses_nothing() -> None:
    assert losses(_order(), _order()) == ()


def test_an_absent_field_has_no_place_and_another_value_is_a_change() -> None:
    before = _order(customer_reference="R-1", sales_order_id="S-1")
    after = _order(sales_order_id="S-2")
    assert _found(before, after) == [
        ("/customer_reference", NO_PLACE),
        ("/sales_order_id", CHANGED),
    ]
    assert losses(before, after)[1].as_json() == {
        "pointer": "/sales_order_id",
        "reason": "changed",
        "said": "S-1",
        "written": "S-2",
        "detail": "The message says it otherwise.",
    }


def test_what_the_message_adds_is_told() -> None:
    assert _found(_order(), _order(sales_order_id="S-2")) == [("/sales_order_id", ADDED)]


def test_of_a_list_that_is_cut_the_missing_parts_are_named() -> None:
    before, after = _order(note=["a", "b", "c"]), _order(note=["a", "c"])
    assert _found(before, after) == [("/note/1", NO_PLACE)]


def test_parts_that_differ_are_held_against_those_at_their_places() -> None:
    first, second = {"delivery_party": {"name": "A"}}, {"delivery_party": {"name": "B"}}
    before = _order(delivery=[first, second])
    assert _found(before, _order(delivery=[{"delivery_party": {"name": "C"}}])) == [
        ("/delivery/0/delivery_party/name", CHANGED),
        ("/delivery/1", NO_PLACE),
    ]
    assert _found(_order(delivery=[{"delivery_party": {"name": "C"}}]), before) == [
        ("/delivery/0/delivery_party/name", CHANGED),
        ("/delivery/1", ADDED),
    ]


def test_a_list_that_is_joined_is_a_change_of_all_of_it() -> None:
    assert _found(_order(note=["a", "b"]), _order(note=["a b"])) == [("/note", CHANGED)]


def test_extras_of_another_standard_stay_behind_and_own_ones_go_on() -> None:
    own, foreign = {"path": "x12:/850/1", "value": "A"}, {"path": "ubl:/Order/x", "value": "B"}
    before = _order(extras=[own, foreign])
    assert _found(before, _order(extras=[own])) == [("/extras/1", FOREIGN)]


def test_long_values_are_shortened() -> None:
    [loss] = losses(_order(note=["x" * 1000]), _order())
    assert len(loss.said) == 120
