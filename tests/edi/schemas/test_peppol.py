"""The rules of Peppol, as published: which hold, and what they say of public messages."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from lxml import etree

from gateway.connectors.detect import detect
from gateway.connectors.schemas import peppol
from gateway.connectors.schemas.checker import Checker
from gateway.connectors.schemas.finding import ERROR
from gateway.connectors.schemas.store import Store
from scripts import peppol as published

ORDER = "urn:fdc:peppol.eu:poacc:trns:order:3"
SAMPLE = 1 if os.environ.get("DEEP") else 12


@pytest.mark.parametrize(
    ("rules", "declared", "do_govern"),
    [
        (ORDER, ORDER, True),
        (ORDER, f"{ORDER}:restrictive:urn:www.agid.gov.it:trns:ordine:3.1", True),
        (ORDER, f"{ORDER}:extended:urn:example", False),
        (ORDER, f"{ORDER}1", False),
        (ORDER, "urn:fdc:peppol.eu:poacc:trns:order_change:3", False),
        (ORDER, "", False),
        (peppol.EN_16931, peppol.BILLING, True),
        (peppol.EN_16931, peppol.SELF_BILLING, True),
        (peppol.BILLING, peppol.SELF_BILLING, False),
        (peppol.BILLING, f"{peppol.BILLING}#conformant#urn:example", False),
        (peppol.EN_16931, f"{peppol.BILLING}#conformant#urn:example", False),
    ],
)
def test_rules_govern_what_restricts_them(rules: str, declared: str, do_govern: bool) -> None:
    assert peppol.governs(rules, declared) is do_govern


@pytest.mark.parametrize(
    ("release", "day"),
    [("2025.5", "2025-08-25"), ("2026.11", "2027-02-01"), ("2024.11", "2025-02-01"), ("", "")],
)
def test_release_holds_from_a_day_on(release: str, day: str) -> None:
    assert peppol.since(release) == day


@pytest.mark.parametrize(
    ("path", "release"),
    [
        ("external/schematron/openpeppol/2025.11/xslt/PEPPOLBIS-T01.xslt", "2025.11"),
        ("tdd/sk/1.0.0/CEN-EN16931-UBL.xslt", ""),
        ("2025.11", ""),
    ],
)
def test_release_is_a_folder(path: str, release: str) -> None:
    assert peppol.release_in(path) == release


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The archive of the publisher."""
    if not published.ARCHIVE.is_file():
        pytest.skip("Peppol's published rules are not there: make peppol")
    store = Store(tmp_path_factory.mktemp("schemas"))
    store.add(published.ARCHIVE)
    return store


def test_archive_holds_rules_of_every_message_and_release(rules: Store) -> None:
    [package] = rules.packages()
    newest = {each.names[0] for each in package.artefacts if each.release == "2026.5"}
    assert newest == set(peppol.CUSTOMIZATIONS.values())
    assert {each.release for each in package.artefacts} > {"2025.5", "2025.11"}


def test_valid_public_messages_break_no_rule_that_refuses(rules: Store, shared: Path) -> None:
    checker, count = Checker(rules.folder), 0
    entries = json.loads((shared / "corpus/index.json").read_bytes())
    valid = [each for each in entries if each["format"] == "ubl-peppol" and each["valid"] is True]
    for entry in valid[::SAMPLE]:
        content = (shared / "corpus" / entry["file"]).read_bytes()
        found = checker.check(content, detect(content), "2026-11-23")
        assert [each for each in found if each.flag == ERROR] == [], entry["file"]
        count += 1
    assert count >= len(valid) // SAMPLE


def test_broken_public_message_names_the_rule(rules: Store, shared: Path) -> None:
    path = shared / "corpus/ubl-peppol/OpenPEPPOL__poacc-upgrade-3/rules/examples/Order_Example.xml"
    root = etree.fromstring(path.read_bytes())
    [currency] = root.xpath("/*/*[local-name()='DocumentCurrencyCode']")
    currency.text = "XYZ"
    content = etree.tostring(root)
    found = Checker(rules.folder).check(content, detect(content), "2026-11-23")
    at = [each for each in found if each.location.path == "/Order/cbc:DocumentCurrencyCode"]
    assert at and {each.found for each in at} == {"XYZ"}
    assert all(each.rule_id.startswith("PEPPOL-T01-") for each in at)
