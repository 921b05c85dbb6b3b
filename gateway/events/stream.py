"""Server-sent events, straight to ASGI: a generator per subscriber costs half the fan-out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Response
from starlette.types import Receive, Scope, Send

from gateway.events.hub import Hub, Subscription

HEARTBEAT_S: Final = 15.0
STUCK_S: Final = 30.0
"""How long a subscriber may take nothing of what is written to it."""
CHECK_S: Final = 30.0
"""How long a subscriber is told things after its key was revoked."""
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


IsWelcome = Callable[[], bool]
"""Tells whether the key that a stream was asked for with still counts; called in a thread."""


class EventStream(Response):
    """An answer that goes on until the subscriber leaves.

    Parameters
    ----------
    organisation : int
        Whose events these are.
    start : tuple of int
        Where the stream begins, and the newest place of the feed, as `Pages.start` gives them.
    is_welcome : callable
        Asked now and then.
    heartbeat_s : float
        Longest silence; a comment then shows that the connection lives.
    """

    def __init__(
        self,
        hub: Hub,
        organisation: int,
        start: tuple[int, int],
        is_welcome: IsWelcome,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        super().__init__()
        self._hub = hub
        self._organisation = organisation
        self._start = start
        self._is_welcome = is_welcome
        self._heartbeat_s = heartbeat_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one subscriber."""
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        # The first bytes tell a subscriber that it is connected.
        await _write(send, b"retry: 1000\n\n")
        with self._hub.following(self._organisation, *self._start) as subscription:
            await until_gone(receive, self._feed(subscription, send), self._is_welcome)

    async def _feed(self, subscription: Subscription, send: Send) -> None:
        while True:
            page = await subscription.next(self._heartbeat_s)
            body = b": heartbeat\n\n" if page is None else page.stream
            # Who is stuck is left; it resumes after the last event that it has taken.
            async with asyncio.timeout(STUCK_S):
                await _write(send, body)


async def until_gone(
    receive: Receive, feed: Coroutine[Any, Any, None], is_welcome: IsWelcome
) -> None:
    """Feed a subscriber until it leaves, is stuck, or is not welcome any more."""
    parts = [asyncio.ensure_future(part) for part in (_left(receive), feed, _unwelcome(is_welcome))]
    try:
        await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for part in parts:
            part.cancel()
        await asyncio.wait(parts)
    for part in parts:
        if not part.cancelled():
            with contextlib.suppress(TimeoutError, OSError):
                part.result()


async def _left(receive: Receive) -> None:
    while not (await receive())["type"].endswith(".disconnect"):
        pass


async def _unwelcome(is_welcome: IsWelcome) -> None:
    while True:
        await asyncio.sleep(CHECK_S)
        if not await asyncio.to_thread(is_welcome):
            return


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
