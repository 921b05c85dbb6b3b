"""Reveals bids as soon as bidding has closed, by the chain's time.

What a bid says lies in the database before the bid is sent, so a gateway that was down reveals when
it is back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection
from typing import Final

from ledger.catalogue import LedgerError
from ledger.runtime import LedgerRuntime

LOOK_AGAIN_S: Final = 0.5
PAUSE_S: Final = 0.05

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
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the background."""
        self._task = asyncio.create_task(self._run(), name="revealer")

    async def stop(self) -> None:
        """Stop; what is not revealed yet waits for the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            waiting = await asyncio.to_thread(self._ledger.queries.unrevealed, self._organisations)
            for organisation, auction in waiting:
                try:
                    await self._ledger.desk.reveal(organisation, auction)
                except LedgerError as problem:
                    _log.warning("organisation %d cannot reveal: %s", organisation, problem)
            # Blocks come and news with them; the pause keeps many of them from many looks.
            await asyncio.sleep(PAUSE_S)
            await self._ledger.news.wait(LOOK_AGAIN_S)
