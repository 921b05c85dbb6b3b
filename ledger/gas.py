"""How much gas a batch can need at most, so that a transaction never runs out of it.

The bound counts every storage slot that is touched as new and every event as refused, the two
dearest things that can happen to each. Gas that is not used costs nothing.
"""

from collections.abc import Sequence
from typing import Final

from ledger.action import Action
from ledger.lifecycle import row_of

GAS_MAX: Final = 12_000_000
"""Most that a transaction of ours may be bound to need."""

TRANSACTION_GAS: Final = 60_000
BATCH_GAS: Final = 80_000
"""Signature, registry, nonce and the event's head."""

EVENT_GAS: Final = 6_000
"""One step of the core, or the log that refuses it."""

SLOT_GAS: Final = 22_200
AGREEMENT_GAS: Final = 5_000
BYTE_GAS: Final = 60
"""Calldata (at its floor price), hashing and logging of one byte."""

ACTION_BYTES: Final = 11
"""The most that one action adds to a batch: a record's head, its number and its order."""

INTENT_GAS: Final = 3 * SLOT_GAS + 2 * EVENT_GAS + 120_000
"""An individually signed intent; asking a contract account about it is most of that."""


class BatchGas:
    """The bound for one batch while actions are added to it."""

    def __init__(self) -> None:
        self._slots: set[tuple[str, int, int]] = set()
        self.bound = BATCH_GAS

    def add(self, action: Action, order: int) -> int:
        """Count an action in; returns the new bound.

        Parameters
        ----------
        order : int
            The order that a delivery action is about.
        """
        agreement, number = action.agreement, action.number
        touched = {("agreement", agreement, 0), ("order", agreement, order >> 6)}
        if row_of(action.action).machine == "delivery":
            touched |= {("delivery", agreement, number >> 6), ("link", agreement, number >> 3)}
        fresh = touched - self._slots
        self._slots |= fresh
        self.bound += EVENT_GAS + ACTION_BYTES * BYTE_GAS + len(fresh) * SLOT_GAS
        return self.bound


def bound_of(actions: Sequence[Action]) -> int:
    """Bound a batch that was signed elsewhere, whose deliveries' orders are unknown."""
    gas = BatchGas()
    for position, action in enumerate(actions):
        # Every order counts as one in a slot of its own.
        gas.add(action, action.order or (position + 1) << 40)
    return gas.bound
