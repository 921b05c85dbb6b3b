"""Damaged messages of UBL and cXML: given back whole, or refused with places, never a crash."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from gateway.connectors.message import ConnectorRefused, Finding
from ledger.document.part import Document

ROUNDS = 40 if os.environ.get("DEEP") else 1
SECONDS_MAX = 1
FOLDERS = ("ubl-peppol", "ubl-oasis", "ubl-oioubl", "cxml")
CXML = (
    "cxml.order_request",
    "cxml.confirmation_request",
    "cxml.ship_notice_request",
    "cxml.invoice_detail_request",
)
UBL = {
    b":Order-2": "ubl.order",
    b":OrderResponse-2": "ubl.order_response",
    b":OrderResponseSimple-2": "ubl.order_response_simple",
    b":OrderChange-2": "ubl.order_change",
    b":OrderCancellation-2": "ubl.order_cancellation",
    b":DespatchAdvice-2": "ubl.despatch_advice",
    b":ReceiptAdvice-2": "ubl.receipt_advice",
    b":Invoice-2": "ubl.invoice",
    b":CreditNote-2": "ubl.credit_note",
}
ELEMENT = re.compile(rb"<([\w:]+)[^<>]*>[^<>]*</\1>")
TEXT = re.compile(rb">[^<]*<")
VALUES = (b"><", b">-1<", b">NaN<", b">1e5<", b">" + b"x" * 300 + b"<", b">2020-13-01<", b">42<")


def connectors_of(content: bytes) -> Iterator[ModuleType]:
    found = [name for root, name in UBL.items() if root in content[:1000]]
    for name in found or CXML:
        yield import_module(f"gateway.connectors.{name}")


def damaged(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        elements = list(ELEMENT.finditer(content))
        if chance.random() < 0.3 or not elements:
            at = chance.randrange(len(content))
            content = content[:at] + chance.randbytes(chance.randint(0, 3)) + content[at + 9 :]
            continue
        match = chance.choice(elements)
        new = TEXT.sub(chance.choice(VALUES), match[0], count=1)
        new = chance.choice((b"", match[0] * 2, new))
        content = content[: match.start()] + new + content[match.end() :]
    return content


def read(connector: ModuleType, content: bytes) -> tuple[Document | None, tuple[Finding, ...]]:
    try:
        return connector.parse(content), ()
    except ConnectorRefused as error:
        return None, error.findings


@pytest.mark.parametrize("folder", FOLDERS)
def test_damage_is_survived(shared: Path, folder: str) -> None:
    chance = random.Random(folder)
    for path in sorted((shared / "corpus" / folder).rglob("*.xml")) * ROUNDS:
        content = damaged(path.read_bytes(), chance)
        for connector in connectors_of(content):
            start = time.process_time()
            document, findings = read(connector, content)
            assert time.process_time() - start < SECONDS_MAX, path
            assert all(each.location.line >= 1 and each.what_to_do for each in findings)
            if document is not None:
                assert connector.parse(connector.render(document)) == document, path
