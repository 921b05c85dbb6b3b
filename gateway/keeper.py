"""Keeps the ledger's workers running and the gateway's own tables tidy."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Final

from gateway import idempotency
from ledger.catalogue import LedgerError
from ledger.database import writing
from ledger.errors import DeploymentChainDiffers, DeploymentCodeDiffers, Unreachable
from ledger.runtime import LedgerRuntime

START_AGAIN_S: Final = 0.5
TIDY_EVERY_S: Final = 3600.0
_DAY_S: Final = 86_400

_log = logging.getLogger(__name__)


class Keeper:
    """Starts the workers once the chain answers, which may be later than the gateway.

    Parameters
    ----------
    idempotency_days : int
        For how long answers are kept for repeated requests.

    Attributes
    ----------
    refusal : LedgerError, optional
        Why the workers will never start.
    """

    def __init__(self, ledger: LedgerRuntime, idempotency_days: int) -> None:
        self._ledger = ledger
        self._idempotency_days = idempotency_days
        self._task: asyncio.Task[None] | None = None
        self.has_started = False
        self.refusal: LedgerError | None = None

    def start(self) -> None:
        """Begin, in the background."""
        self._task = asyncio.create_task(self._run(), name="keeper")

    async def stop(self) -> None:
        """Stop the workers; what was accepted waits for the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._ledger.stop()

    async def _run(self) -> None:
        await self._start_workers()
        while True:
            try:
                await asyncio.to_thread(self._tidy)
            except Unreachable as problem:
                _log.warning("what is old stays for now: %s", problem)
            await asyncio.sleep(TIDY_EVERY_S)

    async def _start_workers(self) -> None:
        while not self.has_started:
            try:
                await self._ledger.start()
                self.has_started = True
            except Unreachable as problem:
                _log.info("the workers wait: %s", problem)
                await asyncio.sleep(START_AGAIN_S)
            except (DeploymentChainDiffers, DeploymentCodeDiffers) as problem:
                # What answers now is not our network: no waiting makes it so.
                self.refusal = problem
                _log.critical("the workers do not start: %s", problem)
                return

    def _tidy(self) -> None:
        before = int(time.time()) - self._idempotency_days * _DAY_S
        with writing(self._ledger.engine) as session:
            idempotency.prune(session, before)
