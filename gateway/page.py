"""Cursors: where the next page of a list begins, opaque to callers."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Final

from fastapi import Query

from gateway.errors import Finding, RequestInvalid

LIMIT: Final = 50
LIMIT_MAX: Final = 500
_CURSOR_CHARS_MAX: Final = 256

CursorQuery = Annotated[
    str | None,
    Query(
        description="`next` of the page before.",
        max_length=_CURSOR_CHARS_MAX,
    ),
]
LimitQuery = Annotated[int, Query(description="Most items of a page.", ge=1, le=LIMIT_MAX)]


def encode_cursor(key: tuple[int, ...]) -> str:
    """Write the key of the last item of a page."""
    return urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(text: str | None, size: int) -> tuple[int, ...] | None:
    """Read a cursor; None begins at the beginning.

    Parameters
    ----------
    size : int
        How many numbers the key of this list has.

    Raises
    ------
    RequestInvalid
        If this list never gave such a cursor.
    """
    if text is None:
        return None
    try:
        key = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        key = None
    is_key = isinstance(key, list) and len(key) == size
    if not is_key or not all(type(number) is int and abs(number) < 2**63 for number in key):
        finding = Finding("/query/cursor", "must be `next` of a page of this list")
        raise RequestInvalid("The cursor is not one of this list.", (finding,))
    return tuple(key)
