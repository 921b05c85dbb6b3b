"""Shares: worked examples of the rules, and the refusal list."""

from dataclasses import replace
from fractions import Fraction

import pytest

from pooling.apportionment import apportion_minor
from pooling.coalition import CoalitionGame, lot_game
from pooling.errors import InvalidGame, NoFeasiblePlan, PoolTooExpensive
from pooling.shares import ShareRule, shapley_value, share_price
from pooling.statement import share_statements
from tests.unit.pooling.pool_cases import make_demand, neighbours_lot


def game(costs: list[int], alone: list[int]) -> CoalitionGame:
    """Return a game of players a, b, c, ..."""
    return CoalitionGame(tuple("abcdefghijkl"[: len(alone)]), tuple(costs), tuple(alone))


def test_single_player_pays_the_price() -> None:
    assert share_price(game([0, 80], [100])).shares_minor == (80,)


def test_shapley_value_of_the_airport_game() -> None:
    # Runways of 1, 2 and 4: each part is shared equally by those who need it.
    value = shapley_value(game([0, 1, 2, 2, 4, 4, 4, 4], [9, 9, 9]))
    assert value == (Fraction(1, 3), Fraction(5, 6), Fraction(17, 6))


def test_shares_in_the_core_are_the_shapley_value() -> None:
    shares = share_price(game([0, 60, 60, 90], [60, 60]))
    assert (shares.rule, shares.shares_minor, shares.excess_up_minor) == (
        ShareRule.SHAPLEY,
        (45, 45),
        0,
    )


def test_alone_price_caps_a_share() -> None:
    # The Shapley value asks 55 of b, who would pay 50 alone.
    shares = share_price(game([0, 40, 60, 95], [60, 50]))
    assert shares.rule is ShareRule.LEAST_CORE
    assert shares.shares_minor == (45, 50)
    assert shares.excess_up_minor == 5


def test_shapley_value_outside_the_core_is_moved_into_it() -> None:
    # b and c together cost 20, yet their Shapley values sum to more than that.
    costs = [0, 100, 100, 100, 100, 100, 20, 100]
    shares = share_price(game(costs, [100, 100, 100]))
    assert shares.rule is ShareRule.CORE
    assert shares.shares_minor[1] + shares.shares_minor[2] <= 20
    assert shares.shares_minor == (80, 10, 10)


def test_empty_core_gives_the_least_core() -> None:
    # Each pair costs 60, all three 120: some pair pays 80, 20 too much.
    shares = share_price(game([0, 60, 60, 60, 60, 60, 60, 120], [60, 60, 60]))
    assert shares.rule is ShareRule.LEAST_CORE
    assert shares.shares_minor == (40, 40, 40)
    assert shares.excess_up_minor == 20


def test_remainder_goes_to_the_smaller_name_among_equals() -> None:
    assert share_price(game([0, 100, 100, 101], [100, 100])).shares_minor == (51, 50)


def test_free_pool_costs_nobody_anything() -> None:
    assert share_price(game([0, 0, 0, 0], [5, 5])).shares_minor == (0, 0)


def test_pool_dearer_than_alone_is_refused() -> None:
    with pytest.raises(PoolTooExpensive) as refusal:
        share_price(game([0, 50, 50, 101], [50, 50]))
    assert (refusal.value.price_minor, refusal.value.alone_minor) == (101, 100)
    assert isinstance(refusal.value, NoFeasiblePlan)


def test_pool_as_dear_as_alone_asks_everybody_its_alone_price() -> None:
    assert share_price(game([0, 50, 30, 80], [50, 30])).shares_minor == (50, 30)


