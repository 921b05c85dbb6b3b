"""Why a stream of events cannot begin where a subscriber wants it to."""

from __future__ import annotations

from gateway.errors import GatewayError


class EventPositionPruned(GatewayError):
    """What follows the position is no longer kept."""

    status = 410
    remedy = "Read orders and deliveries anew, then follow from now on; or begin with 0."

    def __init__(self, after: int, first: int) -> None:
        super().__init__(
            f"Events after {after} are not kept any more; the oldest is {first}.",
            after=after,
            first=first,
        )


class EventPositionAhead(GatewayError):
    """The position was never reached: it is another gateway's, or this one's data was restored."""

    status = 409
    remedy = "Read orders and deliveries anew, then follow from now on; or begin with 0."

    def __init__(self, after: int, last: int) -> None:
        super().__init__(
            f"The newest event is {last}; there is no event {after} to resume after.",
            after=after,
            last=last,
        )
