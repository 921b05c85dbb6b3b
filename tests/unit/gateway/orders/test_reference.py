"""Documents that refer to lines an order does not have."""

from typing import Any

import pytest

from gateway.checks.judgement import agreed_of
from gateway.orders.reference import findings_of
from gateway.orders.step import Step
from ledger.document import parse_document
from tests.unit.gateway import papers

ISSUED = Step("order", "issue", 1, parse_document(papers.order("10", "4")))
KNOWN = agreed_of([ISSUED], "A1-1-O1").known()


@pytest.mark.parametrize(
    "paper",
    [
        papers.response("CA", papers.answer("1", "3", "8")),
        papers.change(papers.answer("2", "7")),
        papers.change(papers.answer("3", "1", "2", item={"name": "New"})),
        papers.despatch(l1="6"),
        papers.report(("1", "6", "pass")),
    ],
)
def test_document_about_known_lines_has_no_finding(paper: dict[str, Any]) -> None:
    assert findings_of(parse_document(paper), KNOWN) == []


@pytest.mark.parametrize(
    ("paper", "path", "rule"),
    [
        (
            papers.response("CA", papers.answer("9", "3", "8")),
            "/order_line/0/order_line_reference/line_id",
            "LineUnknown",
        ),
        (
            papers.response("CA", papers.answer("1", "3", quantity=papers.pieces("8", "KGM"))),
            "/order_line/0/quantity/unit_code",
            "UnitOther",
        ),
        (
            papers.change(papers.answer("1", "1", "2", item={"name": "New"})),
            "/order_line/0/order_line_reference/line_id",
            "LineTaken",
        ),
        (papers.change(papers.answer("3", "1", "2")), "/order_line/0/item", "LineIncomplete"),
        (
            papers.despatch() | {"despatch_line": papers.despatch(l7="1")["despatch_line"]},
            "/despatch_line/0/order_line_reference/line_id",
            "LineUnknown",
        ),
        (
            papers.receipt(("d5", "1", "0")),
            "/receipt_line/0/despatch_line_reference/line_id",
            "LineUnknown",
        ),
        (
            papers.despatch(l1="1") | {"order_reference": {"id": "PO-2"}},
            "/order_reference/id",
            "OrderOther",
        ),
    ],
)
def test_document_that_contradicts_the_order_names_the_place(
    paper: dict[str, Any], path: str, rule: str
) -> None:
    found = findings_of(parse_document(paper), KNOWN)
    assert [(finding.path, finding.name) for finding in found] == [(path, rule)]


def test_every_finding_of_a_document_is_listed_at_once() -> None:
    paper = papers.response("CA", papers.answer("8", "3", "1"), papers.answer("9", "3", "1"))
    assert len(findings_of(parse_document(paper), KNOWN)) == 2
