"""What requests about webhooks are refused for."""

from __future__ import annotations

from gateway.errors import GatewayError, RequestInvalid, ResourceUnknown


class WebhookUnknown(ResourceUnknown):
    """There is no such webhook of the caller."""

    noun = "webhook"


class WebhookDeliveryUnknown(ResourceUnknown):
    """There is no such delivery of the webhook, or it arrived at once and was not kept."""

    noun = "delivery of the webhook"
    remedy = "Only deliveries that failed once, and tests, are listed; read events at /v1/events."


class WebhookUrlRefused(RequestInvalid):
    """The address cannot be one of a webhook."""

    remedy = "Name an https address of the public internet, without user name and fragment."


class WebhookInactive(GatewayError):
    """The webhook is paused or disabled, so nothing is sent to it."""

    status = 409
    remedy = "Resume it first: PATCH its state to active."

    def __init__(self, state: str) -> None:
        super().__init__(f"The webhook is {state}; nothing is sent to it.", state=state)


class WebhookLimitReached(GatewayError):
    """The organisation has as many webhooks as this gateway allows."""

    status = 409
    remedy = "Delete one that is not needed any more."

    def __init__(self, most: int) -> None:
        super().__init__(f"An organisation has at most {most} webhooks here.", most=most)
