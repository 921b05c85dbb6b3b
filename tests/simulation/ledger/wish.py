"""Single actions: likely ones that the model would allow, and wild ones."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.oracles.ledger.ledger import Ledger
from tests.oracles.ledger.refusal import Refusal
from tests.oracles.ledger.table import TABLE, is_opening, machine_of, order_set, row_of

EDGES = (0, 1, 62, 63, 64, 65, 127, 128, 2**32 - 65, 2**32 - 64, 2**32 - 2, 2**32 - 1)
"""Numbers at the edges of slots, and the first and the last."""

FRONT = 28
"""How many more numbers of an agreement are in use at a time."""

ROWS: list[dict[str, Any]] = [*TABLE["order"]["rows"], *TABLE["delivery"]["rows"]]
ACTIONS: list[int] = [row["id"] for row in ROWS]
UNKNOWN_ACTIONS = (24, 31, 47, 48, 63, 64, 67, 127)

Wish = tuple[int, int, int]
"""An action, a number, and the order that it names."""


@dataclass
class Wisher:
    """Picks actions; those seldom recorded so far are picked more often."""

    ledger: Ledger
    rng: random.Random
    recorded: Counter[int] = field(default_factory=Counter)
    fronts: dict[int, int] = field(default_factory=dict)
    wished: set[tuple[int, str, int]] = field(default_factory=set)
    """What the transaction at hand takes on already."""

    def begin(self) -> None:
        """Begin a transaction; mostly its actions do not meet."""
        self.wished.clear()

    def remember(self, agreement: int, wishes: Sequence[Wish]) -> None:
        """Remember what a transaction takes on."""
        for action, number, _ in wishes:
            self.wished.add((agreement, machine_of(action) or "", number))

    def numbers(self, agreement: int) -> list[int]:
        """List the numbers of an agreement that are in use."""
        front = self.fronts.setdefault(agreement, 180)
        if self.rng.random() < 0.04:
            front = self.fronts[agreement] = front + self.rng.randrange(1, FRONT)
        return [*EDGES, *range(front, front + FRONT)]

    def likely(self, organisation: int, agreement: int, now: int) -> tuple[int, list[Wish]] | None:
        """Pick an action and all wishes for it that the model would allow by themselves."""
        numbers = self.numbers(agreement)
        options: dict[int, list[Wish]] = {}
        seats = self.ledger.agreements.of(agreement).seats_of(organisation)
        orders = {number: self.ledger.orders.state(agreement, number) for number in numbers}
        deliveries = {number: self.ledger.deliveries.state(agreement, number) for number in numbers}
        may_meet = self.rng.random() < 0.08
        is_open = self._is_open(agreement, now) or self.rng.random() < 0.3
        for row in ROWS:
            if not seats.intersection(row["by"]):
                continue
            if row["action"] == "issue" and not is_open:
                continue
            if machine_of(row["id"]) == "order":
                wishes = [
                    (row["id"], number, 0) for number in numbers if orders[number] in row["from"]
                ]
            else:
                wishes = self._shipments(agreement, row, orders, deliveries)
            if not may_meet:
                machine = machine_of(row["id"]) or ""
                wishes = [one for one in wishes if (agreement, machine, one[1]) not in self.wished]
            if wishes:
                options[row["id"]] = wishes
        if not options:
            return None
        weights = [1 / (1 + self.recorded[action]) ** 0.8 for action in options]
        (action,) = self.rng.choices(list(options), weights)
        return action, options[action]

    def wild(self, agreement: int) -> Wish:
        """Pick any action on any number; often one that only the seat or the order forbids."""
        rng = self.rng
        action = rng.choice(UNKNOWN_ACTIONS) if rng.random() < 0.08 else rng.choice(ACTIONS)
        numbers = self.numbers(agreement)
        number = rng.choice(numbers) if rng.random() < 0.97 else rng.randrange(2**32)
        order = rng.choice(numbers) if is_opening(action) else 0
        machine = machine_of(action)
        if machine is None or rng.random() < 0.5:
            return action, number, order
        row = row_of(machine, action) or {}
        things = self.ledger.orders if machine == "order" else self.ledger.deliveries
        ready = [number for number in numbers if things.state(agreement, number) in row["from"]]
        return action, rng.choice(ready or numbers), order

    def _is_open(self, agreement: int, now: int) -> bool:
        try:
            self.ledger.agreements.need_open(agreement, now)
        except Refusal:
            return False
        return True

    def _shipments(
        self,
        agreement: int,
        row: dict[str, Any],
        orders: dict[int, str],
        deliveries: dict[int, str],
    ) -> list[Wish]:
        allowed = order_set(row["order_in"])
        fitting = [number for number, state in orders.items() if state in allowed]
        wishes: list[Wish] = []
        for number, state in deliveries.items():
            if state not in row["from"]:
                continue
            if state == "None":
                if fitting:
                    wishes.append((row["id"], number, self.rng.choice(fitting)))
                continue
            order = self.ledger.deliveries.links[(agreement, number)]
            if self.ledger.orders.state(agreement, order) in allowed:
                is_right = self.rng.random() < 0.95
                named = order if is_right else self.rng.choice(list(orders))
                wishes.append((row["id"], number, named if row.get("opens") else 0))
        return wishes
