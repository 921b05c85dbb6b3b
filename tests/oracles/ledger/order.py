"""Orders: a state for each number of an agreement."""

from tests.oracles.ledger.refusal import Refusal
from tests.oracles.ledger.table import bitmap, index_of, row_of


class Orders:
    """States of orders by agreement and number; who is not there is None."""

    def __init__(self) -> None:
        self.states: dict[tuple[int, int], str] = {}

    def state(self, agreement: int, number: int) -> str:
        """Name the state of an order."""
        return self.states.get((agreement, number), "None")

    def step(self, agreement: int, number: int, action: int) -> None:
        """Take an order on, or say why not."""
        row = row_of("order", action)
        assert row is not None
        state = self.state(agreement, number)
        if state not in row["from"]:
            raise Refusal(
                "OrderUnexpectedState",
                agreement,
                number,
                index_of("order", state),
                bitmap("order", row["from"]),
            )
        self.states[(agreement, number)] = row["to"]
