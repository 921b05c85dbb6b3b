"""From an award to what each demand pays: pure computation over one plan and one auction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from gateway.auctions.errors import PoolTooExpensive
from gateway.auctions.service import lots_of
from gateway.demands.money import amount_of
from ledger.document.reference import DocumentReference
from ledger.document.transport import Share, ShareStatement
from ledger.queries import AuctionView
from pooling.plan import Lot, Plan

AWARDED: Final = ("Awarded", "InTransit", "Delivered")
"""States in which a lot's price is owed."""


@dataclass(frozen=True, slots=True)
class DemandShare:
    """What one demand pays.

    Parameters
    ----------
    demand : str
        Identifier of its order.
    player : str
        The firm, as planners name it.
    lot : int
        Place of its lot in the auction.
    rule, why : str
        Name of the rule, and the reasoning for the firm's eyes.
    """

    demand: str
    player: str
    lot: int
    lot_price_minor: int
    alone_price_minor: int
    share_minor: int
    rule: str
    why: str

    def statement(self, auction: int, currency: str, issue_date: str) -> ShareStatement:
        """Write it as the document that confirms the demand."""
        return ShareStatement(
            id=f"S-{self.demand}",
            issue_date=issue_date,
            note=(self.why,),
            auction_id=auction,
            lot_number=self.lot,
            price=amount_of(self.lot_price_minor, currency),
            rule=self.rule,
            is_complete=False,
            share=(
                Share(
                    demand_reference=DocumentReference(id=self.demand),
                    alone_price=amount_of(self.alone_price_minor, currency),
                    share_amount=amount_of(self.share_minor, currency),
                ),
            ),
        )


def shares_of(auction: AuctionView, plan: Plan, standing: Collection[str]) -> list[DemandShare]:
    """Share the awarded prices among the demands that stand.

    Parameters
    ----------
    standing : collection of str
        Demands that were not withdrawn meanwhile.

    Raises
    ------
    PoolTooExpensive
        If a price is more than its demands would pay alone.
    """
    lots = [_without_gone(lot, standing) for lot in plan.lots]
    found: list[DemandShare] = []
    for index, price_minor in sorted(_lot_prices_minor(auction, lots).items()):
        if lots[index].demands and auction.lots[index].ledger_state in AWARDED:
            found += _lot_shares(lots[index], price_minor, plan.road_factor_permille)
    return found


def _without_gone(lot: Lot, standing: Collection[str]) -> Lot:
    """Leave out what was withdrawn: the lorry drives the same route past it."""
    return replace(
        lot,
        demands=tuple(demand for demand in lot.demands if demand.id in standing),
        stops=tuple(stop for stop in lot.stops if stop.demand_id in standing),
    )


def _lot_prices_minor(auction: AuctionView, lots: Sequence[Lot]) -> dict[int, int]:
    """Split the price of each winning bundle over its lots, by what they are worth alone."""
    from pooling.apportionment import apportion_minor

    prices: dict[int, int] = {}
    for bid in auction.bids:
        if not auction.row.standing >> bid.number & 1:
            continue
        bundle = lots_of(bid.lots)
        alone = [lots[index].alone_minor for index in bundle]
        if bid.price > sum(alone):
            raise PoolTooExpensive(
                f"The award of lots {bundle} costs {bid.price}, their demands alone {sum(alone)}.",
                lots=bundle,
                price_minor=bid.price,
                alone_minor=sum(alone),
            )
        parts = [Fraction(bid.price * one, max(1, sum(alone))) for one in alone]
        prices |= dict(zip(bundle, apportion_minor(parts, bid.price, alone), strict=True))
    return prices


def _lot_shares(lot: Lot, price_minor: int, road_factor_permille: int) -> list[DemandShare]:
    # Solvers are loaded by those gateways that share.
    from pooling.apportionment import apportion_minor
    from pooling.check import check_shares
    from pooling.coalition import lot_game
    from pooling.shares import share_price
    from pooling.statement import share_statements

    shares = share_price(lot_game(lot, price_minor, road_factor_permille))
    paid = dict(zip(shares.game.players, shares.shares_minor, strict=True))
    check_shares(lot, price_minor, paid)
    found: list[DemandShare] = []
    for statement in share_statements(lot, shares):
        demands = [each for each in lot.demands if each.organisation == statement.organisation]
        alone = [each.alone_price_minor or 0 for each in demands]
        parts = [Fraction(statement.share_minor * one, max(1, sum(alone))) for one in alone]
        split = apportion_minor(parts, statement.share_minor, alone)
        several = f" That is for your {len(demands)} demands in the lot together, split by what "
        several += "each would cost alone."
        found += [
            DemandShare(
                demand=demand.id,
                player=statement.organisation,
                lot=lot.index,
                lot_price_minor=price_minor,
                alone_price_minor=demand.alone_price_minor or 0,
                share_minor=share_minor,
                rule=statement.rule.replace(" ", "_"),
                why=statement.why + (several if len(demands) > 1 else ""),
            )
            for demand, share_minor in zip(demands, split, strict=True)
        ]
    return found
