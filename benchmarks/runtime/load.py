"""Sends calls to gateways: as fast as they are recorded, or at a fixed rate."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.runtime.ear import Ear, Key
from benchmarks.runtime.traffic import Call, Facts

PAUSE_S = 0.02
PATIENCE_S = 60.0
TOO_MANY = 429


async def send(call: Call) -> int:
    """Send a call until it is taken; gives how often the gateway asked to come back later."""
    headers = call.desk.headers() | {"Content-Type": "application/x-ndjson"}
    url, busy = call.desk.url + call.path, 0
    while True:
        async with call.desk.session.post(url, data=call.body, headers=headers) as answer:
            body = await answer.read()
        if answer.status != TOO_MANY:
            break
        busy += 1
        await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
    accepted = body.count(b'"status":"accepted"') + body.count(b'"status": "accepted"')
    if accepted != len(call.keys) + call.poisoned:
        raise RuntimeError(f"{answer.status}: {accepted} of {len(call.keys)}: {body[:600]!r}")
    return busy


@dataclass
class Outcome:
    """What became of the load.

    Attributes
    ----------
    intended : dict
        When each action was to be sent.
    accepted, busy : int
        Actions accepted; calls answered with 429.
    """

    intended: dict[Key, float] = field(default_factory=dict)
    accepted: int = 0
    busy: int = 0
    began_s: float = 0.0
    seconds: float = 0.0
    recorded: int = 0

    @property
    def per_second(self) -> float:
        """Actions recorded and heard of, a second."""
        return self.recorded / self.seconds

    def latencies(self, ear: Ear) -> list[float]:
        """Give the seconds from the moment an action was to be sent until it was heard, sorted."""
        return sorted(ear.heard[key] - at for key, at in self.intended.items() if key in ear.heard)

    def lost(self, ear: Ear) -> int:
        """Count accepted actions that were not heard of."""
        return sum(key not in ear.heard for key in self.intended)


@dataclass
class Load:
    """Members' systems at work.

    Parameters
    ----------
    ear : Ear
        Hears of everything that is sent.
    waiting_max : int
        Actions that may be on their way at once; whoever has sent as many waits.
    """

    ear: Ear
    waiting_max: int
    outcome: Outcome = field(default_factory=Outcome)

    async def flood(self, streams: Sequence[Facts], seconds: float) -> Outcome:
        """Send as fast as things get recorded; the rate counts from the second sixth on."""
        end_s = time.monotonic() + seconds
        await asyncio.gather(
            *(self._drive(each, end_s) for each in streams), self._measure(seconds)
        )
        await self._silence()
        return self.outcome

    async def pace(self, streams: Sequence[Facts], per_second: float, seconds: float) -> Outcome:
        """Send at a fixed rate, whatever the answers' speed; times count from when each was due."""
        outcome, running = self.outcome, set()
        due_s = outcome.began_s = time.monotonic()
        end_s = due_s + seconds
        turn = 0
        locks = [asyncio.Lock() for _ in streams]
        while due_s < end_s:
            call = next(streams[turn % len(streams)])
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            running.add(
                asyncio.create_task(self._in_order(locks[turn % len(streams)], call, due_s))
            )
            due_s += len(call.keys) / per_second
            turn += 1
        await asyncio.gather(*running)
        await self._silence()
        outcome.seconds, outcome.recorded = seconds, len(self.ear.heard)
        return outcome

    async def _in_order(self, lock: asyncio.Lock, call: Call, due_s: float) -> None:
        """Send what rests on earlier calls of the same stream after them."""
        async with lock:
            await self._send(call, due_s)

    async def _drive(self, stream: Facts, end_s: float) -> None:
        for call in stream:
            while self._waiting() > self.waiting_max:  # noqa: ASYNC110 (it is heard, not told)
                await asyncio.sleep(PAUSE_S)
            now = time.monotonic()
            if now >= end_s:
                return
            await self._send(call, now)

    async def _measure(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 6)
        before, began_s = len(self.ear.heard), time.monotonic()
        await asyncio.sleep(seconds * 5 / 6)
        self.outcome.recorded = len(self.ear.heard) - before
        self.outcome.began_s, self.outcome.seconds = began_s, time.monotonic() - began_s

    async def _send(self, call: Call, intended_s: float) -> None:
        self.outcome.busy += await send(call)
        self.outcome.accepted += len(call.keys)
        self.outcome.intended.update(dict.fromkeys(call.keys, intended_s))

    def _waiting(self) -> int:
        return self.outcome.accepted - len(self.ear.heard)

    async def _silence(self) -> None:
        """Wait until everything has been heard, or nothing more comes."""
        heard, since_s = -1, time.monotonic()
        while self._waiting() > 0 and time.monotonic() - since_s < PATIENCE_S:
            if len(self.ear.heard) != heard:
                heard, since_s = len(self.ear.heard), time.monotonic()
            await asyncio.sleep(PAUSE_S)
