"""Prefer: wait."""

import pytest

from gateway.preference import wait_s


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, 0),
        ("", 0),
        ("wait=5", 5),
        ("respond-async, wait=5", 5),
        ('Wait = "7"; x=y', 7),
        ("wait=9999", 30),
        ("wait=-1", 0),
        ("wait=soon", 0),
        ("await=5", 0),
    ],
)
def test_wait_is_granted_up_to_the_limit(header: str | None, expected: float) -> None:
    assert wait_s(header, 30) == expected
