"""What each group of SMEs in a lot would cost: the game whose price is shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pooling.demand import QUANTITY_MAX
from pooling.errors import InvalidGame, require, require_integer
from pooling.plan import Lot, Stop
from pooling.tariff import trip_cost_up_minor
from pooling.travel import TravelEstimate

PLAYERS_MAX = 12
"""SMEs in one lot for which shares are exact."""


@dataclass(frozen=True)
class CoalitionGame:
    """The cost of every coalition of players.

    Parameters
    ----------
    players
        Organisations, distinct and ascending, 1..12.
    costs_minor
        Minor units per coalition, shape ``(2 ** n_players,)``. Bit i of the index stands for
        player i: index 0 is nobody (cost 0), the last everybody (the price to be shared).
    alone_minor
        Highest price each player may be asked, shape ``(n_players,)``.

    Raises
    ------
    InvalidGame
        Naming the field, the value and what to do.
    """

    players: tuple[str, ...]
    costs_minor: tuple[int, ...]
    alone_minor: tuple[int, ...]

    def __post_init__(self) -> None:
        n = len(self.players)
        remedy = f"share among 1 to {PLAYERS_MAX} organisations; split the lot beyond that."
        require(1 <= n <= PLAYERS_MAX, InvalidGame, "game.players", n, remedy)
        is_ordered = all(first < second for first, second in pairwise(self.players))
        remedy = "name each player once, ascending."
        require(is_ordered, InvalidGame, "game.players", self.players, remedy)
        for field, values, length in (
            ("costs_minor", self.costs_minor, 2**n),
            ("alone_minor", self.alone_minor, n),
        ):
            remedy = f"give {length} values."
            require(len(values) == length, InvalidGame, f"game.{field}", len(values), remedy)
            for value in values:
                require_integer(value, 0, n * QUANTITY_MAX, InvalidGame, f"game.{field}")
        remedy = "let nobody cost nothing."
        is_zero = self.costs_minor[0] == 0
        require(is_zero, InvalidGame, "game.costs_minor[0]", self.costs_minor[0], remedy)

    @property
    def price_minor(self) -> int:
        """The price to be shared, in minor units."""
        return self.costs_minor[-1]


def lot_game(lot: Lot, price_minor: int, road_factor_permille: int) -> CoalitionGame:
    """State what each coalition of a lot's SMEs would cost at the awarded price level.

    A coalition drives the lot's own route without the stops of the others, at the tariff of the
    lot's vehicle. That cost is scaled by awarded price over the same cost for everybody, rounded
    down, and never above what the members would pay alone. It is monotone: a larger coalition
    never costs less.

    Parameters
    ----------
    lot
        From a plan; its demands carry their alone prices.
    price_minor
        Awarded for the lot, in minor units.
    road_factor_permille
        That of the plan.

    Returns
    -------
    CoalitionGame
        One player per organisation; everybody costs `price_minor`.

    Raises
    ------
    InvalidGame
        When the price is out of range, a demand has no alone price, or there are too many SMEs.

    Notes
    -----
    Source: fixed-route game, Potters, Curiel and Tijs, Traveling salesman games, Mathematical
    Programming 53, 1992.
    """
    require_integer(price_minor, 0, QUANTITY_MAX, InvalidGame, "price_minor")
    _require_priced(lot)
    players = tuple(sorted({demand.organisation for demand in lot.demands}))
    remedy = f"share among 1 to {PLAYERS_MAX} organisations; split the lot beyond that."
    require(len(players) <= PLAYERS_MAX, InvalidGame, "players", len(players), remedy)
    alone = tuple(
        sum(one.alone_price_minor or 0 for one in lot.demands if one.organisation == player)
        for player in players
    )
    routes = _route_costs_minor(lot, players, road_factor_permille)
    costs = [0]
    for coalition in range(1, 2 ** len(players)):
        scaled = routes[coalition] * price_minor // max(1, routes[-1])
        members_alone = sum(one for i, one in enumerate(alone) if coalition >> i & 1)
        costs.append(min(scaled, members_alone))
    costs[-1] = price_minor
    return CoalitionGame(players, tuple(costs), alone)


def _require_priced(lot: Lot) -> None:
    """Refuse a lot with a demand that has no alone price."""
    for demand in lot.demands:
        is_priced = demand.alone_price_minor is not None
        remedy = "price the demand by tariff first."
        require(is_priced, InvalidGame, f"alone price of {demand.id}", None, remedy)


def _route_costs_minor(lot: Lot, players: Sequence[str], road_factor_permille: int) -> list[int]:
    """Price the lot's route for each coalition; shape ``(2 ** n_players,)``."""
    travel = TravelEstimate.between((stop.place for stop in lot.stops), road_factor_permille)
    player_of = {demand.id: players.index(demand.organisation) for demand in lot.demands}
    costs = [0]
    for coalition in range(1, 2 ** len(players)):
        stops = [stop for stop in lot.stops if coalition >> player_of[stop.demand_id] & 1]
        costs.append(trip_cost_up_minor(lot.vehicle, _distance_m(stops, travel)))
    return costs


def _distance_m(stops: Sequence[Stop], travel: TravelEstimate) -> int:
    """Return the estimated metres along `stops`."""
    return sum(travel.between_m(first.place, second.place) for first, second in pairwise(stops))
