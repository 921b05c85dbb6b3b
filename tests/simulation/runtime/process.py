"""A gateway's process on the simulated chain: it is moved step by step, and dies where told."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ledger.client import Client
from ledger.runtime import LedgerRuntime
from tests.simulation.runtime.calm import URL
from tests.simulation.runtime.company import Company
from tests.simulation.runtime.engine import give
from tests.simulation.runtime.life import Life
from tests.simulation.runtime.weather import Weather

T = TypeVar("T")


class SimulatedClient(Client):
    """Asks the simulated node for as long as its process lives."""

    def __init__(self, life: Life) -> None:
        super().__init__(URL)
        self._life = life

    async def _post(self, body: Any) -> Any:
        self._life.live_through("question")
        answer = self._life.weather.answer(body)
        await asyncio.sleep(0)
        self._life.live_through("answer")
        return answer


@dataclass
class Process:
    """One process of a company; several may share its database."""

    company: Company
    folder: Path
    weather: Weather
    life: Life = field(init=False)
    runtime: LedgerRuntime = field(init=False)

    def __post_init__(self) -> None:
        self._begin()

    def doom(self, moments: int | None = None, boundary: str | None = None) -> None:
        """Let the process die after so many moments, or at a boundary, if it gets so far."""
        self.life.moments, self.life.dies_at = moments, boundary

    async def step(self, work: Awaitable[T]) -> T | None:
        """Do a piece of work; nothing when the process died of it, and was started again."""
        task = asyncio.ensure_future(work)
        ending = asyncio.ensure_future(self.life.ended.wait())
        try:
            await asyncio.wait({task, ending}, return_when=asyncio.FIRST_COMPLETED)
            if task.done() and not self.life.is_over:
                return task.result()
        finally:
            ending.cancel()
            # A boundary at which it is to die may come in a later piece of work.
            self.life.moments = None
        # Whatever of it is still under way can do nothing any more.
        task.cancel()
        self.start_again()
        return None

    def start_again(self) -> None:
        """Start on what the process left when it died, without a goodbye."""
        self.life.is_over = True
        self.runtime.engine.dispose()
        self._begin()

    async def stop(self) -> None:
        """Stop for good, in good order."""
        self.weather.is_calm = True
        await self.runtime.stop()

    def _begin(self) -> None:
        was_calm, self.weather.is_calm = self.weather.is_calm, True
        self.life = Life(self.weather)
        self.runtime = LedgerRuntime(
            self.company.settings(self.folder),
            client=SimulatedClient(self.life),
            interrupt=self.life.pass_boundary,
        )
        self.weather.is_calm = was_calm
        give(self.runtime.engine, self.life)
