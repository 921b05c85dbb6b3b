"""Column types that databases do not bring themselves."""

from typing import Any

from sqlalchemy import BigInteger, Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator

Digest = LargeBinary(32)
"""A 256-bit hash, commitment or key."""

Wide = BigInteger
"""An integer of up to 63 bits: agreement and auction numbers, times."""


class Unsigned(TypeDecorator[int]):
    """An unsigned integer of up to 256 bits, kept as its decimal digits."""

    impl = String(78)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        """Write the digits."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        """Read the digits."""
        return None if value is None else int(value)
