"""The bytes of a sealed block: what they are made of, before any key is used.

A block is bytes::

    offset       size  what
    0            4     "CSGN"
    4            1     version, 0x01
    5            4     length H of the header, u32
    9            H     header, canonical JSON (see `ledger.document.header`)
    9+H          4     length C of the ciphertext, u32
    13+H         C     content under AES-256-GCM, tag of 16 bytes included
    13+H+C       65    signature r ‖ s ‖ v of the sender

The content is laid out in `ledger.document.payload`. Integers are big-endian. The encryption key
comes from a content key drawn for this block alone (see `ledger.document.content_key`), hence the
nonce is zero. The additional data of AES-GCM is all that precedes the ciphertext's length. The
signature covers SHA-256("consign/envelope/1" ‖ everything before the signature).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from ledger.document.errors import (
    EnvelopeMalformed,
    EnvelopeTooLarge,
    EnvelopeTruncated,
    EnvelopeVersionUnknown,
)
from ledger.document.header import Header
from ledger.document.signature import SIGNATURE_BYTES

ENVELOPE_BYTES_MAX: Final = 32 * 1024 * 1024

_MAGIC: Final = b"CSGN"
_VERSION: Final = 1
_FRONT: Final = 9


@dataclass(frozen=True, slots=True)
class SealedBlock:
    """A block split into its parts; nothing is verified but the structure."""

    header: Header
    front: bytes
    ciphertext: bytes
    digest: bytes
    signature: bytes


def front_of(header: bytes) -> bytes:
    """Write what precedes the ciphertext's length: magic, version and header."""
    return _MAGIC + bytes([_VERSION]) + len(header).to_bytes(4, "big") + header


def signed_digest(unsigned: bytes) -> bytes:
    """Hash what the sender signs: everything before the signature."""
    return sha256(b"consign/envelope/1" + unsigned).digest()


def read_block(block: bytes) -> SealedBlock:
    """Split a block into its parts, which needs no key.

    Raises
    ------
    EnvelopeTooLarge, EnvelopeTruncated, EnvelopeMalformed, EnvelopeVersionUnknown
        If the bytes are not the layout of this module.
    """
    header_end, end = _checked_ends(block)
    return SealedBlock(
        header=Header.from_bytes(block[_FRONT:header_end]),
        front=block[:header_end],
        ciphertext=block[header_end + 4 : end],
        digest=signed_digest(block[:end]),
        signature=block[end:],
    )


def read_header(block: bytes) -> Header:
    """Read only the header of a block.

    Raises
    ------
    EnvelopeTooLarge, EnvelopeTruncated, EnvelopeMalformed, EnvelopeVersionUnknown
        As `read_block` does.
    """
    header_end, _ = _checked_ends(block)
    return Header.from_bytes(block[_FRONT:header_end])


def _checked_ends(block: bytes) -> tuple[int, int]:
    """Find where the header ends, and the ciphertext."""
    if len(block) > ENVELOPE_BYTES_MAX:
        raise EnvelopeTooLarge("The block is larger than any may be.", bytes=len(block))
    if not block.startswith(_MAGIC[: len(block)]):
        raise EnvelopeMalformed("The block does not begin as a sealed block does.")
    if len(block) > 4 and block[4] != _VERSION:
        raise EnvelopeVersionUnknown("The block has an unknown version.", version=block[4])
    header_end = _FRONT + int.from_bytes(block[5:9], "big")
    body = header_end + 4
    end = body + int.from_bytes(block[header_end:body], "big") if len(block) >= body else body
    if len(block) < max(end + SIGNATURE_BYTES, _FRONT):
        raise EnvelopeTruncated("The block is shorter than its lengths say.", bytes=len(block))
    if len(block) > end + SIGNATURE_BYTES:
        raise EnvelopeMalformed("The block is longer than its lengths say.", bytes=len(block))
    return header_end, end
