"""From a stream of bytes to blocks of the vault, in constant memory."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from sqlite3 import Error as SQLError
from typing import Final

from ledger.attachment.chunk import CHUNK_BYTES, FileCipher, new_file_key
from ledger.attachment.errors import AttachmentEmpty, AttachmentTooLarge
from ledger.attachment.kind import KindCheck
from ledger.vault import Cid, Vault

TOGETHER: Final = 4
"""How many chunks are stored by one call; while the disk takes them, the next are encrypted."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file that lies in the vault.

    Parameters
    ----------
    cid : Cid
        Of the list of its chunks.
    key : bytes
        Opens list and chunks.
    digest : bytes
        SHA-256 of the plain file.
    chunks : tuple of Cid
        The blocks that hold it.
    """

    cid: Cid
    key: bytes
    size_bytes: int
    digest: bytes
    chunks: tuple[Cid, ...]


class FileSealer:
    """Encrypts a file into the vault while it arrives; one that fails leaves nothing there.

    Parameters
    ----------
    mime_code : str
        What it is said to be; its content must agree.
    bytes_max : int
        Largest file that is taken.

    Raises
    ------
    AttachmentTypeUntaken
        If files of that type are not taken.
    """

    def __init__(self, vault: Vault, mime_code: str, bytes_max: int) -> None:
        self._vault = vault
        self._check = KindCheck(mime_code)
        self._bytes_max = bytes_max
        self._key = new_file_key()
        self._cipher = FileCipher(self._key)
        self._hash = sha256()
        self._buffer = bytearray(CHUNK_BYTES)
        self._filled = 0
        self._size_bytes = 0
        self._sealed: list[bytes] = []
        self._chunks: list[Cid] = []
        self._count = 0
        self._disk = ThreadPoolExecutor(1, "attachment")
        self._storing: Future[list[Cid]] | None = None

    def write(self, part: bytes) -> None:
        """Take the next part.

        Raises
        ------
        AttachmentError
            If the file is not taken; nothing of it stays.
        """
        self._size_bytes += len(part)
        try:
            if self._size_bytes > self._bytes_max:
                raise AttachmentTooLarge("The file is too large.", bytes_max=self._bytes_max)
            self._check.take(part)
            self._hash.update(part)
            self._fill(memoryview(part))
        except BaseException:
            self.abandon()
            raise

    def finish(self) -> SealedFile:
        """Store what is left, and the list; all is on disk when this returns.

        Raises
        ------
        AttachmentError
            If the file is not taken; nothing of it stays.
        """
        try:
            if not self._size_bytes:
                raise AttachmentEmpty("The file is empty.")
            self._check.end()
            self._seal(is_last=True)
            self._store()
            self._await_disk()
            cid = self._vault.put(self._cipher.seal_list(self._size_bytes, self._chunks))
        except BaseException:
            self.abandon()
            raise
        self._disk.shutdown()
        return SealedFile(
            cid, self._key, self._size_bytes, self._hash.digest(), tuple(self._chunks)
        )

    def abandon(self) -> None:
        """Forget what was stored so far; its key is known to nobody else."""
        # What the disk refused is not there; why is known already, or will be said by others.
        with suppress(OSError, SQLError):
            self._await_disk()
        self._disk.shutdown()
        self._vault.delete_all(self._chunks)
        self._chunks.clear()

    def _fill(self, part: memoryview) -> None:
        while part:
            # A chunk leaves only when another byte follows it: the last one is marked.
            if self._filled == CHUNK_BYTES:
                self._seal(is_last=False)
            taken = part[: CHUNK_BYTES - self._filled]
            self._buffer[self._filled : self._filled + len(taken)] = taken
            self._filled += len(taken)
            part = part[len(taken) :]

    def _seal(self, *, is_last: bool) -> None:
        plain = memoryview(self._buffer)[: self._filled]
        self._sealed.append(self._cipher.seal_chunk(self._count, plain, is_last=is_last))
        self._count += 1
        self._filled = 0
        if len(self._sealed) == TOGETHER:
            self._store()

    def _store(self) -> None:
        self._await_disk()
        self._storing = self._disk.submit(self._vault.put_all, self._sealed)
        self._sealed = []

    def _await_disk(self) -> None:
        storing, self._storing = self._storing, None
        if storing is not None:
            self._chunks += storing.result()
