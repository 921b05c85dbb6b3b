"""What a gateway tells one of its members, for those who wait for it: no polling."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any, Final

import aiohttp

from gateway.client import Desk

REMEMBERED: Final = 20_000
"""Tidings kept for somebody who begins to wait a moment too late."""

SILENCE_S: Final = 40.0
"""Longest silence of a live stream; its heartbeats come more often."""

RECONNECT_S: Final = 0.5


class Feed:
    """Follows a gateway's event stream and wakes those who wait for one of its tidings.

    A tiding is only a hint that it is time to look: it may be missed, and it may come for
    something of the same number in another agreement.

    Parameters
    ----------
    desk : Desk
        Whose stream it is.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: dict[str, set[asyncio.Future[str]]] = {}
        self._told: dict[str, None] = {}
        self._last_id = ""

    async def follow(self) -> None:
        """Follow the stream until cancelled; after a break go on where it ended."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError, ValueError):
                await self._read()
            await asyncio.sleep(RECONNECT_S)

    async def heard(self, *tidings: str, timeout_s: float) -> str | None:
        """Wait for the first of some tidings; None when none comes in time."""
        for tiding in tidings:
            if tiding in self._told:
                return tiding
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        for tiding in tidings:
            self._waiting.setdefault(tiding, set()).add(future)
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        except TimeoutError:
            return None
        finally:
            for tiding in tidings:
                self._forget(tiding, future)

    async def _read(self) -> None:
        headers = self._desk.headers()
        if self._last_id:
            headers["Last-Event-ID"] = self._last_id
        timeout = aiohttp.ClientTimeout(total=None, sock_read=SILENCE_S)
        url = f"{self._desk.url}/v1/events"
        async with self._desk.session.get(url, headers=headers, timeout=timeout) as answer:
            answer.raise_for_status()
            async for line in answer.content:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "id":
                    self._last_id = value
                elif field == "data":
                    self._tell(tiding_of(json.loads(value)))

    def _tell(self, tiding: str) -> None:
        self._told[tiding] = None
        if len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        for future in self._waiting.get(tiding, ()):
            if not future.done():
                future.set_result(tiding)

    def _forget(self, tiding: str, future: asyncio.Future[str]) -> None:
        waiting = self._waiting[tiding]
        waiting.discard(future)
        if not waiting:
            del self._waiting[tiding]


def opened(kind: str, number: int) -> str:
    """The tiding that a document of an order or delivery was opened."""
    return f"opened {kind} {number}"


def recorded(subject: str, action: str) -> str:
    """The tiding that an action on an order or delivery is a fact."""
    return f"recorded {subject} {action}"


def refused(intent: str) -> str:
    """The tiding that the ledger refused an intent."""
    return f"refused {intent}"


def tiding_of(event: dict[str, Any]) -> str:
    """Name what an event of the stream tells."""
    if event["type"] == "fact":
        subject = event.get("delivery") or event.get("order") or event.get("agreement")
        return recorded(str(subject), str(event.get("action")))
    if event["type"] == "document":
        return f"{event['status']} {event['kind']} {event['number']}"
    if event["type"] == "intent":
        return refused(str(event["intent"]))
    return str(event["type"])
