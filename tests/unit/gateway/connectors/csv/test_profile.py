"""Profiles are checked when they are read, not when a row meets their mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.connectors.csv.profile import find_profile, read_profile
from gateway.connectors.message import InvalidProfile

HEAD = 'name = "p"\nversion = 1\ntitle = "t"\nkey = ["K"]\n'
RULE = '[[field]]\nto = "order.id"\ncolumn = "K"\n'


def test_smallest_profile_is_read() -> None:
    profile = read_profile((HEAD + RULE).encode())
    assert profile.columns == ("K",)
    assert profile.field[0].targets == (("order", "id"),)


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        (HEAD + "[[field]\n", 5, "TOML"),
        (HEAD, 1, "required"),
        (HEAD + RULE + "colour = 1\n", 5, "not permitted"),
        (HEAD + RULE + RULE + 'constant = "x"\n', 8, "has one of"),
        (HEAD + '[[field]]\nto = "order.id"\n', 5, "has one of"),
        (HEAD + '[[field]]\nto = "invoice.id"\ncolumn = "K"\n', 5, "no field of"),
        (HEAD + RULE + 'kind = "date"\n', 5, "has formats"),
        (HEAD + RULE + 'dates = ["%d.%m.%Y"]\n', 5, "has formats"),
        (HEAD + RULE + 'kind = "date"\ndates = ["%d.%m"]\n', 5, "needs day"),
        (HEAD + RULE + 'absent_pattern = "("\n', 5, "regular expression"),
        (HEAD + RULE + 'minimum = "1e5"\n', 5, "decimal"),
        (HEAD + RULE + 'kind = "float"\n', 5, "Input should be"),
        (HEAD + 'encoding = "no-such"\n' + RULE, 1, "encoding"),
        (HEAD + 'encoding = "utf-16"\n' + RULE, 1, "encoding"),
        (HEAD + 'delimiter = "ab"\n' + RULE, 1, "at most 1"),
        (HEAD.replace('["K"]', "[]") + RULE, 1, "at least 1"),
        (HEAD.replace('"p"', '"../p"') + RULE, 1, "pattern"),
    ],
)
def test_broken_profile_is_refused_with_place(text: str, line: int, rule: str) -> None:
    with pytest.raises(InvalidProfile) as refused:
        read_profile(text.encode())
    assert any(rule in finding.rule for finding in refused.value.findings)
    assert refused.value.findings[0].location.line == line


def test_profile_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(InvalidProfile):
        read_profile(b"\xff")


def test_shipped_profile_is_found_by_name_and_other_by_path(tmp_path: Path) -> None:
    assert find_profile("scms").name == "scms"
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + RULE)
    assert find_profile(str(path)).name == "p"


@pytest.mark.parametrize("name", ["none-such", "../profiles/scms", "", "SCMS", "scms.toml"])
def test_unknown_profile_is_refused_and_known_ones_are_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidProfile) as refused:
        find_profile(str(tmp_path / name) if "/" in name else name)
    assert "scms" in refused.value.findings[0].what_to_do
