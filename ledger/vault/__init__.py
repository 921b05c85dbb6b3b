"""Vaults: where sealed blocks live, addressed by their content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ledger.vault.cid import Cid, cid_from_digest, cid_of, digest_of, parse_cid
from ledger.vault.errors import BlockCorrupt, BlockMissing, BlockTooLarge, CidInvalid, VaultError
from ledger.vault.files import FileVault

__all__ = [
    "BlockCorrupt",
    "BlockMissing",
    "BlockTooLarge",
    "Cid",
    "CidInvalid",
    "FileVault",
    "Vault",
    "VaultError",
    "cid_from_digest",
    "cid_of",
    "digest_of",
    "parse_cid",
]


class Vault(Protocol):
    """Anything that keeps blocks by their CID."""

    def put(self, block: bytes) -> Cid:
        """Store a block and return its CID."""
        ...

    def get(self, cid: str) -> bytes:
        """Return the block that a CID names, verified against it."""
        ...

    def has(self, cid: str) -> bool:
        """Say whether the vault holds a block."""
        ...

    def delete(self, cid: str) -> None:
        """Forget a block."""
        ...

    def __iter__(self) -> Iterator[Cid]:
        """List the CIDs of all blocks held."""
        ...
