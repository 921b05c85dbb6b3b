"""From blocks of the vault back to a stream of bytes, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from ledger.attachment.chunk import ChunkList, FileCipher
from ledger.attachment.errors import AttachmentDamaged
from ledger.vault import Vault


def read_file(vault: Vault, key: bytes, listed: ChunkList) -> Iterator[bytes]:
    """Give the plain file, chunk by chunk.

    Raises
    ------
    BlockMissing, BlockCorrupt
        If the vault does not hold a chunk.
    AttachmentDamaged
        If a chunk is not the one that belongs there.
    """
    cipher = FileCipher(key)
    last = len(listed.chunks) - 1
    left = listed.size_bytes
    for index, cid in enumerate(listed.chunks):
        plain = cipher.open_chunk(index, vault.get(cid), is_last=index == last)
        left -= len(plain)
        yield plain
    if left:
        raise AttachmentDamaged("The file is not of the size that its list says.")


def require_whole(
    vault: Vault, key: bytes, listed: ChunkList, size_bytes: int, digest: bytes
) -> None:
    """Check a whole file against what the document says of it.

    Raises
    ------
    BlockMissing, BlockCorrupt, AttachmentDamaged
        If it is another file, or not all there.
    """
    found = sha256()
    for plain in read_file(vault, key, listed):
        found.update(plain)
    if listed.size_bytes != size_bytes or found.digest() != digest:
        raise AttachmentDamaged("The file is another one than the document describes.")
