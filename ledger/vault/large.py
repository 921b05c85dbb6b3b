"""Large blocks of a vault: a file each, named by its CID, in one folder.

A database writes what it stores twice, which halves the speed of large blocks and wins nothing.
A file gets its name only once it is whole on disk; files without one are of writers that were
killed, and go when the folder is opened a day later.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

from ledger.vault.cid import CID_CHARS, cid_from_digest, digest_of

LARGE_BYTES: Final = 256 * 1024
"""From this size on a block has a file of its own."""

_UNNAMED: Final = ".unnamed-"
_UNNAMED_S: Final = 24 * 3600


class LargeBlocks:
    """Blocks in files of a folder, which is created when it is missing.

    Parameters
    ----------
    folder : Path
        Where the files lie, and nothing else.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            sync_folder(folder.parent)
        for path in folder.glob(f"{_UNNAMED}*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - _UNNAMED_S:
                    path.unlink()

    def put_all(self, blocks: Mapping[bytes, bytes]) -> None:
        """Store blocks by their digest; they are on disk when this returns."""
        written: list[tuple[Path, Path]] = []
        try:
            for digest, block in blocks.items():
                path = self._path(digest)
                if not _renewed(path, block):
                    unnamed = self._folder / f"{_UNNAMED}{token_hex(16)}"
                    written.append((unnamed, path))
                    _write(unnamed, block)
            for unnamed, path in written:
                os.replace(unnamed, path)
        except BaseException:
            for unnamed, _ in written:
                unnamed.unlink(missing_ok=True)
            raise
        if written:
            sync_folder(self._folder)

    def get(self, digest: bytes) -> bytes | None:
        """Return what stands under a digest, unchecked; None when nothing does."""
        try:
            return self._path(digest).read_bytes()
        except FileNotFoundError:
            return None

    def size(self, digest: bytes) -> int | None:
        """Return the bytes of a block; None when it is not held."""
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            return None

    def delete_all(self, digests: Iterable[bytes], stored_before_ms: int | None) -> None:
        """Overwrite blocks and forget them, unless they were stored since."""
        for digest in digests:
            path = self._path(digest)
            with suppress(FileNotFoundError):
                found = path.stat()
                if stored_before_ms is None or found.st_mtime_ns // 10**6 < stored_before_ms:
                    _overwrite(path, found.st_size)
                    path.unlink()

    def stored_since(self, stored_ms: int) -> Iterator[bytes]:
        """List the digests of blocks that were stored since a time."""
        for path in self._folder.glob("?" * CID_CHARS):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime_ns >= stored_ms * 10**6:
                    yield digest_of(path.name)

    def __iter__(self) -> Iterator[bytes]:
        """List the digests of all blocks held."""
        for path in self._folder.glob("?" * CID_CHARS):
            yield digest_of(path.name)

    def _path(self, digest: bytes) -> Path:
        return self._folder / cid_from_digest(digest)


def sync_folder(folder: Path) -> None:
    """Bring the names of a folder's files to the disk."""
    # Windows cannot open folders.
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _renewed(path: Path, block: bytes) -> bool:
    """Say whether a file holds a block already, and note that it was stored again."""
    try:
        if path.stat().st_size != len(block) or path.read_bytes() != block:
            return False
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _write(path: Path, block: bytes) -> None:
    with path.open("xb", buffering=0) as file:
        left = memoryview(block)
        while left:
            left = left[file.write(left) :]
        os.fsync(file.fileno())


def _overwrite(path: Path, size: int) -> None:
    with path.open("r+b", buffering=0) as file:
        file.write(bytes(size))
        os.fsync(file.fileno())
