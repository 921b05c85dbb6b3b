"""Which addresses a webhook may have."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from gateway.errors import Finding
from gateway.webhooks.errors import WebhookUrlRefused
from ledger.outward import Address, Network, require_allowed


def require_url(url: str, allowed: Sequence[Network]) -> None:
    """Refuse an address at once that could never be sent to.

    A name may resolve to anything later; the connector judges what it is connected to.

    Raises
    ------
    WebhookUrlRefused
        If it is no https address, or has parts that a webhook has no use for. Hosts in `allowed`
        may speak http.
    OutwardAddressRefused
        If its host is a literal address that is neither public nor allowed.
    """
    parts, host = _parts(url)
    literal = _literal(host)
    if literal is not None:
        require_allowed(str(literal), allowed)
    is_inside = literal is not None and any(literal in network for network in allowed)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_inside):
        raise _refused("must begin with https://")
    if parts.username is not None or parts.password is not None:
        raise _refused("must not hold a user name")
    if parts.fragment:
        raise _refused("must not have a fragment")


def _parts(url: str) -> tuple[SplitResult, str]:
    if not url.isascii() or not url.isprintable() or " " in url:
        raise _refused("must be written in ASCII, without spaces")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it judges it
    except ValueError:
        raise _refused("must be an address") from None
    if not parts.hostname:
        raise _refused("must name a host")
    return parts, parts.hostname


def _literal(host: str) -> Address | None:
    """Read a host that is an address; what is called localhost is this machine."""
    try:
        return ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return None


def _refused(what: str) -> WebhookUrlRefused:
    return WebhookUrlRefused("The webhook's address is refused.", (Finding("/body/url", what),))
