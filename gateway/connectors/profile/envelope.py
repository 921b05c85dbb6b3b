"""Who sent an interchange, told from its beginning: before its partner's character set is known."""

from __future__ import annotations

from typing import Final

from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.message import Address
from gateway.connectors.edi.scan import ADVICE_LENGTH
from gateway.connectors.edi.x12 import interchange as x12

_HEAD_BYTES: Final = 4096
_MARK: Final = b"\xef\xbb\xbf"


def sender_of(content: bytes) -> Address | None:
    """Read the address of the sender; none where the beginning is that of no interchange."""
    # Addresses and delimiters are ASCII in every character set here.
    text = content[:_HEAD_BYTES].removeprefix(_MARK).decode("latin-1").lstrip()
    if text.startswith("ISA"):
        if x12.dialect_of(text) is None:
            return None
        elements = text.split(text[3], 7)
        return Address(elements[6].strip(), elements[5].strip())
    dialect = edifact.dialect_of(text)
    if dialect is None:
        return None
    rest = text[ADVICE_LENGTH:].lstrip() if text.startswith("UNA") else text
    unb = dialect.split(rest, dialect.element)
    parts = dialect.split(unb[2], dialect.component) if len(unb) > 2 else []
    number, qualifier = [*map(dialect.plain, parts), "", ""][:2]
    return Address(number, qualifier)
