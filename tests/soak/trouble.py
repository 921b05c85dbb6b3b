"""Kills and pauses processes at random moments, and starts them again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from tests.soak.ground import ANVIL, BACKEND, CHAIN, Ground

QUIET_S_MAX: Final = 1.5
DOWN_S_MAX: Final = 1.0
PAUSES_S: Final = (0.2, 0.2, 1.0, 6.0)
"""The longest one outlives every lease."""
PAUSE_SHARE: Final = 0.2
RECOVERED_SHARE: Final = 0.5
"""How often the next blow waits until the last one is recovered from."""
RECOVERY_S: Final = 15.0


@dataclass
class Trouble:
    """Makes trouble for a network.

    Attributes
    ----------
    kills, pauses : Counter
        How often each process was hit.
    """

    ground: Ground
    random: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    pauses: Counter[str] = field(default_factory=Counter)

    async def make(self, kills: int, seconds: float) -> None:
        """Go on until there were so many kills and it took so long."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + seconds
        while self.kills.total() < kills or loop.time() < end_s:
            await asyncio.sleep(self.random.uniform(0.0, QUIET_S_MAX))
            name = self.random.choice(self._targets())
            if self.random.random() < PAUSE_SHARE:
                await self._pause(name)
            else:
                await self._kill(name)

    def _targets(self) -> list[str]:
        more = [BACKEND] if self.ground.postgres else []
        gateways = [name for name in self.ground.processes if name != CHAIN]
        # The chain is hit as often as one gateway, by its supervisor or by itself.
        return [*gateways, *gateways, CHAIN, ANVIL, *more]

    async def _pause(self, name: str) -> None:
        found = self.ground.pids(name)
        if not found:
            return
        pid = self.random.choice(found)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            self.pauses[name] += 1
            await asyncio.sleep(self.random.choice(PAUSES_S))
            os.kill(pid, signal.SIGCONT)

    async def _kill(self, name: str) -> None:
        found = self.ground.pids(name)
        if not found:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.random.choice(found), signal.SIGKILL)
            self.kills[name] += 1
        await asyncio.sleep(self.random.uniform(0.0, DOWN_S_MAX))
        is_patient = self.random.random() < RECOVERED_SHARE
        await self.revive(RECOVERY_S if is_patient else 0.0)

    async def keep_alive(self) -> None:
        """Start what ends, for ever, as whoever runs a network does."""
        while True:
            await self.revive(0.0)
            await asyncio.sleep(1.0)

    async def revive(self, patience_s: float) -> bool:
        """Start what is down; tell whether all is ready within so many seconds."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + patience_s
        while True:
            for name in self.ground.processes:
                await asyncio.to_thread(self.ground.start, name)
            ready = [
                await asyncio.to_thread(self.ground.is_ready, name)
                for name in self.ground.processes
            ]
            if all(ready) or loop.time() >= end_s:
                return all(ready)
            await asyncio.sleep(0.2)
