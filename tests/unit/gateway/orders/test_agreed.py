"""What both sides agree on, read off the facts."""

from decimal import Decimal
from typing import Any

import pytest

from gateway.checks.judgement import agreed_of
from gateway.orders.agreed import Agreed
from gateway.orders.step import Step, Unopened
from ledger.document import parse_document
from tests.unit.gateway import papers


def step(action: str, paper: dict[str, Any] | None = None, number: int = 0) -> Step:
    machine = "delivery" if number else "order"
    document = None if paper is None else parse_document(paper)
    return Step(machine, action, number or 1, document)


def agreed(*steps: Step) -> Agreed:
    return agreed_of(steps)


def confirmed(picture: Agreed) -> dict[str, Decimal | None]:
    return {line.id: line.confirmed for line in picture.lines.values()}


ISSUED = step("issue", papers.order("10", "4"))
CONFIRMED = step("confirm", papers.response("AP"))


def test_issued_order_is_ordered_but_not_confirmed() -> None:
    picture = agreed(ISSUED)
    assert picture.order is not None
    assert picture.order.id == "PO-1"
    assert confirmed(picture) == {"1": None, "2": None}
    assert picture.lines["1"].ordered == 10


def test_confirmation_binds_the_seller_to_what_was_ordered() -> None:
    assert confirmed(agreed(ISSUED, CONFIRMED)) == {"1": 10, "2": 4}


def test_revision_takes_the_place_of_the_order() -> None:
    picture = agreed(ISSUED, step("revise", papers.order("7", id="PO-1b")))
    assert [line.ordered for line in picture.lines.values()] == [7]


def test_counter_proposal_changes_nothing_until_it_is_accepted() -> None:
    offer = papers.response("CA", papers.answer("1", "3", "8"), papers.answer("2", "7"))
    proposed = agreed(ISSUED, step("counter_propose", offer))
    assert confirmed(proposed) == {"1": None, "2": None}
    assert proposed.proposal is not None
    accepted = agreed(ISSUED, step("counter_propose", offer), step("accept_offer"))
    assert confirmed(accepted) == {"1": 8, "2": 0}
    assert accepted.proposal is None
    assert accepted.lines["1"].ordered == 10


def test_dropped_counter_proposal_leaves_no_trace_in_the_lines() -> None:
    offer = papers.response("CA", papers.answer("1", "3", "8"))
    picture = agreed(ISSUED, step("counter_propose", offer), step("drop_counter"), CONFIRMED)
    assert confirmed(picture) == {"1": 10, "2": 4}


def test_accepted_change_changes_adds_and_removes_lines() -> None:
    changed = papers.change(
        papers.answer("1", "3", "12.5"),
        papers.answer("2", "7"),
        papers.answer("3", "1", "2", item={"name": "New"}),
    )
    before = (ISSUED, CONFIRMED, step("request_change", changed))
    assert confirmed(agreed(*before)) == {"1": 10, "2": 4}
    after = agreed(*before, step("accept_change"))
    assert confirmed(after) == {"1": Decimal("12.5"), "2": 0, "3": 2}
    assert after.lines["3"].terms["item"] == {"name": "New"}


def test_dropped_change_is_forgotten() -> None:
    changed = papers.change(papers.answer("1", "3", "12"))
    picture = agreed(ISSUED, CONFIRMED, step("request_change", changed), step("drop_proposal"))
    assert confirmed(picture) == {"1": 10, "2": 4}
    assert picture.proposal is None


def test_quantities_follow_the_goods_through_two_deliveries() -> None:
    picture = agreed(
        ISSUED,
        CONFIRMED,
        step("despatch", papers.despatch(l1="6", l2="4"), number=1),
        step("receive", papers.receipt(("d1", "6", "0"), ("d2", "4", "0")), number=1),
        step("pass_conditionally", papers.report(("1", "6", "pass"), ("2", "4", "fail")), number=1),
        step("despatch", papers.despatch(l1="4"), number=2),
        step("receive_partially", papers.receipt(("d1", "3", "1")), number=2),
        step("pass", number=2),
        step("return", number=1),
    )
    first, second = picture.lines["1"].handled, picture.lines["2"].handled
    assert (first.despatched, first.received, first.short, first.passed) == (10, 9, 1, 9)
    assert (second.received, second.passed, second.failed, second.returned) == (4, 0, 4, 4)
    assert [finding.name for finding in picture.findings] == ["ReceivedShort"]


def test_withdrawn_announcement_counts_for_nothing() -> None:
    announced = step("announce", papers.despatch(l1="6"), number=1)
    assert agreed(ISSUED, CONFIRMED, announced).lines["1"].handled.announced == 6
    withdrawn = agreed(ISSUED, CONFIRMED, announced, step("withdraw_announcement", number=1))
    assert withdrawn.lines["1"].handled.announced == 0


def test_refused_delivery_counts_as_refused_and_returns_whole() -> None:
    sent = step("despatch", papers.despatch(l1="6"), number=1)
    picture = agreed(ISSUED, CONFIRMED, sent, step("refuse", number=1), step("return", number=1))
    handled = picture.lines["1"].handled
    assert (handled.received, handled.refused, handled.returned) == (0, 6, 6)


def test_inspection_splits_a_lot_exactly() -> None:
    split = papers.report(
        ("1", "6", "conditional"),
        accepted_quantity=papers.pieces("5.1"),
        rejected_quantity=papers.pieces("0.9"),
    )
    picture = agreed(
        ISSUED,
        CONFIRMED,
        step("despatch", papers.despatch(l1="6"), number=1),
        step("receive", number=1),
        step("pass_conditionally", split, number=1),
    )
    handled = picture.lines["1"].handled
    assert (handled.conditional, handled.failed) == (Decimal("5.1"), Decimal("0.9"))


@pytest.mark.parametrize(
    ("paper", "rule"),
    [(papers.despatch(l9="1"), "LineUnknown"), (papers.despatch(unit="KGM", l1="6"), "UnitOther")],
)
def test_contradicting_document_is_reported_and_not_counted(
    paper: dict[str, Any], rule: str
) -> None:
    picture = agreed(ISSUED, CONFIRMED, step("despatch", paper, number=1))
    assert [finding.name for finding in picture.findings] == [rule]
    assert all(line.handled.despatched == 0 for line in picture.lines.values())


def test_unopened_document_is_named_and_nothing_is_invented() -> None:
    unopened = Unopened("issue", "0xab", "missing", "its owner does not answer")
    picture = agreed(Step("order", "issue", 1, unopened=unopened))
    assert picture.unopened == [unopened]
    assert picture.order is None
    assert picture.lines == {}


def test_confirmation_cannot_change_quantities_but_promises_dates() -> None:
    promise = {"start_date": "2026-04-01", "end_date": "2026-04-02"}
    lines = papers.answer("1", "3", "99", promised_delivery_period=promise)
    picture = agreed(ISSUED, step("confirm", papers.response("AP", lines)))
    assert confirmed(picture) == {"1": 10, "2": 4}
    assert picture.lines["1"].terms["promised_delivery_period"] == promise
