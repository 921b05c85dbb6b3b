"""CSV out: lists that people open in spreadsheets, so no cell may turn into a formula there."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Final, TextIO

from gateway.connectors.csv.reader import BadRow

BAD_ROW_HEADER: Final = ("line", "key", "column", "reason", "value", "what_to_do")

_IS_FORMULA: Final = re.compile(
    r"[\s\x00-\x1f\ufeff\u200b]*[=+\-@|%\t\r\n\uff1d\uff0b\uff0d\uff20]"
)
_IS_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def neutral(text: str) -> str:
    """Spell a cell so that no spreadsheet takes it for a formula; plain numbers stay as they are.

    Notes
    -----
    Source: OWASP, CSV injection.
    """
    if _IS_NUMBER.fullmatch(text) or not _IS_FORMULA.match(text):
        return text
    return "'" + text


def write_bad_rows(rows: Iterable[BadRow], stream: TextIO) -> int:
    """Write one line per finding of every bad row.

    Parameters
    ----------
    rows : iterable of BadRow
        The rows.
    stream : text file
        Opened with ``newline=""``.

    Returns
    -------
    int
        How many rows were written.
    """
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow(BAD_ROW_HEADER)
    count = 0
    for row in rows:
        count += 1
        for finding in row.findings:
            cells = (row.key, finding.location.path, finding.rule, finding.found)
            writer.writerow([str(row.line), *map(neutral, (*cells, finding.what_to_do))])
    return count
