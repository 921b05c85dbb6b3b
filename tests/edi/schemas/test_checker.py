"""What breaks a published rule is found where it stands, named and weighed."""

from __future__ import annotations

import json

import pytest

from gateway.connectors.detect import Kind, detect
from gateway.connectors.schemas.checker import Checker
from gateway.connectors.schemas.finding import ERROR, WARNING, RuleFinding, RulesUnusable
from gateway.connectors.schemas.store import Store
from tests.edi.schemas.artefacts import ORDER, ORDER_XSD, PACKAGE, RULES, T01, rule, stylesheet
from tests.edi.schemas.conftest import Lay

DAY = "2026-11-23"
CXML = """<?xml version="1.0"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd">
<cXML payloadID="1" version="1.2.014">
  <Header/>
  <Request>
    <OrderRequest><Total>1</Total></OrderRequest>
  </Request>
</cXML>"""
EPCIS = '{"type": "EPCISDocument",\n "schemaVersion": "2.0",\n "creationDate": "2026-01-01"}'


def check(store: Store, text: str, day: str = DAY) -> tuple[RuleFinding, ...]:
    content = text.encode()
    return Checker(store.folder).check(content, detect(content), day)


@pytest.mark.parametrize("text", [ORDER, CXML, EPCIS])
def test_right_message_breaks_no_rule(store: Store, text: str) -> None:
    assert check(store, text) == ()


def test_broken_business_rule_is_named_where_it_is_broken(store: Store) -> None:
    text = ORDER.replace("<cbc:Note>", "<cbc:Note>ok</cbc:Note>\n  <cbc:Note>much too ")
    [found] = check(store, text)
    assert (found.rule_id, found.flag) == ("TEST-R001", ERROR)
    assert found.rule == "TEST-R001: A note MUST be right."
    assert found.found == "much too short"
    assert str(found.location) == "line 6, column 3, /Order/cbc:Note[2]"
    assert found.as_dict()["rule_id"] == "TEST-R001"


def test_mild_rule_is_a_warning(store: Store) -> None:
    [found] = check(store, ORDER.replace("short", "s"))
    assert (found.rule_id, found.flag) == ("TEST-R002", WARNING)


def test_schema_names_the_element_it_does_not_expect(store: Store) -> None:
    text = ORDER.replace("<cbc:ID>A-1</cbc:ID>", "<cbc:ID>A-1</cbc:ID>\n  <cbc:ID>A-2</cbc:ID>")
    [found] = check(store, text)
    assert found.flag == ERROR
    assert found.rule_id == "schemav-element-content"
    assert found.rule.startswith(
        "schemav-element-content: Element 'ID': This element is not expected"
    )
    assert str(found.location) == "line 5, column 3, /Order/cbc:ID[2]"
    assert found.found == "A-2"


def test_message_of_a_later_version_than_the_schema_is_not_held_against_it(store: Store) -> None:
    broken = ORDER.replace("<cbc:ID>A-1</cbc:ID>", "")
    later = "<cbc:UBLVersionID>2.3</cbc:UBLVersionID><cbc:Cust"
    assert check(store, broken) != ()
    assert check(store, broken.replace("<cbc:Cust", later)) == ()


def test_dtd_names_element_and_line(store: Store) -> None:
    text = CXML.replace("<Total>1</Total>", "<Amount>1</Amount>")
    first, second = check(store, text)
    assert str(first.location) == "line 6, column 5, /cXML/Request/OrderRequest"
    assert "expecting (Total)" in first.rule
    assert str(second.location) == "line 6, column 19, /cXML/Request/OrderRequest/Amount"
    assert second.rule.startswith("dtd-unknown-elem: No declaration for element Amount")


def test_json_schema_names_the_value_and_its_place(store: Store) -> None:
    found = check(store, EPCIS.replace('"2026-01-01"', "7").replace("schemaVersion", "version"))
    assert [(each.rule_id, each.location.path) for each in found] == [
        ("json-schema-required", ""),
        ("json-schema-type", "/creationDate"),
    ]
    assert (found[1].location.line, found[1].location.column) == (3, 18)
    assert found[1].found == "7"


