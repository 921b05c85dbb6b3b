"""Cursors."""

import pytest

from gateway.errors import RequestInvalid
from gateway.page import decode_cursor, encode_cursor


def test_cursor_is_read_as_it_was_written() -> None:
    assert decode_cursor(encode_cursor((1 << 40, 7)), 2) == (1 << 40, 7)
    assert decode_cursor(None, 2) is None


@pytest.mark.parametrize(
    "text", ["", "*", "e30", "W10", encode_cursor((1, 2, 3)), "WzEsMS4yXQ", "W3RydWUsMV0", "ü"]
)
def test_cursor_of_another_list_is_refused(text: str) -> None:
    with pytest.raises(RequestInvalid):
        decode_cursor(text, 2)
