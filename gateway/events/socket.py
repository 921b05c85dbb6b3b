"""The events over a WebSocket: the same notices, one JSON text frame each."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from gateway.events.hub import Hub, Subscription
from gateway.events.stream import HEARTBEAT_S, STUCK_S, IsWelcome, until_gone
from gateway.problems import MEDIA_TYPE, Problem

BEARER: Final = "bearer."
"""Begins the subprotocol in which browsers, which can set no header, carry an API key."""
PROTOCOL: Final = "consign.events"
TRY_AGAIN_LATER: Final = 1013
"""The close code for whoever takes too little: resume after the last notice that was heard."""
PROBLEM: Final = 4000
"""A problem's close code is this and its HTTP status, for example 4410."""
CLOSE_S: Final = 2.0


def offered(scope: Scope) -> list[str]:
    """Give the subprotocols that a client offers."""
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == _OFFER]
    return [each.strip() for value in values for each in value.split(",") if each.strip()]


_OFFER: Final = b"sec-websocket-protocol"


def authorization(scope: Scope) -> str | None:
    """Give the `Authorization` header, or what a browser sends in its place."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return str(value.decode("latin-1"))
    key = next((each for each in offered(scope) if each.startswith(BEARER)), None)
    return None if key is None else f"Bearer {key.removeprefix(BEARER)}"


class EventSocket:
    """One subscriber's connection.

    Parameters
    ----------
    protocol : str, optional
        The subprotocol to agree to.
    """

    def __init__(self, receive: Receive, send: Send, protocol: str | None = None) -> None:
        self._receive = receive
        self._send = send
        self._protocol = protocol

    async def deny(self, problem: Problem) -> None:
        """Refuse the connection as any other request would be."""
        named = {"Content-Type": MEDIA_TYPE, **problem.headers}
        headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]
        await self._receive()
        status = problem.status
        await self._send(
            {"type": "websocket.http.response.start", "status": status, "headers": headers}
        )
        await self._send({"type": "websocket.http.response.body", "body": problem.body()})

    async def refuse(self, problem: Problem) -> None:
        """Say after the connection is made why nothing comes: browsers see no other refusal."""
        await self._accept()
        await self._frame(problem.body().decode())
        await self._close(PROBLEM + problem.status, problem.error)

    async def serve(
        self,
        hub: Hub,
        organisation: int,
        start: tuple[int, int],
        is_welcome: IsWelcome,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        """Tell what happens until the subscriber leaves."""
        await self._accept()
        with hub.following(organisation, *start) as subscription:
            feed = self._feed(subscription, heartbeat_s)
            await until_gone(self._receive, feed, is_welcome)

    async def _feed(self, subscription: Subscription, heartbeat_s: float) -> None:
        heard = subscription.after
        try:
            while True:
                page = await subscription.next(heartbeat_s)
                if page is None:
                    await self._frame(_heartbeat(subscription.after))
                    continue
                for notice in page.notices:
                    await self._frame(notice.text)
                    heard = notice.sequence
        except TimeoutError:
            await self._close(TRY_AGAIN_LATER, f"too slow: resume after {heard}")

    async def _accept(self) -> None:
        await self._receive()
        await self._send({"type": "websocket.accept", "subprotocol": self._protocol})

    async def _frame(self, text: str) -> None:
        async with asyncio.timeout(STUCK_S):
            await self._send({"type": "websocket.send", "text": text})

    async def _close(self, code: int, reason: str) -> None:
        # Whoever takes nothing does not take this either, and is cut off.
        async with asyncio.timeout(CLOSE_S):
            await self._send({"type": "websocket.close", "code": code, "reason": reason})


def _heartbeat(after: int) -> str:
    beat: dict[str, Any] = {"type": "heartbeat", "sequence": after}
    return json.dumps(beat, separators=(",", ":"))
