"""Callers that wait for what becomes of wishes: one question for all of them."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Collection
from typing import Final

from ledger.database import in_thread
from ledger.errors import Unreachable
from ledger.feed import Bell
from ledger.queries import IntentView, Queries

LOOK_AGAIN_S: Final = 0.25
"""Longest sleep: what another process took in rings no bell here."""

_log = logging.getLogger(__name__)


class Waiters:
    """Wakes whoever waits for a wish when the chain has spoken about it; of one event loop.

    Parameters
    ----------
    news : Bell
        Rung when something was decided.
    """

    def __init__(self, queries: Queries, news: Bell) -> None:
        self._queries = queries
        self._news = news
        self._waiting: defaultdict[int, set[asyncio.Future[IntentView]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    async def wait_for(self, intents: Collection[int], timeout_s: float) -> dict[int, IntentView]:
        """Wait until the chain has spoken about wishes; gives those it has spoken about in time."""
        waiting: dict[int, asyncio.Future[IntentView]] = {}
        loop = asyncio.get_running_loop()
        for intent in intents:
            waiting[intent] = loop.create_future()
            self._waiting[intent].add(waiting[intent])
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look(), name="waiters")
        try:
            if waiting:
                await asyncio.wait(waiting.values(), timeout=timeout_s)
        finally:
            for intent, decided in waiting.items():
                self._forget(intent, decided)
        return {intent: decided.result() for intent, decided in waiting.items() if decided.done()}

    async def close(self) -> None:
        """Stop looking; whoever still waits does so until its time is over."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _look(self) -> None:
        """Look after every ring, for as long as anybody waits."""
        while self._waiting:
            ringing = asyncio.ensure_future(self._news.wait(LOOK_AGAIN_S))
            # Begins to listen before it looks, so that no ring is missed.
            await asyncio.sleep(0)
            try:
                for view in await in_thread(self._queries.decided, list(self._waiting)):
                    for waiter in self._waiting.get(view.id, ()):
                        if not waiter.done():
                            waiter.set_result(view)
            except Unreachable as problem:
                _log.info("waiting goes on: %s", problem)
            await ringing

    def _forget(self, intent: int, decided: "asyncio.Future[IntentView]") -> None:
        waiters = self._waiting[intent]
        waiters.discard(decided)
        if not waiters:
            del self._waiting[intent]
