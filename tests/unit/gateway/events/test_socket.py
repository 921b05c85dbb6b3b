"""The events over a WebSocket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.types import Message

from gateway.errors import AuthenticationMissing
from gateway.events import socket as sockets
from gateway.events.errors import EventPositionAhead
from gateway.events.socket import EventSocket, authorization, offered
from gateway.problems import problem_of
from tests.unit.gateway.events.conftest import OURS, Growing


class Client:
    """A connection as an ASGI server shows it."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.is_stuck = False
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self._has_connected = False

    async def receive(self) -> Message:
        if not self._has_connected:
            self._has_connected = True
            return {"type": "websocket.connect"}
        await self._gone.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(self, message: Message) -> None:
        if self.is_stuck and message["type"] == "websocket.send":
            await asyncio.sleep(60)
        self.sent.append(message)
        self._news.set()

    @property
    def frames(self) -> list[dict[str, Any]]:
        texts = [each["text"] for each in self.sent if each["type"] == "websocket.send"]
        return [json.loads(text) for text in texts]

    async def until(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(20):
            while len(self.frames) < count:
                self._news.clear()
                await self._news.wait()
        return self.frames

    def leave(self) -> None:
        self._gone.set()


async def serve(feed: Growing, client: Client, after: int, beat_s: float = 60) -> None:
    socket = EventSocket(client.receive, client.send, "consign.events")
    await socket.serve(feed.hub, OURS, feed.pages.start(after), lambda: True, beat_s)


async def test_each_notice_is_a_frame_of_json(feed: Growing) -> None:
    feed.grow(3)
    client = Client()
    running = asyncio.create_task(serve(feed, client, 1))
    frames = await client.until(2)
    assert client.sent[0] == {"type": "websocket.accept", "subprotocol": "consign.events"}
    assert [frame["sequence"] for frame in frames] == [2, 3]
    assert frames[0]["id"].endswith("_2")
    client.leave()
    await asyncio.wait_for(running, 20)


async def test_heartbeat_tells_how_far_the_client_is(feed: Growing) -> None:
    client = Client()
    running = asyncio.create_task(serve(feed, client, 0, 0.01))
    assert (await client.until(1))[0] == {"type": "heartbeat", "sequence": 0}
    client.leave()
    await asyncio.wait_for(running, 20)


async def test_client_that_takes_too_little_is_told_to_resume(
    feed: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "STUCK_S", 0.05)
    feed.grow(1)
    client = Client()
    running = asyncio.create_task(serve(feed, client, 0))
    await client.until(1)
    client.is_stuck = True
    feed.grow(1)
    feed.ring()
    await asyncio.wait_for(running, 20)
    assert client.sent[-1] == {
        "type": "websocket.close",
        "code": 1013,
        "reason": "too slow: resume after 1",
    }


async def test_client_without_a_key_is_refused_before_it_is_connected() -> None:
    client = Client()
    await EventSocket(client.receive, client.send).deny(problem_of(AuthenticationMissing()))
    start, body = client.sent
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 401)
    assert (b"content-type", b"application/problem+json") in start["headers"]
    assert json.loads(body["body"])["error"] == "AuthenticationMissing"


async def test_client_that_cannot_resume_is_told_why_and_closed() -> None:
    client = Client()
    problem = problem_of(EventPositionAhead(9, 3))
    await EventSocket(client.receive, client.send).refuse(problem)
    assert client.frames[0]["error"] == "EventPositionAhead"
    assert client.sent[-1]["code"] == 4409
    assert client.sent[-1]["reason"] == "EventPositionAhead"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([(b"authorization", b"Bearer consign_a")], "Bearer consign_a"),
        ([(b"sec-websocket-protocol", b"consign.events, bearer.consign_b")], "Bearer consign_b"),
        ([(b"sec-websocket-protocol", b"consign.events")], None),
        ([], None),
    ],
)
def test_key_comes_as_header_or_as_subprotocol(
    headers: list[tuple[bytes, bytes]], expected: str | None
) -> None:
    assert authorization({"type": "websocket", "headers": headers}) == expected


def test_subprotocols_may_come_in_several_headers() -> None:
    name = b"sec-websocket-protocol"
    headers = [(name, b"a, b"), (name, b"c"), (b"host", b"x")]
    assert offered({"type": "websocket", "headers": headers}) == ["a", "b", "c"]
