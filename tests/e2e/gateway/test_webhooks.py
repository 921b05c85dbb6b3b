"""Webhooks over HTTP, from their making to the event at the receiver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from tests.e2e.gateway.story import issue
from tests.e2e.gateway.world import RIVAL, STRANGER, Answer, Desk, World


@dataclass
class Inbox:
    """A receiver that keeps what it can verify."""

    url: str = ""
    secret: str = ""
    status: int = 204
    calls: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0

    async def receive(self, request: web.Request) -> web.Response:
        try:
            body = Verifier(self.secret).verify(await request.read(), dict(request.headers))
        except WebhookVerificationError:
            self.refused += 1
            return web.Response(status=401)
        assert body["data"]["id"] == request.headers["webhook-id"]
        self.calls.append(body)
        return web.Response(status=self.status)

    async def until(self, **about: Any) -> dict[str, Any]:
        async with asyncio.timeout(15):
            while True:
                for body in self.calls:
                    if about.items() <= (body["data"] | body).items():
                        return body
                await asyncio.sleep(0.03)


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    inbox = Inbox()
    app = web.Application()
    app.router.add_post("/", inbox.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    inbox.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield inbox
    await runner.cleanup()


async def change(desk: Desk, path: str, **body: Any) -> Answer:
    async with desk.session.patch(path, json=body) as answer:
        return Answer(answer.status, answer.headers, await answer.read())


async def delete(desk: Desk, path: str) -> Answer:
    async with desk.session.delete(path) as answer:
        return Answer(answer.status, answer.headers, await answer.read())


@asynccontextmanager
async def hooked(desk: Desk, inbox: Inbox, **body: Any) -> AsyncIterator[str]:
    """A webhook at an inbox; gives its path."""
    made = await desk.post("/v1/webhooks", {"url": inbox.url, **body})
    assert made.status == 201, made.content
    inbox.secret = made.body["secret"]
    path = f"/v1/webhooks/{made.body['id']}"
    yield path
    assert (await delete(desk, path)).status == 204
    (await desk.get(path)).refused(404, "WebhookUnknown")


async def test_fact_comes_signed_to_the_address_that_wants_it(
    brand: Desk, agreement: str, inbox: Inbox
) -> None:
    async with hooked(brand, inbox, topics=["fact.order"], description="ERP") as path:
        order = await issue(brand, agreement)
        body = await inbox.until(type="fact.order.OrderIssued", order=order)
        assert body["data"]["type"] == "fact"
        assert body["data"]["time"] > 0
        assert body["timestamp"].endswith("Z")
        assert {call["type"].rpartition(".")[0] for call in inbox.calls} == {"fact.order"}
        view = await brand.until(path, lambda found: found["position"] >= body["data"]["sequence"])
        assert (view["description"], view["topics"], view["state"]) == (
            "ERP",
            ["fact.order"],
            "active",
        )
        assert "secret" not in view
        assert view in (await brand.read("/v1/webhooks"))["items"]


async def test_webhook_may_begin_in_the_past(brand: Desk, agreement: str, inbox: Inbox) -> None:
    order = await issue(brand, agreement)
    async with hooked(brand, inbox, after=0, topics=["fact"]):
        await inbox.until(type="fact.order.OrderIssued", order=order)
    (await brand.post("/v1/webhooks", {"url": inbox.url, "after": 2**40})).refused(
        409, "EventPositionAhead"
    )


async def test_test_event_and_its_delivery_are_listed(brand: Desk, inbox: Inbox) -> None:
    async with hooked(brand, inbox) as path:
        sent = await brand.post(f"{path}/test")
        assert (sent.status, sent.body["status"]) == (202, "waiting")
        body = await inbox.until(type="webhook.test", id=sent.body["id"])
        assert body["data"]["webhook"] == path.rpartition("/")[2]
        page = await brand.until(
            f"{path}/deliveries", lambda found: found["items"][0]["status"] == "delivered"
        )
        assert page["items"][0]["response_code"] == 204
        assert page["items"][0]["attempts"] == 1


async def test_delivery_that_failed_can_be_sent_again_by_hand(brand: Desk, inbox: Inbox) -> None:
    inbox.status = 500
    async with hooked(brand, inbox) as path:
        first = (await brand.post(f"{path}/test")).body["id"]
        failed = await brand.until(
            f"{path}/deliveries", lambda found: found["items"][0]["attempts"] == 1
        )
        assert failed["items"][0]["response_code"] == 500
        assert failed["items"][0]["next_attempt_at"] > failed["items"][0]["last_attempt_at"]
        inbox.status = 200
        again = await brand.post(f"{path}/deliveries/{first}/retry")
        assert again.status == 202
        await brand.until(
            f"{path}/deliveries", lambda found: found["items"][0]["status"] == "delivered"
        )
        assert [call["data"]["id"] for call in inbox.calls] == [first, first]
        for unknown in ("evt_ab_1", "none", "%00"):
            answer = await brand.post(f"{path}/deliveries/{unknown}/retry")
            answer.refused(404, "WebhookDeliveryUnknown")


async def test_rotated_secret_works_at_once_and_the_old_one_for_a_while(
    brand: Desk, inbox: Inbox
) -> None:
    async with hooked(brand, inbox) as path:
        old = inbox.secret
        rotated = await brand.post(f"{path}/rotate")
        assert rotated.body["secret"] != old
        assert rotated.body["old_secret_until"]
        for secret in (old, rotated.body["secret"]):
            inbox.secret = secret
            sent = await brand.post(f"{path}/test")
            await inbox.until(id=sent.body["id"])
        assert inbox.refused == 0


async def test_paused_webhook_goes_on_where_it_ended(
    brand: Desk, agreement: str, inbox: Inbox
) -> None:
    async with hooked(brand, inbox) as path:
        assert (await change(brand, path, state="paused")).body["state"] == "paused"
        (await brand.post(f"{path}/test")).refused(409, "WebhookInactive")
        order = await issue(brand, agreement)
        assert inbox.calls == []
        assert (await change(brand, path, state="active")).body["state"] == "active"
        await inbox.until(type="fact.order.OrderIssued", order=order)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"url": "http://erp.example.com/"}, "WebhookUrlRefused"),
        ({"url": "https://169.254.169.254/latest"}, "OutwardAddressRefused"),
        ({"url": "https://10.0.0.1/"}, "OutwardAddressRefused"),
        ({"url": "https://a.example/", "topics": ["Fact!"]}, "RequestInvalid"),
        ({"url": "https://a.example/", "after": -1}, "RequestInvalid"),
        ({"url": "https://a.example/", "colour": "red"}, "RequestInvalid"),
        ({}, "RequestInvalid"),
    ],
)
async def test_impossible_webhook_is_refused(brand: Desk, body: Any, error: str) -> None:
    (await brand.post("/v1/webhooks", body)).refused(422, error)


async def test_address_is_judged_again_when_it_changes(brand: Desk, inbox: Inbox) -> None:
    async with hooked(brand, inbox) as path:
        answer = await change(brand, path, url="https://192.168.1.1/")
        answer.refused(422, "OutwardAddressRefused")
        changed = await change(brand, path, url="https://erp.example.com/", topics=["document"])
        assert (changed.body["url"], changed.body["topics"]) == (
            "https://erp.example.com/",
            ["document"],
        )


async def test_webhooks_of_others_do_not_exist(world: World, brand: Desk, inbox: Inbox) -> None:
    async with hooked(brand, inbox) as path:
        for alias in (STRANGER, RIVAL):
            async with world.desk(alias) as desk:
                assert (await desk.read("/v1/webhooks"))["items"] == []
                for answer in (
                    await desk.get(path),
                    await desk.get(f"{path}/deliveries"),
                    await desk.post(f"{path}/test"),
                    await desk.post(f"{path}/rotate"),
                    await desk.post(f"{path}/deliveries/x/retry"),
                    await change(desk, path, state="paused"),
                    await delete(desk, path),
                ):
                    answer.refused(404, "WebhookUnknown")
    (await brand.get("/v1/webhooks/first")).refused(404, "WebhookUnknown")
