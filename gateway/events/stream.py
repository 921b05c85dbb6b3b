"""Server-sent events, straight to ASGI: a generator per subscriber costs half the fan-out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Response
from starlette.types import Receive, Scope, Send

from ledger.feed import Bell

HEARTBEAT_S: Final = 15.0
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(frozen=True, slots=True)
class Notice:
    """One event as subscribers see it.

    Parameters
    ----------
    sequence : int
        Its place in this gateway's feed; `Last-Event-ID` continues after it.
    type : str
        For example ``fact`` or ``retracted``.
    """

    sequence: int
    type: str
    data: dict[str, Any]

    def encoded(self) -> bytes:
        """Spell it as an event of the stream."""
        data = json.dumps(self.data, ensure_ascii=False)
        return f"id: {self.sequence}\nevent: {self.type}\ndata: {data}\n\n".encode()


Source = Callable[[int], tuple[Sequence[Notice], int]]
"""Gives what comes after a sequence number, oldest first, and the number to go on from."""


class EventStream(Response):
    """An answer that goes on until the subscriber leaves.

    Parameters
    ----------
    source : Source
        Where the events come from; called in a thread.
    bell : Bell
        Rings when there may be something new.
    after : int
        Sequence number after which the stream begins.
    heartbeat_s : float
        Longest silence; a comment then shows that the connection lives.
    """

    def __init__(
        self, source: Source, bell: Bell, after: int, heartbeat_s: float = HEARTBEAT_S
    ) -> None:
        super().__init__()
        self._source = source
        self._bell = bell
        self._after = after
        self._heartbeat_s = heartbeat_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one subscriber."""
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        # The first bytes tell a subscriber that it is connected.
        await _write(send, b"retry: 1000\n\n")
        leaving = asyncio.create_task(_until_gone(receive))
        feeding = asyncio.create_task(self._feed(send))
        try:
            await asyncio.wait({leaving, feeding}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            feeding.cancel()
            await asyncio.gather(leaving, feeding, return_exceptions=True)

    async def _feed(self, send: Send) -> None:
        after = self._after
        while True:
            # Taken before looking, so that what happens meanwhile is not slept through.
            ring = asyncio.create_task(self._bell.wait(self._heartbeat_s))
            try:
                notices, after = await asyncio.to_thread(self._source, after)
                if notices:
                    await _write(send, b"".join(notice.encoded() for notice in notices))
                elif not await ring:
                    await _write(send, b": heartbeat\n\n")
            finally:
                ring.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
