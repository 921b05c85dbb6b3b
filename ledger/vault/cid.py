"""Content identifiers: CIDv1 of raw bytes under SHA-256, in lower-case base32.

::

    "b" ‖ base32 without padding of   0x01   version 1
                                      0x55   codec raw
                                      0x12   hash function sha2-256
                                      0x20   length of the digest
                                      digest[32]

The same bytes have the same CID here and in IPFS.

Notes
-----
Source: multiformats CID specification; RFC 4648, section 6.
"""

from __future__ import annotations

from base64 import b32decode, b32encode
from hashlib import sha256
from typing import Final, NewType

from ledger.vault.errors import CidInvalid

Cid = NewType("Cid", str)

CID_CHARS: Final = 59

_PREFIX: Final = bytes([0x01, 0x55, 0x12, 0x20])


def cid_of(block: bytes) -> Cid:
    """Name a block by its content."""
    return cid_from_digest(sha256(block).digest())


def cid_from_digest(digest: bytes) -> Cid:
    """Name the block that has this SHA-256 digest of 32 bytes."""
    assert len(digest) == 32, "a SHA-256 digest has 32 bytes"
    return Cid("b" + b32encode(_PREFIX + digest).decode().rstrip("=").lower())


def digest_of(cid: str) -> bytes:
    """Return the 32-byte SHA-256 digest that a CID names.

    Raises
    ------
    CidInvalid
        If `cid` is of another version, codec, hash or base, or spelled in another way.
    """
    if len(cid) != CID_CHARS or not cid.isascii() or not cid.startswith("b"):
        raise CidInvalid("The content identifier is not one of raw bytes under SHA-256.")
    try:
        decoded = b32decode(cid[1:].upper() + "======")
    except ValueError:
        raise CidInvalid("The content identifier is not base32.") from None
    digest = decoded[len(_PREFIX) :]
    # Base32 leaves spare bits and two cases: only the one spelling that `cid_of` gives is taken.
    if not decoded.startswith(_PREFIX) or cid_from_digest(digest) != cid:
        raise CidInvalid("The content identifier is not one of raw bytes under SHA-256.")
    return digest


def parse_cid(text: str) -> Cid:
    """Check that a text is a CID of this network.

    Raises
    ------
    CidInvalid
        If it is not.
    """
    digest_of(text)
    return Cid(text)
