"""Waking those who wait for news inside this process."""

import asyncio
import contextlib


class Bell:
    """Wakes everyone who waits on it; belongs to one event loop.

    Nothing is said with the ring: whoever wakes looks into the database, so a missed ring or one
    too many does no harm.
    """

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake everyone who waits now."""
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait for the next ring; return whether it came in time."""
        rung = self._rung
        # Not `wait_for`, which before Python 3.12 can swallow a cancellation.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await rung.wait()
        return rung.is_set()
