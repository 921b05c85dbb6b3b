"""Demands, plans and auctions from which the tests of the pool build their cases."""

from datetime import UTC, datetime
from typing import Any

from gateway.demands.pooled import pooled_of
from gateway.plans.fleet import fleet_of
from ledger.document import parse_document
from ledger.document.transport import Demand
from ledger.model import Auction, Bid
from ledger.queries import AuctionView, LotView
from pooling import demand as pooled
from pooling.plan import Plan
from pooling.routing import plan_pool
from tests.unit.gateway import papers

MONDAY_S = 1_767_571_200
GHENT = ("51.0543", "3.7174")
ANTWERP = ("51.2194", "4.4025")
LYON = ("45.7485", "4.8467")
WARSAW = ("52.2297", "21.0122")
VILNIUS = ("54.6872", "25.2797")
AUCTION = 7 << 32 | 1


def place(where: tuple[str, str], start_h: int, end_h: int, **more: Any) -> dict[str, Any]:
    return {
        "coordinate": {"latitude_deg": where[0], "longitude_deg": where[1]},
        "window": [window(start_h, end_h)],
        **more,
    }


def window(start_h: int, end_h: int) -> dict[str, str]:
    moments = [
        datetime.fromtimestamp(MONDAY_S + hour * 3600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for hour in (start_h, end_h)
    ]
    return {"start": moments[0], "end": moments[1]}


def document(start: tuple[str, str] = GHENT, end: tuple[str, str] = LYON, **changes: Any) -> Demand:
    """Eight pallets, picked up on Monday, due on Tuesday or Wednesday."""
    load = {"mass_g": 3_000_000, "pallets": 8, "volume_cm3": 12_000_000}
    content = papers.HEAD | {
        "document_type": "Demand",
        "id": "TD-1",
        "origin": place(start, 6, 14),
        "destination": place(end, 24, 60),
        "load": load,
        "alone_price": {"value": "1180", "currency_id": "EUR"},
    }
    parsed = parse_document(content | changes)
    assert isinstance(parsed, Demand)
    return parsed


def planned(*posted: tuple[str, int, Demand]) -> Plan:
    """Plan demands: identifier, organisation, document."""
    demands = [pooled_of(each, id, organisation).demand for id, organisation, each in posted]
    return plan_pool(demands, fleet_of(None, 0))


def awarded(plan: Plan, *bids: tuple[int, int], state: str = "Awarded") -> AuctionView:
    """A final auction of a plan's lots: bitmap and price of each winning bid."""
    row = Auction(
        number=AUCTION,
        organisation=7,
        token="0x" + "5f" * 20,
        bond=0,
        bidding_ends=1,
        reveal_ends=2,
        challenge_ends=3,
        perform_by=4,
        standing=(1 << len(bids)) - 1,
        score=0,
        is_finalised=True,
        opened_at=0,
    )
    placed = [
        Bid(
            auction=AUCTION,
            number=number,
            organisation=9,
            status="Won",
            commitment=bytes(32),
            lots=lots,
            price=price,
        )
        for number, (lots, price) in enumerate(bids)
    ]
    lots = [
        LotView(AUCTION, lot.index, lot.alone_minor, state, state, 0, 9, [], 0) for lot in plan.lots
    ]
    return AuctionView(row, "final", lots, placed)


def demand_of(plan: Plan, id: str) -> pooled.Demand:
    """Find a demand in a plan."""
    return next(demand for lot in plan.lots for demand in lot.demands if demand.id == id)
