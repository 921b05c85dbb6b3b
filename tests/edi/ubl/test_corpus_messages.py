"""Public messages of every type: typed and given back whole, or refused with places."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from lxml import etree

from gateway.connectors.message import ConnectorRefused, Finding
from gateway.connectors.ubl import (
    catalogue,
    credit_note,
    despatch_advice,
    invoice,
    order_cancellation,
    order_change,
    order_response,
    order_response_simple,
    receipt_advice,
)
from ledger.document.part import Document

CONNECTORS: dict[str, ModuleType] = {
    "Catalogue": catalogue,
    "CreditNote": credit_note,
    "DespatchAdvice": despatch_advice,
    "Invoice": invoice,
    "OrderCancellation": order_cancellation,
    "OrderChange": order_change,
    "OrderResponse": order_response,
    "OrderResponseSimple": order_response_simple,
    "ReceiptAdvice": receipt_advice,
}
BILLS = {"CreditNote", "Invoice"}


@pytest.fixture(scope="module")
def messages(shared: Path) -> list[tuple[str, bytes, bool]]:
    index = json.loads((shared / "corpus" / "index.json").read_text(encoding="utf-8"))
    return list(_messages(shared, index))


def _messages(shared: Path, index: list[dict[str, object]]) -> Iterator[tuple[str, bytes, bool]]:
    for entry in index:
        if not str(entry["format"]).startswith("ubl"):
            continue
        content = (shared / "corpus" / str(entry["file"])).read_bytes()
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
        name = etree.QName(root).localname
        if name in CONNECTORS:
            yield name, content, entry["valid"] is True


def _parse(connector: ModuleType, content: bytes) -> tuple[Document | None, tuple[Finding, ...]]:
    try:
        return connector.parse(content), ()
    except ConnectorRefused as error:
        return None, error.findings


def _canonical(content: bytes) -> str:
    root = etree.fromstring(content)
    return etree.canonicalize(root.getroottree(), strip_text=True, rewrite_prefixes=True)


def test_every_message_comes_back_as_it_was_or_is_refused_with_places(
    messages: list[tuple[str, bytes, bool]],
) -> None:
    for name, content, _ in messages:
        connector = CONNECTORS[name]
        document, findings = _parse(connector, content)
        assert all(each.location.path and each.what_to_do for each in findings)
        if document is None or connector is catalogue:
            continue
        rendered = connector.render(document)
        assert _canonical(rendered) == _canonical(content)
        assert connector.parse(rendered) == document


def test_nearly_every_valid_message_of_the_order_family_becomes_a_document(
    messages: list[tuple[str, bytes, bool]],
) -> None:
    """Bills apart: public examples of them that do not add up are refused on purpose."""
    counts: Counter[bool] = Counter()
    for name, content, is_valid in messages:
        if not is_valid or name in BILLS or name == "Catalogue":
            continue
        counts[_parse(CONNECTORS[name], content)[0] is not None] += 1
    assert counts[True] >= 60
    assert counts[False] <= 1
