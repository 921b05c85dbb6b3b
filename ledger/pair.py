"""Finding many rows by two columns at once, so that every database uses its index."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

Pair = tuple[int, int]


def is_among(first: Any, second: Any, pairs: Iterable[Pair]) -> ColumnElement[bool]:
    """The condition that two columns hold one of some pairs, of which there is at least one.

    Written as a tuple `IN` a list, it would make SQLite read the whole table.
    """
    seconds: dict[int, list[int]] = {}
    for one, other in pairs:
        seconds.setdefault(one, []).append(other)
    return or_(*(and_(first == one, second.in_(others)) for one, others in seconds.items()))
