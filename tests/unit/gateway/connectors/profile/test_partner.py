"""Profiles of partners: read from TOML, and refused key by key, with the line of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.connectors.edi.message import Address
from gateway.connectors.edi.segment import segment
from gateway.connectors.message import Finding, InvalidProfile
from gateway.connectors.profile.partner import BYTES_MAX, FINDINGS_MAX, read_partner

GOOD = """
name = "acme"
version = "2026-11-01"
addresses = ["14:4012345000009", "ACME"]
own_address = "ZZ:WE"
currency = "USD"
zone = "-05:00"
charset = "gb18030"
release = "005010"
dates = ["%d%m%Y", "%d.%m.%y"]
required = ["N1", "CTT"]

[required_in]
850 = ["FOB"]

[delimiters]
element = "|"

[units]
PLT = "XPX"

[codes.N1.1]
VEND = "SE"
VD = "SU"

[codes.RFF.1]
XX = "ON"

[[table]]
name = "orders"
version = 1
title = "Orders"
key = ["PO"]

[[table.field]]
to = "order.id"
column = "PO"
"""


def _read(text: str) -> list[tuple[str, int]]:
    with pytest.raises(InvalidProfile) as refused:
        read_partner(text.encode())
    return [(each.location.path, each.location.line) for each in refused.value.findings]


def test_a_profile_says_what_a_partner_does_its_own_way() -> None:
    partner = read_partner(GOOD.encode())
    assert (partner.label, partner.currency, partner.zone) == ("acme 2026-11-01", "USD", "-05:00")
    assert partner.requires("850") == ("N1", "CTT", "FOB")
    assert partner.requires("855") == ("N1", "CTT")
    assert [table.name for table in partner.table] == ["orders"]


def test_own_codes_become_those_of_the_standard_and_back() -> None:
    partner = read_partner(GOOD.encode())
    sent = segment("N1", "VEND", "Acme")
    assert partner.translated(sent) == segment("N1", "SE", "Acme")
    assert partner.own(partner.translated(sent)) == sent
    assert partner.translated(segment("RFF", ("XX", "7"))) == segment("RFF", ("ON", "7"))
    assert partner.translated(segment("RFF", ("7", "XX"))) == segment("RFF", ("7", "XX"))
    assert partner.translated(segment("N1", "BY")) == segment("N1", "BY")
    assert partner.own(segment("N1", "SU")) == segment("N1", "VD")


def test_days_are_read_in_the_formats_of_the_partner_and_in_no_other() -> None:
    partner = read_partner(GOOD.encode())
    assert partner.day("01112026") == "2026-11-01"
    assert partner.day("1.11.26".zfill(8)) == "2026-11-01"
    for text in ("20261101", "1112026", "32112026"):
        with pytest.raises(ValueError, match=text):
            partner.day(text)


def test_an_address_is_its_own_with_its_qualifier_or_without() -> None:
    partner = read_partner(GOOD.encode())
    assert partner.is_at(Address("4012345000009", "14"))
    assert not partner.is_at(Address("4012345000009", "ZZ"))
    assert partner.is_at(Address("ACME  ", "ZZ"))
    assert not partner.is_at(Address("", "14"))
    assert partner.address == Address("4012345000009", "14")
    assert partner.sending_address == Address("WE", "ZZ")


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [
        ('name = "acme"', "", [("name", 1)]),
        ('name = "acme"', 'name = "Acme"', [("name", 2)]),
        ('"USD"', '"Dollar"', [("currency", 6)]),
        ('"-05:00"', '"EST"', [("zone", 7)]),
        ('"gb18030"', '"klingon"', [("charset", 8)]),
        ('"%d%m%Y"', '"%d %B"', [("dates.0", 10)]),
        ('"%d%m%Y"', '"%d%b%y"', [("dates.0", 10)]),
        ('element = "|"', 'element = "||"', [("delimiters.element", 17)]),
        ('element = "|"', 'elements = "|"', [("delimiters.elements", 17)]),
        ('"XPX"', '"pallet"', [("units.PLT", 20)]),
        ("[codes.N1.1]", "[codes.N1.x]", [("codes.N1.x", 22)]),
        ('"ACME"]', '"a:b:c"]', [("addresses.1", 4)]),
        ("required =", "requires =", [("requires", 11)]),
        ('key = ["PO"]', "", [("table.0.key", 29)]),
        ("[units]", "[units", [("", 19)]),
    ],
)
def test_a_profile_that_breaks_its_rules_is_refused(
    was: str, becomes: str, found: list[tuple[str, int]]
) -> None:
    assert was in GOOD
    assert _read(GOOD.replace(was, becomes, 1)) == found


def test_everything_wrong_with_a_profile_is_named_at_once() -> None:
    text = GOOD.replace('"USD"', '"x"').replace('"XPX"', '"x"')
    assert _read(text) == [("currency", 6), ("units.PLT", 20)]


@pytest.mark.parametrize("key", ["required = 5", 'units = "x"', "codes = [1]", "delimiters = 3"])
def test_a_key_of_another_type_is_refused(key: str) -> None:
    name = key.split(" ", maxsplit=1)[0]
    assert _read(f'name = "a"\nversion = "1"\n{key}') == [(name, 3)]


def test_of_very_many_findings_the_first_are_told_of() -> None:
    text = "".join(f"x{number} = 1\n" for number in range(5_000))
    assert len(_read(text)) == FINDINGS_MAX


def test_a_profile_that_is_too_long_or_no_text_is_refused() -> None:
    for content in (b"#" * (BYTES_MAX + 1), b'name = "\xff"'):
        with pytest.raises(InvalidProfile):
            read_partner(content)


@given(st.integers(0, len(GOOD)), st.integers(0, 12), st.text('[]{}="\\n.#1a', max_size=6))
def test_a_damaged_profile_is_read_or_refused_with_its_lines(at: int, cut: int, put: str) -> None:
    text = GOOD[:at] + put + GOOD[at + cut :]
    findings: tuple[Finding, ...] = ()
    try:
        read_partner(text.encode())
    except InvalidProfile as refused:
        findings = refused.findings
    assert all(1 <= each.location.line <= text.count("\n") + 1 for each in findings)
    assert all(each.what_to_do for each in findings)
