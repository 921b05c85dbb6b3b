"""Two small firms' demands share one lorry: from the demand to the delivered lot."""

from tests.e2e.gateway.world import Answer
from tests.e2e.pool_world import (
    ANTWERP,
    ATELIER,
    BOND,
    BREWERY,
    NOORDZEE,
    POOL,
    RHONE,
    PoolWorld,
)


async def test_two_demands_share_one_lorry_and_nobody_pays_more_than_alone(
    network: PoolWorld,
) -> None:
    pool, rhone, noordzee = network.pool, network[RHONE], network[NOORDZEE]
    demands = {
        BREWERY: await network.demand(BREWERY, await network.agree(BREWERY), alone="1180"),
        ATELIER: await network.demand(
            ATELIER, await network.agree(ATELIER), origin=ANTWERP, alone="1040", pallets=6
        ),
    }

    plan = await network.plan(*demands.values())
    assert plan["left_out"] == []
    (planned,) = plan["lots"]
    assert [stop["place"] for stop in planned["stops"]] == ["Antwerp", "Ghent", "Lyon, dock 4"]
    assert planned["stops"][-1]["deliveries"] == sorted(demands.values())
    assert planned["alone_minor"] == 222_000
    assert await pool.read(f"/v1/plans/{plan['id']}") == plan
    all_that_wait = await pool.post("/v1/plans", {"seed": 1})
    assert all_that_wait.body == plan

    auction, path = await _bid_sealed(network, plan["id"], demands)
    revealed = await network.reveal(auction, 2)
    assert sorted(bid["price_minor"] for bid in revealed["bids"]) == [158_500, 171_000]
    await network.reach(auction, "challenge")
    proposed = await pool.record(f"{path}/propose")
    intent = await pool.read(f"/v1/intents/{proposed['intent']}")
    assert (intent["status"], intent["signer"][:2], intent["gas_used"] > 0) == (
        "recorded",
        "0x",
        True,
    )
    (await pool.post(f"{path}/propose")).refused(409, "AuctionNotBetter")
    final = await network.finalise(auction)
    winner = next(bid for bid in final["bids"] if bid["status"] == "Won")
    assert (winner["organisation"], winner["name"]) == (noordzee.number, NOORDZEE)
    lot = final["lots"][0]["id"]
    assert (await rhone.read(f"/v1/lots/{lot}"))["carrier"] == noordzee.number

    answer = await _shared(network, path, demands, lot)
    again = await pool.post(f"{path}/shares", Prefer="wait=20")
    assert again.body == answer.body
    assert await pool.read(f"{path}/shares") == await pool.read(f"{path}/shares")
    await noordzee.record(f"/v1/lots/{lot}/pick-up")
    moving = await pool.until(f"/v1/lots/{lot}", lambda found: found["state"] == "InTransit")
    assert moving["allowed_actions"] == ["deliver"]
    assert moving["demands"] == sorted(demands.values())
    await pool.record(f"/v1/lots/{lot}/deliver")
    done = await noordzee.until(f"/v1/lots/{lot}", lambda found: found["state"] == "Delivered")
    assert done["demands"] is None
    assert (await noordzee.read(path))["bids"][1]["status"] in ("Won", "Released")
    assert network[POOL].number == final["organisation"]


async def _shared(network: PoolWorld, path: str, demands: dict[str, str], lot: str) -> Answer:
    """Share the price; every firm finds its statement, and pays less than alone."""
    answer = await network.pool.post(f"{path}/shares", Prefer="wait=20")
    assert answer.status == 202, answer.content
    shares = answer.body["shares"]
    assert [each["status"] for each in shares] == ["recorded", "recorded"]
    assert sum(each["share_minor"] for each in shares) == 158_500
    assert all(0 < each["share_minor"] <= each["alone_price_minor"] for each in shares)
    for firm, id in demands.items():
        statement = await network[firm].until(
            f"/v1/demands/{id}/statement", lambda found: found["share_minor"] is not None
        )
        mine = next(each for each in shares if each["demand"] == id)
        assert statement["share_minor"] == mine["share_minor"]
        assert statement["saving_minor"] == mine["saving_minor"] > 0
        assert statement["lot"] == lot
        assert "You pay" in statement["why"]
        timeline = (await network[firm].read(f"/v1/orders/{id}/timeline"))["items"]
        assert [fact["event"] for fact in timeline] == ["OrderIssued", "OrderConfirmed"]
    return answer


async def _bid_sealed(network: PoolWorld, plan: str, demands: dict[str, str]) -> tuple[str, str]:
    """Put the plan out to tender and bid twice; nobody sees a price or a firm's name."""
    pool, noordzee = network.pool, network[NOORDZEE]
    auction = await network.tender(plan)
    path = f"/v1/auctions/{auction}"
    found = await pool.read(path)
    assert (found["phase"], found["bond_minor"], found["score_minor"]) == ("bidding", BOND, 222_000)
    await network.bid(RHONE, auction, 171_000)
    await network.bid(NOORDZEE, auction, 158_500)
    sealed = await pool.until(path, lambda found: len(found["bids"]) == 2)
    assert all(bid["price_minor"] is None for bid in sealed["bids"])
    specification = (await noordzee.read(path))["specification"]
    named = str(specification).casefold()
    assert not any(firm.casefold() in named for firm in (BREWERY, ATELIER))
    assert not any(id.casefold() in named for id in demands.values())
    return auction, path
