"""Three small firms' demands share one truck, and carriers bid for it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from gateway.client import Desk, GatewayRefused
from gateway.demo.errors import StoryWrong
from gateway.demo.order_story import sign_agreement
from gateway.demo.show import Show
from gateway.network.terms import TODAY, agreement_terms
from ledger.errors import AuctionOutsideWindow

STRETCHES = (1, 2, 4)
"""How much longer than they need to be an auction's windows are, by the times it was told."""

PERFORM_S = 86_400
BOND_MINOR = 10_000
LYON = {
    "name": "Lyon, Rungis Sud dock 4",
    "coordinate": {"latitude_deg": "45.7485", "longitude_deg": "4.8467"},
}


@dataclass(frozen=True, slots=True)
class Shipment:
    """What one small firm wants carried to Lyon, and what it would pay alone."""

    origin: str
    latitude_deg: str
    longitude_deg: str
    mass_kg: int
    pallets: int
    alone_price: str
    goods: str


SHIPMENTS = (
    Shipment("Ghent", "51.0543", "3.7174", 3_600, 8, "640", "beer in crates"),
    Shipment("Antwerp", "51.2194", "4.4025", 2_100, 6, "545", "furniture"),
    Shipment("Brussels", "50.8503", "4.3517", 4_200, 9, "590", "preserves"),
)
PRICES_MINOR = (171_000, 158_500, 164_900)