@pytest.mark.parametrize("text", ["<Order", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a/>"])
def test_what_cannot_be_read_is_left_to_the_connector(store: Store, text: str) -> None:
    assert Checker(store.folder).check(text.encode(), Kind("ubl", "Order"), DAY) == ()


def test_rules_hold_for_restrictions_and_not_for_extensions(store: Store) -> None:
    wrong = ORDER.replace("short", "s")
    restricted = wrong.replace(T01, f"{T01}:restrictive:urn:example:ours")
    extended = wrong.replace(T01, f"{T01}:extended:urn:example:ours")
    assert len(check(store, restricted)) == 1
    assert check(store, extended) == ()


def test_release_that_held_on_the_day_is_used(store: Store, lay: Lay) -> None:
    store.remove("published")
    later = stylesheet(rule("false()", "LATER", "fatal"))
    store.add(lay({**PACKAGE, "openpeppol/2026.5/PEPPOLBIS-T01.xslt": later}))
    assert check(store, ORDER, "2026-08-16") == ()
    assert [each.rule_id for each in check(store, ORDER, "2026-08-17")] == ["LATER"]
    # Before every release that is there, the first is the nearest.
    assert check(store, ORDER, "2020-01-01") == ()


def test_package_added_meanwhile_is_used_for_the_next_message(store: Store, lay: Lay) -> None:
    checker = Checker(store.folder)
    content = ORDER.replace("short", "s").encode()
    assert len(checker.check(content, Kind("ubl", "Order"), DAY)) == 1
    store.remove("published")
    assert checker.check(content, Kind("ubl", "Order"), DAY) == ()


def test_value_that_rules_fail_on_is_named(store: Store, lay: Lay) -> None:
    store.remove("published")
    text = stylesheet('<xsl:value-of select="xs:decimal(//cbc:Note)"/>').replace(
        "<xsl:stylesheet ", '<xsl:stylesheet xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    )
    store.add(lay({"openpeppol/2025.5/xslt/PEPPOLBIS-T01.xslt": text}))
    [found] = [each for each in check(store, ORDER) if each.rule_id == "rules-inapplicable"]
    assert str(found.location) == "line 5, column 3, /Order/cbc:Note"
    assert "short" in found.found
    assert check(store, ORDER.replace("short", "12")) == ()


BROKEN = {
    "PEPPOLBIS-T01.xslt": stylesheet('<xsl:value-of select="undefined()"/>'),
    "UBL-Order-2.1.xsd": ORDER_XSD.replace('ref="cbc:ID"', 'ref="cbc:Absent"'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_artefact_that_is_broken_says_so(store: Store, lay: Lay, name: str) -> None:
    store.remove("published")
    [path] = [each for each in PACKAGE if each.endswith(name)]
    store.add(lay({**PACKAGE, path: BROKEN[name]}))
    with pytest.raises(RulesUnusable, match=name):
        check(store, ORDER)


def test_rules_that_report_nothing_readable_say_so(store: Store, lay: Lay) -> None:
    store.remove("published")
    text = RULES.replace("<xsl:template", '<xsl:output method="text"/><xsl:template')
    store.add(lay({"openpeppol/2025.5/xslt/PEPPOLBIS-T01.xslt": text}))
    with pytest.raises(RulesUnusable, match="PEPPOLBIS-T01"):
        check(store, ORDER)


def test_schema_that_is_none_says_so(store: Store, lay: Lay) -> None:
    store.remove("published")
    schema = {"$id": "EPCIS", "type": 7, "definitions": {"epcisDocument": {}}}
    store.add(lay({"EPCIS.json": json.dumps(schema)}))
    with pytest.raises(RulesUnusable, match="EPCIS"):
        check(store, EPCIS)
