"""Brings events to webhooks: at least once, with the same id at every attempt.

Each webhook has a place in the feed. What comes after it is sent, and the place moves in the same
transaction that keeps what did not arrive; who is killed between sending and that transaction sends
again, under the same ids. One process sends: the holder of the lease.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import aiohttp
from sqlalchemy import Engine

from gateway.events.page import Pages
from gateway.settings import Settings as GatewaySettings
from gateway.webhooks.attempt import Message, Outcome, attempt_all, message_of, session
from gateway.webhooks.book import Book, Work
from gateway.webhooks.schedule import Patience, is_away
from gateway.webhooks.topic import is_wanted
from ledger.clock import now_ms
from ledger.database import in_thread
from ledger.feed import Bell
from ledger.lease import Lease, LeaseLost
from ledger.outward import Network

LEASE: Final = "webhooks"
LOOK_S: Final = 0.25
RENEW_S: Final = 1.0
FAULT_PAUSE_S: Final = 1.0
TIDY_S: Final = 3600.0
ROUND: Final = 64
"""Most events that are sent before the place moves: so many may come twice after a kill."""
READ: Final = 4 * ROUND
"""Events that are read at once, since not all may be wanted."""
UNWANTED_MAX: Final = 5_000
"""Places without a wanted event that are passed before it is written down."""

Interrupt = Callable[[str], None]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """How the sender works.

    Parameters
    ----------
    organisations : frozenset of int
        Whose webhooks are served: those that this gateway hosts now.
    allowed : sequence of networks
        Where it may connect beside the public internet.
    at_once : int
        Deliveries under way to one webhook.
    keep_ms : int
        How long deliveries that have ended are kept.
    """

    organisations: frozenset[int]
    allowed: Sequence[Network] = ()
    timeout_s: float = 20.0
    at_once: int = 8
    keep_ms: int = 30 * 86_400_000
    patience: Patience = field(default_factory=Patience)


def settings_of(settings: GatewaySettings) -> Settings:
    """Take the sender's part out of a gateway's settings."""
    own = settings.webhooks
    return Settings(
        organisations=settings.organisations,
        allowed=settings.outward.allowed,
        timeout_s=own.timeout_s,
        at_once=own.at_once,
        keep_ms=own.keep_days * 86_400_000,
        patience=Patience(disable_after_ms=round(own.disable_after_h * 3_600_000)),
    )


class Sender:
    """Sends while it holds the lease.

    Parameters
    ----------
    interrupt : callable
        Called between sending and writing down; for tests that end a process there.
    """

    def __init__(
        self,
        engine: Engine,
        pages: Pages,
        settings: Settings,
        interrupt: Interrupt = lambda boundary: None,
    ) -> None:
        self._pages = pages
        self._settings = settings
        self._interrupt = interrupt
        self._book = Book(engine, Lease(LEASE), settings.patience)
        self._rounds: dict[int, asyncio.Task[None]] = {}
        self._read: dict[int, int] = {}
        self._held_until_s = 0.0
        self._tidy_at_s = 0.0
        self._free = Bell()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to send, in the background."""
        self._task = asyncio.create_task(self.run(), name="webhooks")

    async def stop(self) -> None:
        """Stop sending; what is under way is sent again at the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def run(self) -> None:
        """Send until cancelled."""
        async with session(self._settings.allowed, self._settings.timeout_s) as http:
            try:
                while True:
                    await self._look_once(http)
            finally:
                await self._end()

    async def _look_once(self, http: aiohttp.ClientSession) -> None:
        # Taken before looking, so that who becomes free meanwhile is not slept through.
        ring = asyncio.create_task(self._free.wait(LOOK_S))
        try:
            for work in await self._work():
                round_ = asyncio.create_task(self._round(http, work))
                self._rounds[work.number] = round_
                round_.add_done_callback(partial(self._ended, work.number))
            await ring
        except Exception:
            # A database that is away for a moment must not end all deliveries.
            _log.exception("the webhooks cannot be read")
            await asyncio.sleep(FAULT_PAUSE_S)
        finally:
            ring.cancel()

    async def _work(self) -> list[Work]:
        """Find the webhooks that wait for something and are not served at this moment."""
        # Asked first: of a round that ends while we read, we may have read what was before it.
        busy = frozenset(self._rounds)
        hosted, at_once = self._settings.organisations, self._settings.at_once
        active = await in_thread(self._book.active, hosted, at_once)
        if not active or not await self._holds():
            return []
        head = await in_thread(self._pages.newest)
        return [
            work
            for work in active
            if work.number not in busy
            and (work.due or (work.is_open and self._position(work) < head))
        ]

    async def _holds(self) -> bool:
        now_s = time.monotonic()
        if now_s < self._held_until_s:
            return True
        if not await in_thread(self._book.hold):
            return False
        self._held_until_s = now_s + RENEW_S
        if now_s >= self._tidy_at_s:
            self._tidy_at_s = now_s + TIDY_S
            await in_thread(self._book.tidy, now_ms() - self._settings.keep_ms)
        return True

    async def _round(self, http: aiohttp.ClientSession, work: Work) -> None:
        try:
            if work.due:
                await self._send_due(http, work)
            elif work.is_open:
                await self._send_new(http, work)
        except LeaseLost:
            self._held_until_s = 0.0
            _log.warning("another process sends the webhooks now")
        except Exception:
            _log.exception("webhook %s is not served", work.number)
            await asyncio.sleep(FAULT_PAUSE_S)

    async def _send_due(self, http: aiohttp.ClientSession, work: Work) -> None:
        outcomes = await attempt_all(http, work.webhook.url, work.due, work.keys())
        self._interrupt("sent")
        await in_thread(self._book.note_due, work, outcomes)

    async def _send_new(self, http: aiohttp.ClientSession, work: Work) -> None:
        hook, position = work.webhook, self._position(work)
        page = await in_thread(self._pages.read, hook.organisation, position, None, READ)
        wanted = [each for each in page.notices if is_wanted(hook.topics, each.kind)]
        if not wanted and page.upto - hook.position < UNWANTED_MAX:
            self._read[work.number] = page.upto
            return
        messages = [message_of(each) for each in wanted[:ROUND]]
        tried = await self._send_all(http, work, messages)
        self._interrupt("sent")
        upto = page.upto if len(tried) == len(wanted) else wanted[len(tried) - 1].sequence
        await in_thread(self._book.note_new, work, tried, upto)
        self._read.pop(work.number, None)

    async def _send_all(
        self, http: aiohttp.ClientSession, work: Work, messages: Sequence[Message]
    ) -> list[tuple[Message, Outcome]]:
        """Send until the end, or until of a group nothing arrives."""
        size = 1 if is_away(work.webhook) else self._settings.at_once
        tried: list[tuple[Message, Outcome]] = []
        for first in range(0, len(messages), size):
            group = messages[first : first + size]
            outcomes = await attempt_all(http, work.webhook.url, group, work.keys())
            tried += zip(group, outcomes, strict=True)
            if not any(each.has_arrived for each in outcomes):
                break
        return tried

    def _position(self, work: Work) -> int:
        """Give the place up to which there is nothing left to send."""
        return max(work.webhook.position, self._read.get(work.number, 0))

    def _ended(self, number: int, _: asyncio.Task[None]) -> None:
        self._rounds.pop(number, None)
        self._free.ring()

    async def _end(self) -> None:
        rounds = list(self._rounds.values())
        for each in rounds:
            each.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)
        if self._held_until_s:
            await in_thread(self._book.give_back)
