"""Shares a price among SMEs: Shapley, moved as little as needed to keep every group in."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, factorial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from pooling.apportionment import apportion_minor
from pooling.coalition import CoalitionGame
from pooling.errors import PoolTooExpensive

_SCALE = 1000.0
"""The price in the solver's own unit, so that its tolerance of 1e-7 is far below a minor unit."""

_SLACK = 1e-6
"""By how much the second linear programme may miss the excess found by the first, scaled."""


class ShareRule(StrEnum):
    """Which rule the shares follow."""

    SHAPLEY = "shapley"
    """The Shapley value itself; no coalition pays more than it would cost."""
    CORE = "core"
    """The point nearest to the Shapley value at which no coalition pays more than it would cost."""
    LEAST_CORE = "least core"
    """No such point exists: the excess that some coalition pays is as small as it can be."""


@dataclass(frozen=True)
class Shares:
    """What each player pays.

    Parameters
    ----------
    game
        What was shared.
    shares_minor
        Minor units per player, summing to the price exactly, none above its alone price.
    shapley
        The exact Shapley value per player, in minor units.
    rule
        Which rule the shares follow, up to rounding by less than one minor unit a player.
    excess_up_minor
        The most by which a coalition pays, before rounding, more than it would cost; rounded up.
    """

    game: CoalitionGame
    shares_minor: tuple[int, ...]
    shapley: tuple[Fraction, ...]
    rule: ShareRule
    excess_up_minor: int


def share_price(game: CoalitionGame) -> Shares:
    """Share the price of a game among its players.

    The shares sum to the price exactly. Nobody pays more than its alone price. Symmetric players
    pay the same, up to one minor unit. The remainder of rounding goes, one minor unit each, to
    the players that lost most by rounding down, to the smaller name among equals.

    Parameters
    ----------
    game
        Of 1..12 players.

    Returns
    -------
    Shares
        In the order of ``game.players``.

    Raises
    ------
    PoolTooExpensive
        When the price exceeds the sum of the alone prices.
    """
    if game.price_minor > sum(game.alone_minor):
        raise PoolTooExpensive(game.price_minor, sum(game.alone_minor))
    shapley = shapley_value(game)
    if _is_acceptable(game, shapley):
        shares = apportion_minor(shapley, game.price_minor, game.alone_minor)
        return Shares(game, shares, shapley, ShareRule.SHAPLEY, 0)
    parts, excess_up_minor = _nearest_acceptable(game, shapley)
    rule = ShareRule.LEAST_CORE if excess_up_minor > 0 else ShareRule.CORE
    shares = apportion_minor(parts, game.price_minor, game.alone_minor)
    return Shares(game, shares, shapley, rule, excess_up_minor)


def shapley_value(game: CoalitionGame) -> tuple[Fraction, ...]:
    """Return each player's cost of joining, averaged over all orders of joining, exactly.

    Notes
    -----
    Source: Shapley, A value for n-person games, 1953.
    """
    n = len(game.players)
    orders = [factorial(size) * factorial(n - size - 1) for size in range(n)]
    totals = [0] * n
    for coalition, cost in enumerate(game.costs_minor):
        for i in range(n):
            if not coalition >> i & 1:
                joining = game.costs_minor[coalition | 1 << i] - cost
                totals[i] += orders[coalition.bit_count()] * joining
    return tuple(Fraction(total, factorial(n)) for total in totals)


def _is_acceptable(game: CoalitionGame, parts: Sequence[Fraction]) -> bool:
    """Tell, exactly, whether no player and no coalition pays too much and nobody is paid."""
    if any(not 0 <= part <= alone for part, alone in zip(parts, game.alone_minor, strict=True)):
        return False
    sums = [Fraction(0)] * len(game.costs_minor)
    for coalition in range(1, len(sums)):
        lowest = (coalition & -coalition).bit_length() - 1
        sums[coalition] = sums[coalition & (coalition - 1)] + parts[lowest]
    return all(paid <= cost for paid, cost in zip(sums, game.costs_minor, strict=True))


