"""Workbooks by mapping profile: exact numbers, dates, places, and refusals."""

from __future__ import annotations

import contextlib
import random
import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

import pytest

from gateway.connectors.csv.profile import Profile, read_profile
from gateway.connectors.csv.reader import BadRow, Imported
from gateway.connectors.excel.workbook import UNPACKED_BYTES_MAX, InvalidWorkbook, read
from gateway.connectors.message import ConnectorRefused, CsvHeaderMismatch

PROFILE = """
name = "sheet"
version = 1
title = "Orders in a sheet"
key = ["Number"]
{more}
[[field]]
to = "order.id"
column = "Number"
[[field]]
to = "order.issue_date"
column = "Ordered"
kind = "date"
dates = ["%Y-%m-%d"]
is_required = true
[[field]]
to = "order.buyer_customer_party.name"
constant = "Brand AS"
is_always = true
[[field]]
to = "order.seller_supplier_party.name"
constant = "Mill Ltd"
is_always = true
[[field]]
to = "order.order_line[0].id"
constant = "1"
is_always = true
[[field]]
to = "order.order_line[0].item.name"
column = "Item"
[[field]]
to = "order.order_line[0].quantity.value"
column = "Quantity"
kind = "decimal"
[[field]]
to = "order.order_line[0].quantity.unit_code"
constant = "KGM"
"""
HEADER = ["Number", "Ordered", "Item", "Quantity"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

Cell = str | float | tuple[float]
"""A text, a number, or a day as the number a sheet has for it."""


def _profile(more: str = "") -> Profile:
    return read_profile(PROFILE.format(more=more).encode())


def _sheet(rows: list[list[Cell]]) -> str:
    written = []
    for row in rows:
        cells = []
        for cell in row:
            if isinstance(cell, str):
                cells.append(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
            elif isinstance(cell, tuple):
                cells.append(f'<c s="1"><v>{cell[0]!r}</v></c>')
            else:
                cells.append(f"<c><v>{cell!r}</v></c>")
        written.append(f"<row>{''.join(cells)}</row>")
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(written)}</sheetData></worksheet>'


def _workbook(**sheets: list[list[Cell]]) -> bytes:
    """Write a workbook as Excel does, as far as it is read."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{nth}" r:id="r{nth}"/>'
        for nth, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="r{nth}" Type="{RELATIONS}/worksheet" Target="worksheets/s{nth}.xml"/>'
        for nth in range(1, len(sheets) + 1)
    )
    style = f'<Relationship Id="st" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="w" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{related}{style}</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for nth, rows in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/s{nth}.xml"] = _sheet(rows)
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()


ROWS: list[list[Cell]] = [
    [*HEADER],
    ["A1", (46082.0,), "Bolt", 0.1 + 0.2],
    ["A2", "2026-03-02", "Nut", 12],
]


def test_rows_become_orders_with_exact_numbers_and_days() -> None:
    first, second = read(_profile(), _workbook(orders=ROWS))
    assert isinstance(first, Imported)
    assert isinstance(second, Imported)
    assert first.order.issue_date == "2026-03-01"
    assert first.order.order_line[0].quantity.value == "0.3"
    assert (second.line, second.order.order_line[0].quantity.value) == (3, "12")


def test_a_bad_row_has_its_place_and_keeps_no_other_back() -> None:
    rows: list[list[Cell]] = [[*HEADER], ["A1", "soon", "Bolt", 1], ["A2", "2026-03-02", "Nut", 2]]
    bad, good = read(_profile(), _workbook(orders=rows))
    assert isinstance(bad, BadRow)
    assert (bad.line, bad.findings[0].location.column, bad.column) == (2, 2, "Ordered")
    assert isinstance(good, Imported)


def test_empty_rows_are_none_and_cells_beyond_the_header_are_told() -> None:
    rows: list[list[Cell]] = [[*HEADER], ["", "", "", ""], ["A2", "2026-03-02", "Nut", 2, "more"]]
    (bad,) = read(_profile(), _workbook(orders=rows))
    assert isinstance(bad, BadRow)
    assert (bad.line, bad.value) == (3, "more")


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(CsvHeaderMismatch):
        list(read(_profile(), _workbook(orders=[["Number", "Item"], ["1", "x"]])))


def test_of_several_sheets_the_profile_names_one() -> None:
    content = _workbook(notes=[["hello"], ["there"]], orders=ROWS)
    with pytest.raises(InvalidWorkbook, match="names the sheet"):
        list(read(_profile(), content))
    assert len(list(read(_profile('sheet = "orders"'), content))) == 2
    with pytest.raises(InvalidWorkbook, match="which the profile reads"):
        list(read(_profile('sheet = "other"'), content))


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"Number,Item\n1,2\n", b"\xd0\xcf\x11\xe0" * 99]
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidWorkbook):
        list(read(_profile(), content))


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    content = _workbook(orders=ROWS)
    central = content.rindex(b"PK\x01\x02")
    size = (UNPACKED_BYTES_MAX + 1).to_bytes(4, "little")
    bomb = content[: central + 24] + size + content[central + 28 :]
    with pytest.raises(InvalidWorkbook, match="unpacked"):
        list(read(_profile(), bomb))


def test_broken_workbooks_are_refused_and_never_crash() -> None:
    content, chance = _workbook(orders=ROWS), random.Random(7)
    for _ in range(300):
        broken = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        _read_or_refuse(bytes(broken))
    for end in range(0, len(content), 97):
        _read_or_refuse(content[:end])


def _read_or_refuse(content: bytes) -> None:
    with contextlib.suppress(ConnectorRefused):
        list(read(_profile(), content))


def test_a_workbook_that_unpacks_to_more_than_it_says_is_refused() -> None:
    rows: list[list[Cell]] = [*ROWS, ["A3", "2026-03-02", "x" * 2_000_000, 1]]
    bomb, said = bytearray(_workbook(orders=rows)), (1_000).to_bytes(4, "little")
    local, central = bomb.rindex(b"PK\x03\x04"), bomb.rindex(b"PK\x01\x02")
    bomb[local + 22 : local + 26] = bomb[central + 24 : central + 28] = said
    with pytest.raises(InvalidWorkbook, match="larger than"):
        list(read(_profile(), bytes(bomb)))
