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


@dataclass(frozen=True)
class Standing:
    """An agreement as it stands: its state, the seats yet to sign, and when a notice ends it."""

    number: int
    state: int
    unsigned: int
    ends_at: int


AGREEMENT_STATES: list[str] = TABLE["agreement"]["states"]


def agreement_verdict(
    agreement: Standing, action: int, seat: int | None, organisation: int
) -> Verdict:
    """Say what must become of a step; the first seat is the proposer's, and all seats are taken.

    `to` is the state, and `arguments` the seats yet to sign, when the step is taken.
    """
    state = AGREEMENT_STATES[agreement.state]
    row = row_with("agreement", action)
    is_proposal = row is not None and row["action"] == "propose"
    if is_proposal and seat != 0:
        return Verdict(error="AgreementNumberForeign", arguments=(agreement.number, organisation))
    if not is_proposal and state == "None":
        return Verdict(error="AgreementUnknown", arguments=(agreement.number,))
    if seat is None:
        arguments = (agreement.number, organisation, action)
        return Verdict(error="LedgerSeatMissing", arguments=arguments)
    if row is None:
        return Verdict(error="LedgerActionUnknown", arguments=(action,))
    if state not in row["from"]:
        allowed = bitmap(AGREEMENT_STATES, row["from"])
        arguments = (agreement.number, agreement.state, allowed)
        return Verdict(error="AgreementUnexpectedState", arguments=arguments)
    return _taken_step(agreement, row, seat, organisation)


def _taken_step(agreement: Standing, row: dict[str, Any], seat: int, organisation: int) -> Verdict:
    to = AGREEMENT_STATES.index(row["to"])
    everybody_else = 2**5 - 1 - 2**seat
    match row["action"]:
        case "sign" | "sign_end":
            if agreement.unsigned // 2**seat % 2 == 0:
                arguments = (agreement.number, organisation)
                return Verdict(error="AgreementAlreadySigned", arguments=arguments)
            left = agreement.unsigned - 2**seat
            return Verdict(to=agreement.state if left else to, arguments=(left,))
        case "give_notice" if agreement.ends_at:
            return Verdict(
                error="AgreementNoticed", arguments=(agreement.number, agreement.ends_at)
            )
        case "propose" | "amend" | "propose_end":
            return Verdict(to=to, arguments=(everybody_else,))
        case "drop":
            return Verdict(to=to, arguments=(0,))
    return Verdict(to=to, arguments=(agreement.unsigned,))


LOT_STATES: list[str] = TABLE["lot"]["states"]
LOT_STEPS = ("pick_up", "deliver", "fail")
"""Rows that one organisation takes on one lot; the others happen to a whole auction."""


FOREVER = 2**64 - 1


def lot_verdict(
    auction: int,
    lot: int,
    state: int,
    action: int,
    role: str | None,
    organisation: int,
    perform_by: int,
    time: int,
) -> Verdict:
    """Say what must become of a step of a lot at a time."""
    row = row_with("lot", action)
    if row is None or row["action"] not in LOT_STEPS:
        return Verdict(error="LotActionUnknown", arguments=(action,))
    if LOT_STATES[state] not in row["from"]:
        allowed = bitmap(LOT_STATES, row["from"])
        return Verdict(error="LotUnexpectedState", arguments=(auction, lot, state, allowed))
    confirmed_by = perform_by + TABLE["lot"]["confirmation_s"]
    may_act = role in row["by"]
    if time >= confirmed_by and role in row.get("overdue_by", []):
        may_act = True
    if not may_act:
        return Verdict(error="AuctionActorWrong", arguments=(auction, lot, organisation))
    if LOT_STATES[state] in row.get("phases", {}):
        opens, closes = FOREVER, 0
        for phase in row["phases"][LOT_STATES[state]]:
            if phase == "performing":
                opens, closes = min(opens, 0), max(closes, perform_by)
            elif phase == "confirming":
                opens, closes = min(opens, perform_by), max(closes, confirmed_by)
            else:
                opens, closes = min(opens, confirmed_by), FOREVER
        if time < opens or time >= closes:
            return Verdict(error="AuctionOutsideWindow", arguments=(auction, opens, closes, time))
    return Verdict(to=LOT_STATES.index(row["to"]))
