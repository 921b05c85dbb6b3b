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

import re
from base64 import b32encode
from hashlib import sha256
from typing import Final, NewType

from ledger.vault.errors import CidInvalid

Cid = NewType("Cid", str)

CID_CHARS: Final = 59

_PREFIX: Final = bytes([0x01, 0x55, 0x12, 0x20])
_is_spelled: Final = re.compile(rf"b[a-z2-7]{{{CID_CHARS - 1}}}").fullmatch
# Python's own digits of base 32, which it reads many times faster than those of RFC 4648.
_TO_PYTHON: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz234567", "0123456789abcdefghijklmnopqrstuv"
)


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
    if not _is_spelled(cid):
        raise CidInvalid("The content identifier is not one of raw bytes under SHA-256.")
    number = int(cid[1:].translate(_TO_PYTHON), 32)
    # The last character has two bits to spare: only the spelling that `cid_of` gives is taken.
    if number & 3:
        raise CidInvalid("The content identifier is not one of raw bytes under SHA-256.")
    decoded = (number >> 2).to_bytes(36, "big")
    if not decoded.startswith(_PREFIX):
        raise CidInvalid("The content identifier is not one of raw bytes under SHA-256.")
    return decoded[len(_PREFIX) :]


def parse_cid(text: str) -> Cid:
    """Check that a text is a CID of this network.

    Raises
    ------
    CidInvalid
        If it is not.
    """
    digest_of(text)
    return Cid(text)
