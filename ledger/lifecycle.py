"""The lifecycles of the network, as `contracts/spec/lifecycle.toml` tells them.

State 0 is ``None``: the thing does not exist. Nothing here is decided in Python; the table decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from ledger.spec import read_toml

_TABLE: Final = read_toml("lifecycle.toml")

SEATS: Final[tuple[str, ...]] = tuple(_TABLE["seats"])
"""Seats of an agreement; the index is the bit in `unsigned` and the place in `seats`."""

MACHINES: Final = ("agreement", "order", "delivery", "lot")
RECEIVED_DELIVERIES: Final = frozenset(
    {"Received", "PartiallyReceived", "Passed", "Failed", "Conditional", "Settled"}
)
"""Delivery states in which goods have come to stay, or may yet."""

LOT_PHASES: Final[tuple[str, ...]] = tuple(_TABLE["lot"]["phases"])
"""Phases of an auction's clock, one after the other."""
CONFIRMATION_S: Final[int] = _TABLE["lot"]["confirmation_s"]
"""Seconds from `perform_by` on in which the pool operator alone confirms deliveries."""
_END_OF_TIME: Final = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: `by` may take a thing from any of `from_states` to `to`.

    Parameters
    ----------
    id : int
        Number of the action on chain.
    machine : str
        ``agreement``, ``order``, ``delivery`` or ``lot``.
    action : str
        Name of the action.
    from_states : tuple of str
        States in which the row may be used.
    to : str
        State that the row leads to.
    by : frozenset of str
        Seats that may use it; ``any`` means every seat, ``anyone`` needs no seat at all.
    event : str
        Name of the fact that is remembered.
    order_states : frozenset of str, optional
        Deliveries only: states of the order in which the row may be used.
    opens : bool
        Deliveries only: the action names the order that the delivery belongs to.
    phases : tuple of tuple, optional
        Lots only: states with the phases in which the row may be used from there; from other
        states always.
    overdue_by : frozenset of str
        Lots only: seats that may use it beside `by`, once the lot is overdue.
    """

    id: int
    machine: str
    action: str
    from_states: tuple[str, ...]
    to: str
    by: frozenset[str]
    event: str
    order_states: frozenset[str] | None
    opens: bool
    phases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    overdue_by: frozenset[str] = frozenset()

    def is_open_to(self, seats: frozenset[str], phase: str | None = None) -> bool:
        """Whether somebody in these seats may use the row; `phase` for lots only."""
        if "anyone" in self.by:
            return True
        by = self.by | self.overdue_by if phase == "overdue" else self.by
        return bool(seats) if "any" in by else bool(by & seats)

    def phases_from(self, state: str) -> tuple[str, ...]:
        """Phases in which a lot's row may be used from a state, in their order."""
        return dict(self.phases).get(state, LOT_PHASES)


def states(machine: str) -> tuple[str, ...]:
    """Every state of a machine; the index is the number on chain."""
    return tuple(_TABLE[machine]["states"])


def terminal_states(machine: str) -> frozenset[str]:
    """States of a machine that nothing leaves."""
    return frozenset(_TABLE[machine]["terminal"])


def derived_states(machine: str) -> dict[str, str]:
    """States that follow from other facts, with the rule as a sentence; never stored."""
    return dict(_TABLE[machine].get("derived", {}))


@cache
def rows(machine: str) -> tuple[Row, ...]:
    """Every row of a machine, in the order of the table."""
    sets = {name: frozenset(of) for name, of in _TABLE[machine].get("order_sets", {}).items()}
    return tuple(_row(machine, entry, sets) for entry in _TABLE[machine]["rows"])


def row_of(action_id: int) -> Row:
    """Find the row of an action on an order, a delivery or a lot.

    Raises
    ------
    KeyError
        When the table has no such action.
    """
    return _rows_by_id()[action_id]


def row_named(machine: str, action: str) -> Row:
    """Find the row of an action's name.

    Raises
    ------
    KeyError
        When the machine has no such action.
    """
    return _rows_by_name()[machine, action]


