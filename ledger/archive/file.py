"""The file: a line that says what it is, then one xz stream of records.

::

    consign archive 1, a newline
    xz( N network | H header ... | B body ... | E )       each: kind (1) | length (4) | content

Headers come first, all of them, so that the head is known before anything large is unpacked.
Bodies belong to the blocks that may tell of the network, in the same order:
``[number, transaction, receipt, transaction, receipt ...]``.
"""

import lzma
import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from ledger.fault import ArchiveUnreadable

MAGIC: Final = b"consign archive 1\n"
NETWORK, HEADER, BODY, END = b"N", b"H", b"B", b"E"
NETWORK_SIZE_MAX: Final = 4_096
HEADER_SIZE_MAX: Final = 65_536
"""Validators and their votes stand in the extra data; several hundred of them fit."""

_HEAD_SIZE: Final = 5
_CHUNK: Final = 1 << 18
_MEMORY_MAX: Final = 128 << 20
"""What unpacking may need; what is written here needs 9 MiB."""


class Writer:
    """Writes an archive: whole or not at all.

    Parameters
    ----------
    path : Path
        Where it goes; a file that is there is replaced in the end.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._file: BinaryIO = self._part.open("wb")
        self._file.write(MAGIC)
        self._packer = lzma.LZMACompressor(check=lzma.CHECK_CRC64)

    def write(self, kind: bytes, content: bytes = b"") -> None:
        """Add a record."""
        head = kind + len(content).to_bytes(4)
        self._file.write(self._packer.compress(head + content))

    def __enter__(self) -> Self:
        """Use the writer as a context that ends the file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put the whole file in its place, or take the part away."""
        with self._file:
            if problem is None:
                self.write(END)
                self._file.write(self._packer.flush())
                self._file.flush()
                os.fsync(self._file.fileno())
        if problem is None:
            self._part.replace(self._path)
        else:
            self._part.unlink()


class Reader:
    """Reads an archive from its beginning, never more than asked for.

    Attributes
    ----------
    place : str
        Where the reading has come to, in the reader's words; told when the file is damaged there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = "at its beginning"
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY_MAX)
        self._buffer = bytearray()
        self._at = 0
        self._file: BinaryIO = path.open("rb")
        if self._file.read(len(MAGIC)) != MAGIC:
            self._file.close()
            raise self.unreadable("it does not begin as one of this version")

    def __enter__(self) -> Self:
        """Use the reader as a context that closes the file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()

    def take(self, kind: bytes, size_max: int = 0) -> bytes | None:
        """Read the next record; none when it is of another kind.

        Raises
        ------
        ArchiveUnreadable
            When the file is damaged here, cut short, or holds more than it may.
        """
        self._fill(_HEAD_SIZE)
        if self._buffer[self._at : self._at + 1] != kind:
            return None
        size = int.from_bytes(self._buffer[self._at + 1 : self._at + _HEAD_SIZE])
        if size > size_max:
            raise self.unreadable(f"a record of {size} bytes where at most {size_max} belong")
        self._fill(_HEAD_SIZE + size)
        start = self._at + _HEAD_SIZE
        self._at = start + size
        return bytes(memoryview(self._buffer)[start : self._at])

    def end(self) -> None:
        """Check that nothing is left.

        Raises
        ------
        ArchiveUnreadable
            When something is.
        """
        if self.take(END) is None:
            raise self.unreadable("a record that does not belong there")
        while not self._unpacker.eof:
            if self._more():
                raise self.unreadable("something stands behind the end")
        if self._at != len(self._buffer) or self._unpacker.unused_data or self._file.read(1):
            raise self.unreadable("something stands behind the end")

    def unreadable(self, problem: str) -> ArchiveUnreadable:
        """Say what is wrong with the file here."""
        return ArchiveUnreadable(path=str(self.path), problem=f"{problem} ({self.place})")

    def _fill(self, size: int) -> None:
        """See to it that so many bytes can be read."""
        if len(self._buffer) - self._at >= size:
            return
        del self._buffer[: self._at]
        self._at = 0
        while len(self._buffer) < size:
            if self._unpacker.eof:
                raise self.unreadable("it ends too early")
            self._buffer += self._more()

    def _more(self) -> bytes:
        try:
            packed = self._file.read(_CHUNK) if self._unpacker.needs_input else b""
            if self._unpacker.needs_input and not packed:
                raise self.unreadable("it is cut short")
            return self._unpacker.decompress(packed, max_length=_CHUNK)
        except lzma.LZMAError as problem:
            raise self.unreadable(f"it is damaged: {problem}") from None
