"""Partner profiles: read from TOML, and refused key by key."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.connectors.edi.profile import read_profile
from gateway.connectors.message import InvalidProfile

GOOD = """
name = "acme"
version = "2026-11-01"
currency = "USD"
zone = "-05:00"
charset = "gb18030"
release = "005010"
required = ["N1", "CTT"]

[delimiters]
element = "|"

[units]
PLT = "XPX"

[codes.N1.1]
VEND = "SE"
"""


def _read(folder: Path, text: str) -> list[str]:
    path = folder / "acme.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidProfile) as refused:
        read_profile(path)
    return [each.location.path for each in refused.value.findings]


def test_a_profile_says_what_a_partner_does_its_own_way(tmp_path: Path) -> None:
    path = tmp_path / "acme.toml"
    path.write_text(GOOD, encoding="utf-8")
    profile = read_profile(path)
    assert (profile.name, profile.currency, profile.zone) == ("acme", "USD", "-05:00")
    assert profile.required == ("N1", "CTT")
    assert profile.code("N1", 1, "VEND") == "SE"
    assert profile.code("N1", 1, "BY") == "BY"


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [
        ('name = "acme"', "", ["name"]),
        ('"USD"', '"Dollar"', ["currency"]),
        ('"-05:00"', '"EST"', ["zone"]),
        ('"gb18030"', '"klingon"', ["charset"]),
        ('element = "|"', 'element = "||"', ["delimiters.element"]),
        ('element = "|"', 'elements = "|"', ["delimiters.elements"]),
        ('"XPX"', '"pallet"', ["units.PLT"]),
        ("required", "requires", ["requires"]),
        ("[units]", "[units", [""]),
    ],
)
def test_a_profile_that_breaks_its_rules_is_refused(
    tmp_path: Path, was: str, becomes: str, found: list[str]
) -> None:
    assert was in GOOD
    assert _read(tmp_path, GOOD.replace(was, becomes)) == found


def test_everything_wrong_with_a_profile_is_named_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('"USD"', '"x"').replace('"XPX"', '"x"')
    assert _read(tmp_path, text) == ["currency", "units.PLT"]


@pytest.mark.parametrize("key", ["required = 5", 'units = "x"', "codes = [1]", "delimiters = 3"])
def test_a_key_of_another_type_is_refused(tmp_path: Path, key: str) -> None:
    name = key.split(" ", maxsplit=1)[0]
    assert _read(tmp_path, f'name = "a"\nversion = "1"\n{key}') == [name]
