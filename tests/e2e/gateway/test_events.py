"""The event stream over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.e2e.gateway.story import issue
from tests.e2e.gateway.world import Desk


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
