"""Takes accepted wishes to the chain; the only sender of transactions.

Several keys send side by side, each its own share, in one process or in several: a key is used by
the process that holds its lease.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Engine, select

from ledger.client import Client
from ledger.database import in_thread, reading
from ledger.deployment import Deployment
from ledger.errors import RelayerKeyAbsent, RpcRefused, Unreachable
from ledger.feed import Bell
from ledger.gathering import Share
from ledger.host import Host
from ledger.key import SigningKey
from ledger.lane import Interrupt, Lane, Settings
from ledger.lease import LeaseLost
from ledger.model.sending import SENT, STORED, TRANSACTIONS
from ledger.pruning import Pruner
from ledger.storing import NonceTaken, WishesTaken
from ledger.vault import Vault

__all__ = ["Interrupt", "Relayer", "Settings"]

LOOK_AGAIN_S: Final = 0.25
"""Longest sleep: what another process accepted rings no bell here."""
PRUNE_EVERY_S: Final = 600.0
PRUNE_PAUSE_S: Final = 0.2

_WAITS: Final = (Unreachable, RpcRefused, WishesTaken, NonceTaken, LeaseLost)
"""After these, the next round goes on where this one stopped."""

_log = logging.getLogger(__name__)


class Relayer:
    """Signs and sends for the organisations hosted here.

    Parameters
    ----------
    keys : sequence of SigningKey
        Pay for the transactions. Whoever depends on another travels by the same key, as long as
        their order stays.
    work : Bell
        Rung when something was accepted.
    finality : int
        Blocks behind the head that never change.
    """

    def __init__(
        self,
        engine: Engine,
        client: Client,
        deployment: Deployment,
        vault: Vault,
        hosts: Mapping[int, Host],
        keys: Sequence[SigningKey],
        *,
        work: Bell,
        finality: int,
        settings: Settings,
        interrupt: Interrupt = lambda boundary: None,
    ) -> None:
        self._engine = engine
        self._work = work
        self._settings = settings
        self._pruner = Pruner(engine, deployment.chain_id, finality, settings.keep_days)
        self.lanes = [
            Lane(
                engine,
                client,
                deployment,
                vault,
                hosts,
                key,
                Share(place, len(keys)),
                finality=finality,
                settings=settings,
                interrupt=interrupt,
            )
            for place, key in enumerate(keys)
        ]

    def require_keys(self) -> None:
        """Refuse to work while transactions of other keys are undecided.

        Raises
        ------
        RelayerKeyAbsent
            When so: nobody could send them again, and what they carry may hang on them.
        """
        held = [lane.flight.key.address for lane in self.lanes]
        found = (
            select(TRANSACTIONS.c.sender)
            .where(TRANSACTIONS.c.status.in_([STORED, SENT]), TRANSACTIONS.c.sender.not_in(held))
            .limit(1)
        )
        with reading(self._engine) as session:
            sender: str | None = session.connection().execute(found).scalar()
        if sender is not None:
            raise RelayerKeyAbsent(key=sender)

    async def run(self) -> None:
        """Relay until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for lane in self.lanes:
                tasks.create_task(self._run(lane))
            tasks.create_task(self._prune())

    async def advance(self) -> bool:
        """Do one round with every key; true when more waits than a round takes."""
        return any([await lane.advance() for lane in self.lanes])

    async def close(self) -> None:
        """Let other processes have the keys at once."""
        for lane in self.lanes:
            await in_thread(lane.give_back)

    async def _run(self, lane: Lane) -> None:
        while True:
            try:
                has_more = await lane.advance()
            except _WAITS as problem:
                _log.info("%s waits: %s", lane.lease.name, problem or type(problem).__name__)
                has_more = False
            if not has_more:
                await self._gather()

    async def _gather(self) -> None:
        """Wait for work, and then for more of it while it keeps coming."""
        if not await self._work.wait(min(self._settings.follow_s, LOOK_AGAIN_S)):
            return
        waited_s = 0.0
        while waited_s < self._settings.gather_s:
            rings = self._work.rings
            await asyncio.sleep(self._settings.quiet_s)
            waited_s += self._settings.quiet_s
            if self._work.rings == rings:
                return

    async def _prune(self) -> None:
        while True:
            try:
                has_more = await in_thread(self._pruner.prune)
            except Unreachable as problem:
                _log.info("pruning waits: %s", problem)
                has_more = False
            await asyncio.sleep(PRUNE_PAUSE_S if has_more else PRUNE_EVERY_S)
