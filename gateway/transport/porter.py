"""Carries messages between partners' places and the boxes: each at least once, none lost.

What is collected is let go only when the inbox keeps it; what is brought is noted only when it has
arrived, and has the same name when it is brought again. One process carries: the holder of the
lease.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from sqlalchemy import Engine

from gateway.inbox import care
from gateway.inbox.service import receive
from gateway.transport.book import Book
from gateway.transport.channel import Channel, ChannelFault, Visit
from gateway.transport.declaration import Declaration
from ledger.database import in_thread
from ledger.lease import LeaseLost

LEASE: Final = "channels"
LOOK_S: Final = 0.5
RENEW_S: Final = 1.0
CARE_S: Final = 30.0
FAULT_PAUSE_S: Final = 1.0
PAUSE_S_MAX: Final = 300.0

Interrupt = Callable[[str], None]

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Route:
    """A channel, and when it is visited next.

    Parameters
    ----------
    is_away : bool
        Whether the last visit came to nothing, so that messages wait for the next one.
    """

    name: str
    declared: Declaration
    channel: Channel
    next_s: float = 0.0
    is_away: bool = False
    faults: int = 0
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def pair(self) -> tuple[int, str]:
        """For whom, and to and from whom it carries."""
        return self.declared.organisation, self.declared.partner


class Porter:
    """Carries while it holds the lease, and takes care of the inbox.

    Parameters
    ----------
    routes : mapping
        The channels, by name.
    rules : Rules
        How the inbox is taken care of.
    interrupt : callable
        Called between a deed and the note of it; for tests that end a process there.
    """

    def __init__(
        self,
        book: Book,
        engine: Engine,
        routes: Mapping[str, tuple[Declaration, Channel]],
        rules: care.Rules,
        interrupt: Interrupt = lambda boundary: None,
    ) -> None:
        self._book = book
        self._engine = engine
        self._routes = [Route(name, *each) for name, each in routes.items()]
        self._rules = rules
        self._interrupt = interrupt
        self._held_until_s = 0.0
        self._care_at_s = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to carry, in the background."""
        self._task = asyncio.create_task(self.run(), name="porter")

    async def stop(self) -> None:
        """Stop; what is under way is carried again at the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def run(self) -> None:
        """Carry until cancelled."""
        try:
            while True:
                try:
                    await self._look_once()
                except Exception:
                    # A database that is away for a moment must not end it all.
                    _log.exception("the channels are not visited")
                    await asyncio.sleep(FAULT_PAUSE_S)
                await asyncio.sleep(LOOK_S)
        finally:
            await self._end()

    async def _look_once(self) -> None:
        is_care_due = time.monotonic() >= self._care_at_s
        # A gateway without channels need not hold the lease all the time.
        if not (self._routes or is_care_due) or not await self._holds():
            return
        if is_care_due:
            await self._care()
        waiting = await in_thread(self._book.waiting) if self._routes else set()
        now_s = time.monotonic()
        for route in self._routes:
            has_mail = route.declared.does_bring and route.pair in waiting and not route.is_away
            if route.task is None and (has_mail or now_s >= route.next_s):
                route.task = asyncio.create_task(self._visit(route))
                route.task.add_done_callback(partial(_ended, route))

    async def _holds(self) -> bool:
        now_s = time.monotonic()
        if now_s < self._held_until_s:
            return True
        if not await in_thread(self._book.hold):
            return False
        if not self._held_until_s:
            await in_thread(self._book.forget_others, [route.name for route in self._routes])
        self._held_until_s = now_s + RENEW_S
        return True

    async def _care(self) -> None:
        """Read what a crash left unread, and forget what is old."""
        self._care_at_s = time.monotonic() + CARE_S
        await in_thread(care.sweep, self._engine, self._rules)
        await in_thread(care.forget, self._engine, self._rules)

    async def _visit(self, route: Route) -> None:
        """Collect and bring once, and note what the channel is like."""
        error: str | None = None
        mark = await in_thread(self._book.mark, route.name)
        try:
            async with route.channel.visit(mark) as visit:
                try:
                    await self._collect(route, visit)
                    if route.declared.does_bring:
                        await self._bring(route, visit)
                finally:
                    mark = visit.mark
                error = "; ".join(visit.complaints) or None
            route.is_away, route.faults = False, 0
        except ChannelFault as fault:
            error = str(fault)
            route.is_away = True
            route.faults += 1
            _log.warning("channel %s: %s", route.name, fault)
        except LeaseLost:
            self._held_until_s = 0.0
            _log.warning("another process visits the channels now")
            return
        pause_s = route.declared.every_s * 2 ** min(route.faults, 10)
        route.next_s = time.monotonic() + max(route.declared.every_s, min(pause_s, PAUSE_S_MAX))
        await in_thread(self._book.note_visit, route.name, route.declared, mark, error)

    async def _collect(self, route: Route, visit: Visit) -> None:
        organisation, partner = route.pair
        async with aclosing(visit.collect()) as parcels:
            async for parcel in parcels:
                taken = await in_thread(
                    receive, self._engine, organisation, partner, parcel.content, parcel.media_type
                )
                self._interrupt("kept")
                await visit.let_go(parcel, taken)

    async def _bring(self, route: Route, visit: Visit) -> None:
        for message in await in_thread(self._book.due, *route.pair):
            try:
                await visit.bring(message.name, message.content, message.media_type)
            except ChannelFault as fault:
                await in_thread(self._book.note_failed, message.id, str(fault))
                if fault.is_away:
                    raise
                visit.complaints.append(f"{message.name}: {fault}")
                continue
            self._interrupt("brought")
            await in_thread(self._book.note_brought, message.id)

    async def _end(self) -> None:
        visits = [route.task for route in self._routes if route.task is not None]
        for each in visits:
            each.cancel()
        await asyncio.gather(*visits, return_exceptions=True)
        if self._held_until_s:
            await in_thread(self._book.give_back)


def _ended(route: Route, task: asyncio.Task[None]) -> None:
    route.task = None
    if not task.cancelled() and task.exception() is not None:
        _log.error("channel %s is not visited", route.name, exc_info=task.exception())
        route.next_s = time.monotonic() + route.declared.every_s