@pytest.mark.parametrize(
    ("players", "costs", "alone", "field"),
    [
        ((), (0,), (), "game.players"),
        (tuple("abcdefghijklm"), (0,) * 2**13, (0,) * 13, "game.players"),
        (("b", "a"), (0, 1, 1, 1), (1, 1), "game.players"),
        (("a", "a"), (0, 1, 1, 1), (1, 1), "game.players"),
        (("a",), (0, 1, 1), (1,), "game.costs_minor"),
        (("a",), (0, 1), (1, 1), "game.alone_minor"),
        (("a",), (0, -1), (1,), "game.costs_minor"),
        (("a",), (1, 1), (1,), "game.costs_minor[0]"),
    ],
)
def test_nonsensical_game_is_refused_by_field(
    players: tuple[str, ...], costs: tuple[int, ...], alone: tuple[int, ...], field: str
) -> None:
    with pytest.raises(InvalidGame) as refusal:
        CoalitionGame(players, costs, alone)
    assert refusal.value.field == field


def test_coalition_drives_the_route_without_the_others() -> None:
    lot = neighbours_lot()
    told = lot_game(lot, lot.cost_minor, 1300)
    assert told.players == ("sme of d1", "sme of d2", "sme of d3")
    assert told.price_minor == lot.cost_minor
    assert told.costs_minor[0b001] == lot.demands[0].alone_price_minor
    assert told.costs_minor[0b011] < sum(told.alone_minor[:2])


def test_costs_follow_the_awarded_price() -> None:
    lot = neighbours_lot()
    half = lot_game(lot, lot.cost_minor // 2, 1300)
    full = lot_game(lot, lot.cost_minor, 1300)
    assert half.alone_minor == full.alone_minor
    for low, high in zip(half.costs_minor, full.costs_minor, strict=True):
        assert low == pytest.approx(high / 2, abs=1)


def test_demands_of_one_organisation_are_one_player() -> None:
    lot = neighbours_lot()
    demands = tuple(replace(one, organisation="one firm") for one in lot.demands)
    joint = replace(lot, demands=demands)
    shares = share_price(lot_game(joint, lot.cost_minor, 1300))
    assert shares.shares_minor == (lot.cost_minor,)
    (statement,) = share_statements(joint, shares)
    assert statement.demand_ids == ("d1", "d2", "d3")


def test_lot_without_alone_price_is_refused() -> None:
    lot = replace(neighbours_lot(), demands=(make_demand("d1"),))
    with pytest.raises(InvalidGame, match="alone price of d1"):
        lot_game(lot, 1, 1300)


def test_lot_of_too_many_organisations_is_refused() -> None:
    demands = tuple(make_demand(f"d{i:02}", alone_price_minor=1) for i in range(13))
    with pytest.raises(InvalidGame, match="players is 13"):
        lot_game(replace(neighbours_lot(), demands=demands), 1, 1300)


def test_lot_price_below_zero_is_refused() -> None:
    with pytest.raises(InvalidGame, match="price_minor"):
        lot_game(neighbours_lot(), -1, 1300)


def test_statement_adds_up_and_says_why() -> None:
    lot = neighbours_lot()
    shares = share_price(lot_game(lot, 120_000, 1300))
    statements = share_statements(lot, shares)
    assert sum(one.share_minor for one in statements) == 120_000
    for one in statements:
        assert one.shapley_down_minor + one.adjustment_minor == one.share_minor
        assert one.alone_price_minor - one.share_minor == one.saving_minor
        assert one.rule is shares.rule
        assert "no group of firms pays more" in one.why


def test_statement_of_another_lots_shares_is_refused() -> None:
    shares = share_price(game([0, 80], [100]))
    with pytest.raises(InvalidGame, match=r"shares\.game\.players"):
        share_statements(neighbours_lot(), shares)


def test_remainder_goes_to_the_largest_loss_below_its_cap() -> None:
    thirds = [Fraction(1, 3), Fraction(2, 3), Fraction(2)]
    assert apportion_minor(thirds, 3, [9, 9, 9]) == (0, 1, 2)
    assert apportion_minor(thirds, 3, [1, 0, 9]) == (1, 0, 2)


def test_remainder_beyond_one_each_goes_round_again() -> None:
    assert apportion_minor([Fraction(0), Fraction(0)], 5, [4, 4]) == (3, 2)


def test_total_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidGame, match="total_minor"):
        apportion_minor([Fraction(5)], 5, [4])
    with pytest.raises(InvalidGame, match="parts"):
        apportion_minor([Fraction(5)], 4, [9])
