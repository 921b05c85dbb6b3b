"""What the lifecycle table says about one attempt, read off the table in the slowest, plainest way.

Shares no code with `ledger/lifecycle.py`, so that the two and the contracts can be compared.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPEC = Path(__file__).resolve().parents[2] / "contracts" / "spec"
TABLE: dict[str, Any] = tomllib.loads((SPEC / "lifecycle.toml").read_text(encoding="utf-8"))
ORDER_STATES: list[str] = TABLE["order"]["states"]
DELIVERY_STATES: list[str] = TABLE["delivery"]["states"]
SEATS: list[str] = TABLE["seats"]


@dataclass(frozen=True)
class Verdict:
    """Either the state that follows, or an error with its arguments."""

    to: int | None = None
    error: str = ""
    arguments: tuple[Any, ...] = ()


def bitmap(states: list[str], names: list[str]) -> int:
    """Give the bitmap of named states."""
    total = 0
    for name in names:
        total = total + 2 ** states.index(name)
    return total


def row_with(machine: str, action: int) -> dict[str, Any] | None:
    """Find the row of an action, if there is one."""
    for row in TABLE[machine]["rows"]:
        if row["id"] == action:
            found: dict[str, Any] = row
            return found
    return None


def order_verdict(
    agreement: int, number: int, state: int, action: int, seat: str | None, organisation: int
) -> Verdict:
    """Say what must become of an action on an order of an agreement in force."""
    row = row_with("order", action)
    if row is None:
        return Verdict(error="LedgerActionUnknown", arguments=(action,))
    if seat not in row["by"]:
        return Verdict(error="LedgerSeatMissing", arguments=(agreement, organisation, action))
    if ORDER_STATES[state] not in row["from"]:
        allowed = bitmap(ORDER_STATES, row["from"])
        return Verdict(error="OrderUnexpectedState", arguments=(agreement, number, state, allowed))
    return Verdict(to=ORDER_STATES.index(row["to"]))


def delivery_verdict(
    agreement: int,
    number: int,
    state: int,
    linked: int,
    named: int,
    order_states: dict[int, int],
    action: int,
    seat: str | None,
    organisation: int,
) -> Verdict:
    """Say what must become of an action on a delivery.

    `linked` is the order it belongs to if it exists, `named` the order that the action names.
    """
    row = row_with("delivery", action)
    assert row is not None
    if seat not in row["by"]:
        return Verdict(error="LedgerSeatMissing", arguments=(agreement, organisation, action))
    if DELIVERY_STATES[state] not in row["from"]:
        allowed = bitmap(DELIVERY_STATES, row["from"])
        return Verdict(
            error="DeliveryUnexpectedState", arguments=(agreement, number, state, allowed)
        )
    order = named if DELIVERY_STATES[state] == "None" else linked
    if row.get("opens") and order != named:
        return Verdict(error="DeliveryOrderDiffers", arguments=(agreement, number, order, named))
    fitting = TABLE["delivery"]["order_sets"][row["order_in"]]
    if ORDER_STATES[order_states[order]] not in fitting:
        allowed = bitmap(ORDER_STATES, fitting)
        return Verdict(
            error="DeliveryOrderUnexpectedState",
            arguments=(agreement, order, order_states[order], allowed),
        )
    return Verdict(to=DELIVERY_STATES.index(row["to"]))
