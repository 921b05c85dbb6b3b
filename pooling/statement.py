"""What each SME is told about its share."""

from dataclasses import dataclass

from pooling.errors import InvalidGame, require
from pooling.plan import Lot
from pooling.shares import ShareRule, Shares

_BECAUSE = {
    ShareRule.SHAPLEY: "no group of firms pays more than it would cost by itself",
    ShareRule.CORE: "moved as little as needed so that no group of firms pays more than it would "
    "cost by itself",
    ShareRule.LEAST_CORE: "moved as little as needed so that no group of firms pays more than it "
    "would cost by itself plus the least excess that cannot be avoided",
}


@dataclass(frozen=True)
class ShareStatement:
    """The share of one SME in one lot, and why.

    Parameters
    ----------
    organisation
        Who pays.
    lot_index
        For which lot.
    demand_ids
        For which of its demands, ascending.
    alone_price_minor
        What it would pay alone, in minor units.
    joining_cost_minor
        By how much the lot would cost less without it.
    shapley_down_minor
        Its cost of joining, averaged over all orders of joining, rounded down.
    adjustment_minor
        What acceptance by every group, the alone price and rounding added: share minus Shapley.
    share_minor
        What it pays; at most its alone price.
    lot_price_minor
        What all pay together.
    rule
        Which rule the shares of the lot follow.
    """

    organisation: str
    lot_index: int
    demand_ids: tuple[str, ...]
    alone_price_minor: int
    joining_cost_minor: int
    shapley_down_minor: int
    adjustment_minor: int
    share_minor: int
    lot_price_minor: int
    rule: ShareRule

    @property
    def saving_minor(self) -> int:
        """What it saves against going alone, in minor units; never negative."""
        return self.alone_price_minor - self.share_minor

    @property
    def why(self) -> str:
        """The reasoning in words, all figures in minor units."""
        return (
            f"The lot costs {self.lot_price_minor}; without you it would cost "
            f"{self.joining_cost_minor} less. Averaged over all orders of joining, your part is "
            f"{self.shapley_down_minor}; {_BECAUSE[self.rule]}, and rounded to the whole price, "
            f"that is {self.adjustment_minor:+d}. You pay {self.share_minor} instead of "
            f"{self.alone_price_minor} alone and save {self.saving_minor}."
        )


def share_statements(lot: Lot, shares: Shares) -> tuple[ShareStatement, ...]:
    """State the share of each SME in a lot.

    Parameters
    ----------
    lot
        The lot.
    shares
        Of the game of this lot.

    Returns
    -------
    tuple[ShareStatement, ...]
        Ordered by organisation.

    Raises
    ------
    InvalidGame
        When the players are not the lot's organisations.
    """
    game = shares.game
    organisations = tuple(sorted({demand.organisation for demand in lot.demands}))
    remedy = f"share among the organisations of the lot, {organisations}."
    require(organisations == game.players, InvalidGame, "shares.game.players", game.players, remedy)
    everybody = len(game.costs_minor) - 1
    return tuple(
        ShareStatement(
            organisation=player,
            lot_index=lot.index,
            demand_ids=tuple(one.id for one in lot.demands if one.organisation == player),
            alone_price_minor=game.alone_minor[i],
            joining_cost_minor=game.price_minor - game.costs_minor[everybody ^ 1 << i],
            shapley_down_minor=shares.shapley[i].__floor__(),
            adjustment_minor=shares.shares_minor[i] - shares.shapley[i].__floor__(),
            share_minor=shares.shares_minor[i],
            lot_price_minor=game.price_minor,
            rule=shares.rule,
        )
        for i, player in enumerate(game.players)
    )
