"""What requests about the inbox are refused for."""

from __future__ import annotations

from gateway.errors import GatewayError, ResourceUnknown


class InboxMessageUnknown(ResourceUnknown):
    """There is no such message of the caller."""

    noun = "message of the inbox"


class InboxDocumentUnknown(ResourceUnknown):
    """The message has no such document."""

    noun = "document of the message"
    remedy = "Read the message: it lists the documents that it became."


class AcknowledgementAbsent(ResourceUnknown):
    """The message is not acknowledged by a message of its standard."""

    noun = "acknowledgement of message"
    remedy = "Read the message: its findings say the same."


class ShopUnknown(ResourceUnknown):
    """There is no such shop."""

    noun = "shop"


class InboxStateUnexpected(GatewayError):
    """The message is in a state in which this cannot be done."""

    status = 409
    remedy = "Read the message; `actions` lists what can be done with it now."

    def __init__(self, id: int, state: str) -> None:
        super().__init__(f"Message {id} is {state}.", id=str(id), state=state)


class InboxDocumentRecorded(GatewayError):
    """The document was recorded before."""

    status = 409
    remedy = "Read the intent for what became of it."

    def __init__(self, id: int, position: int, intent: int) -> None:
        super().__init__(
            f"Document {position} of message {id} was recorded before.",
            id=str(id),
            position=position,
            intent=str(intent),
        )


class ShopKept(GatewayError):
    """The organisation takes orders of this shop already."""

    status = 409
    remedy = "Delete the shop first, to give it another secret."

    def __init__(self, domain: str) -> None:
        super().__init__(f"Orders of {domain} are taken already.", domain=domain)


class ShopSignatureInvalid(GatewayError):
    """The message was not signed with the secret of the shop."""

    status = 401
    remedy = "Compare the secret of the shop's webhook with the one that is set here."

    def __init__(self) -> None:
        super().__init__("The message is not signed with the secret of the shop.")
