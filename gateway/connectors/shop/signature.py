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

SHOPIFY_HEADER = "x-shopify-hmac-sha256"
WOOCOMMERCE_HEADER = "x-wc-webhook-signature"


def sign(content: bytes, secret: bytes) -> str:
    """Sign a message as a shop does."""
    return b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()


def is_signed(content: bytes, signature: str | None, secret: bytes) -> bool:
    """Tell whether the shop sent a message; to be asked before anything of it is read.

    Parameters
    ----------
    content : bytes
        The body, exactly as it was sent.
    signature : str, optional
        The header.
    secret : bytes
        What the shop signs with; at least one byte.
    """
    assert secret, "an empty secret signs nothing"
    try:
        given = b64decode(signature or "", validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, hmac.digest(secret, content, hashlib.sha256))
