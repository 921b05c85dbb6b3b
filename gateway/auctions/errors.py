"""What auctions and their shares are refused for by the gateway itself."""

from __future__ import annotations

from gateway.errors import GatewayError, ResourceUnknown


class TenderUnknown(ResourceUnknown):
    """The auction does not put out a plan of the caller's."""

    noun = "tender"


class AuctionUnfinished(GatewayError):
    """The award is not final, or nothing was awarded, so there is no price to share."""

    status = 409
    remedy = (
        "Finalise the auction after its challenge window; what was not awarded is planned anew."
    )


class AllocationUnfound(GatewayError):
    """The revealed bids cannot be weighed here."""

    status = 409
    remedy = "Propose an allocation at another gateway, or straight to the contract."


class PoolTooExpensive(GatewayError):
    """The awarded price is more than the demands would pay alone, so nobody could share it."""

    status = 409
    remedy = "Let the demands go alone, or settle the price with the carrier; nothing is confirmed."


class ShareUnsettled(GatewayError):
    """A demand moved on while its share was being confirmed; none was."""

    status = 409
    remedy = "Ask for the shares again: they are computed from the demands that stand then."
