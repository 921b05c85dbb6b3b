"""Public orders that nobody here wrote: mapped and given back whole, or refused with a place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from gateway.connectors.message import ConnectorRefused, Finding, UnsupportedDocument
from gateway.connectors.ubl import order

ROOT = b":schema:xsd:Order-2"
SCHEMA = "schemas/ubl/kduvekot__ubl-release-package/xsdrt/maindoc/UBL-Order-2.5.xsd"


def _files(shared: Path) -> Iterator[Path]:
    for folder in ("ubl-peppol", "ubl-oasis", "ubl-oioubl"):
        yield from sorted((shared / "corpus" / folder).rglob("*.xml"))


def _is_order(content: bytes) -> bool:
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    return root.tag == "{urn:oasis:names:specification:ubl:schema:xsd:Order-2}Order"


def _findings(content: bytes) -> tuple[Finding, ...]:
    try:
        order.parse(content)
    except ConnectorRefused as error:
        return error.findings
    return ()


def test_every_order_maps_and_comes_back_unchanged(
    shared: Path, tree_of: Callable[[bytes], object]
) -> None:
    count = 0
    for path in _files(shared):
        content = path.read_bytes()
        if ROOT not in content or not _is_order(content):
            continue
        count += 1
        parsed = order.parse(content)
        rendered = order.render(parsed)
        assert tree_of(rendered) == tree_of(content), path.name
        assert order.parse(rendered) == parsed, path.name
    assert count >= 40


def test_every_other_file_is_refused_with_a_place(shared: Path) -> None:
    count = 0
    for path in _files(shared):
        content = path.read_bytes()
        if ROOT in content and _is_order(content):
            continue
        count += 1
        with pytest.raises(UnsupportedDocument) as refused:
            order.parse(content)
        assert all(finding.location.line >= 1 for finding in refused.value.findings)
    assert count >= 100


def test_orders_inside_rule_tests_map_or_are_refused_with_places(shared: Path) -> None:
    """The rule tests of Peppol wrap fragments of orders, most of them broken on purpose."""
    count = 0
    for path in sorted((shared / "corpus" / "ubl-peppol").rglob("unit-order/*.xml")):
        for element in etree.parse(path).iterfind(".//{*}Order"):
            element.tail = None
            count += 1
            for finding in _findings(etree.tostring(element)):
                assert finding.location.path.startswith("/Order")
                assert finding.location.line >= 1
                assert finding.what_to_do
    assert count >= 40


def test_example_and_odd_order_are_valid_ubl(shared: Path) -> None:
    schema = etree.XMLSchema(etree.parse(shared / SCHEMA))
    here = Path(__file__).parent
    for path in (here.parents[2] / "examples" / "order.xml", here / "order_odd.xml"):
        rendered = order.render(order.parse(path.read_bytes()))
        assert schema.validate(etree.fromstring(rendered)), schema.error_log
