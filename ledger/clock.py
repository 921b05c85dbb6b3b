"""The wall clock, as rows keep it."""

import time


def now_ms() -> int:
    """Wall clock in Unix milliseconds."""
    return time.time_ns() // 1_000_000
