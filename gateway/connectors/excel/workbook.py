"""From a workbook to records: what a person sees in the cells, as text.

Numbers of a workbook are binary fractions of which Excel shows at most 15 digits; these digits are
what its author meant and saw, so they are what is read: 0.1 + 0.2 is ``0.3``. Dates are spelled
``YYYY-MM-DD``, moments of a day ``YYYY-MM-DDTHH:MM:SS``; neither has a zone, and none is guessed.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from gateway.connectors.csv.profile import Profile
from gateway.connectors.csv.reader import RowOutcome, read_table
from gateway.connectors.csv.record import Record
from gateway.connectors.message import ConnectorRefused, Finding, Location, shortened

BYTES_MAX: Final = 64 * 1024 * 1024
UNPACKED_BYTES_MAX: Final = 512 * 1024 * 1024
CELLS_MAX: Final = 20_000_000
"""Of the rectangle that a sheet spans: one stray cell far away would fill the memory."""
_DIGITS: Final = ".15g"
_PANIC: Final = "PanicException"


class InvalidWorkbook(ConnectorRefused):
    """The file is no workbook, or holds no one table that its profile could read."""


def read(profile: Profile, content: bytes) -> Iterator[RowOutcome]:
    """Read the table of a workbook.

    Parameters
    ----------
    profile : Profile
        How it is read; `sheet` names the sheet where there are several.
    content : bytes
        The file: xlsx, xlsm, xlsb, xls or ods.

    Returns
    -------
    iterator
        One outcome per row, as `gateway.connectors.csv.reader.read`.

    Raises
    ------
    InvalidWorkbook
        If it is no workbook, is too large, or no sheet can be chosen.
    CsvHeaderMismatch
        If a column that the profile reads is missing.
    """
    return read_table(profile, iter(records(profile, content)))


def records(profile: Profile, content: bytes) -> list[Record]:
    """Read the rows of a workbook as text, the header first; empty rows are none.

    Raises
    ------
    InvalidWorkbook
        If it is no workbook, is too large, or no sheet can be chosen.
    """
    _require_bounded(content)
    with _readable():
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        return _records(_sheet(workbook, profile), profile)


def filled_sheets(content: bytes) -> list[str]:
    """List the sheets of a workbook that are not empty.

    Raises
    ------
    InvalidWorkbook
        If it is no workbook, or is too large.
    """
    _require_bounded(content)
    with _readable():
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        names = workbook.sheet_names
        return [name for name in names if workbook.get_sheet_by_name(name).height]


def _sheet(workbook: CalamineWorkbook, profile: Profile) -> CalamineSheet:
    names = workbook.sheet_names
    if profile.sheet is not None:
        if profile.sheet not in names:
            rule = f"The workbook has the sheet {profile.sheet!r}, which the profile reads."
            raise _invalid(rule, ", ".join(names), "Name the sheet so, or correct the profile.")
        return _bounded(workbook.get_sheet_by_name(profile.sheet))
    filled = [sheet for sheet in map(workbook.get_sheet_by_name, names) if sheet.height]
    if len(filled) != 1:
        rule = "A workbook has one sheet that is not empty, or the profile names the sheet."
        raise _invalid(rule, ", ".join(names), "Add `sheet` to the profile.")
    return _bounded(filled[0])


def _bounded(sheet: CalamineSheet) -> CalamineSheet:
    rows, columns = sheet.total_height + 1, sheet.total_width + 1
    if rows * columns > CELLS_MAX:
        rule = f"A sheet spans at most {CELLS_MAX} cells."
        found = f"{rows} rows of {columns} cells"
        raise _invalid(rule, found, "Delete what stands far away from the table.")
    return sheet


def _records(sheet: CalamineSheet, profile: Profile) -> list[Record]:
    records: list[Record] = []
    width = 0
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
        cells = tuple(_text(cell, profile.decimal) for cell in row)
        if number < profile.header_line or not any(cells):
            continue
        if not width:
            width = max(place for place, cell in enumerate(cells, 1) if cell)
        beyond = next((cell for cell in cells[width:] if cell), "")
        problem = "A cell stands beyond the columns that have names." if beyond else ""
        records.append(Record(number, cells[:width], problem, beyond))
    return records


def _text(cell: Any, decimal: str) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | int):
        # As the texts of the sheet are read: a point would be taken for what sets groups apart.
        return format(Decimal(format(cell, _DIGITS)), "f").replace(".", decimal)
    if isinstance(cell, datetime):
        is_day = cell.time() == time()
        return cell.date().isoformat() if is_day else cell.isoformat(timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    assert isinstance(cell, timedelta), "the reader gives no other types"
    return str(cell)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except CalamineError as error:
        raise _invalid("The file is a workbook.", str(error), "Save it again.") from None
    except BaseException as error:
        # What the reader did not foresee in a broken file arrives as a panic of its own language.
        if type(error).__name__ != _PANIC:
            raise
        raise _invalid("The file is a workbook.", str(error), "Save it again.") from None


def _require_bounded(content: bytes) -> None:
    if len(content) > BYTES_MAX:
        rule = f"A workbook has at most {BYTES_MAX} bytes."
        raise _invalid(rule, f"{len(content)} bytes", "Split it.")
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise _invalid("The file is a workbook.", str(error), "Save it again.") from None
    if unpacked > UNPACKED_BYTES_MAX:
        rule = f"A workbook has at most {UNPACKED_BYTES_MAX} bytes once it is unpacked."
        raise _invalid(rule, f"{unpacked} bytes", "Split it.")


def _invalid(rule: str, found: str, advice: str) -> InvalidWorkbook:
    return InvalidWorkbook([Finding(rule, Location(1, 1), shortened(found), advice)])
