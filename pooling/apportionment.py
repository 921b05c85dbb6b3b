"""Rounds exact parts to whole minor units without losing one."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from pooling.errors import InvalidGame, require


def apportion_minor(
    parts: Sequence[Fraction], total_minor: int, caps_minor: Sequence[int]
) -> tuple[int, ...]:
    """Round `parts` to integers that sum to `total_minor` and keep `caps_minor`.

    Every part is rounded down (and down to its cap). The remainder goes, one minor unit each, to
    the parts that lost most by that, to the earlier one among equals, never beyond a cap.

    Parameters
    ----------
    parts
        Exact parts, not negative, shape ``(n,)``; their sum is `total_minor` but for solver noise.
    total_minor
        What must come out, at most the sum of the caps.
    caps_minor
        Highest value of each part, shape ``(n,)``.

    Returns
    -------
    tuple[int, ...]
        Shape ``(n,)``.

    Raises
    ------
    InvalidGame
        When the caps cannot hold the total, or the parts rounded down already exceed it.

    Notes
    -----
    Source: largest remainder method (Hamilton); Balinski and Young, Fair Representation, 1982.
    """
    is_holding = total_minor <= sum(caps_minor)
    require(is_holding, InvalidGame, "total_minor", total_minor, "raise a cap or lower the total.")
    rounded = [min(floor(part), cap) for part, cap in zip(parts, caps_minor, strict=True)]
    remainder = total_minor - sum(rounded)
    require(remainder >= 0, InvalidGame, "parts", sum(parts), "let the parts sum to the total.")
    order = sorted(range(len(parts)), key=lambda i: (rounded[i] - parts[i], i))
    while remainder > 0:
        for i in order:
            if remainder > 0 and rounded[i] < caps_minor[i]:
                rounded[i] += 1
                remainder -= 1
    return tuple(rounded)
