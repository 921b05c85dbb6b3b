"""No operation of the contracts becomes dearer unnoticed: `.gas-snapshot` holds what each costs."""

import pytest

from benchmarks.operations.snapshot import (
    PAGE,
    RENEWAL,
    SNAPSHOT,
    Cost,
    complaints,
    measured,
    page,
    parsed,
    written,
)

BEFORE = {"run": Cost(100_000, 1_000), "open": Cost(50_000, 1)}


def test_no_operation_costs_more_than_its_snapshot_allows() -> None:
    found = list(complaints(parsed(SNAPSHOT.read_text()), measured()))
    assert not found, "; ".join([*found, f"if it has to be so, `{RENEWAL}` and say why"])


def test_the_page_shows_the_figures_of_the_snapshot() -> None:
    text = PAGE.read_text()
    assert page(text, parsed(SNAPSHOT.read_text())) == text, f"`{RENEWAL}` renews {PAGE.name}"


@pytest.mark.parametrize("now", [Cost(101_000, 1_000), Cost(90_000, 1_000), Cost(90_900, 900)])
def test_a_rise_of_a_percent_and_any_fall_is_taken(now: Cost) -> None:
    assert list(complaints(BEFORE, BEFORE | {"run": now})) == []


@pytest.mark.parametrize("now", [Cost(101_001, 1_000), Cost(100_000, 990 - 1)])
def test_a_rise_above_a_percent_is_told(now: Cost) -> None:
    (complaint,) = complaints(BEFORE, BEFORE | {"run": now})
    assert complaint.startswith("run costs 102 instead of 100")


def test_an_operation_without_a_snapshot_and_one_without_a_measure_are_told() -> None:
    now = {"open": BEFORE["open"], "close": Cost(1, 1)}
    assert list(complaints(BEFORE, now)) == ["close is new", "run is gone"]


def test_a_snapshot_is_read_as_it_was_written() -> None:
    assert parsed(written(BEFORE)) == BEFORE
