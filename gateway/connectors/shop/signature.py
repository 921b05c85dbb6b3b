"""Whether a message comes from the shop that shares a secret with us.

Notes
-----
Source: Shopify, verify webhooks (X-Shopify-Hmac-SHA256); WooCommerce, webhooks
(X-WC-Webhook-Signature). Both are the HMAC-SHA256 of the body as it was sent, in base64.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode

from gateway.connectors.message import ConnectorRefused, Finding, Location

SHOPIFY_HEADER = "x-shopify-hmac-sha256"
WOOCOMMERCE_HEADER = "x-wc-webhook-signature"


class ShopSignatureInvalid(ConnectorRefused):
    """The message was not signed with the secret of the shop."""


def sign(content: bytes, secret: bytes) -> str:
    """Sign a message as a shop does."""
    return b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()


def require_signature(content: bytes, signature: str | None, secret: bytes) -> None:
    """Refuse a message that the shop did not send, before anything of it is read.

    Parameters
    ----------
    content : bytes
        The body, exactly as it was sent.
    signature : str, optional
        The header.
    secret : bytes
        What the shop signs with; at least one byte.

    Raises
    ------
    ShopSignatureInvalid
        If the header is missing or does not fit.
    """
    assert secret, "an empty secret signs nothing"
    try:
        given = b64decode(signature or "", validate=True)
    except (binascii.Error, ValueError):
        given = b""
    if not hmac.compare_digest(given, hmac.digest(secret, content, hashlib.sha256)):
        rule = "The message is signed with the secret of the shop."
        advice = "Compare the secret of the webhook with the one that is set here."
        raise ShopSignatureInvalid([Finding(rule, Location(1, 1), "", advice)])
