"""What partners on Peppol are answered obeys Peppol's rules."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.answering.peppol import shaped
from gateway.answering.telling import document_of
from gateway.connectors.detect import UBL, Kind, detect
from gateway.connectors.schemas.checker import Checker
from gateway.connectors.schemas.finding import ERROR
from gateway.connectors.schemas.store import Store
from gateway.connectors.ubl import order, order_response, peppol
from ledger.document.order import Order
from ledger.document.order_response import OrderResponse
from scripts import peppol as published

STEP = 1 if os.environ.get("DEEP") else 6
T01 = b"urn:fdc:peppol.eu:poacc:trns:order:3"


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    if not published.ARCHIVE.is_file():
        pytest.skip("Peppol's published rules are not there: make peppol")
    store = Store(tmp_path_factory.mktemp("schemas"))
    store.add(published.ARCHIVE)
    return Checker(store.folder)


def orders(shared: Path) -> Iterator[Order]:
    for entry in json.loads((shared / "corpus/index.json").read_bytes()):
        if entry["format"] == "ubl-peppol" and entry["valid"] is True:
            content = (shared / "corpus" / entry["file"]).read_bytes()
            if detect(content) == Kind(UBL, "Order") and T01 in content:
                yield order.parse(content)


def changed(asked: Order) -> OrderResponse:
    """Answer that every line comes, but at another time."""
    lines = [
        {
            "id": line.id,
            "line_status_code": "3",
            "quantity": (quantity := line.quantity.model_dump(exclude_defaults=True)),
            "order_line_reference": {"line_id": line.id},
            "delivery": [
                {
                    "quantity": quantity,
                    "promised_delivery_period": {
                        "start_date": "2026-05-01",
                        "end_date": "2026-05-02",
                    },
                }
            ],
        }
        for line in asked.order_line
    ]
    return OrderResponse.model_validate(
        {
            "id": "R1",
            "issue_date": "2026-03-03",
            "order_response_code": "CA",
            "order_reference": {"id": asked.id},
            "order_line": lines,
        }
    )


@pytest.mark.parametrize("process", [peppol.ORDERING, peppol.ADVANCED_ORDERING])
@pytest.mark.parametrize("action", ["acknowledge", "confirm", "reject", "counter_propose"])
def test_answer_to_a_public_order_breaks_no_rule(
    checker: Checker, shared: Path, action: str, process: str
) -> None:
    answered = list(orders(shared))[::STEP]
    assert answered
    for each in answered:
        document = changed(each) if action == "counter_propose" else None
        told = shaped(document_of(action, document, each, "A1-1-O1", 1_770_000_000), process)
        content = order_response.render(told)
        found = checker.check(content, Kind(UBL, "OrderResponse"), "2026-11-23")
        assert [str(one) for one in found if one.flag == ERROR] == []
