"""Golden pairs: a message and the canonical document it stands for, both ways."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.connectors.ubl import order
from ledger.document import parse_document
from ledger.document.canonical import canonical_bytes
from ledger.document.order import Order

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[2] / "examples" / "order.xml"
CASES = {"order_demo": EXAMPLE, "order_odd": HERE / "order_odd.xml"}


@pytest.mark.parametrize("case", CASES)
def test_message_becomes_its_golden_document(case: str) -> None:
    golden = json.loads((HERE / f"{case}.json").read_text(encoding="utf-8"))
    assert json.loads(canonical_bytes(order.parse(CASES[case].read_bytes()))) == golden


@pytest.mark.parametrize("case", CASES)
def test_golden_document_becomes_its_message(case: str, tree_of: Callable[[bytes], object]) -> None:
    document = parse_document((HERE / f"{case}.json").read_bytes())
    assert isinstance(document, Order)
    assert tree_of(order.render(document)) == tree_of(CASES[case].read_bytes())


@pytest.mark.parametrize("case", CASES)
def test_rendering_settles_at_once(case: str) -> None:
    rendered = order.render(order.parse(CASES[case].read_bytes()))
    assert order.render(order.parse(rendered)) == rendered
