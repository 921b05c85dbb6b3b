"""A vault's blocks in IPFS: a replica that is kept equal, and a source of what is missing.

The vault in our folder stays the first store: what is accepted is on its disk, whether a daemon
runs or not. What it holds is put into the daemon and pinned under `PIN_NAME`; what it holds no more
is unpinned and forgotten there. Nothing else in the daemon is touched. A daemon serves one gateway.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from sqlite3 import Error as SQLError
from typing import Final

from ledger.clock import now_ms
from ledger.database import in_thread
from ledger.vault import Cid, Vault, VaultError
from ledger.vault.kubo import TOGETHER, Kubo

PIN_NAME: Final = "consign"
POLL_S: Final = 1.0
PAUSE_S_MAX: Final = 60.0
COMPARE_S: Final = 600.0
"""How often everything is compared; in between only what was stored lately is looked at."""
TOGETHER_BYTES: Final = 4 * 1024 * 1024
_LATELY_MS: Final = 60_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Replicated:
    """What a comparison changed."""

    added: int
    removed: int


def replicate(vault: Vault, url: str) -> Replicated:
    """Make a daemon equal to a vault, now; for callers without an event loop.

    Raises
    ------
    IpfsUnreachable, IpfsRefused
        If the daemon does not take it; what it took stays.
    """

    async def compared() -> Replicated:
        async with Kubo(url) as kubo:
            return await Replicator(vault, kubo).compare()

    return asyncio.run(compared())


class Replicator:
    """Keeps a daemon's blocks equal to a vault's."""

    def __init__(self, vault: Vault, kubo: Kubo) -> None:
        self._vault = vault
        self._kubo = kubo
        self._lately: set[Cid] = set()

    async def run(self) -> None:
        """Replicate until cancelled; whatever goes wrong is tried again, later each time."""
        compared_s = -COMPARE_S
        pause_s = POLL_S
        while True:
            try:
                if time.monotonic() - compared_s >= COMPARE_S:
                    await self.compare()
                    compared_s = time.monotonic()
                await self.follow()
                pause_s = POLL_S
            except (VaultError, OSError, SQLError) as problem:
                _log.warning("blocks wait for IPFS: %s", problem)
                pause_s = min(2 * pause_s, PAUSE_S_MAX)
            await asyncio.sleep(pause_s)

    async def compare(self) -> Replicated:
        """Compare everything, and make the daemon equal.

        Raises
        ------
        IpfsUnreachable, IpfsRefused
            If the daemon does not take it; what it took stays.
        """
        pinned = {cid async for cid in self._kubo.pinned(PIN_NAME)}
        # Read after the pins: what is stored meanwhile must not look as if it were to go.
        held = set(await in_thread(list[Cid], self._vault))
        gone = sorted(pinned - held)
        await self._kubo.unpin_all(gone)
        await self._kubo.delete_all(gone)
        absent = sorted(held - pinned)
        await self._add(absent)
        return Replicated(len(absent), len(gone))

    async def follow(self) -> int:
        """Add what was stored lately; gives how many blocks.

        Raises
        ------
        IpfsUnreachable, IpfsRefused
            If the daemon does not take them.
        """
        stored = set(await in_thread(self._vault.stored_since, now_ms() - _LATELY_MS))
        fresh = sorted(stored - self._lately)
        await self._add(fresh)
        self._lately = stored
        return len(fresh)

    async def _add(self, cids: Sequence[Cid]) -> None:
        for part in await in_thread(self._portions, cids):
            blocks = await in_thread(self._vault.get_all, part)
            if blocks:
                named = await self._kubo.put_all(list(blocks.values()))
                await self._kubo.pin_all(named, PIN_NAME)

    def _portions(self, cids: Iterable[Cid]) -> list[list[Cid]]:
        """Part what does not go into one call; a large block goes alone."""
        names = list(cids)
        portions: list[list[Cid]] = []
        room = 0
        for start in range(0, len(names), TOGETHER):
            sizes = self._vault.sizes(names[start : start + TOGETHER])
            for cid, size in sizes.items():
                room -= size
                if not portions or room < 0 or len(portions[-1]) == TOGETHER:
                    portions.append([])
                    room = TOGETHER_BYTES - size
                portions[-1].append(Cid(cid))
        return portions