def step_row(action_id: int) -> Row:
    """Find the row of a step in an agreement's life; these are numbered by themselves.

    Raises
    ------
    KeyError
        When there is no such step.
    """
    return _steps_by_id()[action_id]


def is_action(action_id: int) -> bool:
    """Whether the table has an action of this number for orders, deliveries or lots."""
    return action_id in _rows_by_id()


def is_opening(action_id: int) -> bool:
    """Whether an action names the order that a delivery belongs to; false when unknown."""
    row = _rows_by_id().get(action_id)
    return row is not None and row.opens


def state_name(machine: str, number: int) -> str:
    """Name the state that the chain knows by a number."""
    return states(machine)[number]


def state_number(machine: str, name: str) -> int:
    """Give the number by which the chain knows a state."""
    return states(machine).index(name)


def states_in(machine: str, bitmap: int) -> list[str]:
    """Name the states of a bitmap, as errors carry it."""
    return [name for number, name in enumerate(states(machine)) if bitmap >> number & 1]


def allowed_actions(
    machine: str,
    state: str,
    seats: frozenset[str],
    order_state: str | None = None,
    phase: str | None = None,
) -> list[str]:
    """List the actions that somebody in these seats may take now, in the order of the table.

    Parameters
    ----------
    machine, state : str
        The thing and where it stands (``None`` as text when it does not exist yet).
    seats : frozenset of str
        Seats that the asking organisation holds; ``pool`` and ``carrier`` for lots.
    order_state : str, optional
        State of the order that a delivery belongs to; deliveries only.
    phase : str, optional
        Phase of the auction's clock; lots only.
    """
    return [
        row.action
        for row in rows(machine)
        if state in row.from_states
        and row.is_open_to(seats, phase)
        and (row.order_states is None or order_state in row.order_states)
        and (phase is None or phase in row.phases_from(state))
    ]


def lot_phase(perform_by: int, time: int) -> str:
    """Name the phase of an auction's clock.

    Parameters
    ----------
    perform_by, time : int
        Unix seconds; windows are half-open.
    """
    if time < perform_by:
        return "performing"
    return "confirming" if time < perform_by + CONFIRMATION_S else "overdue"


def lot_window(row: Row, state: str, perform_by: int) -> tuple[int, int]:
    """Give the half-open window in which a lot's row may be used from a state."""
    edges = (0, perform_by, perform_by + CONFIRMATION_S, _END_OF_TIME)
    places = [LOT_PHASES.index(phase) for phase in row.phases_from(state)]
    return edges[places[0]], edges[places[-1] + 1]


def shown_order_state(state: str, delivery_states: Iterable[str]) -> str:
    """Give the state to show for an order: the stored one, or ``PartiallyFulfilled``.

    Parameters
    ----------
    state : str
        Stored state of the order.
    delivery_states : iterable of str
        Stored states of its deliveries.
    """
    has_received = any(delivery in RECEIVED_DELIVERIES for delivery in delivery_states)
    return "PartiallyFulfilled" if state == "Confirmed" and has_received else state


def _row(machine: str, entry: dict[str, Any], sets: dict[str, frozenset[str]]) -> Row:
    return Row(
        id=entry["id"],
        machine=machine,
        action=entry["action"],
        from_states=tuple(entry["from"]),
        to=entry["to"],
        by=frozenset(entry["by"]),
        event=entry["event"],
        order_states=sets[entry["order_in"]] if "order_in" in entry else None,
        opens=entry.get("opens", False),
        phases=tuple((state, tuple(of)) for state, of in entry.get("phases", {}).items()),
        overdue_by=frozenset(entry.get("overdue_by", ())),
    )


@cache
def _rows_by_id() -> dict[int, Row]:
    return {row.id: row for machine in ("order", "delivery", "lot") for row in rows(machine)}


@cache
def _steps_by_id() -> dict[int, Row]:
    return {row.id: row for row in rows("agreement")}


@cache
def _rows_by_name() -> dict[tuple[str, str], Row]:
    return {(machine, row.action): row for machine in MACHINES for row in rows(machine)}
