"""What the pool refuses, what survives a restart, and what stays between a firm and the pool."""

import asyncio
import uuid

import pytest

from ledger.errors import AuctionNotBetter
from tests.e2e.pool_world import (
    ANTWERP,
    ATELIER,
    BREWERY,
    NOORDZEE,
    PAUPER,
    RHONE,
    VILNIUS,
    WARSAW,
    PoolWorld,
    demand,
)


async def test_only_the_right_member_may_take_each_step(network: PoolWorld) -> None:
    pool, firm, other = network.pool, network[BREWERY], network[ATELIER]
    agreement = await network.agree(BREWERY)

    body = {"agreement": agreement, "document": demand()}
    (await other.post("/v1/demands", body)).refused(404, "AgreementUnknown")
    (await pool.post("/v1/demands", body)).refused(403, "LedgerSeatMissing")
    unplannable = demand(goods_class=["chilled", "frozen"], incompatible_class=["food"])
    problem = (
        await firm.post("/v1/demands", {"agreement": agreement, "document": unplannable})
    ).refused(422, "DocumentUnfit")
    assert {each["path"] for each in problem["findings"]} == {
        "/document/load/goods_class",
        "/document/load/incompatible_class",
    }

    id = await network.demand(BREWERY, agreement)
    (await other.get(f"/v1/demands/{id}")).refused(404, "DemandUnknown")
    (await other.get(f"/v1/demands/{id}/statement")).refused(404, "DemandUnknown")
    (await network[RHONE].get(f"/v1/demands/{id}/statement")).refused(404, "DemandUnknown")
    assert id not in [each["id"] for each in (await other.read("/v1/demands"))["items"]]
    assert (await firm.read("/v1/demands"))["items"][0]["id"] == id
    assert (await firm.read(f"/v1/demands/{id}/statement"))["share_minor"] is None

    (await firm.post("/v1/plans", {"demands": [id]})).refused(403, "AuctionRoleMissing")
    (await pool.post("/v1/plans", {"demands": ["A1-99-O1"]})).refused(404, "OrderUnknown")
    plan = await network.plan(id)
    assert (await network.plan(id))["id"] == plan["id"]
    (await firm.get(f"/v1/plans/{plan['id']}")).refused(404, "PlanUnknown")
    (await firm.post(f"/v1/plans/{plan['id']}/tender", network.terms())).refused(
        403, "AuctionRoleMissing"
    )
    dear = network.terms(reserves_minor=[118_001])
    (await pool.post(f"/v1/plans/{plan['id']}/tender", dear)).refused(422, "RequestInvalid")

    key = str(uuid.uuid4())
    tender = f"/v1/plans/{plan['id']}/tender"
    first = await pool.record(tender, network.terms(), **{"Idempotency-Key": key})
    second = await pool.record(tender, network.terms(), **{"Idempotency-Key": key})
    assert first == second
    (await pool.post(tender, network.terms())).refused(409, "DemandUnavailable")
    (await pool.post("/v1/plans", {"demands": [id]})).refused(409, "DemandUnavailable")
    (await pool.post("/v1/plans", {})).refused(409, "PlanInfeasible")

    await _refuse_wrong_bidders(network, first["auction"])
    await _refuse_wrong_carriers(network, first["auction"])


async def _refuse_wrong_bidders(network: PoolWorld, auction: str) -> None:
    pool, firm = network.pool, network[BREWERY]
    path, lot = f"/v1/auctions/{auction}", f"{auction}-0"
    await network[PAUPER].until(path, lambda found: found["specification"] is not None)
    assert (await firm.read(path))["specification"] is None
    bid = {"lots": [0], "price_minor": 100_000}
    (await firm.post(f"{path}/bids", bid)).refused(403, "AuctionRoleMissing")
    (await network[PAUPER].post(f"{path}/bids", bid)).refused(409, "AuctionBalanceTooLow")
    foreign = {"lots": [1], "price_minor": 100_000}
    (await network[RHONE].post(f"{path}/bids", foreign)).refused(422, "AuctionBundleInvalid")
    (await pool.post(f"{path}/propose")).refused(409, "AuctionOutsideWindow")
    (await pool.post(f"{path}/finalise")).refused(409, "AuctionOutsideWindow")
    (await pool.post(f"{path}/shares")).refused(409, "AuctionUnfinished")
    (await network[RHONE].post(f"{path}/shares")).refused(403, "AuctionRoleMissing")
    (await pool.get("/v1/auctions/L7-99")).refused(404, "AuctionUnknown")
    (await pool.get(f"/v1/lots/{auction}-9")).refused(404, "LotUnknown")
    (await pool.post(f"/v1/lots/{lot}/vanish")).refused(404, "ActionUnknown")
    (await network[RHONE].post(f"/v1/lots/{lot}/pick-up")).refused(409, "LotUnexpectedState")


async def _refuse_wrong_carriers(network: PoolWorld, auction: str) -> None:
    pool, path, lot = network.pool, f"/v1/auctions/{auction}", f"{auction}-0"
    bid = {"lots": [0], "price_minor": 100_000}
    await network.bid(RHONE, auction, 90_000)
    await network.reveal(auction, 1)
    (await network[NOORDZEE].post(f"{path}/bids", bid)).refused(409, "AuctionOutsideWindow")
    await network.reach(auction, "challenge")
    await network[RHONE].record(f"{path}/propose")
    await network.finalise(auction)
    (await pool.post(f"{path}/finalise")).refused(409, "AuctionAlreadyFinalised")
    (await network[NOORDZEE].post(f"/v1/lots/{lot}/pick-up")).refused(403, "AuctionActorWrong")
    (await pool.post(f"/v1/lots/{lot}/fail")).refused(409, "AuctionOutsideWindow")
    (await pool.post(f"/v1/lots/{lot}/deliver")).refused(409, "LotUnexpectedState")


