"""Does the chain answer? Asked before anything is accepted, and by those who watch the gateway."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from ledger.client import Client
from ledger.errors import Unreachable

FRESH_S: Final = 0.5
"""After so long the chain is asked again, while nobody waits."""
STALE_S: Final = 1.5
"""After so long without an answer nobody goes on before there is one."""
PATIENCE_S: Final = 3.0


class Pulse:
    """Remembers for a moment that the chain answered, so that not every request asks it.

    Parameters
    ----------
    client : Client
        The chain's JSON-RPC.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._felt_s = float("-inf")
        self._head = 0
        self._feeling: asyncio.Task[int] | None = None

    async def require(self) -> int:
        """Give the number of the newest block that was seen within the last moment.

        Raises
        ------
        Unreachable
            If the chain does not answer.
        """
        age_s = time.monotonic() - self._felt_s
        if age_s < FRESH_S:
            return self._head
        if self._feeling is None or self._feeling.done():
            self._feeling = asyncio.create_task(self._feel())
            self._feeling.add_done_callback(_heard)
        if age_s < STALE_S:
            return self._head
        return await asyncio.shield(self._feeling)

    async def _feel(self) -> int:
        try:
            async with asyncio.timeout(PATIENCE_S):
                self._head = await self._client.block_number()
        except TimeoutError:
            problem = f"no answer within {PATIENCE_S:g} s"
            raise Unreachable(url=self._client.url, problem=problem) from None
        self._felt_s = time.monotonic()
        return self._head


def _heard(feeling: asyncio.Task[int]) -> None:
    # Those who waited were told; a failure that nobody waited for is felt again by the next.
    if not feeling.cancelled():
        feeling.exception()