@dataclass(frozen=True, slots=True)
class PoolStory:
    """What the pool's story needs: a desk for each small firm, the operator and each carrier."""

    firms: tuple[Desk, ...]
    pool: Desk
    carriers: tuple[Desk, ...]
    token: str
    show: Show

    async def run(self) -> str:
        """Tell the story; return the auction's id.

        Windows are as short as the machine seems to allow. Where it turns out slower than they
        are, demands are posted anew and tendered with windows twice as long.

        Raises
        ------
        GatewayRefused
            If a step is refused.
        StoryWrong
            If the lowest bid does not win, or a firm pays more than alone.
        """
        for stretch in STRETCHES[:-1]:
            try:
                return await self._tell(stretch)
            except GatewayRefused as refused:
                if refused.error != AuctionOutsideWindow.__name__:
                    raise
                self.show.say(f"too late for the auction's windows, told anew: {refused}")
        return await self._tell(STRETCHES[-1])

    async def _tell(self, stretch: int) -> str:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        demands = await asyncio.gather(
            *(self._demand(firm, load) for firm, load in zip(self.firms, SHIPMENTS, strict=True))
        )
        auction = await self._tender(list(demands), stretch * (loop.time() - began_s))
        await self._bid(auction)
        lot = await self._award(auction)
        await self._share(auction, list(demands))
        await self._carry(lot)
        return auction

    async def _demand(self, firm: Desk, shipment: Shipment) -> str:
        """One firm agrees with the pool operator and posts its demand."""
        terms = agreement_terms(
            f"POOL-{firm.organisation}",
            {"buyer": firm, "seller": self.pool},
            "The pool carries at a share of the awarded price, never above the price alone.",
        )
        seats = {"buyer": firm.organisation, "seller": self.pool.organisation}
        body = {"seats": seats, "notice_days": 7, "terms": terms}
        answer = await firm.post("/v1/agreements", body)
        agreement: str = answer["agreement"]
        await self.show.recorded(firm, answer, f"agreement {agreement}", "proposed an agreement")
        await sign_agreement(self.pool, agreement, self.show)
        body = {"agreement": agreement, "document": _demand(firm, shipment)}
        answer = await firm.post("/v1/demands", body)
        demand: str = answer["order"]
        what = f"asks {shipment.origin} → Lyon, {shipment.pallets} pallets, {shipment.goods}"
        await self.show.recorded(firm, answer, f"demand {demand}", what)
        return demand

    async def _tender(self, demands: list[str], pace_s: float) -> str:
        """Plan and put out to tender; a machine that took long so far gets longer windows."""
        for demand in demands:
            await self.pool.until(
                f"/v1/orders/{demand}",
                lambda found: found["document"] is not None,
                f"{self.pool.name} to open demand {demand}",
            )
        plan = await self.pool.post("/v1/plans", {"demands": demands, "seed": 1})
        if len(plan["lots"]) != 1 or plan["left_out"]:
            raise StoryWrong(f"three demands did not fit one truck: {plan}")
        lot = plan["lots"][0]
        self.show.say(
            f"{self.pool.name} planned one lot: "
            + " → ".join(stop["place"] for stop in lot["stops"])
            + f", {lot['distance_m'] // 1000} km"
        )
        body = {
            "token": self.token,
            "bond_minor": BOND_MINOR,
            "bidding_s": max(3, ceil(pace_s)),
            "reveal_s": max(2, ceil(pace_s / 2)),
            "challenge_s": max(2, ceil(pace_s / 2)),
            "perform_s": PERFORM_S,
        }
        answer = await self.pool.post(f"/v1/plans/{plan['id']}/tender", body)
        auction: str = answer["auction"]
        await self.show.recorded(
            self.pool, answer, f"auction {auction}", "put the lot out to tender"
        )
        return auction

    async def _bid(self, auction: str) -> None:
        await asyncio.gather(
            *(
                self._sealed_bid(carrier, auction, price)
                for carrier, price in zip(self.carriers, PRICES_MINOR, strict=True)
            )
        )
        revealed = await self.pool.until(
            f"/v1/auctions/{auction}",
            lambda found: sum(bid["status"] == "Revealed" for bid in found["bids"]) == 3,
            "all three bids to be revealed",
        )
        self.show.say(
            "revealed: "
            + ", ".join(f"{bid['price_minor'] / 100:,.2f}" for bid in revealed["bids"])
            + " EUR"
        )

    async def _sealed_bid(self, carrier: Desk, auction: str, price_minor: int) -> None:
        await carrier.until(
            f"/v1/auctions/{auction}",
            lambda found: found["specification"] is not None,
            f"{carrier.name} to open the specification of {auction}",
        )
        body = {"lots": [0], "price_minor": price_minor}
        answer = await carrier.post(f"/v1/auctions/{auction}/bids", body)
        await self.show.recorded(carrier, answer, f"auction {auction}", "placed a sealed bid")

    async def _award(self, auction: str) -> str:
        subject = f"auction {auction}"
        await self._phase(auction, "challenge")
        answer = await self.pool.post(f"/v1/auctions/{auction}/propose")
        await self.show.recorded(self.pool, answer, subject, "proposed the best allocation")
        await self._phase(auction, "finalising")
        answer = await self.pool.post(f"/v1/auctions/{auction}/finalise")
        await self.show.recorded(self.pool, answer, subject, "made the award final")
        found = await self.pool.until(
            f"/v1/auctions/{auction}",
            lambda found: found["lots"][0]["state"] == "Awarded",
            "the lot to be awarded",
        )
        winner = next(bid for bid in found["bids"] if bid["status"] == "Won")
        if winner["price_minor"] != min(PRICES_MINOR):
            raise StoryWrong(f"the lowest bid did not win: {winner}")
        self.show.say(f"awarded to {winner['name']} at {winner['price_minor'] / 100:,.2f} EUR")
        lot: str = found["lots"][0]["id"]
        return lot

    async def _phase(self, auction: str, phase: str) -> None:
        await self.pool.until(
            f"/v1/auctions/{auction}",
            lambda found: found["phase"] == phase,
            f"the {phase} phase of {auction}",
        )

    async def _share(self, auction: str, demands: list[str]) -> None:
        answer = await self.pool.post(f"/v1/auctions/{auction}/shares")
        for share in answer["shares"]:
            subject = f"demand {share['demand']}"
            await self.show.recorded(self.pool, share, subject, "confirmed it with its share")
        total = 0
        for firm, demand in zip(self.firms, demands, strict=True):
            statement = await firm.until(
                f"/v1/demands/{demand}/statement",
                lambda found: found["share_minor"] is not None,
                f"{firm.name} to open its statement",
            )
            share, alone = statement["share_minor"], statement["alone_price_minor"]
            if share > alone:
                raise StoryWrong(f"{firm.name} pays {share}, more than {alone} alone")
            total += share
            self.show.say(
                f"{firm.name} pays {share / 100:,.2f} EUR instead of {alone / 100:,.2f} alone"
            )
        if total != min(PRICES_MINOR):
            raise StoryWrong(f"the shares add up to {total}, not to {min(PRICES_MINOR)}")

    async def _carry(self, lot: str) -> None:
        found = await self.pool.get(f"/v1/lots/{lot}")
        carrier = next(each for each in self.carriers if each.organisation == found["carrier"])
        answer = await carrier.post(f"/v1/lots/{lot}/pick-up")
        await self.show.recorded(carrier, answer, f"lot {lot}", "picked the lot up")
        await self.pool.until(
            f"/v1/lots/{lot}", lambda lot: lot["state"] == "InTransit", f"lot {lot} on the road"
        )
        answer = await self.pool.post(f"/v1/lots/{lot}/deliver")
        await self.show.recorded(self.pool, answer, f"lot {lot}", "confirmed its delivery")


def _demand(firm: Desk, shipment: Shipment) -> dict[str, Any]:
    tomorrow = int(time.time()) // 86_400 * 86_400 + 86_400
    return {
        "document_type": "Demand",
        "schema_version": 2,
        "id": f"TD-{firm.organisation}",
        "issue_date": TODAY,
        "origin": {
            "name": shipment.origin,
            "coordinate": {
                "latitude_deg": shipment.latitude_deg,
                "longitude_deg": shipment.longitude_deg,
            },
            "window": [_window(tomorrow + 6 * 3600, tomorrow + 14 * 3600)],
            "service_s": 1800,
        },
        "destination": LYON
        | {"window": [_window(tomorrow + 24 * 3600, tomorrow + 60 * 3600)], "service_s": 1800},
        "load": {
            "mass_g": shipment.mass_kg * 1000,
            "pallets": shipment.pallets,
            "volume_cm3": shipment.pallets * 1_500_000,
            "goods_class": ["ambient"],
            "description": shipment.goods,
        },
        "alone_price": {"value": shipment.alone_price, "currency_id": "EUR"},
    }


def _window(start_s: int, end_s: int) -> dict[str, str]:
    start, end = (datetime.fromtimestamp(each, UTC) for each in (start_s, end_s))
    return {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
