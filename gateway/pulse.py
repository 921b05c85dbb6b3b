"""Does the chain answer? Asked before anything is accepted, and by those who watch the gateway."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from ledger.client import Client
from ledger.errors import Unreachable

FRESH_S: Final = 1.0
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

    async def require(self) -> int:
        """Give the number of the newest block that was seen within the last moment.

        Raises
        ------
        Unreachable
            If the chain does not answer.
        """
        if time.monotonic() - self._felt_s < FRESH_S:
            return self._head
        try:
            async with asyncio.timeout(PATIENCE_S):
                self._head = await self._client.block_number()
        except TimeoutError:
            problem = f"no answer within {PATIENCE_S:g} s"
            raise Unreachable(url=self._client.url, problem=problem) from None
        self._felt_s = time.monotonic()
        return self._head
