"""The event stream as one subscriber sees it."""

import asyncio

import pytest
from starlette.types import Message

from gateway.events import stream as streams
from gateway.events.stream import EventStream
from tests.unit.gateway.events.conftest import OURS, Growing


class Subscriber:
    """Collects what a stream sends until it leaves."""

    def __init__(self) -> None:
        self.text = ""
        self.is_stuck = False
        self.is_revoked = False
        self._news = asyncio.Event()
        self._gone = asyncio.Event()

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.is_stuck:
            await asyncio.sleep(60)
        self.text += message.get("body", b"").decode()
        self._news.set()

    async def until(self, words: str) -> None:
        async with asyncio.timeout(20):
            while words not in self.text:
                self._news.clear()
                await self._news.wait()

    def is_welcome(self) -> bool:
        return not self.is_revoked

    def leave(self) -> None:
        self._gone.set()


async def run(feed: Growing, subscriber: Subscriber, after: int, beat_s: float) -> None:
    stream = EventStream(feed.hub, OURS, feed.pages.start(after), subscriber.is_welcome, beat_s)
    await stream({"type": "http"}, subscriber.receive, subscriber.send)


async def test_subscriber_gets_what_it_missed_and_then_what_comes(feed: Growing) -> None:
    feed.grow(3)
    subscriber = Subscriber()
    running = asyncio.create_task(run(feed, subscriber, 1, 60))
    await subscriber.until("id: 3\n")
    assert "id: 1\n" not in subscriber.text
    assert "id: 2\nevent: intent\ndata: {" in subscriber.text
    feed.grow(1)
    feed.ring()
    await subscriber.until("id: 4\n")
    subscriber.leave()
    await asyncio.wait_for(running, 20)


async def test_silence_is_broken_by_heartbeats_and_a_leaver_is_let_go(feed: Growing) -> None:
    subscriber = Subscriber()
    running = asyncio.create_task(run(feed, subscriber, 0, 0.01))
    await subscriber.until(": heartbeat")
    subscriber.leave()
    await asyncio.wait_for(running, 20)
    assert feed.hub._task is None


async def test_subscriber_that_is_stuck_is_left(
    feed: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "STUCK_S", 0.05)
    subscriber = Subscriber()
    running = asyncio.create_task(run(feed, subscriber, 0, 60))
    await subscriber.until("retry")
    subscriber.is_stuck = True
    feed.grow(1)
    feed.ring()
    await asyncio.wait_for(running, 20)


async def test_subscriber_whose_key_was_revoked_is_left(
    feed: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CHECK_S", 0.05)
    subscriber = Subscriber()
    running = asyncio.create_task(run(feed, subscriber, 0, 60))
    await subscriber.until("retry")
    await asyncio.sleep(0.2)
    assert not running.done()
    subscriber.is_revoked = True
    await asyncio.wait_for(running, 20)
