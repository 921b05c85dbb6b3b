"""A history of orders as batches, each by the organisation whose turn it is.

The orders of a wave are issued, confirmed, despatched and received; every fourth wave is fulfilled
and closed, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import Final, Self

from ledger.action import Action, agreement_record, run_record
from ledger.lifecycle import row_named

STEPS: Final = (
    ("order", "issue"),
    ("order", "confirm"),
    ("delivery", "despatch"),
    ("delivery", "receive"),
    ("order", "fulfil"),
    ("order", "close"),
)
EVENTS_PER_ORDER: Final = 4.5


@dataclass(frozen=True, slots=True)
class Turn:
    """One batch: an action on a run of orders, or of deliveries with the same numbers.

    Parameters
    ----------
    agreement : int
        Index of the agreement.
    is_seller : bool
        Whether the seller records it; otherwise the buyer.
    """

    agreement: int
    is_seller: bool
    machine: str
    action: str
    first: int
    size: int

    def moved(self, by: int) -> Self:
        """The same on other numbers."""
        return replace(self, first=self.first + by)

    def pack(self, agreement: int) -> bytes:
        """Pack the actions, for the agreement's number."""
        row = row_named(self.machine, self.action)
        first = Action(agreement, row.id, self.first, self.first if row.opens else 0)
        return agreement_record(agreement) + run_record(first, self.size)


def history(agreements: int, size: int) -> Iterator[Turn]:
    """Give turns without end, the agreements one after another."""
    for wave in count():
        for machine, action in STEPS[: 6 if wave % 4 == 3 else 4]:
            is_seller = "seller" in row_named(machine, action).by
            for agreement in range(agreements):
                yield Turn(agreement, is_seller, machine, action, 1 + wave * size, size)


def first_events(events: int, agreements: int, size: int) -> list[Turn]:
    """Give the turns that hold about so many events, whole waves of all agreements."""
    return list(islice(history(agreements, size), -(-events // size)))
