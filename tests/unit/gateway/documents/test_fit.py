"""Which document goes with which action."""

from typing import Any

import pytest

from gateway.documents.fit import fit_of, require_fit
from gateway.errors import DocumentUnfit
from ledger import lifecycle
from ledger.document import DOCUMENT_MODELS, parse_document
from tests.unit.gateway import papers


@pytest.mark.parametrize("machine", lifecycle.MACHINES)
def test_every_action_of_the_table_names_documents_that_exist(machine: str) -> None:
    for row in lifecycle.rows(machine):
        assert set(fit_of(machine, row.action).types) <= set(DOCUMENT_MODELS)


@pytest.mark.parametrize(
    ("action", "paper"),
    [
        ("issue", papers.order()),
        ("acknowledge", None),
        ("confirm", papers.response("AP", papers.answer("1", "5"))),
        ("counter_propose", papers.response("CA", papers.answer("1", "3", "8"))),
        ("close", papers.notice()),
    ],
)
def test_fitting_document_is_taken(action: str, paper: dict[str, Any] | None) -> None:
    require_fit("order", action, paper and parse_document(paper))


@pytest.mark.parametrize(("machine", "action"), [("delivery", "settle"), ("order", "close")])
@pytest.mark.parametrize(
    "paper",
    [papers.invoice(("1", "6", "2.5")), papers.credit_note(("1", "1", "2.5")), papers.notice()],
)
def test_seller_settles_and_closes_with_a_bill(
    machine: str, action: str, paper: dict[str, Any]
) -> None:
    require_fit(machine, action, parse_document(paper))


@pytest.mark.parametrize(
    ("machine", "action", "paper", "rule"),
    [
        ("order", "issue", None, "DocumentRequired"),
        ("order", "issue", papers.notice(), "DocumentTypeOther"),
        ("order", "close", papers.order(), "DocumentTypeOther"),
        ("order", "confirm", papers.response("RE"), "ResponseCodeOther"),
        ("order", "counter_propose", papers.response("AP"), "ResponseCodeOther"),
        ("order", "confirm", papers.response("AP", papers.answer("1", "7")), "LineNotAccepted"),
        ("delivery", "receive_partially", None, "DocumentRequired"),
        ("delivery", "receive", papers.invoice(("1", "1", "2")), "DocumentTypeOther"),
        ("delivery", "pass", papers.receipt(("d1", "1", "0")), "DocumentTypeOther"),
    ],
)
def test_document_that_does_not_fit_is_refused_by_rule(
    machine: str, action: str, paper: dict[str, Any] | None, rule: str
) -> None:
    with pytest.raises(DocumentUnfit) as refused:
        require_fit(machine, action, paper and parse_document(paper))
    assert [finding.name for finding in refused.value.findings] == [rule]
