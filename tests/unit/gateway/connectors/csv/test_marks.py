"""Numbers with other marks than a point, headers below other lines, and expressions."""

from __future__ import annotations

import time
from io import BytesIO

import pytest

from gateway.connectors.csv.profile import Profile, read_profile
from gateway.connectors.csv.reader import BadRow, Imported, read
from gateway.connectors.message import CsvHeaderMismatch, InvalidProfile

PROFILE = """
name = "mill"
version = 1
title = "Orders of a mill"
delimiter = ";"
header_line = 3
decimal = ","
grouping = "."
key = ["PO"]
field = [
  { to = "order.id", column = "PO" },
  { to = "order.issue_date", column = "Date", kind = "date", dates = ["%d.%m.%Y"] },
  { to = "order.buyer_customer_party.name", constant = "Mill", is_always = true },
  { to = "order.seller_supplier_party.name", constant = "Us", is_always = true },
  { to = "order.order_line[0].id", constant = "1", is_always = true },
  { to = "order.order_line[0].item.name", column = "Article" },
  { to = "order.order_line[0].quantity.value", column = "Qty", kind = "decimal" },
  { to = "order.order_line[0].quantity.unit_code", constant = "MTR" },
]
"""
HEAD = "Orders of November;;;\n\nPO;Date;Article;Qty\n"


def _profile(text: str = PROFILE) -> Profile:
    return read_profile(text.encode())


@pytest.mark.parametrize(
    ("sent", "value"),
    [("1.250,50", "1250.5"), ("1250,5", "1250.5"), ("12", "12"), (",5", "0.5"), ("1.250", "1250")],
)
def test_numbers_are_read_in_the_marks_of_the_profile(sent: str, value: str) -> None:
    (row,) = read(_profile(), BytesIO(f"{HEAD}1;02.11.2026;Cloth;{sent}\n".encode()))
    assert isinstance(row, Imported)
    assert row.order.order_line[0].quantity.value == value
    assert row.line == 4


@pytest.mark.parametrize(
    "sent", ["1.25", "12.5", "1,250.5", "1.2500", "1,2,3", ".5", "1e3", "1 250"]
)
def test_numbers_in_other_marks_are_bad(sent: str) -> None:
    (row,) = read(_profile(), BytesIO(f"{HEAD}1;02.11.2026;Cloth;{sent}\n".encode()))
    assert isinstance(row, BadRow)
    assert (row.column, row.value) == ("Qty", sent)


def test_one_mark_cannot_be_both() -> None:
    with pytest.raises(InvalidProfile):
        _profile(PROFILE.replace('grouping = "."', 'grouping = ","'))


def test_a_header_on_another_line_is_missed() -> None:
    with pytest.raises(CsvHeaderMismatch) as refused:
        list(read(_profile(), BytesIO(HEAD.replace("\n\n", "\n").encode() + b"1;2;3;4\n")))
    assert {each.location.path for each in refused.value.findings} == {
        *("PO", "Date", "Article", "Qty")
    }


def _with_pattern(pattern: str) -> str:
    return PROFILE.replace(
        'column = "Article" }', f"column = \"Article\", absent_pattern = '{pattern}' }}"
    )


@pytest.mark.parametrize(
    "pattern", [r"see PO \d+", r"[*+?]{2}x+", r"n/?a", r"(on|by) request", r"\*+"]
)
def test_an_expression_says_what_stands_for_no_value(pattern: str) -> None:
    assert _profile(_with_pattern(pattern))


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|a)*b", "(?=a)b", r"(a)\1", "a*a*a*a*b", "a?a?a?a?aaaa", "(a", "a{99999999999}"],
)
def test_an_expression_that_could_run_for_long_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidProfile):
        _profile(_with_pattern(pattern))


def test_the_worst_expression_that_is_taken_is_soon_done() -> None:
    text = _with_pattern("[^x]*[^y]*[^z]*!")
    content = f"{HEAD}1;02.11.2026;{'a' * 199};5\n2;02.11.2026;{'a' * 100_000};5\n"
    began_s = time.process_time()
    first, second = read(_profile(text), BytesIO(content.encode()))
    assert time.process_time() - began_s < 1
    assert isinstance(first, Imported)
    assert isinstance(second, BadRow), "an item has no name of this length"
