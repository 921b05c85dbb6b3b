"""Every rule, broken by one document in one place, beside an order in which all is as agreed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from gateway.checks.rule import RULES
from gateway.orders.step import Step
from tests.unit.gateway import papers
from tests.unit.gateway.checks.trading import (
    AGREED,
    ARRIVED,
    ARTICLE,
    BILL,
    CONFIRMED,
    INSPECTED,
    ORDER,
    RECEIVED,
    REPORT,
    SETTLED,
    SHIPPED,
    Paper,
    charged,
    days,
    estimated,
    found,
    left,
    line,
    measured,
    packed,
    party,
    returned,
    step,
    taxed,
)

PAGE: Final = Path(__file__).resolve().parents[4] / "docs" / "checks.md"
ADVICE: Final = {"despatch_document_reference": {"id": "DA-7"}}
STRANGER: Final = {"buyer_customer_party": party("Brand", "77")}
DOLLARS: Final = {"document_currency_code": "USD"}
LONG_AFTER: Final = {"issue_date": "2027-01-01"}


def issue(paper: Paper) -> Step:
    return step("issue", paper)


def confirm(*answers: Paper, day: int = 0) -> Step:
    return step("confirm", papers.response("AP", *answers), day=day)


def change(*answers: Paper) -> Step:
    return step("request_change", papers.change(*answers))


def ship(paper: Paper) -> Step:
    return step("despatch", papers.despatch(l1="1") | paper, 1)


def receive(paper: Paper) -> Step:
    return step("receive", paper, 1)


def settle(paper: Paper) -> Step:
    return step("settle", paper, 1)


TAXED: Final = (AGREED[0], step("issue", taxed(ORDER, "20")), *INSPECTED[2:])
OTHER: Final = {"buyers_item_identification": {"id": "A-2"}}
OTHER_UNIT: Final = {"buyers_item_identification": {"id": "B-9"}}
LATER: Final = papers.answer("1", "5", promised_delivery_period=days("2026-03-10", "2026-03-11"))
OUTSTANDING: Final = line(papers.despatch(l1="6"), outstanding_quantity=papers.pieces("5"))
SECOND: Final = (
    *SETTLED,
    step("despatch", papers.despatch(id="DA-2", l1="4"), 2),
    step("receive", None, 2, day=9),
    step("pass", None, 2),
)
SIX: Final = (*CONFIRMED, step("despatch", papers.despatch(l1="6"), 1))


@dataclass(frozen=True)
class Broken:
    """A rule that the last document of some steps breaks, and no other."""

    rule: str
    before: tuple[Step, ...]
    last: Step
    line: str | None = None
    expected: str | None = None
    found: str | None = None


BROKEN: Final = [
    Broken("OrderOther", CONFIRMED, ship({"order_reference": {"id": "X"}}), None, "PO-1", "X"),
    Broken("DocumentOther", SHIPPED, receive(ARRIVED | ADVICE), None, "DA-1", "DA-7"),
    Broken("DocumentTaken", SECOND, step("settle", papers.invoice(("1", "4", "2.5")), 2)),
    Broken("DocumentRequired", CONFIRMED, step("despatch", None, 1)),
    Broken("DocumentTypeOther", CONFIRMED, step("despatch", papers.notice(), 1)),
    Broken("ResponseCodeOther", AGREED, step("confirm", papers.response("RE"))),
    Broken("LineNotAccepted", AGREED, confirm(papers.answer("1", "7"))),
    Broken("LineUnknown", CONFIRMED, step("despatch", papers.despatch(l9="1"), 1)),
    Broken("LineTaken", CONFIRMED, change(papers.answer("1", "1", "2", item=ARTICLE))),
    Broken("LineIncomplete", CONFIRMED, change(papers.answer("3", "1", "2"))),
    Broken(
        "UnitOther", CONFIRMED, ship(line(papers.despatch(unit="KGM", l1="1"))), "1", "C62", "KGM"
    ),
    Broken("UnitOther", AGREED[:1], issue(line(ORDER, item=OTHER_UNIT)), "1", "KGM", "C62"),
    Broken(
        "ItemOther", CONFIRMED, ship(line(papers.despatch(l1="1"), item=OTHER)), "1", "A-1", "A-2"
    ),
    Broken("PartyOther", AGREED[:1], issue(ORDER | STRANGER), None, "4099999000012", "77"),
    Broken("CurrencyOther", AGREED[:1], issue(ORDER | DOLLARS), None, "EUR", "USD"),
    Broken("QuantityOther", AGREED, confirm(papers.answer("1", "5", "9")), "1", "10", "9"),
    Broken("ChangedUnderShipped", SHIPPED, change(papers.answer("1", "3", "5")), "1", "6", "5"),
    Broken(
        "AnnouncedOverConfirmed",
        SHIPPED,
        step("announce", papers.despatch(l1="5"), 2),
        "1",
        "10",
        "11",
    ),
    Broken(
        "ShippedOverConfirmed",
        SHIPPED,
        step("despatch", papers.despatch(l1="4.5"), 2),
        "1",
        "10",
        "10.5",
    ),
    Broken("OutstandingOverConfirmed", CONFIRMED, ship(OUTSTANDING), "1", "4", "5"),
    Broken("PackedOther", CONFIRMED, ship(papers.despatch(l1="6") | packed("5")), "1", "5", "6"),
    Broken("ReceivedOverShipped", SIX, receive(papers.receipt(("d1", "7", "0"))), "1", "6", "7"),
    Broken("ReceivedShort", SIX, receive(papers.receipt(("d1", "5", "1"))), "1", "6", "5"),
    Broken("ReceivedShort", SHIPPED, receive(papers.receipt(("d1", "6", "0"))), "2", "4", "0"),
    Broken("ShortOther", SIX, receive(papers.receipt(("d1", "6", "1"))), "1", "0", "1"),
    Broken(
        "RejectedOverReceived",
        SIX,
        receive(papers.receipt(("d1", "6", "0"), rejected="7")),
        "1",
        "6",
        "7",
    ),
    Broken(
        "InspectedOverReceived",
        RECEIVED,
        step("pass", papers.report(("1", "6.5", "pass")), 1),
        "1",
        "6",
        "6.5",
    ),
    Broken("ReturnedOverRejected", INSPECTED, step("return", returned("5"), 1), "2", "4", "5"),
    Broken(
        "InvoicedOverAccepted", INSPECTED, settle(papers.invoice(("1", "7", "2.5"))), "1", "6", "7"
    ),
    Broken(
        "InvoicedUnderAccepted", INSPECTED, settle(papers.invoice(("1", "5", "2.5"))), "1", "6", "5"
    ),
    Broken(
        "CreditedOther", INSPECTED, settle(papers.credit_note(("1", "1", "2.5"))), "1", "0", "1"
    ),
    Broken(
        "OrderedOutOfForce",
        AGREED[:1],
        issue(ORDER | LONG_AFTER),
        None,
        "2026-01-01/2026-12-31",
        "2027-01-01",
    ),
    Broken("AnsweredLate", AGREED, confirm(day=3), None, "1970-01-03", "1970-01-04"),
    Broken("PromisedLate", AGREED, confirm(LATER), "1", "2026-03-10", "2026-03-11"),
    Broken(
        "AnnouncedLate", CONFIRMED, ship(estimated("2026-03-11")), "1", "2026-03-10", "2026-03-11"
    ),
    Broken("ShippedLate", CONFIRMED, ship(left("2026-03-11")), "1", "2026-03-10", "2026-03-11"),
    Broken(
        "ReceivedLate",
        SHIPPED,
        receive(line(ARRIVED, received_date="2026-03-11")),
        "1",
        "2026-03-10",
        "2026-03-11",
    ),
    Broken(
        "ReceivedEarly",
        SHIPPED,
        receive(line(ARRIVED, received_date="2026-03-07")),
        "1",
        "2026-03-08",
        "2026-03-07",
    ),
    Broken(
        "InspectedLate",
        RECEIVED,
        step("pass_conditionally", REPORT, 1, day=15),
        None,
        "1970-01-15",
        "1970-01-16",
    ),
    Broken(
        "DueEarly",
        INSPECTED,
        settle(BILL | {"due_date": "2026-03-30"}),
        None,
        "2026-03-31",
        "2026-03-30",
    ),
    Broken("PriceOther", INSPECTED, settle(papers.invoice(("1", "6", "3"))), "1", "2.5", "3"),
    Broken("TaxOther", TAXED, settle(taxed(BILL, "10")), "1", "S 20", "S 10"),
    Broken("ChargeOther", INSPECTED, settle(charged("5")), None, "0", "5"),
    Broken(
        "MeasurementOutsideLimits", RECEIVED, step("pass", measured("0.9"), 1), "1", "1..", "0.9"
    ),
    Broken("PassedNotConforming", RECEIVED, step("pass", measured("0.9", conforms=False), 1), "1"),
    Broken("DecisionOther", RECEIVED, step("pass", REPORT, 1), None, "pass", "pass_conditionally"),
]


@pytest.mark.parametrize("case", BROKEN, ids=[each.rule for each in BROKEN])
def test_a_broken_rule_is_named_with_its_line_and_both_values(case: Broken) -> None:
    (finding,) = found(*case.before, case.last)
    assert (finding.name, finding.policy) == (case.rule, "hold")
    assert (finding.line, finding.expected, finding.found) == (case.line, case.expected, case.found)
    assert finding.message
    assert finding.path == "" or finding.path.startswith("/")


def test_what_is_as_agreed_has_no_findings() -> None:
    assert found(*SECOND) == []


def test_every_rule_is_broken_somewhere_and_told_of() -> None:
    assert {each.rule for each in BROKEN} == set(RULES)
    page = PAGE.read_text(encoding="utf-8")
    rows = [f"| `{name}` | {area} | {meaning} |" for name, (area, meaning) in RULES.items()]
    assert [row for row in rows if row not in page] == []
