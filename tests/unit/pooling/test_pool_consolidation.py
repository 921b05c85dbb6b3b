"""Who may travel with whom."""

import pytest

from pooling.consolidation import consolidate, segregation_group
from pooling.demand import Demand, TemperatureClass, TimeWindow
from pooling.errors import InvalidDemand, InvalidFleet
from tests.unit.pooling.pool_cases import (
    ANTWERP,
    BRUSSELS,
    DAY_S,
    MONDAY_S,
    WARSAW,
    make_demand,
)


def groups(*demands: Demand, lane_radius_m: int = 100_000) -> list[list[str]]:
    """Return the ids of each cell."""
    cells = consolidate(demands, lane_radius_m)
    return [[demand.id for demand in cell.demands] for cell in cells]


def test_neighbours_on_one_lane_share_a_cell() -> None:
    first, second = make_demand("a"), make_demand("b", origin=ANTWERP)
    assert groups(second, first) == [["a", "b"]]


def test_neighbour_of_a_neighbour_shares_the_cell() -> None:
    chain = (make_demand("a"), make_demand("b", origin=BRUSSELS), make_demand("c", origin=ANTWERP))
    assert groups(*chain, lane_radius_m=50_000) == [["a", "b", "c"]]


def test_far_origins_or_destinations_part() -> None:
    assert groups(make_demand("a"), make_demand("b", origin=WARSAW)) == [["a"], ["b"]]
    assert groups(make_demand("a"), make_demand("b", destination=WARSAW)) == [["a"], ["b"]]


def test_windows_far_apart_part() -> None:
    later = TimeWindow(MONDAY_S + DAY_S + 1, MONDAY_S + 2 * DAY_S)
    assert groups(make_demand("a"), make_demand("b", pickup_window=later)) == [["a"], ["b"]]
    latest = TimeWindow(MONDAY_S + 5 * DAY_S, MONDAY_S + 6 * DAY_S)
    assert groups(make_demand("a"), make_demand("b", delivery_window=latest)) == [["a"], ["b"]]


def test_windows_served_in_turn_join_within_the_slack() -> None:
    first, second = TimeWindow(0, 3600), TimeWindow(7200, 10_800)
    pair = [make_demand("a", pickup_window=first), make_demand("b", pickup_window=second)]
    assert len(consolidate(pair, window_slack_s=3600)) == 1
    assert len(consolidate(pair, window_slack_s=3599)) == 2


def test_temperature_classes_part() -> None:
    cold = make_demand("b", temperature_class=TemperatureClass.CHILLED)
    assert groups(make_demand("a"), cold) == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("one", "other", "is_together"),
    [
        (None, "3", True),
        ("3", "5.1", True),
        ("6.1", "6.2", True),
        ("6.1", None, False),
        ("7", "3", False),
        ("7", "7", True),
        ("1.4", "1.4", False),
        ("1.1", None, False),
    ],
)
def test_hazmat_classes_part_or_join(one: str | None, other: str | None, is_together: bool) -> None:
    pair = (make_demand("a", hazmat_class=one), make_demand("b", hazmat_class=other))
    assert (len(consolidate(pair)) == 1) is is_together
    assert (segregation_group(pair[0]) == segregation_group(pair[1])) is is_together


def test_repeated_id_is_refused() -> None:
    with pytest.raises(InvalidDemand, match=r"demand\.id is 'a'"):
        consolidate([make_demand("a"), make_demand("a")])


def test_negative_lane_radius_is_refused() -> None:
    with pytest.raises(InvalidFleet, match="lane_radius_m"):
        consolidate([make_demand("a")], -1)


def test_negative_window_slack_is_refused() -> None:
    with pytest.raises(InvalidFleet, match="window_slack_s"):
        consolidate([make_demand("a")], window_slack_s=-1)


def test_no_demand_makes_no_cell() -> None:
    assert consolidate([]) == ()
