"""Groups demands that may travel together into cells, each small enough to route."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pooling.demand import Demand
from pooling.errors import InvalidDemand, InvalidFleet, require, require_integer
from pooling.travel import estimate_distances_up_m

LANE_RADIUS_M = 100_000
"""Great-circle metres within which two origins, and two destinations, form one lane."""

WINDOW_SLACK_S = 6 * 3600
"""Seconds that may lie between two windows that one vehicle still serves in turn."""

_WINDOW_SLACK_S_MAX = 2**40

_LANE_RADIUS_M_MAX = 20_100_000

_SEGREGATION_GROUPS = {
    **dict.fromkeys(("1.1", "1.2", "1.3", "1.4", "1.5", "1.6"), "explosive"),
    **dict.fromkeys(("6.1", "6.2"), "toxic"),
    "7": "radioactive",
}


@dataclass(frozen=True)
class Cell:
    """Demands that may share vehicles.

    Parameters
    ----------
    demands
        At least one, ordered by id.
    """

    demands: tuple[Demand, ...]


def segregation_group(demand: Demand) -> str:
    """Name the group of goods with which `demand` may share a vehicle.

    Stricter than the law where a demand says too little: explosives travel alone, because their
    compatibility group is not known; toxic and infectious goods travel among themselves, because
    others may be food; radioactive goods likewise. All other labels may be loaded together.

    Notes
    -----
    Source: ADR 2025, 7.5.2.1 (mixed loading), 7.5.2.2 (explosives), 7.5.4 (food).
    """
    group = _SEGREGATION_GROUPS.get(demand.hazmat_class or "", "general")
    return f"{group} {demand.id}" if group == "explosive" else group


def consolidate(
    demands: Iterable[Demand],
    lane_radius_m: int = LANE_RADIUS_M,
    window_slack_s: int = WINDOW_SLACK_S,
) -> tuple[Cell, ...]:
    """Group demands into cells by compatibility, lane and time.

    Within a cell all demands have one temperature class and one segregation group. They are
    linked, directly or through others, by origins and destinations within `lane_radius_m` of
    each other and by pickup and delivery windows that overlap or lie at most `window_slack_s`
    apart; the router judges the rest.

    Parameters
    ----------
    demands
        In any order; ids distinct.
    lane_radius_m
        Great-circle metres, 0..20_100_000; 0 links equal positions only.
    window_slack_s
        Seconds, 0..2**40; 0 links windows that overlap or touch.

    Returns
    -------
    tuple[Cell, ...]
        Ordered by the smallest demand id, the same for every order of `demands`.

    Raises
    ------
    InvalidDemand
        When an id occurs twice.
    InvalidFleet
        When the radius or the slack is out of range.
    """
    require_integer(window_slack_s, 0, _WINDOW_SLACK_S_MAX, InvalidFleet, "window_slack_s")
    require_integer(lane_radius_m, 0, _LANE_RADIUS_M_MAX, InvalidFleet, "lane_radius_m")
    ordered = sorted(demands, key=lambda demand: demand.id)
    for first, second in pairwise(ordered):
        is_new = first.id != second.id
        require(is_new, InvalidDemand, "demand.id", second.id, "give each demand its own id.")
    by_key: dict[tuple[str, str], list[Demand]] = {}
    for demand in ordered:
        key = (str(demand.temperature_class), segregation_group(demand))
        by_key.setdefault(key, []).append(demand)
    cells = [
        cell
        for group in by_key.values()
        for cell in _linked_cells(group, lane_radius_m, window_slack_s)
    ]
    return tuple(sorted(cells, key=lambda cell: cell.demands[0].id))


def _linked_cells(group: Sequence[Demand], lane_radius_m: int, window_slack_s: int) -> list[Cell]:
    """Split `group`, ordered by id, into its connected components."""
    links = _links(group, lane_radius_m, window_slack_s)
    unseen = list(range(len(group)))
    cells = []
    while unseen:
        reached, frontier = {unseen[0]}, [unseen[0]]
        while frontier:
            row = links[frontier.pop()]
            fresh = [i for i in unseen if row[i] and i not in reached]
            reached.update(fresh)
            frontier.extend(fresh)
        cells.append(Cell(tuple(group[i] for i in sorted(reached))))
        unseen = [i for i in unseen if i not in reached]
    return cells


def _links(group: Sequence[Demand], lane_radius_m: int, window_slack_s: int) -> NDArray[np.bool_]:
    """Tell for each pair whether it shares lane and time; shape ``(n, n)``."""
    near = np.ones((len(group), len(group)), dtype=np.bool_)
    for positions in (
        tuple(demand.origin.position for demand in group),
        tuple(demand.destination.position for demand in group),
    ):
        near &= estimate_distances_up_m(positions, 1000) <= lane_radius_m
    for windows in (
        [demand.pickup_window for demand in group],
        [demand.delivery_window for demand in group],
    ):
        starts_s = np.array([window.start_s for window in windows])
        ends_s = np.array([window.end_s for window in windows]) + window_slack_s
        near &= (starts_s[:, None] <= ends_s[None, :]) & (starts_s[None, :] <= ends_s[:, None])
    return near
