"""What plans and their tenders are refused for by the gateway itself."""

from __future__ import annotations

from gateway.errors import GatewayError, ResourceUnknown


class PlanUnknown(ResourceUnknown):
    """There is no such plan of the caller."""

    noun = "plan"


class PlanInfeasible(GatewayError):
    """The demands cannot be carried within the rules."""

    status = 409
    remedy = "Read the reasons; change the demands or the fleet, or leave demands out."


class PlanTooLarge(GatewayError):
    """The plan has more lots, or a lot more firms, than an auction or a fair share can take."""

    status = 409
    remedy = "Plan fewer demands at once."


class DemandUnavailable(GatewayError):
    """A demand of the plan was answered, withdrawn, revised, or is in another tender."""

    status = 409
    remedy = "Make a new plan of the demands that still wait."

    def __init__(self, demand: str, reason: str) -> None:
        super().__init__(f"Demand {demand} cannot be pooled: {reason}.", demand=demand)