def _nearest_acceptable(
    game: CoalitionGame, shapley: Sequence[Fraction]
) -> tuple[tuple[Fraction, ...], int]:
    """Return the point of the core, or least core, nearest to `shapley`, and its excess.

    Nearest: the sum of the distances of all players plus n times the largest of them is least.
    Symmetric players are one variable, so that they move together.
    """
    classes = _symmetry_classes(game)
    unit = max(1, game.price_minor) / _SCALE
    sizes = np.array([classes.count(k) for k in range(max(classes) + 1)], dtype=np.float64)
    members = np.zeros((len(game.costs_minor), len(sizes)))
    for i, k in enumerate(classes):
        members[:, k] += np.arange(len(game.costs_minor)) >> i & 1
    rows, costs = members[1:-1], np.array(game.costs_minor[1:-1], dtype=np.float64) / unit
    first = [classes.index(k) for k in range(len(sizes))]
    caps = np.array([game.alone_minor[i] for i in first], dtype=np.float64) / unit
    target = np.array([float(shapley[i]) for i in first]) / unit
    excess = _least_excess(rows, costs, sizes, caps, game.price_minor / unit)
    allowed = costs + excess + _SLACK
    nearest = _nearest(rows, allowed, sizes, caps, game.price_minor / unit, target)
    noisy = [Fraction(max(0.0, float(nearest[k]))) for k in classes]
    # Stretched to the exact price, so that no noise of the solver is left in the sum.
    parts = tuple(part * game.price_minor / (sum(noisy) or 1) for part in noisy)
    return parts, ceil(excess * unit - _SLACK * unit)


def _symmetry_classes(game: CoalitionGame) -> list[int]:
    """Number the classes of players that can be exchanged without anyone noticing."""
    costs = np.array(game.costs_minor)
    masks = np.arange(len(costs))
    representatives: list[int] = []
    classes = []
    for i in range(len(game.players)):
        for k, j in enumerate(representatives):
            differs = (masks >> i ^ masks >> j) & 1
            swapped = masks ^ (differs << i | differs << j)
            is_equal = bool(np.array_equal(costs, costs[swapped]))
            if is_equal and game.alone_minor[i] == game.alone_minor[j]:
                classes.append(k)
                break
        else:
            classes.append(len(representatives))
            representatives.append(i)
    return classes


def _least_excess(
    rows: NDArray[np.float64],
    costs: NDArray[np.float64],
    sizes: NDArray[np.float64],
    caps: NDArray[np.float64],
    price: float,
) -> float:
    """Return the least excess, at least 0, that some coalition must pay.

    Notes
    -----
    Source: least core, Maschler, Peleg and Shapley, Mathematics of Operations Research 4, 1979.
    """
    result = linprog(
        c=np.append(np.zeros(len(sizes)), 1.0),
        A_ub=np.hstack([rows, -np.ones((len(rows), 1))]),
        b_ub=costs,
        A_eq=np.append(sizes, 0.0)[None, :],
        b_eq=[price],
        bounds=[*((0.0, cap) for cap in caps), (0.0, None)],
        method="highs",
    )
    assert result.fun is not None, f"caps hold the price, so a share exists: {result.message}"
    return float(result.fun)


def _nearest(
    rows: NDArray[np.float64],
    allowed: NDArray[np.float64],
    sizes: NDArray[np.float64],
    caps: NDArray[np.float64],
    price: float,
    target: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the allowed point nearest to `target`; variables are point, distances, largest."""
    n = len(sizes)
    eye, zero, one = np.eye(n), np.zeros((n, n)), np.ones((n, 1))
    none = np.zeros((len(rows), n + 1))
    inequalities = np.vstack(
        [
            np.hstack([rows, none]),
            np.hstack([eye, -eye, 0 * one]),
            np.hstack([-eye, -eye, 0 * one]),
            np.hstack([zero, eye, -one]),
        ]
    )
    result = linprog(
        c=np.concatenate([np.zeros(n), sizes, [sizes.sum()]]),
        A_ub=inequalities,
        b_ub=np.concatenate([allowed, target, -target, np.zeros(n)]),
        A_eq=np.concatenate([sizes, np.zeros(n + 1)])[None, :],
        b_eq=[price],
        bounds=[*((0.0, cap) for cap in caps), *[(0.0, None)] * (n + 1)],
        method="highs",
    )
    assert result.x is not None, f"the least core is not empty: {result.message}"
    return np.asarray(result.x[:n], dtype=np.float64)
