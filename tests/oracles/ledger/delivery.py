"""Deliveries: a state for each number of an agreement, and the order it belongs to."""

from tests.oracles.ledger.order import Orders
from tests.oracles.ledger.refusal import Refusal
from tests.oracles.ledger.table import bitmap, index_of, order_set, row_of


class Deliveries:
    """States and orders of deliveries by agreement and number."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.states: dict[tuple[int, int], str] = {}
        self.links: dict[tuple[int, int], int] = {}

    def state(self, agreement: int, number: int) -> str:
        """Name the state of a delivery."""
        return self.states.get((agreement, number), "None")

    def step(self, agreement: int, number: int, action: int, named: int) -> None:
        """Take a delivery on, or say why not; `named` is the order that an opening action names."""
        row = row_of("delivery", action)
        assert row is not None
        state = self.state(agreement, number)
        if state not in row["from"]:
            raise Refusal(
                "DeliveryUnexpectedState",
                agreement,
                number,
                index_of("delivery", state),
                bitmap("delivery", row["from"]),
            )
        order = named if state == "None" else self.links[(agreement, number)]
        if row.get("opens") and order != named:
            raise Refusal("DeliveryOrderDiffers", agreement, number, order, named)
        order_state = self.orders.state(agreement, order)
        fitting = order_set(row["order_in"])
        if order_state not in fitting:
            raise Refusal(
                "DeliveryOrderUnexpectedState",
                agreement,
                order,
                index_of("order", order_state),
                bitmap("order", fitting),
            )
        self.states[(agreement, number)] = row["to"]
        self.links[(agreement, number)] = order
