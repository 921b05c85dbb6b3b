"""Waiting for what a gateway tells."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from gateway.client import Desk
from gateway.importing.feed import Feed, opened, recorded, refused, tiding_of

FACT = {"type": "fact", "action": "receive", "order": "A1-1-O2", "delivery": "A1-1-D3"}
DOCUMENT = {"type": "document", "status": "opened", "kind": "order", "number": 2}


def test_events_are_named_as_those_who_wait_name_them() -> None:
    assert tiding_of(FACT) == recorded("A1-1-D3", "receive")
    assert tiding_of({**FACT, "delivery": None}) == recorded("A1-1-O2", "receive")
    assert tiding_of(DOCUMENT) == opened("order", 2)
    assert tiding_of({**DOCUMENT, "status": "missing"}) != opened("order", 2)
    assert tiding_of({"type": "intent", "intent": 7}) == refused("7")
    assert tiding_of({"type": "retracted"}) == "retracted"


@asynccontextmanager
async def _following(asked: list[str | None]) -> AsyncIterator[Feed]:
    """Follow a stream that tells one event and breaks off, then goes on where it ended."""
    events = [FACT, DOCUMENT]

    async def answer(request: web.Request) -> web.StreamResponse:
        after = request.headers.get("Last-Event-ID")
        asked.append(after)
        stream = web.StreamResponse()
        await stream.prepare(request)
        place = int(after or 0)
        if place < len(events):
            data = json.dumps(events[place])
            await stream.write(f": hello\n\nid: {place + 1}\nevent: x\ndata: {data}\n\n".encode())
            return stream
        await asyncio.sleep(10)
        return stream

    application = web.Application()
    application.router.add_get("/v1/events", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        feed = Feed(Desk(session, f"http://127.0.0.1:{port}", "key", 1, "Brand"))
        following = asyncio.create_task(feed.follow())
        try:
            yield feed
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await runner.cleanup()


async def test_stream_that_breaks_off_goes_on_where_it_ended() -> None:
    asked: list[str | None] = []
    async with _following(asked) as feed:
        told = await feed.heard(opened("order", 2), refused("1"), timeout_s=10)
        assert told == opened("order", 2)
        early = await feed.heard(recorded("A1-1-D3", "receive"), timeout_s=0)
        assert early == recorded("A1-1-D3", "receive"), "what was told before is remembered"
        assert await feed.heard("nothing of the kind", timeout_s=0.01) is None
    assert asked[:2] == [None, "1"]
