"""What a profile is proposed to say, and what is left to a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.connectors.message import UnsupportedDocument
from gateway.connectors.profile.charset import guessed_charset
from gateway.connectors.profile.learning import learn
from gateway.connectors.profile.partner import Partner, read_partner
from tests.unit.gateway.connectors.profile.sample import order, table

ROOT = Path(__file__).parents[5]


def _learned(*contents: bytes) -> tuple[Partner, str]:
    samples = [(f"sample-{number}", content) for number, content in enumerate(contents, 1)]
    text = learn(samples, "acme", "1")
    return read_partner(text.encode()), text


def test_addresses_release_and_delimiters_are_those_of_the_samples() -> None:
    partner, _ = _learned(order(mark="|"))
    assert (partner.label, partner.addresses) == ("acme 1", ("ZZ:ACME",))
    assert (partner.own_address, partner.release) == ("ZZ:WE", "004010")
    assert partner.delimiters == {"element": "|", "component": ">"}


def test_segments_that_are_always_there_are_required_once_there_are_enough_samples() -> None:
    few, text = _learned(order(), order())
    assert few.required_in == {}
    assert '# 850 = ["CTT", "N1", "REF"]' in text
    enough, _ = _learned(order(), order(), order(ref=""))
    assert enough.required_in == {"850": ("CTT", "N1")}


def test_units_that_are_not_known_are_named_and_guessed_only_by_their_names() -> None:
    partner, text = _learned(order(unit="KARTON"), order(unit="QX"))
    assert partner.units == {"KARTON": "XCT"}
    assert '# QX = "C62"' in text
    assert "sample-2, line 8" in text


def test_days_in_another_format_are_proposed_only_when_they_are_of_one() -> None:
    one, _ = _learned(order(day="23112026"))
    assert one.dates == ("%d%m%Y",)
    two, text = _learned(order(day="02112026"))
    assert two.dates == ()
    assert '# dates = ["%d%m%Y", "%m%d%Y"]' in text
    none, text = _learned(order(day="23.Nov.26"))
    assert none.dates == ()
    assert "No format reads them all" in text
    assert _learned(order())[0].dates == ()


def test_what_messages_leave_open_is_asked_for() -> None:
    partner, text = _learned(order(more="DTM*010*20261103*0915~"))
    assert (partner.zone, partner.currency) == ("", "")
    assert '# zone = "+01:00"' in text
    assert '# currency = "EUR"' in text


def test_parties_by_other_codes_are_listed() -> None:
    _, text = _learned(order(seller="VEND"), order(seller="VEND"), order())
    assert '[codes.N1.1]\n# 2 times.\n# VEND = "VEND"' in text
    assert "codes" not in _learned(order())[1]


@pytest.mark.parametrize(
    ("content", "declared", "charset"),
    [
        (b"plain", "latin-1", ""),
        ("Käse".encode(), "", "utf-8"),
        ("Käse".encode(), "utf-8", ""),
        ("Käse".encode(), "latin-1", "utf-8"),
        ("Käse".encode("latin-1"), "", "latin-1"),
        ("Käse".encode("latin-1"), "latin-1", ""),
        ("Käse".encode("latin-1"), "utf-8", "latin-1"),
        ("深圳市精梳棉纱".encode("gb18030"), "", "gb18030"),
    ],
)
def test_a_character_set_is_named_where_the_envelope_does_not_or_is_wrong(
    content: bytes, declared: str, charset: str
) -> None:
    assert guessed_charset(content, declared)[0] == charset


def test_a_table_is_proposed_with_its_marks_days_and_key() -> None:
    partner, text = _learned(table())
    (found,) = partner.table
    assert (found.delimiter, found.header_line, found.key) == (";", 3, ("PO", "Pos"))
    assert (found.decimal, found.grouping) == (",", ".")
    by_target = {rule.to[0]: rule for rule in found.field}
    assert by_target["order.issue_date"].dates == ("%d.%m.%Y",)
    assert by_target["order.order_line[0].quantity.unit_code"].values == {"Stk": "H87"}
    assert "ride along: Farbe" in text
    assert '# constant = "Name of the seller"' in text


def test_days_and_numbers_that_can_be_read_two_ways_are_left_to_a_person() -> None:
    rows = "4711;1;02.11.2026;Tuch;1.250;Stk;rot\n4711;2;03.11.2026;Tuch;2.000;Stk;rot\n"
    partner, text = _learned(table(rows.replace("02.11.2026", "02/11/2026").replace("03.", "03/")))
    (found,) = partner.table
    assert (found.decimal, found.grouping) == (".", "")
    assert "# decimal" in text
    slashed = rows.replace(".11.2026", "/11/2026")
    partner, text = _learned(table(slashed))
    assert "order.issue_date" not in {rule.to[0] for rule in partner.table[0].field}
    assert '# dates = ["%d/%m/%Y", "%m/%d/%Y"]' in text


def test_samples_of_one_layout_are_one_table() -> None:
    other = b"PO,Qty\n1,2\n2,3\n"
    partner, _ = _learned(table(), table(), other, order())
    assert [each.name for each in partner.table] == ["orders", "orders2"]
    assert partner.addresses == ("ZZ:ACME",)


def test_a_standard_that_leaves_nothing_to_a_profile_is_refused() -> None:
    with pytest.raises(UnsupportedDocument):
        _learned((ROOT / "examples" / "order.xml").read_bytes())


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"one\ntwo\n", b"1;2;3\n4;5;6\n", b"\xff\xfe\x00"]
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(UnsupportedDocument):
        _learned(content)
