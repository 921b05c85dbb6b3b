"""Lists, page by page."""

from tests.e2e.gateway.story import issue
from tests.e2e.gateway.world import Desk


async def walk(desk: Desk, path: str) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page = await desk.read(path + cursor)
        found += [str(item.get("id", item.get("number"))) for item in page["items"]]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


async def test_pages_give_every_order_once_last_changed_first(brand: Desk, agreement: str) -> None:
    issued = [await issue(brand, agreement) for _ in range(3)]
    found = await walk(brand, f"/v1/orders?agreement={agreement}&limit=2")
    assert len(found) == len(set(found))
    assert found[:3] == issued[::-1]
    whole = await walk(brand, f"/v1/orders?agreement={agreement}&limit=500")
    assert found == whole


async def test_list_of_one_state_holds_no_other(brand: Desk, agreement: str) -> None:
    order = await issue(brand, agreement)
    await brand.record(f"/v1/orders/{order}/withdraw")
    page = await brand.read(f"/v1/orders?agreement={agreement}&state=Cancelled&limit=500")
    assert order in [item["id"] for item in page["items"]]
    assert {item["state"] for item in page["items"]} == {"Cancelled"}


async def test_every_list_is_walked_by_its_cursor(brand: Desk, agreement: str) -> None:
    assert agreement in await walk(brand, "/v1/agreements?limit=1")
    assert str(brand.number) in await walk(brand, "/v1/organisations?limit=1")
    await walk(brand, "/v1/deliveries?limit=2")


async def test_foreign_cursor_and_wild_limit_are_refused(brand: Desk) -> None:
    for query in ("cursor=nonsense", "limit=0", "limit=501", "limit=x"):
        for noun in ("orders", "agreements", "organisations", "deliveries"):
            (await brand.get(f"/v1/{noun}?{query}")).refused(422, "RequestInvalid")
    (await brand.get("/v1/orders?agreement=X")).refused(422, "IdentifierMalformed")
