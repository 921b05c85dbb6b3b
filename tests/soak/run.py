"""One soak: found, trade under trouble, heal, judge."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import aiohttp

from gateway.client import Desk
from gateway.network.terms import agreement_terms
from tests.postgres import Server
from tests.soak.careful import Careful
from tests.soak.ground import BUYER, SELLER, Ground
from tests.soak.oracle import Verdict, judge, rebuilt_differs
from tests.soak.subscriber import Subscriber
from tests.soak.traffic import Trade
from tests.soak.trouble import Trouble

TELL_S: Final = 10.0
HEAL_S: Final = 120.0


class Soak:
    """A network, its traffic and its trouble, all by one seed but for the machine's timing.

    Parameters
    ----------
    say : callable
        Told about the progress.
    """

    def __init__(
        self, folder: Path, postgres: Server | None, seed: int, say: Callable[[str], None]
    ) -> None:
        self.folder = folder
        self.ground = Ground(folder / "network", postgres)
        self.trouble = Trouble(self.ground, random.Random(seed))
        self._seed = seed
        self._say = say
        self._clients: tuple[Careful, Careful] | None = None

    async def run(self, kills: int, seconds: float) -> Verdict:
        """Soak until there were so many kills and it took so long; gives what was found."""
        self._say(f"seed {self._seed}, {kills} kills, at least {seconds:.0f} s")
        try:
            await asyncio.to_thread(self.ground.found, lambda text: self._say(f"  {text}"))
            await self.trouble.revive(HEAL_S)
            self.ground.restarts = 0
            async with aiohttp.ClientSession() as session:
                verdict = await self._soak(session, kills, seconds)
        finally:
            await asyncio.to_thread(self.ground.stop)
        self._tell(verdict)
        return verdict

    async def _soak(self, session: aiohttp.ClientSession, kills: int, seconds: float) -> Verdict:
        desks = [self.ground.desk(session, alias) for alias in (BUYER, SELLER)]
        agreement = await _agree(*desks)
        buyer, seller = (
            Careful(desk, random.Random(self._seed + n)) for n, desk in enumerate(desks)
        )
        self._clients = (buyer, seller)
        subscribers = [Subscriber(desk) for desk in desks]
        trade = Trade(agreement, buyer, seller, random.Random(self._seed + 2))
        tasks = [asyncio.create_task(each.listen()) for each in subscribers]
        tasks.append(asyncio.create_task(self._progress()))
        trading = asyncio.create_task(trade.run())
        tasks.append(trading)
        try:
            await self.trouble.make(kills, seconds)
            trade.is_over = True
            if not await self.trouble.revive(HEAL_S):
                return Verdict(problems=[f"not ready {HEAL_S:.0f} s after the last kill"])
            tasks.append(asyncio.create_task(self.trouble.keep_alive()))
            await asyncio.wait_for(trading, HEAL_S)
            verdict = await judge(self.ground, (buyer, seller), subscribers)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        verdict.problems += await rebuilt_differs(self.ground, self.folder)
        return verdict

    async def _progress(self) -> None:
        began_s = time.monotonic()
        while True:
            await asyncio.sleep(TELL_S)
            self._say(f"  {time.monotonic() - began_s:4.0f} s: {self._so_far()}")

    def _so_far(self) -> str:
        clients = self._clients or ()
        accepted = sum(len(each.accepted) for each in clients)
        retries = sum(each.retries for each in clients)
        return (
            f"{self.trouble.kills.total()} kills, {self.trouble.pauses.total()} pauses, "
            f"{self.ground.restarts} restarts, {accepted} accepted, {retries} repeated requests"
        )

    def _tell(self, verdict: Verdict) -> None:
        clients = self._clients or ()
        refusals = sum((each.refusals for each in clients), start=type(self.trouble.kills)())
        self._say(self._so_far())
        self._say(f"killed {dict(self.trouble.kills)}, paused {dict(self.trouble.pauses)}")
        self._say(f"refused at the door: {dict(refusals)}")
        self._say(
            f"accepted {verdict.accepted}, recorded {verdict.recorded}, "
            f"refused by the chain {verdict.refused}, lost {verdict.lost}, "
            f"doubled {verdict.doubled}"
        )
        for problem in verdict.problems:
            self._say(f"PROBLEM: {problem}")
        self._say(f"seed {self._seed}: {'it does not hold' if verdict.problems else 'all holds'}")


async def _agree(buyer: Desk, seller: Desk) -> str:
    """Bring an agreement into force between the two."""
    seated = {"buyer": buyer, "seller": seller}
    body = {
        "seats": {name: desk.organisation for name, desk in seated.items()},
        "notice_days": 30,
        "terms": agreement_terms("SOAK", seated, "As it comes."),
    }
    agreement: str = (await buyer.post("/v1/agreements", body))["agreement"]
    path = f"/v1/agreements/{agreement}"
    await seller.until(path, lambda found: found["state"] == "Proposed", "the proposal")
    await seller.post(f"{path}/sign")
    for desk in (buyer, seller):
        await desk.until(path, lambda found: found["state"] == "Active", "the agreement")
    return agreement
