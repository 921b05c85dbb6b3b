"""The event stream over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.e2e.gateway.story import issue
from tests.e2e.gateway.world import BRAND, Desk, World


class Stream:
    """Events of one subscription, in their order."""

    def __init__(self, content: Any) -> None:
        self._content = content
        self.seen: list[dict[str, Any]] = []

    async def until(self, **about: Any) -> dict[str, Any]:
        async with asyncio.timeout(15):
            while True:
                event = await self._next()
                self.seen.append(event)
                if about.items() <= event.items():
                    return event

    async def _next(self) -> dict[str, Any]:
        fields: dict[str, str] = {}
        while True:
            line = (await self._content.readline()).decode().rstrip("\n")
            if not line and "data" in fields:
                event: dict[str, Any] = json.loads(fields["data"])
                assert fields["id"] == str(event["sequence"])
                assert fields["event"] == event["type"]
                return event
            name, _, value = line.partition(": ")
            if name and value:
                fields[name] = value


@asynccontextmanager
async def following(desk: Desk, last: int | None = None) -> AsyncIterator[Stream]:
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    async with desk.session.get("/v1/events", headers=headers) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        yield Stream(answer.content)


async def test_facts_arrive_as_they_happen(brand: Desk, agreement: str) -> None:
    async with following(brand) as stream:
        order = await issue(brand, agreement)
        event = await stream.until(type="fact", order=order)
    assert event["event"] == "OrderIssued"
    assert event["state"] == "Issued"
    assert event["agreement"] == agreement


async def test_stream_resumes_after_the_last_event_that_was_heard(
    brand: Desk, agreement: str
) -> None:
    async with following(brand) as stream:
        first = await issue(brand, agreement)
        heard = await stream.until(type="fact", order=first)
    missed = await issue(brand, agreement)
    async with following(brand, heard["sequence"]) as stream:
        event = await stream.until(type="fact", order=missed)
        assert event["sequence"] > heard["sequence"]
        assert all(each.get("order") != first for each in stream.seen)


async def test_stream_from_zero_tells_everything_in_order(brand: Desk, agreement: str) -> None:
    order = await issue(brand, agreement)
    async with following(brand, 0) as stream:
        await stream.until(type="fact", order=order)
    numbers = [event["sequence"] for event in stream.seen]
    assert numbers == sorted(set(numbers))
    assert any(event.get("event") == "AgreementProposed" for event in stream.seen)


async def test_impossible_place_is_refused(brand: Desk) -> None:
    answer = await brand.get("/v1/events", **{"Last-Event-ID": "yesterday"})
    answer.refused(422, "RequestInvalid")
    (await brand.get("/v1/events?after=-1")).refused(422, "RequestInvalid")


async def test_place_that_was_never_reached_is_refused(brand: Desk) -> None:
    (await brand.get("/v1/events?after=999999999")).refused(409, "EventPositionAhead")
    answer = await brand.get("/v1/events", **{"Last-Event-ID": "999999999"})
    answer.refused(409, "EventPositionAhead")


async def test_place_may_stand_in_the_address(brand: Desk, agreement: str) -> None:
    order = await issue(brand, agreement)
    async with brand.session.get("/v1/events?after=0") as answer:
        await Stream(answer.content).until(type="fact", order=order)


async def frames_until(
    socket: aiohttp.ClientWebSocketResponse, **about: Any
) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    async with asyncio.timeout(15):
        while True:
            frames.append(await socket.receive_json())
            if about.items() <= frames[-1].items():
                return frames


async def test_socket_tells_the_same_as_the_stream(brand: Desk, agreement: str) -> None:
    async with brand.session.ws_connect("/v1/events/ws?after=0") as socket:
        order = await issue(brand, agreement)
        frames = await frames_until(socket, type="fact", order=order)
    async with following(brand, 0) as stream:
        await stream.until(type="fact", order=order)
    assert frames == stream.seen
    async with brand.session.ws_connect(f"/v1/events/ws?after={frames[-2]['sequence']}") as socket:
        assert await socket.receive_json() == frames[-1]


async def test_browser_sends_its_key_as_subprotocol(
    world: World, brand: Desk, agreement: str
) -> None:
    key = world.api_keys[BRAND]
    url = world.gateway_of(BRAND).url
    async with aiohttp.ClientSession(url) as session:
        protocols = ("consign.events", f"bearer.{key}")
        async with session.ws_connect("/v1/events/ws", protocols=protocols) as socket:
            assert socket.protocol == "consign.events"
            order = await issue(brand, agreement)
            await frames_until(socket, type="fact", order=order)


@pytest.mark.parametrize("protocols", [(), ("bearer.consign_nobody",)])
async def test_socket_without_a_good_key_is_refused(
    world: World, protocols: tuple[str, ...]
) -> None:
    async with aiohttp.ClientSession(world.gateway_of(BRAND).url) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect("/v1/events/ws", protocols=protocols)
    assert caught.value.status == 401


@pytest.mark.parametrize(
    ("after", "error", "code"),
    [("999999999", "EventPositionAhead", 4409), ("now", "RequestInvalid", 4422)],
)
async def test_socket_that_cannot_resume_is_told_why(
    brand: Desk, after: str, error: str, code: int
) -> None:
    async with brand.session.ws_connect(f"/v1/events/ws?after={after}") as socket:
        assert (await socket.receive_json())["error"] == error
        assert (await socket.receive()).type == aiohttp.WSMsgType.CLOSE
        assert socket.close_code == code
