"""The lifecycle table is sound in itself, and the contracts number the same states."""

import itertools

import pytest

from ledger.catalogue import snake_case
from ledger.contracts_artifact import load_enums
from ledger.lifecycle import (
    LOT_PHASES,
    MACHINES,
    SEATS,
    Row,
    derived_states,
    row_named,
    row_of,
    rows,
    states,
    step_row,
    terminal_states,
)

ALL_ROWS = [row for machine in MACHINES for row in rows(machine)]
ACTORS = {"agreement": {"any"}, "order": {*SEATS}, "delivery": {*SEATS}, "lot": {"pool", "carrier"}}


@pytest.mark.parametrize("machine", MACHINES)
def test_contract_numbers_the_states_as_the_table_does(machine: str) -> None:
    assert tuple(load_enums()[f"{machine.capitalize()}State"]) == states(machine)


@pytest.mark.parametrize("machine", MACHINES)
def test_states_are_distinct_begin_with_none_and_fit_their_bits(machine: str) -> None:
    names = states(machine)
    assert names[0] == "None"
    assert len(set(names)) == len(names) <= 16
    assert terminal_states(machine) <= set(names)
    assert not set(derived_states(machine)) & set(names)


@pytest.mark.parametrize("row", ALL_ROWS, ids=lambda row: row.event)
def test_row_names_known_states_and_actors(row: Row) -> None:
    assert {*row.from_states, row.to} <= set(states(row.machine))
    assert row.to != "None"
    assert row.by
    assert row.by <= ACTORS[row.machine] | ({"anyone"} if row.machine == "lot" else set())
    assert len(set(row.from_states)) == len(row.from_states)


@pytest.mark.parametrize("machine", MACHINES)
def test_nothing_leaves_a_terminal_state_and_something_leaves_every_other(machine: str) -> None:
    left = set(itertools.chain.from_iterable(row.from_states for row in rows(machine)))
    assert left == set(states(machine)) - terminal_states(machine)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_can_be_reached_and_a_terminal_one_from_everywhere(machine: str) -> None:
    assert reachable(machine, "None") == set(states(machine))
    for state in states(machine):
        assert reachable(machine, state) & terminal_states(machine)


def reachable(machine: str, start: str) -> set[str]:
    found = {start}
    while more := {
        row.to for row in rows(machine) if found & set(row.from_states) and row.to not in found
    }:
        found |= more
    return found


def test_lots_alone_look_at_the_clock_and_name_states_and_phases_that_there_are() -> None:
    for row in ALL_ROWS:
        assert row.machine == "lot" or not (row.phases or row.overdue_by)
        assert row.overdue_by <= ACTORS["lot"] - row.by
        for state, phases in row.phases:
            places = [LOT_PHASES.index(phase) for phase in phases]
            assert state in row.from_states
            # One window: phases that follow one another.
            assert places == list(range(places[0], places[-1] + 1))


def test_numbers_names_and_events_are_used_once() -> None:
    things = [row for row in ALL_ROWS if row.machine != "agreement"]
    assert len({row.id for row in things}) == len(things)
    assert len({row.id for row in rows("agreement")}) == len(rows("agreement"))
    assert len({(row.machine, row.action) for row in ALL_ROWS}) == len(ALL_ROWS)
    assert len({row.event for row in ALL_ROWS}) == len(ALL_ROWS)
    assert all(0 < row.id < 128 for row in ALL_ROWS)


def test_deliveries_alone_look_at_the_order_and_open_from_none() -> None:
    for row in ALL_ROWS:
        assert (row.order_states is not None) == (row.machine == "delivery")
        assert row.opens == (row.machine == "delivery" and "None" in row.from_states)


def test_rows_are_found_by_number_and_by_name() -> None:
    for row in ALL_ROWS:
        assert row_named(row.machine, row.action) is row
        assert (step_row if row.machine == "agreement" else row_of)(row.id) is row


def test_actions_and_events_are_spelled_as_the_style_wants() -> None:
    for row in ALL_ROWS:
        assert row.action == snake_case(row.action)
        assert row.event.startswith(row.machine.capitalize())
