"""Workbooks of a partner: a table for each sheet, numbers in the marks of their country."""

from __future__ import annotations

from gateway.connectors.profile.choice import Partners
from gateway.connectors.profile.learning import learn
from gateway.connectors.profile.partner import Partner, read_partner
from gateway.inbox.reading import read
from ledger.document.order import Order
from tests.edi.excel.test_workbook import Cell, _workbook

ORDERS: list[list[Cell]] = [
    ["PO", "Buyer", "Supplier", "Order date", "Item", "Qty", "Unit"],
    ["A1", "Acme", "Us", (46082.0,), "Bolt", 1.125, "kg"],
    ["A2", "Acme", "Us", (46083.0,), "Nut", "1.250,5", "kg"],
]
RETURNS: list[list[Cell]] = [["Nr", "Why"], ["A1", "broken"]]
REMARKS: list[list[Cell]] = [["Please confirm by Friday."]]


def _learned(content: bytes) -> tuple[Partner, str]:
    text = learn([("orders.xlsx", content)], "acme", "1")
    return read_partner(text.encode()), text


def test_each_sheet_that_is_a_table_is_proposed_as_one() -> None:
    partner, _ = _learned(_workbook(Remarks=REMARKS, Orders=ORDERS, Returns=RETURNS))
    assert [(each.name, each.sheet) for each in partner.table] == [
        ("orders", "Orders"),
        ("orders2", "Returns"),
    ]


def test_numbers_and_texts_of_one_column_are_read_by_one_mark() -> None:
    content = _workbook(Orders=ORDERS)
    partner, _ = _learned(content)
    assert (partner.table[0].decimal, partner.table[0].grouping) == (",", ".")
    taken = read(content, "acme", Partners((partner,)))
    assert taken.findings == ()
    orders = [each for each in taken.documents if isinstance(each, Order)]
    assert [each.order_line[0].quantity.value for each in orders] == ["1.125", "1250.5"]
    assert [each.issue_date for each in orders] == ["2026-03-01", "2026-03-02"]
    assert orders[0].order_line[0].quantity.unit_code == "KGM"


def test_numbers_of_a_workbook_leave_no_doubt_about_their_marks() -> None:
    rows: list[list[Cell]] = [ORDERS[0], [*ORDERS[1][:5], 1.125, "kg"], ["A2", *ORDERS[1][1:]]]
    text = _learned(_workbook(Orders=rows))[1]
    assert "decimal =" not in text
