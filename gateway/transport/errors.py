"""What partners are refused for that post messages themselves."""

from __future__ import annotations

from typing import ClassVar

from gateway.errors import GatewayError


class PartnerTokenInvalid(GatewayError):
    """There is no such channel that is posted to, or the token is not its partner's."""

    status = 401
    remedy = "Send `Authorization: Bearer <token>` with the token that you were given."
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": "Bearer"}

    def __init__(self) -> None:
        super().__init__("The token is not that of a partner who posts here.")
