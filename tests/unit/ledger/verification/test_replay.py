"""What the lifecycle table has against a history that a lying node might tell."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import lifecycle
from ledger.action import Action, pack_actions
from ledger.event import ActionRefused, AgreementProposed, BatchRecorded, Event
from ledger.identifier import OrderId
from ledger.verification.replay import Replay, replay_order

AGREEMENT = 1 << 32 | 7
ORDER = OrderId(AGREEMENT, 3)
BUYER, SELLER = 1, 2


def placed(block: int) -> dict[str, Any]:
    return {
        "contract": "0x" + "00" * 20,
        "block_number": block,
        "block_hash": bytes(32),
        "tx_hash": bytes(32),
        "log_index": 0,
    }


def proposed() -> Event:
    seats = (BUYER, SELLER, 0, 0, 0)
    return AgreementProposed(agreement=AGREEMENT, seats=seats, notice_days=0, **placed(1))


def act(block: int, organisation: int, action: str, number: int = 3, order: int = 0) -> Event:
    machine = "delivery" if ("delivery", action) in _known() else "order"
    row = lifecycle.row_named(machine, action)
    return BatchRecorded(
        organisation=organisation,
        batch=block.to_bytes(32),
        documents_root=bytes(32),
        manifest=bytes(32),
        actions=pack_actions([Action(AGREEMENT, row.id, number, order)]),
        **placed(block),
    )


def _known() -> set[tuple[str, str]]:
    return {("delivery", row.action) for row in lifecycle.rows("delivery")}


def replayed(*events: Event) -> Replay:
    return replay_order((proposed(), *events), ORDER)


def reasons(replay: Replay) -> list[str]:
    return [why for _, why in replay.breaches]


def test_an_order_is_taken_through_its_states() -> None:
    replay = replayed(act(2, BUYER, "issue"), act(3, SELLER, "confirm"))
    assert replay.breaches == []
    assert replay.order_state == "Confirmed"


def test_a_step_by_somebody_without_the_seat_is_a_breach() -> None:
    replay = replayed(act(2, BUYER, "issue"), act(3, BUYER, "confirm"))
    assert reasons(replay) == ["organisation 1 has no seat that may"]


def test_a_step_from_another_state_is_a_breach() -> None:
    replay = replayed(act(2, BUYER, "issue"), act(3, SELLER, "close"))
    assert reasons(replay) == ["the order was Issued"]


def test_a_delivery_of_an_order_that_is_not_confirmed_is_a_breach() -> None:
    replay = replayed(act(2, BUYER, "issue"), act(3, SELLER, "despatch", number=9, order=3))
    assert reasons(replay) == ["its order was Issued"]
    assert replay.deliveries == {9: "Despatched"}


@pytest.mark.parametrize("number", [3, 2, 1])
def test_a_refused_action_counts_for_nothing(number: int) -> None:
    """It is the first, second or third of three that are refused together."""
    row = lifecycle.row_named("order", "confirm")
    confirmed = BatchRecorded(
        organisation=SELLER,
        batch=(3).to_bytes(32),
        documents_root=bytes(32),
        manifest=bytes(32),
        actions=pack_actions([Action(AGREEMENT, row.id, number + i) for i in range(3)]),
        **placed(3),
    )
    refused = ActionRefused(batch=(3).to_bytes(32), position=0, count=3, problem=b"", **placed(3))
    replay = replayed(act(2, BUYER, "issue"), refused, confirmed)
    assert replay.order_state == "Issued"
    assert len(replay.acts) == 1


def test_a_neighbour_of_refused_actions_counts() -> None:
    refused = ActionRefused(batch=(3).to_bytes(32), position=1, count=9, problem=b"", **placed(3))
    replay = replayed(act(2, BUYER, "issue"), refused, act(3, SELLER, "confirm"))
    assert replay.order_state == "Confirmed"


def test_other_orders_and_their_deliveries_are_left_out() -> None:
    replay = replayed(
        act(2, BUYER, "issue", number=4),
        act(3, SELLER, "confirm", number=4),
        act(4, SELLER, "despatch", number=9, order=4),
        act(5, BUYER, "receive", number=9),
    )
    assert replay.acts == []
    assert replay.order_state == "None"
