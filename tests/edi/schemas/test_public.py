"""Public messages against public schemas: what is labelled valid breaks none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gateway.connectors.detect import detect
from gateway.connectors.message import UnsupportedDocument
from gateway.connectors.schemas.checker import Checker
from gateway.connectors.schemas.store import Store

STEP = 1 if os.environ.get("DEEP") else 6
FORMATS = {
    "ubl": ("ubl-oasis", "ubl-oioubl", "ubl-peppol"),
    "cxml": ("cxml",),
    "epcis2": ("epcis2",),
}
BROKEN = {
    # Pays by what the DTD does not know.
    "cxml/FriendsOfCXML__cxml-php/tests/CXmlTest/Handling/fixtures/order_request.xml",
    # A sensor reports what it does not name.
    "SensorData_with_combined_events.json",
}
"""Labelled valid, and yet against the schema."""


@pytest.mark.parametrize("schemas", FORMATS)
def test_valid_public_messages_break_no_schema(tmp_path: Path, shared: Path, schemas: str) -> None:
    store = Store(tmp_path / "schemas")
    store.add(shared / "schemas" / schemas)
    checker, count = Checker(store.folder), 0
    entries = json.loads((shared / "corpus/index.json").read_bytes())
    valid = [
        each for each in entries if each["format"] in FORMATS[schemas] and each["valid"] is True
    ]
    for entry in valid[::STEP]:
        content = (shared / "corpus" / entry["file"]).read_bytes()
        try:
            kind = detect(content)
        except UnsupportedDocument:
            continue
        found = checker.check(content, kind, "2026-11-23")
        is_known = any(entry["file"].endswith(name) for name in BROKEN)
        assert bool(found) is is_known, (entry["file"], found[:1])
        count += 1
    assert count >= len(valid) // STEP - 2
