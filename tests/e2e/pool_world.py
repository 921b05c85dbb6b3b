"""A pool operator, two small firms and carriers on two gateways; steps that tests begin with."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ledger.client import Client
from ledger.contracts import encode_propose
from ledger.direct import send
from ledger.identifier import parse_auction
from ledger.key import SigningKey
from ledger.role import Role
from tests.e2e.gateway.world import Desk, World
from tests.unit.gateway import papers

POOL, BREWERY, ATELIER, RHONE, NOORDZEE, PAUPER = (
    "Pool",
    "De Kat Brewery",
    "Atelier",
    "Rhone",
    "Noordzee",
    "Pauper",
)
HOMES = {"pool": (POOL, BREWERY, ATELIER, RHONE), "north": (NOORDZEE, PAUPER)}
ROLES = {
    POOL: Role.POOL,
    BREWERY: Role.SME,
    ATELIER: Role.SME,
    RHONE: Role.CARRIER,
    NOORDZEE: Role.CARRIER,
    PAUPER: Role.CARRIER,
}
BOND = 10_000
WINDOWS = {"bidding_s": 600, "reveal_s": 300, "challenge_s": 300, "perform_s": 3600}

GHENT = ("51.0543", "3.7174", "Ghent")
ANTWERP = ("51.2194", "4.4025", "Antwerp")
LYON = ("45.7485", "4.8467", "Lyon, dock 4")
WARSAW = ("52.2297", "21.0122", "Warsaw")
VILNIUS = ("54.6872", "25.2797", "Vilnius")


@dataclass
class PoolWorld:
    """The network, with everybody at their desks."""

    world: World
    desks: dict[str, Desk]

    def __getitem__(self, alias: str) -> Desk:
        return self.desks[alias]

    @property
    def pool(self) -> Desk:
        return self.desks[POOL]

    async def agree(self, firm: str) -> str:
        """Bring an agreement between a firm and the pool operator into force."""
        desk = self.desks[firm]
        body = {
            "seats": {"buyer": desk.number, "seller": self.pool.number},
            "notice_days": 7,
            "terms": papers.terms(desk.number, self.pool.number),
        }
        agreement: str = (await desk.record("/v1/agreements", body))["agreement"]
        path = f"/v1/agreements/{agreement}"
        await self.pool.until(path, lambda found: found["terms"] is not None)
        await self.pool.record(f"{path}/sign")
        await desk.until(path, lambda found: found["state"] == "Active")
        return agreement

    async def demand(self, firm: str, agreement: str, **changes: Any) -> str:
        """Post a demand and wait until the pool operator can read it."""
        body = {"agreement": agreement, "document": demand(**changes)}
        id: str = (await self.desks[firm].record("/v1/demands", body))["order"]
        await self.pool.until(f"/v1/demands/{id}", lambda found: found["document"] is not None)
        return id

    async def plan(self, *demands: str) -> Any:
        """Plan demands."""
        answer = await self.pool.post("/v1/plans", {"demands": list(demands), "seed": 1})
        assert answer.status == 201, answer.content
        return answer.body

    async def tender(self, plan: str, **changes: Any) -> str:
        """Put a plan out to tender."""
        answer = await self.pool.record(f"/v1/plans/{plan}/tender", self.terms(**changes))
        auction: str = answer["auction"]
        return auction

    def terms(self, **changes: Any) -> dict[str, Any]:
        """How a plan is put out to tender."""
        return {"token": self.world.deployment.bond_token, "bond_minor": BOND} | WINDOWS | changes

    async def bid(self, carrier: str, auction: str, price_minor: int, *lots: int) -> Any:
        """Place a sealed bid, once the carrier has read what it bids on."""
        desk, path = self.desks[carrier], f"/v1/auctions/{auction}"
        await desk.until(path, lambda found: found["specification"] is not None)
        body = {"lots": list(lots or (0,)), "price_minor": price_minor}
        return await desk.record(f"{path}/bids", body)

    async def reach(self, auction: str, phase: str) -> Any:
        """Let the chain's time pass until an auction is in a phase."""
        path = f"/v1/auctions/{auction}"
        found = await self.pool.read(path)
        ends = {"revealing": "bidding_ends", "challenge": "reveal_ends"}
        moment = found[ends.get(phase, "challenge_ends")]
        async with Client(self.world.chain.url) as client:
            block = await client.block("latest")
            assert block is not None
            await client.call("evm_increaseTime", max(0, moment - block.timestamp) + 1)
            await client.call("evm_mine")
        for desk in self.desks.values():
            found = await desk.until(path, lambda found: found["phase"] == phase)
        return found

    async def reveal(self, auction: str, bids: int) -> Any:
        """Close the bidding and wait until all bids are revealed."""
        await self.reach(auction, "revealing")
        return await self.pool.until(
            f"/v1/auctions/{auction}",
            lambda found: [bid["status"] for bid in found["bids"]] == ["Revealed"] * bids,
        )

    async def award(self, auction: str, bids: int) -> Any:
        """Reveal, propose the best allocation, and make it final."""
        await self.reveal(auction, bids)
        await self.reach(auction, "challenge")
        await self.pool.record(f"/v1/auctions/{auction}/propose")
        return await self.finalise(auction)

    async def finalise(self, auction: str) -> Any:
        """Make what stands final."""
        await self.reach(auction, "finalising")
        await self.pool.record(f"/v1/auctions/{auction}/finalise")
        path = f"/v1/auctions/{auction}"
        for desk in self.desks.values():
            found = await desk.until(path, lambda found: found["phase"] == "final")
        return found

    async def propose_directly(self, auction: str, *bids: int) -> None:
        """Propose an allocation as a stranger would: straight to the contract."""
        data = encode_propose(parse_auction(auction), sum(1 << bid for bid in bids))
        async with Client(self.world.chain.url) as client:
            await send(client, SigningKey.create(), self.world.deployment.pool_auction, data)


async def pool_world(world: World, stack: AsyncExitStack) -> PoolWorld:
    """Bring everybody to their desks."""
    return PoolWorld(
        world, {alias: await stack.enter_async_context(world.desk(alias)) for alias in ROLES}
    )


def demand(
    id: str = "TD-1",
    origin: tuple[str, str, str] = GHENT,
    destination: tuple[str, str, str] = LYON,
    alone: str = "1180",
    **load: Any,
) -> dict[str, Any]:
    """A demand for tomorrow."""
    tomorrow_s = int(time.time()) // 86_400 * 86_400 + 86_400
    return papers.HEAD | {
        "document_type": "Demand",
        "id": id,
        "origin": place(origin, tomorrow_s + 6 * 3600, tomorrow_s + 14 * 3600),
        "destination": place(destination, tomorrow_s + 24 * 3600, tomorrow_s + 60 * 3600),
        "load": {"mass_g": 3_000_000, "pallets": 8, "volume_cm3": 12_000_000} | load,
        "alone_price": {"value": alone, "currency_id": "EUR"},
    }


def place(where: tuple[str, str, str], start_s: int, end_s: int) -> dict[str, Any]:
    """A place that is open once."""
    latitude_deg, longitude_deg, name = where
    return {
        "name": name,
        "coordinate": {"latitude_deg": latitude_deg, "longitude_deg": longitude_deg},
        "window": [{"start": moment(start_s), "end": moment(end_s)}],
        "service_s": 1800,
    }


def moment(moment_s: int) -> str:
    """Write a moment as documents do."""
    return f"{datetime.fromtimestamp(moment_s, UTC):%Y-%m-%dT%H:%M:%SZ}"
