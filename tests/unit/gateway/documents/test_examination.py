"""What is found in documents on arrival, and what cannot be judged yet."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.documents.examination import OrderExaminer
from ledger.document import parse_document
from ledger.examination import Fact
from tests.unit.gateway import papers


def fact(document: int, action: str, content: dict[str, Any] | None, number: int = 1) -> Fact:
    machine = "delivery" if action in ("announce", "despatch", "receive") else "order"
    parsed = None if content is None else parse_document(content)
    return Fact(machine, action, number, document, parsed)


def names(history: list[Fact]) -> dict[int, list[str]]:
    found = OrderExaminer().examine(history)
    return {id: [each["name"] for each in findings] for id, findings in found.items()}


ISSUED = fact(1, "issue", papers.order("10", "4"))


def test_what_fits_its_order_has_no_findings() -> None:
    answer = papers.response("AP", papers.answer("1", "5"))
    assert names([ISSUED, fact(2, "confirm", answer)]) == {1: [], 2: []}


def test_lines_that_the_order_lacks_and_other_units_are_found() -> None:
    answer = papers.response("AP", papers.answer("9", "5"))
    shipped = papers.despatch(unit="KGM", l1="6")
    history = [ISSUED, fact(2, "confirm", answer), fact(3, "despatch", shipped)]
    assert names(history) == {1: [], 2: ["LineUnknown"], 3: ["UnitOther"]}
    (finding,) = OrderExaminer().examine(history)[2]
    assert finding["path"].startswith("/order_line/0")
    assert finding["message"] == "names no line of the order"


def test_a_receipt_is_read_against_the_despatch_before_it() -> None:
    shipped = fact(2, "despatch", papers.despatch(l1="6"))
    received = fact(3, "receive", papers.receipt(("d1", "6", "0")))
    other = fact(4, "receive", papers.receipt(("d1", "6", "0")), number=2)
    assert names([ISSUED, shipped, received, other]) == {1: [], 2: [], 3: [], 4: ["LineUnknown"]}


@pytest.mark.parametrize("gap", [fact(2, "confirm", None), Fact("order", "request_change", 1)])
def test_nothing_behind_an_unread_document_is_judged(gap: Fact) -> None:
    shipped = fact(3, "despatch", papers.despatch(l7="6"))
    assert names([ISSUED, gap, shipped]) == {1: []}


def test_an_action_that_needs_no_document_leaves_no_gap() -> None:
    shipped = fact(3, "despatch", papers.despatch(l7="6"))
    assert names([ISSUED, Fact("order", "confirm", 1), shipped]) == {1: [], 3: ["LineUnknown"]}


def test_all_but_the_statements_of_pools_are_examined() -> None:
    refers = OrderExaminer().refers
    assert refers(parse_document(papers.order()))
    assert refers(parse_document(papers.despatch(l1="6")))


def test_nothing_is_judged_while_the_terms_in_force_are_still_to_come() -> None:
    terms = parse_document(papers.terms(1, 2) | {"tolerance_over_percent": "10"})
    over = papers.despatch(l1="11")
    confirmed, shipped = Fact("order", "confirm", 1), fact(3, "despatch", over)
    awaited, known = Fact("agreement", "sign", 0, 9), Fact("agreement", "sign", 0, None, terms)
    unknown = Fact("agreement", "sign", 0)
    assert names([awaited, ISSUED, confirmed, shipped]) == {}
    assert names([known, ISSUED, confirmed, shipped]) == {1: [], 3: []}
    assert names([unknown, ISSUED, confirmed, shipped]) == {1: [], 3: ["ShippedOverConfirmed"]}


def test_terms_are_those_in_force_when_the_document_was_recorded() -> None:
    terms = [
        parse_document(papers.terms(1, 2) | {"tolerance_over_percent": each}) for each in ("5", "0")
    ]
    first, later = (Fact("agreement", "sign", 0, None, each) for each in terms)
    confirmed = Fact("order", "confirm", 1)
    shipped = fact(3, "despatch", papers.despatch(l1="10.5"))
    assert names([first, ISSUED, confirmed, shipped, later])[3] == []
    assert names([first, ISSUED, confirmed, later, shipped])[3] == ["ShippedOverConfirmed"]
