"""The character sets that UNB names.

Source: ISO 9735-1, annex A and data element 0001. UNOA and UNOB are subsets of ISO 646; what is
sent under their names often is not, so that they are read as ISO 8859-1, which holds all bytes.
"""

from __future__ import annotations

import re
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
    "UNOX": "iso2022_jp",
    "UNOY": "utf-8",
}

_IDENTIFIER: Final = re.compile(rb"UNB[^\w\s](\w{4})")
_MARK: Final = b"\xef\xbb\xbf"


def charset_of(head: bytes) -> str:
    """Find the character set that the beginning of a file declares."""
    if head.startswith(_MARK):
        return "utf-8"
    match = _IDENTIFIER.search(head)
    return CHARSETS.get(match[1].decode("latin-1") if match else "", "latin-1")
