"""Which types of files go with documents, and how each is known by its content.

A file is looked at while it streams by: its beginning, its end, and for text every byte. What is
said of it must hold, and it must be nothing else besides: no page that a browser would show, no
archive behind a picture, no script in a PDF. What lies in the compressed parts of a PDF is not
seen; nothing that is attached is ever opened or shown by a gateway.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger.attachment.errors import (
    AttachmentActive,
    AttachmentTypeMismatch,
    AttachmentTypeUntaken,
)

HEAD_BYTES: Final = 4096
TAIL_BYTES: Final = 66_000
"""More than the longest end of a ZIP archive, comment included."""

_OVERLAP: Final = 64
_PNG_END: Final = bytes.fromhex("0000000049454e44ae426082")
_ARCHIVE_END: Final = b"PK\x05\x06"
_is_page: Final = re.compile(rb"<(?:!doctype|html|script|svg|iframe|\?php)\b", re.IGNORECASE).search
_RUNS_IN_PDF: Final = (b"/JavaScript", b"/Launch")
# Everything below the space but tab, line feed, form feed and carriage return; and delete.
_is_control: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]").search


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file that is taken.

    Parameters
    ----------
    suffixes : tuple of str
        What its names may end in.
    holds : callable
        Says whether beginning, end and size are those of such a file.
    is_text : bool
        Whether all of it is UTF-8.
    """

    suffixes: tuple[str, ...]
    holds: Callable[[bytes, bytes, int], bool]
    is_text: bool = False


def _is_webp(head: bytes, tail: bytes, size: int) -> bool:
    declared = int.from_bytes(head[4:8], "little") + 8
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP" and declared in (size, size - 1)


KINDS: Final[dict[str, Kind]] = {
    "application/pdf": Kind(
        (".pdf",),
        lambda head, tail, size: (
            head.startswith((b"%PDF-1.", b"%PDF-2.")) and b"%%EOF" in tail[-1024:]
        ),
    ),
    "image/png": Kind(
        (".png",),
        lambda head, tail, size: (
            head.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") and tail.endswith(_PNG_END)
        ),
    ),
    # Cameras write data of their own behind the picture's end.
    "image/jpeg": Kind(
        (".jpg", ".jpeg"),
        lambda head, tail, size: head.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in tail,
    ),
    "image/webp": Kind((".webp",), _is_webp),
    "image/tiff": Kind(
        (".tif", ".tiff"),
        lambda head, tail, size: head.startswith((b"II*\x00", b"MM\x00*")) and size > 8,
    ),
    "text/csv": Kind((".csv",), lambda head, tail, size: True, is_text=True),
    "text/plain": Kind((".txt",), lambda head, tail, size: True, is_text=True),
}
"""Media types that are taken."""


class KindCheck:
    """Looks at a file that streams by.

    Parameters
    ----------
    mime_code : str
        What its sender says that it is.

    Raises
    ------
    AttachmentTypeUntaken
        If files of that type are not taken.
    """

    def __init__(self, mime_code: str) -> None:
        kind = KINDS.get(mime_code)
        if kind is None:
            raise AttachmentTypeUntaken(
                "Files of this media type are not taken.", mime_code=mime_code, taken=sorted(KINDS)
            )
        self._kind = kind
        self._mime_code = mime_code
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._head = b""
        self._tail = b""
        self._size = 0

    def take(self, part: bytes) -> None:
        """Look at the next part.

        Raises
        ------
        AttachmentTypeMismatch, AttachmentActive
            As soon as it is known.
        """
        was_read = len(self._head) == HEAD_BYTES
        if not was_read:
            self._head = (self._head + part[:HEAD_BYTES])[:HEAD_BYTES]
        seam = self._tail[-_OVERLAP:] + part[:_OVERLAP]
        self._size += len(part)
        self._tail = part[-TAIL_BYTES:] if len(part) >= TAIL_BYTES else self._longer(part)
        if self._kind.is_text:
            self._read_text(part, seam)
        elif self._mime_code == "application/pdf" and (_runs(part) or _runs(seam)):
            raise AttachmentActive("The file has a script, or starts programs.")
        if not was_read and len(self._head) == HEAD_BYTES:
            self._judge_head()

    def end(self) -> None:
        """Judge the file as a whole.

        Raises
        ------
        AttachmentTypeMismatch, AttachmentActive
            If it is not what it was said to be, or something else besides.
        """
        self._judge_head()
        if not self._kind.holds(self._head, self._tail, self._size):
            raise self._mismatch()
        if self._kind.is_text:
            self._decoded(b"", is_last=True)
        elif _ARCHIVE_END in self._tail:
            raise AttachmentActive("The file has an archive behind it.")

    def _judge_head(self) -> None:
        # Pictures carry XML about themselves.
        if self._kind.is_text and self._head.startswith((b"#!", b"<?xml", b"\xef\xbb\xbf<?xml")):
            raise AttachmentActive("The text is a program, or the source of a page.")
        if _is_page(self._head):
            raise AttachmentActive("The file begins as a page that browsers show.")

    def _read_text(self, part: bytes, seam: bytes) -> None:
        self._decoded(part)
        if _is_control(part):
            raise self._mismatch()
        if _is_page(part) or _is_page(seam):
            raise AttachmentActive("The text is, or has, a page that browsers show.")

    def _decoded(self, part: bytes, *, is_last: bool = False) -> None:
        try:
            self._decoder.decode(part, is_last)
        except UnicodeDecodeError:
            raise self._mismatch() from None

    def _longer(self, part: bytes) -> bytes:
        return (self._tail + part)[-TAIL_BYTES:]

    def _mismatch(self) -> AttachmentTypeMismatch:
        return AttachmentTypeMismatch(
            "The content of the file is not of its media type.", mime_code=self._mime_code
        )


def _runs(part: bytes) -> bool:
    return any(each in part for each in _RUNS_IN_PDF)
