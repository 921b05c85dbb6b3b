"""The lifecycle table, read by the model itself."""

import tomllib
from pathlib import Path
from typing import Any

SPEC = Path(__file__).resolve().parents[3] / "contracts" / "spec"
TABLE: dict[str, Any] = tomllib.loads((SPEC / "lifecycle.toml").read_text(encoding="utf-8"))
SEATS: list[str] = TABLE["seats"]


def row_of(machine: str, action: int) -> dict[str, Any] | None:
    """Find the row of an action of a machine."""
    for row in TABLE[machine]["rows"]:
        if row["id"] == action:
            found: dict[str, Any] = row
            return found
    return None


def machine_of(action: int) -> str | None:
    """Say which of the machines that streams and intents drive has an action."""
    for machine in ("order", "delivery"):
        if row_of(machine, action) is not None:
            return machine
    return None


def is_opening(action: int) -> bool:
    """Say whether an action names the order of the delivery that it opens."""
    row = row_of("delivery", action)
    return row is not None and row.get("opens", False) is True


def index_of(machine: str, state: str) -> int:
    """Number a state."""
    states: list[str] = TABLE[machine]["states"]
    return states.index(state)


def bitmap(machine: str, states: list[str]) -> int:
    """Write a set of states as the errors do."""
    total = 0
    for state in states:
        total = total + 2 ** index_of(machine, state)
    return total


def order_set(name: str) -> list[str]:
    """Name the order states of a set."""
    states: list[str] = TABLE["delivery"]["order_sets"][name]
    return states
