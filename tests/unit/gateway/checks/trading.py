"""An order in which all is as agreed, from its issue to its invoice, and ways to depart from it."""

from __future__ import annotations

from typing import Any, Final

from gateway.checks.judgement import judged
from gateway.errors import Finding
from gateway.orders.agreed import Agreed
from gateway.orders.step import Step
from ledger.document import parse_document
from tests.unit.gateway import papers

DAY_S: Final = 86_400
Paper = dict[str, Any]


def step(action: str, paper: Paper | None = None, number: int = 0, day: int = 0) -> Step:
    machine = "agreement" if action == "sign" else "delivery" if number else "order"
    document = None if paper is None else parse_document(paper)
    return Step(machine, action, number or 1, document, None, day * DAY_S)


def found(*steps: Step) -> list[Finding]:
    """What the last of some steps contradicts; those before it contradict nothing."""
    agreed = Agreed()
    for each in steps[:-1]:
        assert judged(agreed, each) == []
    return judged(agreed, steps[-1])


def party(name: str, number: str) -> Paper:
    return {"name": name, "identifications": [{"id": number, "scheme_id": "0088"}]}


def days(start: str, end: str) -> Paper:
    return {"start_date": start, "end_date": end}


def seated(role: str, organisation: int, number: str) -> Paper:
    return {"organisation_id": organisation, "role": role, "party": party(role, number)}


def line(paper: Paper, **more: Any) -> Paper:
    """Change the first line of a document."""
    (name,) = [each for each in paper if each.endswith("_line")]
    first, *others = paper[name]
    return paper | {name: [first | more, *others]}


ARTICLE: Final = {"buyers_item_identification": {"id": "A-1"}}
TAX: Final = {"id": "S", "percent": "20", "tax_scheme": "VAT"}
ASKED: Final = days("2026-03-08", "2026-03-10")
TERMS: Final = papers.terms(1, 2) | {
    "agreement_party": [seated("buyer", 1, "4099999000012"), seated("seller", 2, "5609999000029")],
    "validity_period": days("2026-01-01", "2026-12-31"),
    "response_days": 2,
    "inspection_days": 5,
    "payment_days": 30,
    "item_terms": [{"item_identification": {"id": "B-9"}, "unit_code": "KGM"}],
}
ORDER: Final = line(papers.order("10", "4"), item=ARTICLE, requested_delivery_period=ASKED)
AGREED: Final = (step("sign", TERMS), step("issue", ORDER))
CONFIRMED: Final = (*AGREED, step("confirm", papers.response("AP"), day=1))
SHIPPED: Final = (*CONFIRMED, step("despatch", papers.despatch(l1="6", l2="4"), 1))
ARRIVED: Final = papers.receipt(("d1", "6", "0"), ("d2", "4", "0"))
RECEIVED: Final = (*SHIPPED, step("receive", ARRIVED, 1, day=9))
REPORT: Final = papers.report(("1", "6", "pass"), ("2", "4", "fail"))
INSPECTED: Final = (*RECEIVED, step("pass_conditionally", REPORT, 1, day=10))
BILL: Final = papers.invoice(("1", "6", "2.5"))
SETTLED: Final = (*INSPECTED, step("settle", BILL, 1))
BOX: Final = {"id": "p1", "contents": [{"line_reference": {"line_id": "d1"}}]}
MEASURED: Final = {"id": "c1", "name": "Length", "lower_limit": "1", "conforms": True}
FREIGHT: Final = {"charge_indicator": True, "allowance_charge_reason": "Freight"}


def packed(value: str) -> Paper:
    content = {"line_reference": {"line_id": "d1"}, "quantity": papers.pieces(value)}
    return {"shipment": {"package": [{"id": "p1", "contents": [content]}]}}


def split(*parts: tuple[str, str]) -> Paper:
    """An offer to ship line 1 in parts: (quantity, last day)."""
    deliveries = [
        {"quantity": papers.pieces(value), "promised_delivery_period": {"end_date": day}}
        for value, day in parts
    ]
    return papers.response("CA", papers.answer("1", "3", delivery=deliveries))


def measured(value: str, *, conforms: bool = True) -> Paper:
    characteristic = MEASURED | {"measured_value": [{"value": value}], "conforms": conforms}
    return papers.report(("1", "6", "pass"), characteristic=[characteristic])


def left(day: str) -> Paper:
    despatch = {"despatch": {"actual_despatch_date": day}}
    return papers.despatch(l1="6") | {"shipment": {"delivery": despatch}}


def estimated(day: str) -> Paper:
    estimate = {"estimated_delivery_period": {"end_date": day}}
    return papers.despatch(l1="6") | {"shipment": {"delivery": estimate}}


def charged(amount: str) -> Paper:
    """An invoice with freight on its line."""
    charge = FREIGHT | {"amount": papers.euros(amount)}
    value = papers.euros(f"{15 + float(amount):g}")
    sums = dict.fromkeys(BILL["legal_monetary_total"], value)
    return line(BILL, allowance_charge=[charge], line_extension_amount=value) | {
        "legal_monetary_total": sums
    }


def taxed(paper: Paper, percent: str) -> Paper:
    (first,) = paper["invoice_line"] if "invoice_line" in paper else paper["order_line"][:1]
    item = first["item"] | {"classified_tax_category": [TAX | {"percent": percent}]}
    return line(paper, item=item)


def returned(value: str) -> Paper:
    lines = papers.receipt(("d2", value, "0"))["receipt_line"]
    source = {each: lines[0][each] for each in ("id", "despatch_line_reference")}
    line = source | {"returned_quantity": papers.pieces(value)}
    return papers.HEAD | {"document_type": "ReturnInstruction", "id": "RI-1", "return_line": [line]}
