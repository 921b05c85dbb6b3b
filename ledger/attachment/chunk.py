"""How files are encrypted: chunks that know their place, and a list of them.

A file has a key of its own, 256 random bits, which travels inside the sealed document. Each chunk
is one block of the vault, at most 1 MiB, so that every IPFS peer takes it::

    chunk = AES-256-GCM under the key, tag of 16 bytes included, no additional data
    nonce = kind:u8 ‖ 00[6] ‖ index:u32 ‖ is_last:u8        kind 0 chunk, 1 list

All chunks but the last hold ``CHUNK_BYTES`` of the file. As in STREAM, the nonce of a chunk tells
its place and whether another follows: chunks that are left out, exchanged, repeated or cut off at
the end do not open. The list is one block as well, and without the key shows no more than its
size::

    list    = "CSGA" ‖ 0x01 ‖ AES-256-GCM of content, with these five bytes as additional data
    content = size of the file:u64 ‖ SHA-256 of each chunk's block[32] in order

Integers are big-endian.

Notes
-----
Source: Hoang, Reyhanitabar, Rogaway, Vizár, "Online authenticated-encryption and its nonce-reuse
misuse-resistance" (2015), STREAM.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_bytes
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.attachment.errors import AttachmentDamaged
from ledger.vault.cid import Cid, cid_from_digest, digest_of

TAG_BYTES: Final = 16
BLOCK_BYTES: Final = 1024 * 1024
CHUNK_BYTES: Final = BLOCK_BYTES - TAG_BYTES

_FRONT: Final = b"CSGA\x01"
_CHUNK, _LIST = 0, 1
_NONCE: Final = struct.Struct(">B6xIB")
_SIZE: Final = struct.Struct(">Q")
_DIGEST_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class ChunkList:
    """Which blocks a file is made of, in order.

    Parameters
    ----------
    size_bytes : int
        Of the plain file.
    """

    size_bytes: int
    chunks: tuple[Cid, ...]


class FileCipher:
    """Encrypts and decrypts the chunks of one file.

    Parameters
    ----------
    key : bytes
        32 bytes, drawn for this file alone.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal_chunk(self, index: int, plain: bytes | memoryview, *, is_last: bool) -> bytes:
        """Make the block of a chunk."""
        return self._cipher.encrypt(_NONCE.pack(_CHUNK, index, is_last), plain, None)

    def open_chunk(self, index: int, block: bytes, *, is_last: bool) -> bytes:
        """Read the block of a chunk.

        Raises
        ------
        AttachmentDamaged
            If it is not the chunk of this file that belongs there.
        """
        try:
            return self._cipher.decrypt(_NONCE.pack(_CHUNK, index, is_last), block, None)
        except (InvalidTag, ValueError):
            raise AttachmentDamaged("A chunk of the file does not open.", chunk=index) from None

    def seal_list(self, size_bytes: int, chunks: Sequence[Cid]) -> bytes:
        """Make the block that lists a file's chunks."""
        content = _SIZE.pack(size_bytes) + b"".join(digest_of(cid) for cid in chunks)
        return _FRONT + self._cipher.encrypt(_NONCE.pack(_LIST, 0, 1), content, _FRONT)

    def open_list(self, block: bytes) -> ChunkList:
        """Read the block that lists a file's chunks.

        Raises
        ------
        AttachmentDamaged
            If it is not the list of this file.
        """
        if not block.startswith(_FRONT):
            raise AttachmentDamaged("The block is no list of chunks.")
        try:
            content = self._cipher.decrypt(_NONCE.pack(_LIST, 0, 1), block[len(_FRONT) :], _FRONT)
        except (InvalidTag, ValueError):
            raise AttachmentDamaged("The list of chunks does not open.") from None
        digests = content[_SIZE.size :]
        if len(content) < _SIZE.size or len(digests) % _DIGEST_BYTES:
            raise AttachmentDamaged("The list of chunks has the wrong layout.")
        (size_bytes,) = _SIZE.unpack_from(content)
        if size_bytes < 1 or len(digests) // _DIGEST_BYTES != chunks_of(size_bytes):
            raise AttachmentDamaged("The list of chunks is not that of a file of its size.")
        starts = range(0, len(digests), _DIGEST_BYTES)
        chunks = tuple(cid_from_digest(digests[at : at + _DIGEST_BYTES]) for at in starts)
        return ChunkList(size_bytes, chunks)


def new_file_key() -> bytes:
    """Draw the key of one file."""
    return token_bytes(32)


def chunks_of(size_bytes: int) -> int:
    """Say how many chunks a file of so many bytes has."""
    return -(-size_bytes // CHUNK_BYTES)
