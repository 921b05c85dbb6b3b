"""What demands are refused for by the gateway itself."""

from __future__ import annotations

from gateway.errors import GatewayError, ResourceUnknown


class DemandUnknown(ResourceUnknown):
    """There is no such demand that the caller may see."""

    noun = "demand"


class PoolRoleMissing(GatewayError):
    """The seller of the agreement is no pool operator."""

    status = 409
    remedy = "Post the demand under an agreement whose seller has the role `pool`."

    def __init__(self, organisation: int) -> None:
        super().__init__(
            f"Organisation {organisation} does not pool: it lacks the role `pool`.",
            organisation=organisation,
        )
