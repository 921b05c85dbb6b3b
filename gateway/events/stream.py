"""Server-sent events, straight to ASGI: a generator per subscriber costs half the fan-out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Response
from starlette.types import Receive, Scope, Send

from gateway.events.hub import Hub, Subscription

HEARTBEAT_S: Final = 15.0
STUCK_S: Final = 30.0
"""How long a subscriber may take nothing of what is written to it."""
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class EventStream(Response):
    """An answer that goes on until the subscriber leaves.

    Parameters
    ----------
    organisation : int
        Whose events these are.
    start : tuple of int
        Where the stream begins, and the newest place of the feed, as `Pages.start` gives them.
    heartbeat_s : float
        Longest silence; a comment then shows that the connection lives.
    """

    def __init__(
        self,
        hub: Hub,
        organisation: int,
        start: tuple[int, int],
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        super().__init__()
        self._hub = hub
        self._organisation = organisation
        self._start = start
        self._heartbeat_s = heartbeat_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one subscriber."""
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        # The first bytes tell a subscriber that it is connected.
        await _write(send, b"retry: 1000\n\n")
        with self._hub.following(self._organisation, *self._start) as subscription:
            await until_gone(receive, lambda: self._feed(subscription, send))

    async def _feed(self, subscription: Subscription, send: Send) -> None:
        while True:
            page = await subscription.next(self._heartbeat_s)
            body = b": heartbeat\n\n" if page is None else page.stream
            # Who is stuck is left; it resumes after the last event that it has taken.
            async with asyncio.timeout(STUCK_S):
                await _write(send, body)


async def until_gone(receive: Receive, feed: Callable[[], Awaitable[None]]) -> None:
    """Feed a subscriber until it leaves, or is stuck."""
    leaving = asyncio.ensure_future(_left(receive))
    feeding = asyncio.ensure_future(feed())
    try:
        await asyncio.wait({leaving, feeding}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        feeding.cancel()
        await asyncio.wait({leaving, feeding})
    if not feeding.cancelled():
        with contextlib.suppress(TimeoutError, OSError):
            feeding.result()


async def _left(receive: Receive) -> None:
    while not (await receive())["type"].endswith(".disconnect"):
        pass


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
