"""A client that loses nothing: it repeats a request, under the same key, until it has an answer."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from gateway.client import Desk
from tests.soak.fact import Fact, fact_of

TIMEOUT: Final = aiohttp.ClientTimeout(total=20)
PAUSE_S: Final = 0.25
NDJSON: Final = "application/x-ndjson"
FORGOTTEN: Final = "forgotten"
"""What a gateway says of an intent that it does not know."""
UNREAD: Final = "DocumentUnread"
"""A refusal for now: the careful one goes on to other work."""


@dataclass
class Careful:
    """One member's way to its gateway.

    Attributes
    ----------
    accepted : dict
        What each acknowledged intent is about.
    refusals : Counter
        Names of the problems that were the answer.
    faults : list of str
        Answers that a careful client should never see.
    """

    desk: Desk
    random: random.Random
    accepted: dict[str, Fact] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    faults: list[str] = field(default_factory=list)

    async def post(self, path: str, body: dict[str, Any], action: str) -> dict[str, Any] | None:
        """Do one thing; gives what was acknowledged, or nothing when it was refused."""
        answer = await self._send(path, json.dumps(body), "application/json")
        return None if answer is None else self._keep(json.loads(answer), action)

    async def post_all(self, lines: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
        """Do many things in one call; gives for each what was acknowledged."""
        text = "".join(json.dumps(line) + "\n" for line in lines)
        answer = await self._send("/v1/actions", text, NDJSON)
        if answer is None:
            return [None] * len(lines)
        told = [json.loads(line) for line in answer.splitlines()]
        if len(told) != len(lines):
            self.faults.append(f"{len(lines)} lines were answered with {len(told)}")
        return [self._keep(one, line["action"]) for one, line in zip(told, lines, strict=False)]

    async def outcome(self, intent: str) -> str:
        """Ask what became of an intent."""
        while True:
            try:
                url = f"{self.desk.url}/v1/intents/{intent}"
                async with self.desk.session.get(
                    url, headers=self.desk.headers(), timeout=TIMEOUT
                ) as answer:
                    if answer.status == 200:
                        return str((await answer.json())["status"])
                    if answer.status == 404:
                        return FORGOTTEN
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(PAUSE_S)

    async def _send(self, path: str, text: str, kind: str) -> str | None:
        key = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        headers = {**self.desk.headers(), "Idempotency-Key": key, "Content-Type": kind}
        while True:
            try:
                async with self.desk.session.post(
                    self.desk.url + path, data=text.encode(), headers=headers, timeout=TIMEOUT
                ) as answer:
                    content = await answer.text()
                    if answer.status in (200, 202):
                        return content
                    if not self._is_passing(answer.status, content):
                        return None
            except (aiohttp.ClientError, TimeoutError):
                pass
            self.retries += 1
            await asyncio.sleep(PAUSE_S * (1 + self.random.random()))

    def _is_passing(self, status: int, content: str) -> bool:
        """Whether an answer says that the same request may be taken later."""
        try:
            name = str(json.loads(content)["error"])
        except (ValueError, KeyError):
            name = f"HTTP {status}"
        if status == 500:
            self.faults.append(content[:300])
        if status in (429, 500, 502, 503, 504) and name != UNREAD:
            return True
        self.refusals[name] += 1
        return False

    def _keep(self, told: dict[str, Any], action: str) -> dict[str, Any] | None:
        if told["status"] == "refused":
            self.refusals[told["problem"]["error"]] += 1
            return None
        self.accepted[str(told["intent"])] = fact_of(told, action)
        return told
