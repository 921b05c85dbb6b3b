"""What requests about profiles are refused for."""

from __future__ import annotations

from gateway.errors import GatewayError, ResourceUnknown


class ProfileUnknown(ResourceUnknown):
    """The organisation has no such profile, or no such version of it."""

    noun = "profile"


class ProfileVersionTaken(GatewayError):
    """The version stands for another content already."""

    status = 409
    remedy = "Give the profile another version."

    def __init__(self, name: str, version: str) -> None:
        super().__init__(
            f"Version {version} of profile {name} has another content.", name=name, version=version
        )


class ProfileAddressTaken(GatewayError):
    """An address of the profile is one of another partner's."""

    status = 409
    remedy = "Remove the address from one of the two profiles."

    def __init__(self, address: str, other: str) -> None:
        super().__init__(
            f"Address {address} is one of profile {other}.", address=address, other=other
        )


class ProfileLimitReached(GatewayError):
    """The organisation has as many profiles, or the profile as many versions, as there may be."""

    status = 409
    remedy = "Retire profiles that are used no more, or go on under another name."

    def __init__(self, of: str, limit: int) -> None:
        super().__init__(f"There are {limit} {of} already.", of=of, limit=limit)
