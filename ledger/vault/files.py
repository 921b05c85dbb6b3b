"""A vault of files: one file per block below a folder, named by its CID.

::

    folder/ab/bafkrei...ab      block, in the shard named by the last two characters of its CID
    folder/incoming/*.part      blocks being written, removed when older than an hour

A block appears under its name only after all of it has reached the disk, by rename, so any number
of processes may read and write one folder at once and a kill at any moment leaves no half block.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from ledger.vault.cid import Cid, cid_from_digest, digest_of, parse_cid
from ledger.vault.errors import BlockCorrupt, BlockMissing, BlockTooLarge, CidInvalid

BLOCK_BYTES_MAX: Final = 128 * 1024 * 1024

_INCOMING: Final = "incoming"
_ABANDONED_AFTER_S: Final = 3600


class FileVault:
    """Blocks in files of a folder, which is created when it is missing.

    Parameters
    ----------
    folder : Path
        Where the blocks lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / _INCOMING
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._sweep()

    def put(self, block: bytes) -> Cid:
        """Store a block and return its CID; storing it again changes nothing.

        Raises
        ------
        BlockTooLarge
            If it has more than ``BLOCK_BYTES_MAX`` bytes.
        """
        if len(block) > BLOCK_BYTES_MAX:
            raise BlockTooLarge("The block is too large for the vault.", bytes=len(block))
        digest = sha256(block).digest()
        cid = cid_from_digest(digest)
        path = self._path(cid)
        if not self._holds(path, digest, len(block)):
            self._write(path, block)
        return cid

    def get(self, cid: str) -> bytes:
        """Return the block that a CID names, after checking that it is the one.

        Raises
        ------
        CidInvalid
            If `cid` is not a CID.
        BlockMissing
            If the vault does not hold it.
        BlockCorrupt
            If the file has other content than its name says.
        """
        digest = digest_of(cid)
        try:
            block = self._path(cid).read_bytes()
        except FileNotFoundError:
            raise BlockMissing("The vault does not hold the block.", cid=cid) from None
        if sha256(block).digest() != digest:
            raise BlockCorrupt("The block is not what its identifier names.", cid=cid)
        return block

    def has(self, cid: str) -> bool:
        """Say whether the vault holds a block."""
        return self._path(parse_cid(cid)).is_file()

    def delete(self, cid: str) -> None:
        """Forget a block; forgetting one that is not held changes nothing."""
        self._path(parse_cid(cid)).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[Cid]:
        """List the CIDs of all blocks held, in no particular order."""
        for shard in self._folder.iterdir():
            if shard.name == _INCOMING or not shard.is_dir():
                continue
            for path in shard.iterdir():
                with suppress(CidInvalid):
                    yield parse_cid(path.name)

    def _path(self, cid: str) -> Path:
        return self._folder / cid[-2:] / cid

    @staticmethod
    def _holds(path: Path, digest: bytes, size: int) -> bool:
        # A file damaged on disk is mended by storing the block again, so its content is compared.
        try:
            return path.stat().st_size == size and sha256(path.read_bytes()).digest() == digest
        except FileNotFoundError:
            return False

    def _write(self, path: Path, block: bytes) -> None:
        handle, name = mkstemp(suffix=".part", dir=self._incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(block)
                file.flush()
                os.fsync(file.fileno())
            path.parent.mkdir(exist_ok=True)
            os.replace(name, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
        _sync_folder(path.parent)

    def _sweep(self) -> None:
        oldest = time.time() - _ABANDONED_AFTER_S
        for path in self._incoming.glob("*.part"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest:
                    path.unlink()


def _sync_folder(folder: Path) -> None:
    # Windows cannot open folders, and its rename is already durable.
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
