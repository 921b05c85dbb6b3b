"""Reveals bids as soon as bidding has closed, by the chain's time.

What a bid says lies in the database before the bid is sent, so a gateway that was down reveals when
it is back.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from ledger.catalogue import LedgerError
from ledger.runtime import LedgerRuntime

LOOK_AGAIN_S: Final = 0.5
PAUSE_S: Final = 0.05
TRY_AGAIN_S: Final = 2.0
"""How long an attempt is given before the next one at the same auction."""

_log = logging.getLogger(__name__)


class Revealer:
    """Reveals the bids of hosted carriers.

    Parameters
    ----------
    organisations : collection of int
        The organisations hosted here.
    """

    def __init__(self, ledger: LedgerRuntime, organisations: Collection[int]) -> None:
        self._ledger = ledger
        self._organisations = organisations
        self._tried_s: dict[tuple[int, int], float] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the background."""
        self._task = asyncio.create_task(self._run(), name="revealer")

    async def stop(self) -> None:
        """Stop; what is not revealed yet waits for the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._look()
            except (LedgerError, SQLAlchemyError) as problem:
                # A bid that stays sealed costs its bond: whatever it was, look again.
                _log.warning("revealing waits: %s", problem)
            # Blocks come and news with them; the pause keeps many of them from many looks.
            await asyncio.sleep(PAUSE_S)
            await self._ledger.news.wait(LOOK_AGAIN_S)

    async def _look(self) -> None:
        waiting = await asyncio.to_thread(self._ledger.queries.unrevealed, self._organisations)
        now_s = time.monotonic()
        self._tried_s = {key: tried_s for key, tried_s in self._tried_s.items() if key in waiting}
        for organisation, auction in waiting:
            tried_s = self._tried_s.get((organisation, auction))
            if tried_s is None or now_s - tried_s >= TRY_AGAIN_S:
                self._tried_s[organisation, auction] = now_s
                await self._ledger.auction_desk.reveal(organisation, auction)
