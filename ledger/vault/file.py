"""A vault in a folder: a SQLite database of blocks by their digest, and large ones beside it.

::

    folder/blocks.sqlite     block(digest primary key, content, stored_ms)
    folder/large/<cid>       blocks from ``LARGE_BYTES`` on; see `ledger.vault.large`

What `put_all` stores is one transaction and one flush of the disk, whatever the number of small
blocks; a file per block needs two flushes each. Any number of threads and processes may use one
folder at once. A kill at any moment leaves all small blocks of a call or none, and all only where
its large ones are there as well. Folders of the earlier form, a file per block in shards named by
the last two characters of its CID, are taken in when they are opened.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any, Final

from ledger.clock import now_ms
from ledger.vault.cid import CID_CHARS, Cid, cid_from_digest, digest_of
from ledger.vault.errors import BlockCorrupt, BlockMissing, BlockTooLarge
from ledger.vault.large import LARGE_BYTES, LargeBlocks, sync_folder

BLOCK_BYTES_MAX: Final = 128 * 1024 * 1024

_FILE: Final = "blocks.sqlite"
_ASKED_AT_ONCE: Final = 500
_BUSY_TIMEOUT_S: Final = 30.0
_RENEWED_MS: Final = 3_600_000
_EVER_MS: Final = 2**62
# A later statement mends a block that was damaged on disk, and leaves a whole one alone, but for
# the time at which it was stored, within the hour.
_PUT: Final = (
    "INSERT INTO block (digest, content, stored_ms) VALUES (?, ?, ?) ON CONFLICT (digest) "
    "DO UPDATE SET content = excluded.content, stored_ms = excluded.stored_ms "
    f"WHERE content <> excluded.content OR stored_ms < excluded.stored_ms - {_RENEWED_MS}"
)


class FileVault:
    """Blocks in a file of a folder, which is created when it is missing.

    Parameters
    ----------
    folder : Path
        Where the file lies.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / _FILE
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        is_new = not self._file.exists()
        with self._connection() as connection:
            _lay_out(connection)
        if is_new:
            sync_folder(folder)
        self._large = LargeBlocks(folder / "large")
        self._take_in_files(folder)

    def put(self, block: bytes) -> Cid:
        """Store a block and return its CID; it is on disk when this returns.

        Raises
        ------
        BlockTooLarge
            If it has more than ``BLOCK_BYTES_MAX`` bytes.
        """
        return self.put_all([block])[0]

    def put_all(self, blocks: Sequence[bytes]) -> list[Cid]:
        """Store blocks, all or none, and return their CIDs; storing one again changes nothing.

        Raises
        ------
        BlockTooLarge
            If one has more than ``BLOCK_BYTES_MAX`` bytes.
        """
        for block in blocks:
            if len(block) > BLOCK_BYTES_MAX:
                raise BlockTooLarge("The block is too large for the vault.", bytes=len(block))
        digests = [sha256(block).digest() for block in blocks]
        small, large = [], {}
        now = now_ms()
        for digest, block in zip(digests, blocks, strict=True):
            if len(block) < LARGE_BYTES:
                small.append((digest, block, now))
            else:
                large[digest] = block
        self._large.put_all(large)
        if small:
            with self._writing() as connection:
                connection.executemany(_PUT, small)
        return [cid_from_digest(digest) for digest in digests]

    def get(self, cid: str) -> bytes:
        """Return the block that a CID names, after checking that it is the one.

        Raises
        ------
        CidInvalid
            If `cid` is not a CID.
        BlockMissing
            If the vault does not hold it.
        BlockCorrupt
            If it holds other content than the name says.
        """
        digest = digest_of(cid)
        block = self._contents([digest]).get(digest)
        if block is None:
            raise BlockMissing("The vault does not hold the block.", cid=cid)
        if sha256(block).digest() != digest:
            raise BlockCorrupt("The block is not what its identifier names.", cid=cid)
        return block

    def get_all(self, cids: Iterable[str]) -> dict[str, bytes]:
        """Return the blocks of those CIDs that the vault holds undamaged.

        Raises
        ------
        CidInvalid
            If one is not a CID.
        """
        cid_of = {digest_of(cid): cid for cid in cids}
        found = self._contents(list(cid_of))
        return {
            cid_of[digest]: block
            for digest, block in found.items()
            if sha256(block).digest() == digest
        }

    def sizes(self, cids: Iterable[str]) -> dict[str, int]:
        """Return the bytes of those blocks that the vault holds.

        Raises
        ------
        CidInvalid
            If one is not a CID.
        """
        cid_of = {digest_of(cid): cid for cid in cids}
        found = self._found("length(content)", list(cid_of))
        for digest in cid_of.keys() - found.keys():
            size = self._large.size(digest)
            if size is not None:
                found[digest] = size
        return {cid_of[digest]: size for digest, size in found.items()}

    def has(self, cid: str) -> bool:
        """Say whether the vault holds a block."""
        return bool(self.sizes([cid]))

    def delete(self, cid: str) -> None:
        """Forget a block; forgetting one that is not held changes nothing."""
        self.delete_all([cid])

    def delete_all(self, cids: Iterable[str], stored_before_ms: int | None = None) -> None:
        """Forget blocks; with a time, none of those that were stored, or stored again, since.

        Parameters
        ----------
        stored_before_ms : int, optional
            Milliseconds since 1970.
        """
        digests = [digest_of(cid) for cid in cids]
        latest = _EVER_MS if stored_before_ms is None else stored_before_ms
        with self._writing() as connection:
            # A block that was stored again may have kept the time of an hour before.
            asked = f"DELETE FROM block WHERE digest = ? AND stored_ms < ? - {_RENEWED_MS}"
            connection.executemany(asked, [(digest, latest) for digest in digests])
        self._large.delete_all(digests, stored_before_ms)

    def settle(self) -> None:
        """Overwrite what the database's log still has of blocks that were forgotten."""
        with self._connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def __iter__(self) -> Iterator[Cid]:
        """List the CIDs of all blocks held, in no particular order."""
        with self._connection() as connection:
            digests = {digest for (digest,) in connection.execute("SELECT digest FROM block")}
        for digest in digests.union(self._large):
            yield cid_from_digest(digest)

    def stored_since(self, stored_ms: int) -> list[Cid]:
        """List the blocks that were stored since a time.

        Parameters
        ----------
        stored_ms : int
            Milliseconds since 1970.
        """
        with self._connection() as connection:
            asked = "SELECT digest FROM block WHERE stored_ms >= ?"
            digests = [digest for (digest,) in connection.execute(asked, (stored_ms,))]
        return [cid_from_digest(each) for each in (*digests, *self._large.stored_since(stored_ms))]

    def _contents(self, digests: list[bytes]) -> dict[bytes, bytes]:
        """Give what stands under digests, unchecked."""
        found: dict[bytes, bytes] = self._found("content", digests)
        for digest in digests:
            block = None if digest in found else self._large.get(digest)
            if block is not None:
                found[digest] = block
        return found

    def _found(self, what: str, digests: list[bytes]) -> dict[bytes, Any]:
        found: dict[bytes, Any] = {}
        with self._connection() as connection:
            for start in range(0, len(digests), _ASKED_AT_ONCE):
                part = digests[start : start + _ASKED_AT_ONCE]
                places = ",".join("?" * len(part))
                asked = f"SELECT digest, {what} FROM block WHERE digest IN ({places})"
                found.update(connection.execute(asked, part).fetchall())
        return found

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Borrow a connection; a thread that flushes does not keep others from reading."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = self._connected()
        try:
            yield connection
        finally:
            self._idle.put(connection)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._file, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        # `secure_delete` overwrites what is forgotten.
        for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            connection.execute(f"PRAGMA {setting}")
        return connection

    def _take_in_files(self, folder: Path) -> None:
        for path in folder.glob(f"??/{'?' * CID_CHARS}"):
            with suppress(FileNotFoundError):
                block = path.read_bytes()
                if cid_from_digest(sha256(block).digest()) == path.name:
                    self.put(block)
                    path.unlink()


def _lay_out(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS block (digest BLOB PRIMARY KEY, content BLOB NOT NULL, "
        "stored_ms INTEGER NOT NULL DEFAULT 0)"
    )
    columns = {row[1] for row in connection.execute("PRAGMA table_info(block)")}
    if "stored_ms" not in columns:
        # Two processes may find it missing at once.
        with suppress(sqlite3.OperationalError):
            connection.execute("ALTER TABLE block ADD COLUMN stored_ms INTEGER NOT NULL DEFAULT 0")
    connection.execute("CREATE INDEX IF NOT EXISTS block_stored ON block (stored_ms)")
