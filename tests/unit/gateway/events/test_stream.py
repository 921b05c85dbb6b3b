"""The event stream as one subscriber sees it."""

import asyncio
from collections.abc import Sequence

from starlette.types import Message

from gateway.events.stream import EventStream, Notice
from ledger.feed import Bell


class Subscriber:
    """Collects what a stream sends until it leaves."""

    def __init__(self) -> None:
        self.text = ""
        self._news = asyncio.Event()
        self._gone = asyncio.Event()

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.text += message.get("body", b"").decode()
        self._news.set()

    async def until(self, words: str) -> None:
        async with asyncio.timeout(20):
            while words not in self.text:
                self._news.clear()
                await self._news.wait()

    def leave(self) -> None:
        self._gone.set()


class Feed:
    """Numbers, each a notice."""

    def __init__(self) -> None:
        self.last = 0

    def after(self, sequence: int) -> tuple[Sequence[Notice], int]:
        numbers = range(sequence + 1, self.last + 1)
        return [Notice(number, "fact", {"n": number}) for number in numbers], self.last


async def run(feed: Feed, bell: Bell, subscriber: Subscriber, after: int, beat_s: float) -> None:
    stream = EventStream(feed.after, bell, after, beat_s)
    await stream({"type": "http"}, subscriber.receive, subscriber.send)


async def test_subscriber_gets_what_it_missed_and_then_what_comes() -> None:
    feed, bell, subscriber = Feed(), Bell(), Subscriber()
    feed.last = 3
    running = asyncio.create_task(run(feed, bell, subscriber, 1, 60))
    await subscriber.until("id: 3\n")
    assert "id: 1\n" not in subscriber.text
    assert 'id: 2\nevent: fact\ndata: {"n": 2}\n\n' in subscriber.text
    feed.last = 4
    bell.ring()
    await subscriber.until("id: 4\n")
    subscriber.leave()
    await asyncio.wait_for(running, 20)


async def test_silence_is_broken_by_heartbeats_and_a_leaver_is_let_go() -> None:
    feed, bell, subscriber = Feed(), Bell(), Subscriber()
    running = asyncio.create_task(run(feed, bell, subscriber, 0, 0.01))
    await subscriber.until(": heartbeat")
    subscriber.leave()
    await asyncio.wait_for(running, 20)
