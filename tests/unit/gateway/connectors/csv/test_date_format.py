"""Date formats mean the same under every locale."""

from __future__ import annotations

import pytest

from gateway.connectors.csv.date_format import date_reader


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("%d-%b-%y", "02-Jun-06", "2006-06-02"),
        ("%d-%b-%y", "2-JUN-06", "2006-06-02"),
        ("%m/%d/%y", "3/19/10", "2010-03-19"),
        ("20%m-%d-%y", "2003-10-11", "2011-03-10"),
        ("%Y-%m-%d", "2026-02-28", "2026-02-28"),
        ("%d.%m.%Y", "1.2.2026", "2026-02-01"),
        ("%d/%m/%y", "01/01/68", "2068-01-01"),
        ("%d/%m/%y", "01/01/69", "1969-01-01"),
        ("%Y-%m-%d", "2026-02-30", None),
        ("%d-%b-%y", "02-Juin-06", None),
        ("%d-%b-%y", "02-Xyz-06", None),
        ("20%m-%d-%y", "2013-10-11", None),
        ("%m/%d/%y", "13/19/10", None),
        ("%Y-%m-%d", " 2026-02-28", None),
        ("%Y-%m-%d", "٢٠٢٦-02-28", None),
    ],
)
def test_text_is_read_as_the_format_says(pattern: str, text: str, expected: str | None) -> None:
    assert date_reader(pattern)(text) == expected


@pytest.mark.parametrize("pattern", ["%d-%m", "%H:%M", "%d-%d-%m-%y", "2026", "%y-%b", "%d%q%y"])
def test_formats_that_are_no_date_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"date|part"):
        date_reader(pattern)
