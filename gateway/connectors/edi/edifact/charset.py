"""The character sets that UNB names.

Source: ISO 9735-1, annex A and data element 0001. UNOA and UNOB are subsets of ISO 646; what is
sent under their names often is not, so that they are read as ISO 8859-1, which holds all bytes.
UNOX changes registers by the escape sequences of ISO 2022. UNOY is read as UTF-8, as it is used.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection
from typing import Final

CHARSETS: Final = {
    "UNOA": "latin-1",
    "UNOB": "latin-1",
    "UNOC": "latin-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
    "UNOW": "utf-8",
    "UNOX": "iso2022_jp_2",
    "UNOY": "utf-8",
    "KECA": "cp949",
}

WIDEST: Final = "UNOY"
"""What holds every character, and needs syntax version 4."""

_LATER: Final = frozenset({"UNOL", "UNOW", "UNOX", "UNOY", "KECA"})
"""Names that came with syntax version 4."""

_LEVEL_A: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-()/='+:?!\"%&*;<>")
_NAMES: Final = {codecs.lookup(charset).name: name for name, charset in CHARSETS.items()} | {
    codecs.lookup("latin-1").name: "UNOC",
    codecs.lookup("utf-8").name: WIDEST,
}

_IDENTIFIER: Final = re.compile(rb"UNB[^\w\s](\w{4})")
_MARK: Final = b"\xef\xbb\xbf"


def charset_of(head: bytes) -> str:
    """Find the character set that the beginning of a file declares."""
    if head.startswith(_MARK):
        return "utf-8"
    match = _IDENTIFIER.search(head)
    return CHARSETS.get(match[1].decode("latin-1") if match else "", "latin-1")


def name_of(charset: str, characters: Collection[str]) -> str:
    """Name the character set of what is written, and the narrowest level of ISO 646.

    One that has no name there, such as GB18030, goes under the widest: the partners agreed on it.
    """
    own = codecs.lookup(charset).name
    if own == "ascii":
        return "UNOA" if _LEVEL_A.issuperset(characters) else "UNOB"
    return _NAMES.get(own, WIDEST)


def is_later(name: str) -> bool:
    """Tell whether a character set came with syntax version 4."""
    return name in _LATER
