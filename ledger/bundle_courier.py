"""Brings the public keys that are too long for the registry, from the gateways of their owners.

A hybrid key stands in the registry as the digest of its bundle, a block that its owner's gateway
serves to every member. It is fetched as soon as the registry names it, so that it is here when the
first document is to be sealed to it; until then sealing to its owner is refused by name.
"""

import asyncio
import logging
import time
from collections.abc import Collection
from typing import Final

import aiohttp
from sqlalchemy import Engine
from sqlmodel import col, select

from ledger.block_source import BlockSource, Wanted
from ledger.database import in_thread, reading
from ledger.document.encryption_key import is_hybrid
from ledger.model import Organisation
from ledger.vault import Vault, cid_from_digest
from ledger.vault.bundle import CIDS_MAX

LOOK_EVERY_S: Final = 1.0
BACK_OFF_S: Final = 5.0
BACK_OFF_MAX_S: Final = 300.0

_log = logging.getLogger(__name__)


class BundleCourier:
    """Fetches key bundles in the background, one round at a time.

    Parameters
    ----------
    hosted : collection of int
        Organisations in whose names gateways are asked.
    """

    def __init__(
        self, engine: Engine, vault: Vault, blocks: BlockSource, hosted: Collection[int]
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._blocks = blocks
        self._hosted = hosted
        self._round: asyncio.Task[None] | None = None
        self._next_look_s = 0.0
        self._pauses: dict[str, tuple[float, float]] = {}

    def look(self, http: aiohttp.ClientSession) -> None:
        """Begin a round unless one is under way, or was a moment ago."""
        now = time.monotonic()
        is_under_way = self._round is not None and not self._round.done()
        if not is_under_way and now >= self._next_look_s:
            self._next_look_s = now + LOOK_EVERY_S
            self._round = asyncio.create_task(self._run(http))

    async def stop(self) -> None:
        """Give up the round that is under way."""
        if self._round is not None:
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)

    async def _run(self, http: aiohttp.ClientSession) -> None:
        try:
            await self.fetch(http)
        except Exception:
            _log.warning("key bundles wait", exc_info=True)

    async def fetch(self, http: aiohttp.ClientSession) -> None:
        """Fetch every bundle that is lacking from gateways that are not paused."""
        lacking = await in_thread(self._lacking)
        now = time.monotonic()
        due = [each for each in lacking if self._pauses.get(each, (0.0, 0.0))[0] <= now]
        await asyncio.gather(*(self._fetch(http, each, lacking[each]) for each in due))

    async def _fetch(self, http: aiohttp.ClientSession, endpoint: str, cids: list[str]) -> None:
        wanted = [Wanted(cid, sorted(self._hosted)) for cid in cids[:CIDS_MAX]]
        found = await self._blocks.fetch_all(http, wanted, endpoint)
        if all(isinstance(found.get(each.cid), bytes) for each in wanted):
            self._pauses.pop(endpoint, None)
            return
        pause = min(2 * self._pauses.get(endpoint, (0.0, BACK_OFF_S / 2))[1], BACK_OFF_MAX_S)
        self._pauses[endpoint] = (time.monotonic() + pause, pause)

    def _lacking(self) -> dict[str, list[str]]:
        """Give the bundles that the registry names and that are not here, by their endpoints."""
        asked = select(Organisation.endpoint, Organisation.encryption_key).where(
            col(Organisation.encryption_key).is_not(None)
        )
        with reading(self._engine) as session:
            rows = session.exec(asked).all()
        endpoint_of = {
            cid_from_digest(key): endpoint.rstrip("/")
            for endpoint, key in rows
            if key is not None and is_hybrid(key)
        }
        held = self._vault.sizes(endpoint_of)
        lacking: dict[str, list[str]] = {}
        for cid, endpoint in endpoint_of.items():
            if cid not in held:
                lacking.setdefault(endpoint, []).append(cid)
        return lacking
