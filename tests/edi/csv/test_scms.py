"""The delivery history of SCMS, every row of it, through the shipped profile."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from gateway.connectors.csv.profile import find_profile
from gateway.connectors.csv.reader import BadRow, Imported, RowOutcome, read
from ledger.document.canonical import canonical_form

Rows = dict[str, Imported]


@pytest.fixture(scope="module")
def outcomes(shared: Path) -> list[RowOutcome]:
    with (shared / "data" / "scms_delivery_history.csv").open("rb") as stream:
        return list(read(find_profile("scms"), stream))


@pytest.fixture(scope="module")
def rows(outcomes: list[RowOutcome]) -> Rows:
    return {each.key: each for each in outcomes if isinstance(each, Imported)}


@pytest.fixture(scope="module")
def cells(shared: Path) -> dict[str, dict[str, str]]:
    path = shared / "data" / "scms_delivery_history.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["ID"]: row for row in csv.DictReader(stream)}


def test_every_row_has_an_outcome_and_none_is_lost(
    outcomes: list[RowOutcome], cells: dict[str, dict[str, str]]
) -> None:
    assert [each.key for each in outcomes] == list(cells)
    assert len(outcomes) == 8_254
    assert [each.line for each in outcomes] == list(range(2, 8_256))
    assert [each for each in outcomes if isinstance(each, BadRow)] == []


def test_every_cell_is_a_field_or_rides_along(rows: Rows, cells: dict[str, dict[str, str]]) -> None:
    for key in list(cells)[::97]:
        row = rows[key]
        carried = {extra.path.removeprefix("csv:") for extra in row.order.extras}
        for column in ("Freight Cost (USD)", "Unit Price", "Product Group", "Fulfill Via"):
            assert column in carried
        for column, text in cells[key].items():
            if text in {"N/A", "Date Not Captured", "Weight Captured Separately"}:
                assert column in carried


def test_promised_and_actual_dates_are_kept(rows: Rows) -> None:
    late = 0
    for row in rows.values():
        period = row.order.order_line[0].requested_delivery_period
        assert period is not None
        assert period.end_date is not None
        assert row.receipt is not None
        assert row.receipt.actual_delivery_date is not None
        late += row.receipt.actual_delivery_date > period.end_date
    assert late == 919


def test_issue_date_stands_in_only_where_it_was_not_captured(rows: Rows) -> None:
    notes = Counter(note for row in rows.values() for note in row.order.note)
    assert sorted(notes.values()) == [1_931, 3_030]


def test_misread_dates_of_the_published_file_are_set_right(
    rows: Rows, cells: dict[str, dict[str, str]]
) -> None:
    """Read as printed, hundreds of orders would be quoted years after they were delivered."""
    before = after = 0
    for key, row in rows.items():
        reference = row.order.quotation_document_reference
        if reference is None or reference.issue_date is None:
            continue
        period = row.order.order_line[0].requested_delivery_period
        assert period is not None
        assert period.end_date is not None
        printed = cells[key]["PQ First Sent to Client Date"]
        before += printed.count("-") == 2 and printed > period.end_date
        after += reference.issue_date > period.end_date
    assert before == 287
    assert after == 1


def test_weight_is_absent_where_it_was_captured_elsewhere(
    rows: Rows, cells: dict[str, dict[str, str]]
) -> None:
    weighed = Counter(
        row.despatch is not None
        and row.despatch.shipment is not None
        and row.despatch.shipment.gross_weight_measure is not None
        for row in rows.values()
    )
    assert weighed[False] == 872 + 1_986
    key = next(key for key, row in cells.items() if row["Weight (Kilograms)"].startswith("See"))
    carried = {extra.path: extra.value for extra in rows[key].order.extras}
    assert carried["csv:Weight (Kilograms)"] == cells[key]["Weight (Kilograms)"]


def test_quantities_and_amounts_are_exact(rows: Rows, cells: dict[str, dict[str, str]]) -> None:
    for key, row in rows.items():
        line = row.order.order_line[0]
        assert line.quantity.value == cells[key]["Line Item Quantity"]
        assert line.line_extension_amount is not None
        assert float(line.line_extension_amount.value) == float(cells[key]["Line Item Value"])


def test_first_row_becomes_three_documents_that_refer_to_each_other(rows: Rows) -> None:
    row = rows["1"]
    assert row.despatch is not None
    assert row.receipt is not None
    order, despatch, receipt = map(canonical_form, (row.order, row.despatch, row.receipt))
    assert order["id"] == despatch["order_reference"]["id"] == receipt["order_reference"]["id"]
    assert receipt["despatch_document_reference"]["id"] == despatch["id"]
    assert order["delivery"][0]["delivery_location"]["address"]["country"] == "CI"
    assert despatch["shipment"]["transport_mode_code"] == "4"
