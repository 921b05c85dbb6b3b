"""Contents of messages at rest: encrypted under a key of their own, bound to their place."""

from __future__ import annotations

import zlib
from secrets import token_bytes
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
_NONCE: Final = bytes(12)
"""One key seals one content, so that its nonce is never used twice."""


def seal(content: bytes, place: bytes) -> tuple[bytes, bytes]:
    """Encrypt a content; gives its key and what is stored."""
    key = token_bytes(KEY_BYTES)
    return key, AESGCM(key).encrypt(_NONCE, zlib.compress(content, 1), place)


def unseal(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Decrypt a content.

    Raises
    ------
    cryptography.exceptions.InvalidTag
        If the database holds something else than was stored there.
    """
    return zlib.decompress(AESGCM(key).decrypt(_NONCE, sealed, place))


def inbox_place(message: int, version: int) -> bytes:
    """Name the place of a version of a message of the inbox."""
    return b"consign inbox" + message.to_bytes(8, "big") + version.to_bytes(4, "big")


def outbox_place(message: int) -> bytes:
    """Name the place of a message of the outbox."""
    return b"consign outbox" + message.to_bytes(8, "big")
