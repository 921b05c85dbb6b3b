"""Tables of samples, taken apart: where the header stands, and what the columns hold."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from gateway.connectors.csv.profile import Profile, Rule
from gateway.connectors.csv.record import Record
from gateway.connectors.message import Finding, Location, UnsupportedDocument
from gateway.connectors.profile.charset import guessed_charset
from gateway.connectors.profile.column import Column
from gateway.connectors.profile.proposal import Key

ROWS_MAX: Final = 10_000
COLUMNS_MIN: Final = 2
_SEPARATORS: Final = ",;\t|"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sample, taken apart."""

    file: str
    layout: tuple[Key, ...]
    header_line: int
    columns: tuple[Column, ...]


def taken_apart(file: str, content: bytes, *, is_workbook: bool) -> Iterator[Sheet]:
    """Find the columns of a table, or of each sheet of a workbook, and how they are set apart.

    Raises
    ------
    UnsupportedDocument
        If there is no header with rows below it.
    InvalidWorkbook
        If a workbook cannot be read.
    """
    if is_workbook:
        yield from _of_workbook(file, content)
    else:
        yield _of_text(file, content)


def _of_text(file: str, content: bytes) -> Sheet:
    charset, why = guessed_charset(content)
    text = content.removeprefix(b"\xef\xbb\xbf").decode(charset or "utf-8")
    separator, records = _split(text)
    layout = [Key("delimiter", separator, "By it most lines have the same number of cells.")]
    if charset not in ("", "utf-8"):
        layout.insert(0, Key("encoding", charset, f"{file}: {why}"))
    line, columns = _columns(file, records, records)
    return Sheet(file, tuple(layout), line, columns)


def _split(text: str) -> tuple[str, list[Record]]:
    best: tuple[float, str, list[Record]] = (0.0, _SEPARATORS[0], [])
    for separator in _SEPARATORS:
        records = _records(text, separator)
        widths = Counter(len(each.cells) for each in records)
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        # Of two that fit as many lines, the one that makes more cells of them.
        score = count / len(records) * (1 + width / 1000) if width > 1 else 0.0
        best = max(best, (score, separator, records), key=lambda each: each[0])
    return best[1], best[2]


def _records(text: str, separator: str) -> list[Record]:
    rows = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    records: list[Record] = []
    line = 1
    try:
        for cells in islice(rows, ROWS_MAX):
            records.append(Record(line, tuple(cells)))
            line = rows.line_num + 1
    except csv.Error:
        return []
    return records


def _of_workbook(file: str, content: bytes) -> Iterator[Sheet]:
    # The reader of workbooks is loaded only for those.
    from gateway.connectors.excel import workbook

    rule = Rule(to=("order.id",), column="x")
    probe = Profile(name="probe", version=1, title="", key=("x",), field=(rule,))
    names = workbook.filled_sheets(content)
    found = 0
    for name in names:
        pointed, with_commas = (
            workbook.records(probe.model_copy(update={"sheet": name, "decimal": mark}), content)
            for mark in ".,"
        )
        try:
            line, columns = _columns(file, pointed, with_commas)
        except UnsupportedDocument:
            # A sheet of remarks may stand beside the tables.
            continue
        found += 1
        yield Sheet(file, (Key("sheet", name),) if len(names) > 1 else (), line, columns)
    if not found:
        raise _no_table(file)


def _columns(
    file: str, records: Sequence[Record], others: Sequence[Record]
) -> tuple[int, tuple[Column, ...]]:
    """Find the header: the first line as wide as most whose cells are all names of their own.

    What differs between the records and the others, which have another decimal mark, are numbers.
    """
    filled = [each for each in records if any(cell.strip() for cell in each.cells)]
    widths = Counter(_width(each) for each in filled)
    width = widths.most_common(1)[0][0] if widths else 0
    for place, record in enumerate(filled):
        names = tuple(cell.strip() for cell in record.cells)
        if width < COLUMNS_MIN or _width(record) < width or not _are_names(names):
            continue
        rows = [each for each in filled[place + 1 :] if len(each.cells) == len(names)]
        if rows:
            other = {each.line: each.cells for each in others}
            pairs = [list(zip(each.cells, other[each.line], strict=True)) for each in rows]
            return record.line, tuple(
                _column(name, [row[nth] for row in pairs]) for nth, name in enumerate(names)
            )
    raise _no_table(file)


def _column(name: str, cells: Sequence[tuple[str, str]]) -> Column:
    texts = tuple(cell.strip() for cell, other in cells if cell == other)
    return Column(name, tuple(cell.strip() for cell, _ in cells), texts)


def _no_table(file: str) -> UnsupportedDocument:
    rule = "A table has a line of names for its columns, and rows below it."
    advice = "Send a file with its header and some rows."
    return UnsupportedDocument([Finding(rule, Location(1, 1), file, advice)])


def _width(record: Record) -> int:
    return max((place for place, cell in enumerate(record.cells, 1) if cell.strip()), default=0)


def _are_names(cells: tuple[str, ...]) -> bool:
    is_own = len(set(cells)) == len(cells) and all(cells)
    return is_own and not any(cell[0].isdigit() for cell in cells)