async def test_bids_are_revealed_by_a_gateway_that_was_down_when_bidding_closed(
    network: PoolWorld,
) -> None:
    id = await network.demand(BREWERY, await network.agree(BREWERY))
    auction = await network.tender((await network.plan(id))["id"])
    await network.bid(NOORDZEE, auction, 100_000)
    await network.pool.until(f"/v1/auctions/{auction}", lambda found: found["bids"])
    gateway = network.world.gateways["north"]
    await asyncio.to_thread(gateway.stop)
    north = {alias: network.desks.pop(alias) for alias in (NOORDZEE, PAUPER)}
    await network.reach(auction, "revealing")
    await asyncio.to_thread(gateway.start)
    network.desks.update(north)
    await network.reveal(auction, 1)


async def test_better_allocation_replaces_a_strangers_and_the_worse_one_is_refused(
    network: PoolWorld,
) -> None:
    id = await network.demand(BREWERY, await network.agree(BREWERY))
    auction = await network.tender((await network.plan(id))["id"])
    await network.bid(RHONE, auction, 110_000)
    await network.pool.until(f"/v1/auctions/{auction}", lambda found: found["bids"])
    await network.bid(NOORDZEE, auction, 100_000)
    await network.reveal(auction, 2)
    await network.reach(auction, "challenge")
    await network.propose_directly(auction, 0)
    await network.pool.until(
        f"/v1/auctions/{auction}", lambda found: found["score_minor"] == 110_000
    )
    await network.pool.record(f"/v1/auctions/{auction}/propose")
    with pytest.raises(AuctionNotBetter):
        await network.propose_directly(auction, 0)
    final = await network.finalise(auction)
    assert [bid["status"] for bid in final["bids"]] == ["Released", "Won"]


async def test_award_dearer_than_alone_confirms_nothing(network: PoolWorld) -> None:
    agreement = await network.agree(BREWERY)
    south = await network.demand(BREWERY, agreement, alone="1180")
    east = await network.demand(
        BREWERY, agreement, id="TD-2", origin=WARSAW, destination=VILNIUS, alone="900"
    )
    plan = await network.plan(south, east)
    assert [lot["demands"] for lot in plan["lots"]] == [[south], [east]]
    auction = await network.tender(plan["id"])
    specification = (
        await network[NOORDZEE].until(
            f"/v1/auctions/{auction}", lambda found: found["specification"] is not None
        )
    )["specification"]
    assert [each["lot_number"] for each in specification["lot_load"]] == [0, 1]
    await network.bid(RHONE, auction, 130_000, 0)
    await network.pool.until(f"/v1/auctions/{auction}", lambda found: found["bids"])
    await network.bid(NOORDZEE, auction, 20_000, 1)
    await network.reveal(auction, 2)
    await network.reach(auction, "challenge")
    # A stranger awards a lot above its reserve, and nobody betters that in time.
    await network.propose_directly(auction, 0, 1)
    await network.finalise(auction)
    answer = await network.pool.post(f"/v1/auctions/{auction}/shares")
    assert answer.refused(409, "PoolTooExpensive")["context"]["alone_minor"] == 118_000
    for id in (south, east):
        assert (await network[BREWERY].read(f"/v1/demands/{id}"))["state"] == "Issued"


async def test_withdrawn_demand_is_left_out_and_the_others_share(network: PoolWorld) -> None:
    stays = await network.demand(BREWERY, await network.agree(BREWERY), alone="1180")
    goes = await network.demand(ATELIER, await network.agree(ATELIER), origin=ANTWERP, pallets=6)
    auction = await network.tender((await network.plan(stays, goes))["id"])
    await network.bid(RHONE, auction, 110_000)
    await network.award(auction, 1)
    await network[ATELIER].record(f"/v1/orders/{goes}/withdraw")
    await network.pool.until(f"/v1/demands/{goes}", lambda found: found["state"] == "Cancelled")
    answer = await network.pool.post(f"/v1/auctions/{auction}/shares", Prefer="wait=20")
    assert answer.body["left_out"] == [goes]
    (share,) = answer.body["shares"]
    assert (share["demand"], share["share_minor"], share["status"]) == (stays, 110_000, "recorded")
    assert (await network[ATELIER].read(f"/v1/demands/{goes}/statement"))["share_minor"] is None


async def test_demands_of_a_lot_that_nobody_bid_for_are_tendered_anew(network: PoolWorld) -> None:
    id = await network.demand(BREWERY, await network.agree(BREWERY))
    plan = await network.plan(id)
    first = await network.tender(plan["id"])
    await network.reach(first, "challenge")
    (await network.pool.post(f"/v1/auctions/{first}/propose")).refused(409, "AuctionNotBetter")
    final = await network.finalise(first)
    assert final["lots"][0]["state"] == "Void"
    (await network.pool.post(f"/v1/auctions/{first}/shares")).refused(409, "AuctionUnfinished")
    second = await network.tender(plan["id"])
    found = await network.pool.read(f"/v1/plans/{plan['id']}")
    assert found["auctions"] == [first, second]
