"""Errors as problem bodies."""

import json

import pytest

from gateway.connectors.message import Finding, Location, MalformedXml
from gateway.errors import BodyTooLarge, OrderUnknown
from gateway.problems import problem_of
from ledger.document import parse_document
from ledger.document.errors import DocumentInvalid
from ledger.errors import OrderUnexpectedState, Unreachable
from ledger.fault import DocumentBroken, DocumentUnread, ReorgTooDeep
from ledger.vault import BlockMissing
from tests.unit.gateway import papers


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OrderUnknown("A1-1-O9"), 404),
        (BodyTooLarge("Too much."), 413),
        (OrderUnexpectedState(1 << 32 | 1, 7, 4, 2), 409),
        (Unreachable(url="http://node", problem="refused"), 503),
        (DocumentUnread(problem="the document b is missing"), 503),
        (DocumentBroken(problem="the document b is broken"), 409),
        (ReorgTooDeep(problem="the chain took back 40 blocks"), 500),
        (BlockMissing("The vault does not hold the block.", cid="b"), 404),
        (MalformedXml([Finding("must be XML", Location(1, 2), "<", "Mend it.")]), 422),
        (ZeroDivisionError("secret"), 500),
    ],
)
def test_every_error_has_its_status_and_name(error: Exception, status: int) -> None:
    body = json.loads(problem_of(error).body())
    name = "InternalError" if isinstance(error, ZeroDivisionError) else type(error).__name__
    assert (body["status"], body["error"], body["type"]) == (status, name, f"/docs/errors#{name}")
    assert body["title"]
    assert "secret" not in json.dumps(body)


def test_refusal_of_the_chain_speaks_in_words_of_the_table() -> None:
    body = json.loads(problem_of(OrderUnexpectedState(1 << 32 | 1, 7, 4, 2)).body())
    assert body["context"] == {
        "agreement": "A1-1",
        "number": 7,
        "current": "Confirmed",
        "allowed": ["Issued"],
    }


@pytest.mark.parametrize("error", [Unreachable(url="u", problem="p"), DocumentUnread(problem="p")])
def test_what_is_away_says_when_to_come_back(error: Exception) -> None:
    assert "Retry-After" in problem_of(error).headers


def test_what_is_broken_does_not_ask_to_be_tried_again() -> None:
    assert problem_of(DocumentBroken(problem="p")).headers == {}


def test_invalid_document_lists_every_problem() -> None:
    with pytest.raises(DocumentInvalid) as refused:
        parse_document(papers.order("x", "-1"))
    body = json.loads(problem_of(refused.value).body())
    paths = [finding["path"] for finding in body["findings"]]
    assert paths == ["/order_line/0/quantity/value", "/order_line/1/quantity/value"]
