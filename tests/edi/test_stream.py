"""Interchanges of any size are read in the memory of one message; a line of any size is refused."""

from __future__ import annotations

import os

import pytest

from tests.soak.stream import GROWTH_BYTES_MAX, SIDES, peak_bytes, refuses_a_line, streamed

MEGABYTES = 50 if os.environ.get("DEEP") else 1
LINE_BYTES = 1_000_000_000


@pytest.mark.parametrize("syntax", SIDES)
def test_an_interchange_of_any_size_is_read_in_bounded_memory(syntax: str) -> None:
    before = peak_bytes()
    assert streamed(syntax, MEGABYTES * 1_000_000) > 0
    assert peak_bytes() - before < GROWTH_BYTES_MAX


@pytest.mark.parametrize("syntax", SIDES)
def test_a_line_of_a_gigabyte_is_refused_after_a_few_megabytes(syntax: str) -> None:
    assert refuses_a_line(syntax, LINE_BYTES)
