"""What an agreement tolerates, and what it has become of findings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pytest

from gateway.checks.judgement import judged
from gateway.checks.rule import RULES, is_refused
from gateway.checks.terms import Terms
from gateway.documents.fit import require_fit
from gateway.errors import Finding
from gateway.orders.agreed import Agreed
from gateway.orders.step import Step
from ledger import lifecycle
from ledger.document import parse_document
from ledger.document.money import EXACT
from ledger.examination import strictest
from tests.unit.gateway import papers
from tests.unit.gateway.checks.trading import (
    CONFIRMED,
    INSPECTED,
    ORDER,
    TERMS,
    Paper,
    days,
    line,
    returned,
    seated,
    split,
    step,
)


def names(*steps: Step) -> list[str | None]:
    """Rules that the last of some steps breaks."""
    agreed = Agreed()
    return [[finding.name for finding in judged(agreed, each)] for each in steps][-1]


def under(**terms: Any) -> tuple[Step, ...]:
    """A confirmed order under other terms."""
    return (step("sign", TERMS | terms), *CONFIRMED[1:])


def shipped(value: str, number: int = 1) -> Step:
    return step("despatch", papers.despatch(id=f"DA-{number}", l1=value), number)


def received(value: str, number: int = 1) -> Step:
    return step("receive", papers.receipt(("d1", value, "0")), number)


def priced(price: str) -> Paper:
    return papers.invoice(("1", "6", price))


FIVE: Final = under(tolerance_over_percent="5", tolerance_under_percent="5")


@pytest.mark.parametrize(("value", "found"), [("10.5", []), ("10.51", ["ShippedOverConfirmed"])])
def test_more_may_be_shipped_up_to_the_tolerance(value: str, found: list[str]) -> None:
    assert names(*FIVE, shipped(value)) == found


def test_partial_shipments_add_up_to_what_is_confirmed() -> None:
    assert names(*FIVE, shipped("6"), shipped("4.5", 2)) == []
    assert names(*FIVE, shipped("6"), shipped("4.6", 2)) == ["ShippedOverConfirmed"]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("9.5", []),
        ("9.49", ["ReceivedShort"]),
        ("10.5", []),
        ("10.51", ["ReceivedOverShipped"]),
    ],
)
def test_receipts_may_differ_by_the_tolerance(value: str, found: list[str]) -> None:
    assert names(*FIVE, shipped("10"), received(value)) == found


def test_what_is_missing_adds_up_over_deliveries() -> None:
    steps = (*FIVE, shipped("5"), received("4.7"), shipped("5", 2), received("4.7", 2))
    assert names(*steps) == ["ReceivedShort"]


def test_an_item_may_have_a_tolerance_of_its_own() -> None:
    own = {"item_identification": {"id": "A-1"}, "tolerance_over_percent": "20"}
    assert names(*under(tolerance_over_percent="5", item_terms=[own]), shipped("12")) == []
    none = own | {"tolerance_over_percent": "0"}
    steps = (*under(tolerance_over_percent="5", item_terms=[none]), shipped("10.1"))
    assert names(*steps) == ["ShippedOverConfirmed"]
    other = own | {"item_identification": {"id": "A-1", "scheme_id": "0160"}}
    gtin = line(ORDER, item={"buyers_item_identification": {"id": "A-1", "scheme_id": "0088"}})
    steps = (step("sign", TERMS | {"item_terms": [other]}), step("issue", gtin), CONFIRMED[2])
    assert names(*steps, shipped("12")) == ["ShippedOverConfirmed"]


@pytest.mark.parametrize(
    ("price", "found"),
    [("2.55", []), ("2.45", []), ("2.56", ["PriceOther"]), ("2.4", ["PriceOther"])],
)
def test_prices_may_differ_by_the_tolerance(price: str, found: list[str]) -> None:
    terms = step("sign", TERMS | {"tolerance_price_percent": "2"})
    assert names(terms, *INSPECTED[1:], step("settle", priced(price), 1)) == found


def test_a_price_for_a_hundred_is_compared_exactly() -> None:
    hundred = {"price_amount": papers.euros("250"), "base_quantity": papers.pieces("100")}
    steps = (INSPECTED[0], step("issue", line(ORDER, price=hundred)), *INSPECTED[2:])
    assert names(*steps, step("settle", priced("2.5"), 1)) == []
    assert names(*steps, step("settle", priced("2.51"), 1)) == ["PriceOther"]


def test_days_are_granted_on_both_sides() -> None:
    for day, found in (("2026-03-12", []), ("2026-03-13", ["ReceivedLate"])):
        late = line(papers.receipt(("d1", "6", "0")), received_date=day)
        assert names(*under(tolerance_days=2), shipped("6"), step("receive", late, 1)) == found
    for day, found in (("2026-03-06", []), ("2026-03-05", ["ReceivedEarly"])):
        early = line(papers.receipt(("d1", "6", "0")), received_date=day)
        assert names(*under(tolerance_days=2), shipped("6"), step("receive", early, 1)) == found


def test_split_dates_hold_for_the_part_that_is_next_to_come() -> None:
    offer = split(("4", "2026-03-05"), ("6", "2026-03-20"))
    steps = (*CONFIRMED[:2], step("counter_propose", offer), step("accept_offer"))

    def leaving(day: str, value: str, number: int) -> Step:
        when = {"shipment": {"delivery": {"despatch": {"actual_despatch_date": day}}}}
        return step("despatch", papers.despatch(l1=value) | when, number)

    assert names(*steps, leaving("2026-03-06", "4", 1)) == ["ShippedLate"]
    assert names(*steps, leaving("2026-03-05", "4", 1), leaving("2026-03-20", "6", 2)) == []
    late = leaving("2026-03-21", "6", 2)
    assert names(*steps, leaving("2026-03-05", "4", 1), late) == ["ShippedLate"]


def test_what_was_lost_or_failed_may_be_shipped_again_unless_it_was_credited() -> None:
    failed = step("fail", papers.report(("1", "10", "fail")), 1)
    steps = (*CONFIRMED, shipped("10"), received("10"), failed)
    assert names(*steps, shipped("10", 2)) == []
    going = line(returned("10"), despatch_line_reference={"line_id": "d1"})
    back = step("return", going | {"return_action_code": "credit"}, 1)
    assert names(*steps, back, shipped("1", 2)) == ["ShippedOverConfirmed"]


def test_the_invoice_of_a_closing_bills_what_no_other_did() -> None:
    settled = (*INSPECTED, step("settle", papers.invoice(("1", "6", "2.5")), 1))
    rest = (
        shipped("4", 2),
        step("receive", None, 2),
        step("pass", None, 2),
        step("settle", None, 2),
    )

    def closing(value: str) -> Step:
        return step("close", papers.invoice(("1", value, "2.5"), id="INV-9"))

    assert names(*settled, *rest, closing("4")) == []
    assert names(*settled, *rest, closing("5")) == ["InvoicedOverAccepted"]
    credit = step("close", papers.credit_note(("1", "1", "2.5")))
    assert names(*settled, *rest, credit) == ["CreditedOther"]


@pytest.mark.parametrize("code", ["326", "383", "384", "386"])
def test_an_invoice_that_is_partial_or_corrects_need_not_bill_everything(code: str) -> None:
    bill = papers.invoice(("1", "5", "2.5"))
    bill |= {"invoice_type_code": code, "billing_reference": [{"id": "INV-0"}]}
    assert names(*INSPECTED, step("settle", bill, 1)) == []


def billed_by_the_buyer(bill: Paper, code: str) -> Paper:
    """A bill with the numbers of both parties, as the buyer issues it."""
    kind = "invoice_type_code" if "invoice_line" in bill else "credit_note_type_code"
    buyer, seller = (each["party"] for each in TERMS["agreement_party"])
    return bill | {
        kind: code,
        "accounting_supplier_party": seller,
        "accounting_customer_party": buyer,
    }


@pytest.mark.parametrize(
    ("bill", "code", "rules"),
    [
        (papers.invoice(("1", "6", "2.5")), "389", []),
        (papers.invoice(("1", "7", "2.5")), "389", ["InvoicedOverAccepted"]),
        (papers.invoice(("1", "5", "2.5")), "389", ["InvoicedUnderAccepted"]),
        (papers.invoice(("1", "1", "2.5")), "527", []),
        (papers.credit_note(("1", "1", "2.5")), "261", ["CreditedOther"]),
    ],
)
def test_a_bill_of_the_buyer_is_compared_like_one_of_the_seller(
    bill: Paper, code: str, rules: list[str]
) -> None:
    issued = billed_by_the_buyer(bill, code)
    assert names(*INSPECTED, step("settle", issued, 1)) == rules


def test_the_seller_is_the_supplier_of_a_bill_that_the_buyer_issues_and_alone_records_it() -> None:
    issued = billed_by_the_buyer(papers.invoice(("1", "6", "2.5")), "389")
    turned = issued | {
        "accounting_supplier_party": issued["accounting_customer_party"],
        "accounting_customer_party": issued["accounting_supplier_party"],
    }
    assert names(*INSPECTED, step("settle", turned, 1)) == ["PartyOther", "PartyOther"]
    for machine, action in (("delivery", "settle"), ("order", "close")):
        require_fit(machine, action, parse_document(issued))
        assert [row.by for row in lifecycle.rows(machine) if row.action == action] == [{"seller"}]


def test_numbers_of_40_digits_are_compared_exactly() -> None:
    whole, more = "9" * 39, "9" * 38 + "8"
    steps = (INSPECTED[0], step("issue", papers.order(whole)), step("confirm"))
    assert names(*steps, shipped(whole)) == []
    assert names(
        *steps[:1], step("issue", papers.order(more)), step("confirm"), shipped(whole)
    ) == ["ShippedOverConfirmed"]


def test_each_group_of_rules_has_its_policy_and_silence_means_hold() -> None:
    areas = sorted({area for area, _ in RULES.values()})
    for area in areas:
        terms = Terms.of(parse_document(TERMS | {f"{area}_policy": "accept"}))
        policies = {
            other: terms.judged(Finding("", "", name)).policy for name, (other, _) in RULES.items()
        }
        assert policies == {other: "accept" if other == area else "hold" for other in areas}
    assert Terms().judged(Finding("", "", "PriceOther")).policy == "hold"


def test_the_sender_is_refused_what_makes_no_sense_or_would_be_disputed() -> None:
    assert is_refused(Finding("", "", "UnitOther", policy="accept"))
    assert is_refused(Finding("", "", "ShippedOverConfirmed", policy="dispute"))
    assert not is_refused(Finding("", "", "ShippedOverConfirmed", policy="hold"))


def test_the_strictest_finding_decides() -> None:
    assert strictest([]) is None
    assert strictest([{"policy": "accept"}, {"policy": "hold"}]) == "hold"
    assert strictest([{"policy": "dispute"}, {"policy": "hold"}]) == "dispute"
    assert strictest([{"path": ""}]) == "hold"


def test_parties_are_compared_by_number_and_never_by_name() -> None:
    renamed = ORDER | {"buyer_customer_party": {"name": "Somebody Else Ltd"}}
    assert names(CONFIRMED[0], step("issue", renamed)) == []
    tax = {"party_tax_scheme": [{"company_id": {"id": "EE1"}, "tax_scheme": "VAT"}]}
    seller = seated("seller", 2, "1") | {"party": {"name": "Supplier"} | tax}
    terms = step("sign", TERMS | {"agreement_party": [TERMS["agreement_party"][0], seller]})
    other = {"name": "Supplier", "party_tax_scheme": [{"company_id": {"id": "EE2"}}]}
    assert names(terms, step("issue", ORDER | {"seller_supplier_party": other})) == ["PartyOther"]


def test_no_number_and_no_day_of_a_document_is_too_large_to_be_judged() -> None:
    huge, tiny = "9" * 40, "0." + "0" * 37 + "1"
    order = line(papers.order(huge), requested_delivery_period={"end_date": "9999-12-31"})
    terms = TERMS | {
        "tolerance_over_percent": tiny,
        "tolerance_under_percent": tiny,
        "tolerance_price_percent": tiny,
        "tolerance_days": 3650,
        "validity_period": days("1000-01-01", "9999-12-31"),
    }
    report = papers.report(("1", huge, "fail"), accepted_quantity=papers.pieces(tiny))
    steps = [
        step("sign", terms),
        step("issue", order | {"issue_date": "9999-12-31"}),
        step("confirm"),
        *(shipped(huge, number) for number in (1, 2)),
        received(huge, 1),
        step("fail", report, 1),
    ]
    agreed = Agreed()
    found = [finding for each in steps for finding in judged(agreed, each)]
    assert [finding.name for finding in found] == ["ShippedOverConfirmed"]
    assert found[0].found == str(2 * int(huge))
    assert agreed.lines["1"].as_json()["despatched"]["value"] == found[0].found
    assert agreed.lines["1"].handled.failed == EXACT.subtract(Decimal(huge), Decimal(tiny))
