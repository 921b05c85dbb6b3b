"""Lists of bad rows open in spreadsheets without running anything."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.connectors.csv.reader import BadRow
from gateway.connectors.csv.writer import BAD_ROW_HEADER, neutral, write_bad_rows
from gateway.connectors.message import Finding, Location


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd",
        "-cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\n@x",
        "＝1+1",
        "%0A=",
    ],
)
def test_formulas_become_text(text: str) -> None:
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("text", ["", "-5", "-12.50", "12", "twill", "a=b", "x-1"])
def test_harmless_cells_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=3, max_size=3
    )
)
def test_every_cell_written_is_harmless_and_nothing_is_lost(texts: list[str]) -> None:
    finding = Finding("Rule.", Location(7, 2, texts[0]), texts[1], "Do.")
    stream = io.StringIO(newline="")
    assert write_bad_rows([BadRow(7, texts[2], (finding, finding))], stream) == 1
    rows = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))
    assert tuple(rows[0]) == BAD_ROW_HEADER
    assert len(rows) == 3
    for key, column, _, value in (row[1:5] for row in rows[1:]):
        for cell, text in zip((column, value, key), texts, strict=True):
            assert cell in {text, "'" + text}
            assert not cell.lstrip().startswith(("=", "+", "@"))
