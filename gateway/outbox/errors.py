"""What requests about the outbox are refused for."""

from __future__ import annotations

from gateway.errors import GatewayError, ResourceUnknown


class OutboxMessageUnknown(ResourceUnknown):
    """There is no such message of the caller."""

    noun = "message of the outbox"


class OutboxStateUnexpected(GatewayError):
    """The message is in a state in which this cannot be done."""

    status = 409
    remedy = "Read the message; `actions` lists what can be done with it now."

    def __init__(self, id: int, state: str) -> None:
        super().__init__(f"Message {id} is {state}.", id=str(id), state=state)
