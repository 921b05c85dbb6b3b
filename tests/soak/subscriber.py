"""A subscriber that resumes after each break with the last place it has seen."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from gateway.client import Desk
from tests.soak.fact import Fact, fact_of

SILENCE_S: Final = 20
"""Longest pause before it asks again: its gateway may sleep."""
PAUSE_S: Final = 0.2


@dataclass
class Subscriber:
    """Hears what one member may know.

    Attributes
    ----------
    heard : Counter
        How often each fact was told, less how often it was taken back.
    repeated : int
        Notices whose place was not beyond the last one.
    """

    desk: Desk
    heard: Counter[Fact] = field(default_factory=Counter)
    last: int = 0
    repeated: int = 0
    retracted: int = 0
    breaks: int = 0
    faults: list[str] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Follow for ever."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                await self._follow()
            self.breaks += 1
            await asyncio.sleep(PAUSE_S)

    async def hear(self, facts: Counter[Fact], patience_s: float) -> None:
        """Wait until it has heard just these facts, or for so long."""
        end_s = asyncio.get_running_loop().time() + patience_s
        while self.heard != facts:
            left_s = end_s - asyncio.get_running_loop().time()
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), left_s)
            except TimeoutError:
                return

    async def _follow(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=SILENCE_S)
        headers = {**self.desk.headers(), "Last-Event-ID": str(self.last)}
        async with self.desk.session.get(
            f"{self.desk.url}/v1/events", headers=headers, timeout=timeout
        ) as answer:
            if answer.status in (409, 410):
                self.faults.append(f"resuming after {self.last}: {await answer.text()}"[:300])
            if answer.status != 200:
                return
            rest = b""
            async for part in answer.content.iter_any():
                *whole, rest = (rest + part).split(b"\n\n")
                for event in whole:
                    self._take(event)

    def _take(self, event: bytes) -> None:
        fields = dict(
            line.split(": ", 1) for line in event.decode().splitlines() if ": " in line[1:]
        )
        if "id" not in fields or "data" not in fields:
            return
        if int(fields["id"]) <= self.last:
            self.repeated += 1
            return
        self.last = int(fields["id"])
        notice = json.loads(fields["data"])
        if notice["type"] not in ("fact", "retracted") or notice["machine"] not in (
            "order",
            "delivery",
        ):
            return
        is_new = notice["type"] == "fact"
        self.heard[fact_of(notice, notice["action"])] += 1 if is_new else -1
        self.retracted += not is_new
        self._news.set()
