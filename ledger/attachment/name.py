"""What a file may be called: a name that is a plain file name everywhere."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ledger.attachment.errors import AttachmentTypeMismatch, FileNameInvalid
from ledger.attachment.kind import KINDS

NAME_CHARS_MAX: Final = 120

# What Windows refuses, and all that does not print: controls, and marks that turn the direction of
# reading, which make `exe.pdf` of `fdp.exe`.
_unsafe: Final = re.compile(r'[<>:"|?*%]')
_reserved: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def safe_name(text: str, mime_code: str) -> str:
    """Make a name safe, and require that it ends as names of its type do.

    Raises
    ------
    FileNameInvalid
        If nothing is left of it.
    AttachmentTypeMismatch
        If it ends as names of another type do.
    """
    last = unicodedata.normalize("NFC", text).replace("\\", "/").rpartition("/")[2]
    printed = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    plain = _unsafe.sub("_", " ".join(printed.split())).strip(" .")
    if _reserved.match(plain):
        plain = f"_{plain}"
    stem, _, suffix = plain.rpartition(".")
    if not stem:
        raise FileNameInvalid("The file has no name that is safe everywhere.")
    suffix = f".{suffix.lower()}"
    if suffix not in KINDS[mime_code].suffixes:
        raise AttachmentTypeMismatch(
            "The file's name ends as those of another type do.",
            mime_code=mime_code,
            suffixes=list(KINDS[mime_code].suffixes),
        )
    return stem[: NAME_CHARS_MAX - len(suffix)].rstrip(" .") + suffix
