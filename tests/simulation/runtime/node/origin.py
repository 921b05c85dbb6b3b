"""Where simulated time begins."""

ORIGIN_S = 2_000_000_000
"""Timestamp of the first block, in Unix seconds."""
