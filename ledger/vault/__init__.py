"""Vaults: where sealed blocks live, addressed by their content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from ledger.vault.cid import Cid, cid_from_digest, cid_of, digest_of, parse_cid
from ledger.vault.errors import (
    AskerUnproven,
    BlockCorrupt,
    BlockMissing,
    BlockTooLarge,
    CidInvalid,
    VaultError,
)
from ledger.vault.file import FileVault

__all__ = [
    "AskerUnproven",
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

    def put_all(self, blocks: Sequence[bytes]) -> list[Cid]:
        """Store blocks, all or none, and return their CIDs; they are durable then."""
        ...

    def get(self, cid: str) -> bytes:
        """Return the block that a CID names, verified against it."""
        ...

    def get_all(self, cids: Iterable[str]) -> dict[str, bytes]:
        """Return the blocks of those CIDs that are held, verified."""
        ...

    def sizes(self, cids: Iterable[str]) -> dict[str, int]:
        """Return the bytes of those blocks that are held."""
        ...

    def has(self, cid: str) -> bool:
        """Say whether the vault holds a block."""
        ...

    def delete(self, cid: str) -> None:
        """Forget a block."""
        ...

    def delete_all(self, cids: Iterable[str], stored_before_ms: int | None = None) -> None:
        """Forget blocks; with a time, none of those that were stored, or stored again, since."""
        ...

    def stored_since(self, stored_ms: int) -> list[Cid]:
        """List the blocks that were stored since a time."""
        ...

    def settle(self) -> None:
        """Leave nothing readable here of blocks that were forgotten."""
        ...

    def __iter__(self) -> Iterator[Cid]:
        """List the CIDs of all blocks held."""
        ...
