"""Requests that are sent again."""

import asyncio

from tests.e2e.gateway.story import act, issue, opened
from tests.e2e.gateway.world import STRANGER, Desk, World
from tests.unit.gateway import papers


async def facts(desk: Desk, order: str) -> int:
    return len((await desk.read(f"/v1/orders/{order}/timeline"))["items"])


async def orders_of(desk: Desk, agreement: str) -> set[str]:
    page = await desk.read(f"/v1/orders?agreement={agreement}&limit=500")
    return {item["id"] for item in page["items"]}


async def test_same_key_and_body_give_the_same_answer_and_one_order(
    brand: Desk, agreement: str
) -> None:
    body = {"agreement": agreement, "document": papers.order()}
    key = {"Idempotency-Key": "order-4711", "Prefer": "wait=20"}
    first = await brand.post("/v1/orders", body, **key)
    known = await orders_of(brand, agreement)
    again = await brand.post("/v1/orders", body, **key)
    assert first.body["status"] == "recorded"
    assert (again.status, again.content) == (first.status, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    later = await brand.post("/v1/orders", body, **{"Idempotency-Key": "order-4711"})
    assert later.content == first.content
    assert await orders_of(brand, agreement) == known


async def test_accepted_answer_stays_as_it_was_given(brand: Desk, agreement: str) -> None:
    order = await issue(brand, agreement)
    key = {"Idempotency-Key": f"withdraw-{order}"}
    first = await brand.post(f"/v1/orders/{order}/withdraw", **key)
    assert first.body["status"] == "accepted"
    await brand.until(f"/v1/orders/{order}", lambda found: found["state"] == "Cancelled")
    again = await brand.post(f"/v1/orders/{order}/withdraw", **key)
    assert again.content == first.content
    assert await facts(brand, order) == 2


async def test_refusal_by_the_chain_is_given_again(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await issue(brand, agreement)
    await opened(supplier, order)
    wait = {"Prefer": "wait=20"}
    paths = {brand: "withdraw", supplier: "reject"}
    keys = {desk: {"Idempotency-Key": f"race-{order}"} for desk in (brand, supplier)}
    answers = await asyncio.gather(
        *(
            desk.post(f"/v1/orders/{order}/{path}", **wait, **keys[desk])
            for desk, path in paths.items()
        )
    )
    for desk, answer in zip(paths, answers, strict=True):
        again = await desk.post(f"/v1/orders/{order}/{paths[desk]}", **wait, **keys[desk])
        assert again.status == answer.status
        if answer.status == 202:
            assert again.content == answer.content


async def test_same_key_with_another_body_path_or_version_is_refused(
    brand: Desk, agreement: str
) -> None:
    key = {"Idempotency-Key": "order-4712"}
    body = {"agreement": agreement, "document": papers.order()}
    first = await brand.post("/v1/orders", body, **key)
    known = len(await orders_of(brand, agreement))
    other = {"agreement": agreement, "document": papers.order("11")}
    (await brand.post("/v1/orders", other, **key)).refused(409, "IdempotencyKeyReused")
    path = f"/v1/orders/{first.body['order']}/withdraw"
    (await brand.post(path, **key)).refused(409, "IdempotencyKeyReused")
    assert len(await orders_of(brand, agreement)) <= known + 1


async def test_same_key_at_once_has_one_effect(brand: Desk, agreement: str) -> None:
    body = {"agreement": agreement, "document": papers.order()}
    key = {"Idempotency-Key": "order-at-once", "Prefer": "wait=20"}
    answers = await asyncio.gather(*(brand.post("/v1/orders", body, **key) for _ in range(8)))
    assert {answer.status for answer in answers} == {202}
    assert len({answer.body["order"] for answer in answers}) == 1
    assert len({answer.content for answer in answers}) == 1


async def test_twins_of_an_action_both_hear_that_it_was_done(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await issue(brand, agreement)
    await opened(supplier, order)
    key = {"Idempotency-Key": f"ack-{order}"}
    answers = await asyncio.gather(
        *(supplier.post(f"/v1/orders/{order}/acknowledge", **key) for _ in range(4))
    )
    assert {answer.status for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1


async def test_key_of_one_organisation_means_nothing_to_another(
    world: World, brand: Desk, agreement: str
) -> None:
    order = await issue(brand, agreement)
    key = {"Idempotency-Key": f"shared-{order}"}
    assert (await brand.post(f"/v1/orders/{order}/withdraw", **key)).status == 202
    async with world.desk(STRANGER) as stranger:
        answer = await stranger.post(f"/v1/orders/{order}/withdraw", **key)
        answer.refused(404, "OrderUnknown")


async def test_refused_request_leaves_its_key_free(brand: Desk, agreement: str) -> None:
    order = await issue(brand, agreement)
    key = {"Idempotency-Key": f"free-{order}"}
    wrong = act(papers.notice() | {"reason": ""})
    path = f"/v1/orders/{order}/withdraw"
    (await brand.post(path, wrong, **key)).refused(422, "DocumentInvalid")
    assert (await brand.post(path, act(papers.notice()), **key)).status == 202


async def test_unusable_key_is_refused(brand: Desk, agreement: str) -> None:
    body = {"agreement": agreement, "document": papers.order()}
    key = {"Idempotency-Key": "two words"}
    (await brand.post("/v1/orders", body, **key)).refused(422, "RequestInvalid")
