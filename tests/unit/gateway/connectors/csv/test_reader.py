"""Every row yields an outcome: documents, or where and why not."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from gateway.connectors.csv.profile import Profile
from gateway.connectors.csv.reader import BadRow, Imported, RowOutcome, read
from gateway.connectors.csv.record import LINE_BYTES_MAX
from gateway.connectors.message import CsvHeaderMismatch

ReadLines = Callable[..., list[RowOutcome]]
HEADER = "PO;Pos;Date;Vendor;Item;Qty;Unit;Price;Wanted from;Wanted;Terms;Shipped;Arrived;Remark"
ROW = "77;1;02.03.2026;Loom;Twill;120.50;m;4.20;01.04.2026;30.04.2026;DAP;20.04.2026;22.04.2026;hi"


def row(**cells: str) -> str:
    names = HEADER.split(";")
    values = dict(zip(names, ROW.split(";"), strict=True))
    values.update({name.replace("_", " "): value for name, value in cells.items()})
    return ";".join(values[name] for name in names)


def test_row_becomes_order_despatch_and_receipt(read_lines: ReadLines) -> None:
    (outcome,) = read_lines(ROW)
    assert isinstance(outcome, Imported)
    assert (outcome.line, outcome.key) == (2, "77/1")
    line = outcome.order.order_line[0]
    assert (outcome.order.id, outcome.order.issue_date) == ("77/1", "2026-03-02")
    assert (line.quantity.value, line.quantity.unit_code) == ("120.5", "MTR")
    assert line.price is not None
    assert line.price.price_amount.currency_id == "EUR"
    assert outcome.despatch is not None
    assert outcome.despatch.issue_date == "2026-04-20"
    assert outcome.despatch.order_reference is not None
    assert outcome.despatch.order_reference.id == "77/1"
    assert outcome.receipt is not None
    assert outcome.receipt.actual_delivery_date == "2026-04-22"
    assert outcome.receipt.receipt_line[0].received_quantity.value == "120.5"
    assert [(each.path, each.value) for each in outcome.order.extras] == [("csv:Remark", "hi")]


def test_absent_values_are_absent_and_ride_along(read_lines: ReadLines) -> None:
    (outcome,) = read_lines(row(Price="see PO 12", Shipped="-", Arrived="", Terms="-"))
    assert isinstance(outcome, Imported)
    assert outcome.order.order_line[0].price is None
    assert outcome.order.delivery_terms is None
    assert outcome.despatch is None
    assert outcome.receipt is None
    assert ("csv:Price", "see PO 12") in [(each.path, each.value) for each in outcome.order.extras]


def test_second_column_stands_in_and_says_so(read_lines: ReadLines) -> None:
    (outcome,) = read_lines(row(Date="-"))
    assert isinstance(outcome, Imported)
    assert outcome.order.issue_date == "2026-04-30"
    assert outcome.order.note == ("Dated by Wanted.",)


@pytest.mark.parametrize(
    ("cells", "column", "place", "reason", "value"),
    [
        ({"Qty": "many"}, "Qty", 6, "plain decimal", "many"),
        ({"Qty": "1,5"}, "Qty", 6, "plain decimal", "1,5"),
        ({"Qty": "-3"}, "Qty", 6, "below 1", "-3"),
        ({"Qty": "0"}, "Qty", 6, "below 1", "0"),
        ({"Qty": "NaN"}, "Qty", 6, "plain decimal", "NaN"),
        ({"Qty": ""}, "Qty", 6, "must have a value", ""),
        ({"Unit": "kg"}, "Unit", 7, "no meaning", "kg"),
        ({"Date": "31.02.2026"}, "Date", 3, "no date", "31.02.2026"),
        ({"Wanted": "soon"}, "Wanted", 10, "no date", "soon"),
        ({"Vendor": "-"}, "Vendor", 4, "must have a value", "-"),
        ({"Terms": "free house"}, "Terms", 11, "no blanks", "free house"),
        ({"Shipped": "yesterday"}, "Shipped", 12, "no date", "yesterday"),
        ({"PO": ""}, "PO", 1, "key", ""),
        ({"Wanted_from": "01.05.2026"}, "Wanted from", 9, "ends before it starts", "01.05.2026"),
        ({"PO": "x" * 300}, "PO", 1, "256", ""),
    ],
)
def test_bad_row_names_line_column_reason_and_value(
    read_lines: ReadLines,
    cells: dict[str, str],
    column: str,
    place: int,
    reason: str,
    value: str,
) -> None:
    good, bad = read_lines(ROW, row(**{"Pos": "2", **cells}))
    assert isinstance(good, Imported)
    assert isinstance(bad, BadRow)
    assert (bad.line, bad.column) == (3, column)
    assert bad.findings[0].location.column == place
    assert reason in bad.reason
    assert bad.value == value or len(value) == 0
    assert all(finding.what_to_do for finding in bad.findings)


def test_bad_row_names_every_wrong_cell(read_lines: ReadLines) -> None:
    (bad,) = read_lines(row(Qty="x", Unit="y", Price="z"))
    assert isinstance(bad, BadRow)
    assert [finding.location.path for finding in bad.findings] == ["Qty", "Unit", "Price"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (ROW + ";extra", "as many cells"),
        ("77;1", "as many cells"),
        (row(Item='"Twill"x'), "not CSV"),
        (row(Item='"never closed'), "not CSV"),
        (row(Item="nul\x00"), "U\\+0000"),
        (row(Item="T").encode() + b"\xff", "not utf-8"),
        (row(Item="x" * 200_000), "not CSV"),
        ("x" * (LINE_BYTES_MAX + 5), "more than"),
    ],
    ids=["wide", "narrow", "quote", "open-quote", "nul", "bytes", "cell", "line"],
)
def test_unreadable_row_is_bad_and_its_neighbours_are_not(
    read_lines: ReadLines, line: str | bytes, reason: str
) -> None:
    outcomes = read_lines(row(Pos="8"), line, row(Pos="9"))
    assert [type(each) for each in outcomes] == [Imported, BadRow, Imported]
    bad = outcomes[1]
    assert isinstance(bad, BadRow)
    assert bad.line == 3
    assert reason.replace("\\", "") in bad.reason
    assert [each.line for each in outcomes] == [2, 3, 4]


def test_cell_with_line_breaks_is_one_row(read_lines: ReadLines) -> None:
    outcomes = read_lines(row(Remark='"a\nb;c\n"'), row(Pos="2"))
    assert [each.line for each in outcomes] == [2, 5]
    assert isinstance(outcomes[0], Imported)
    assert outcomes[0].order.extras[0].value == "a\nb;c\n"


def test_key_that_stands_twice_is_bad_the_second_time(read_lines: ReadLines) -> None:
    first, second = read_lines(ROW, ROW)
    assert isinstance(first, Imported)
    assert isinstance(second, BadRow)
    assert "line 2" in second.reason


def test_keys_of_several_columns_never_collide(read_lines: ReadLines) -> None:
    outcomes = read_lines(row(PO="a/b", Pos="c"), row(PO="a", Pos="b/c"))
    assert [each.key for each in outcomes] == ["a%2Fb/c", "a/b%2Fc"]


def test_blank_lines_byte_order_mark_and_crlf_are_no_rows(profile: Profile) -> None:
    content = f"\ufeff{HEADER}\r\n\r\n{ROW}\r\n\r\n".encode()
    (outcome,) = read(profile, io.BytesIO(content))
    assert isinstance(outcome, Imported)
    assert outcome.line == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"PO;Pos", "has the column 'Date'"),
        (f"{HEADER};PO".encode(), "stands once"),
        (b"\xff\xfe", "not utf-8"),
    ],
)
def test_file_without_its_columns_is_refused(profile: Profile, content: bytes, reason: str) -> None:
    with pytest.raises(CsvHeaderMismatch) as refused:
        list(read(profile, io.BytesIO(content)))
    assert any(reason in finding.rule for finding in refused.value.findings)


def test_reading_is_lazy(profile: Profile) -> None:
    class Endless(io.RawIOBase):
        count = 0

        def readable(self) -> bool:
            return True

        def readline(self, size: int | None = -1, /) -> bytes:
            self.count += 1
            if self.count == 1:
                return HEADER.encode() + b"\n"
            return row(Pos=str(self.count)).encode() + b"\n"

    stream = Endless()
    outcomes = read(profile, stream)  # type: ignore[arg-type]
    assert [next(outcomes).line for _ in range(3)] == [2, 3, 4]
    assert stream.count <= 5
