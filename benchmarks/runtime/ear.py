"""A subscriber: hears a gateway's events as they come, and counts what comes twice."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from gateway.client import Desk

Key = tuple[str, str]
"""What was done to what, for example ``("A1-1-O7", "acknowledge")``."""

Pick = Callable[[dict[str, Any]], Key | None]
"""Tells what a notice is about; none when it is not waited for."""


def fact_of(notice: dict[str, Any]) -> Key | None:
    """Pick facts about orders and deliveries."""
    if notice["type"] != "fact":
        return None
    subject = notice.get("delivery") or notice.get("order")
    return None if subject is None else (subject, notice["action"])


@dataclass(eq=False)
class Ear:
    """One subscriber of one organisation.

    Attributes
    ----------
    heard : dict
        When each fact was heard first, by `time.monotonic`.
    doubled, retracted : int
        Facts that came again; facts that were taken back.
    """

    desk: Desk
    pick: Pick = fact_of
    heard: dict[Key, float] = field(default_factory=dict)
    doubled: int = 0
    retracted: int = 0
    refused: int = 0
    last_id: str = ""
    _task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Ear":
        self._is_open = asyncio.Event()
        self._task = asyncio.create_task(self._listen())
        await self._is_open.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None, sock_read=60)
        url, headers = f"{self.desk.url}/v1/events", self.desk.headers()
        async with self.desk.session.get(url, headers=headers, timeout=timeout) as answer:
            answer.raise_for_status()
            self._is_open.set()
            rest = b""
            async for part, _ in answer.content.iter_chunks():
                *whole, rest = (rest + part).split(b"\n\n")
                now = time.monotonic()
                for each in whole:
                    self._take(each, now)

    def _take(self, event: bytes, now: float) -> None:
        at = event.find(b"data: ")
        if at < 0:
            return
        notice = json.loads(event[at + 6 :])
        self.retracted += notice["type"] == "retracted"
        self.refused += notice["type"] == "intent"
        key = self.pick(notice)
        if key is None:
            return
        if key in self.heard:
            self.doubled += 1
        else:
            self.heard[key] = now
