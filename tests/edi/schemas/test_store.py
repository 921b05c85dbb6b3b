"""Packages are added whole, listed and removed; what cannot be used is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.connectors.schemas.artefact import DTD, JSON_SCHEMA, SCHEMATRON, XSD
from gateway.connectors.schemas.store import Store, StoreRefused
from tests.edi.schemas.artefacts import ORDER_NS, ORDER_XSD, PACKAGE, RULES, T01, stylesheet
from tests.edi.schemas.conftest import Lay


def test_package_holds_what_its_files_can_check(store: Store) -> None:
    [package] = store.packages()
    assert package.name == "published"
    found = {each.kind: each for each in package.artefacts}
    assert found[XSD].names == (f"{{{ORDER_NS}}}Order",)
    assert found[XSD].release == "2.1"
    assert found[SCHEMATRON].names == (T01,)
    assert (found[SCHEMATRON].release, found[SCHEMATRON].since) == ("2025.5", "2025-08-25")
    assert (found[DTD].names, found[DTD].release) == (("OrderRequest",), "1.2.014")
    assert found[JSON_SCHEMA].names == ("EPCISDocument", "EPCISQueryDocument")


def test_only_what_artefacts_need_is_kept(store: Store) -> None:
    kept = {path.name for path in store.folder.rglob("*") if path.is_file()}
    assert kept == {"package.json", *(Path(name).name for name in PACKAGE)} - {"README.json"}


def test_removed_package_is_gone(store: Store) -> None:
    before = store.state()
    store.remove("published")
    assert store.packages() == ()
    assert store.state() != before


@pytest.mark.parametrize("name", ["absent", "../published", ".", ""])
def test_package_that_is_not_there_cannot_be_removed(store: Store, name: str) -> None:
    with pytest.raises(StoreRefused, match="there is no package"):
        store.remove(name)
    assert len(store.packages()) == 1


def test_package_is_not_replaced_unasked(store: Store, lay: Lay) -> None:
    with pytest.raises(StoreRefused, match="remove it first"):
        store.add(lay(PACKAGE))


def test_files_without_artefact_leave_no_trace(tmp_path: Path, lay: Lay) -> None:
    empty = Store(tmp_path / "empty")
    with pytest.raises(StoreRefused, match="there is no artefact"):
        empty.add(lay({"a.json": "{}", "b.xsd": "<a/>", "c.dtd": "<!ELEMENT a ANY>"}))
    assert not empty.folder.exists()


INCLUDING = stylesheet("", '<xsl:include href="other.xslt"/>')
POINTING = '{"$id": "EPCIS", "definitions": {"epcisDocument": {"$ref": "http://a.example/b"}}}'
UNFIT = {
    "not XML": ("openpeppol/2025.5/PEPPOLBIS-T01.xslt", "<broken", "is not XML"),
    "schema elsewhere": (
        "UBL-Order-2.1.xsd",
        ORDER_XSD.replace("../common/basic.xsd", "http://a.example/basic.xsd"),
        "which is not in the package",
    ),
    "schema above": ("UBL-Order-2.1.xsd", ORDER_XSD, "which is not in the package"),
    "stylesheet in parts": ("openpeppol/2025.5/PEPPOLBIS-T01.xslt", INCLUDING, "includes another"),
    "rules of nobody": ("2025.5/OTHER.xslt", RULES, "--customization"),
    "entity elsewhere": (
        "cXML.dtd",
        '<!ELEMENT cXML ANY><!ENTITY % a SYSTEM "http://a.example/a.dtd">%a;',
        "refers to another file",
    ),
    "no DTD": ("cXML.dtd", "<!ELEMENT cXML ", "is no DTD"),
    "reference elsewhere": ("EPCIS.json", POINTING, "refers to other files"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_artefact_that_does_not_stand_by_itself_is_not_taken(
    tmp_path: Path, lay: Lay, case: str
) -> None:
    name, text, reason = UNFIT[case]
    with pytest.raises(StoreRefused, match=reason):
        Store(tmp_path / "schemas").add(lay({name: text}))


def test_rules_of_other_publishers_hold_for_the_customization_they_are_added_for(
    tmp_path: Path, lay: Lay
) -> None:
    path = lay({"OTHER.xslt": RULES}) / "OTHER.xslt"
    package, skipped = Store(tmp_path / "schemas").add(
        path, customization="urn:example:order", since="2026-01-01"
    )
    [artefact] = package.artefacts
    assert (artefact.names, artefact.since) == (("urn:example:order",), "2026-01-01")
    assert skipped == ()
