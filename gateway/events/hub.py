"""One reader of the feed for all who follow it.

After each ring the feed is read once for each organisation that somebody follows; the page is
shared by its subscribers. Who falls behind, or begins in the past, reads by himself until he has
caught up, at his own pace: nothing waits for him and nothing piles up for him.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Iterator
from typing import Final

from gateway.events.page import Page, Pages
from ledger.feed import Bell

LOOK_S: Final = 0.25
"""Longest pause between two looks: what indexes may be another process, which rings no bell."""
PAUSE_S: Final = 0.02
"""Shortest pause: many small rings are answered by one read."""
FAULT_PAUSE_S: Final = 1.0
PAGES_MAX: Final = 8
"""Pages that wait for one subscriber; more than that it reads by itself."""

_log = logging.getLogger(__name__)


class Hub:
    """Gives out pages of the feed as it grows.

    Parameters
    ----------
    news : Bell
        Rings when there may be something new.
    """

    def __init__(self, pages: Pages, news: Bell) -> None:
        self.pages = pages
        self._news = news
        self._channels: dict[int, _Channel] = {}
        self._task: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def following(self, organisation: int, after: int, newest: int) -> Iterator[Subscription]:
        """Follow what an organisation may know.

        Parameters
        ----------
        after, newest : int
            The place to begin at, and the newest of the feed, as `Pages.start` gives them.
        """
        channel = self._channels.get(organisation)
        if channel is None:
            channel = self._channels[organisation] = _Channel(self.pages, organisation, newest)
        subscription = Subscription(channel, after)
        channel.subscriptions.add(subscription)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="events")
        try:
            yield subscription
        finally:
            channel.subscriptions.discard(subscription)
            if not channel.subscriptions:
                self._channels.pop(organisation, None)
            if not self._channels and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _run(self) -> None:
        while True:
            # Taken before looking, so that what happens meanwhile is not slept through.
            ring = asyncio.create_task(self._news.wait(LOOK_S))
            try:
                await self._advance()
                await ring
                await asyncio.sleep(PAUSE_S)
            except Exception:
                # A database that is away for a moment must not silence everybody for ever.
                _log.exception("the feed cannot be read")
                await asyncio.sleep(FAULT_PAUSE_S)
            finally:
                ring.cancel()

    async def _advance(self) -> None:
        head = await asyncio.to_thread(self.pages.newest)
        for channel in list(self._channels.values()):
            await channel.advance(head)


class _Channel:
    """What one organisation may know, as far as it was read."""

    def __init__(self, pages: Pages, organisation: int, position: int) -> None:
        self.pages = pages
        self.organisation = organisation
        self.position = position
        self.subscriptions: set[Subscription] = set()
        self.news = Bell()

    async def advance(self, head: int) -> None:
        """Read on to a place; whoever stands where a page begins is given it."""
        while self.position < head and self.subscriptions:
            page = await asyncio.to_thread(self.pages.read, self.organisation, self.position, head)
            self.position = page.upto
            for subscription in self.subscriptions:
                subscription.offer(page)
            self.news.ring()


class Subscription:
    """One who follows.

    Attributes
    ----------
    after : int
        The place up to which it was told everything.
    """

    def __init__(self, channel: _Channel, after: int) -> None:
        self.after = after
        self._channel = channel
        self._waiting: deque[Page] = deque()

    def offer(self, page: Page) -> None:
        """Take a page if it is the next one and there is room; else it will be read later."""
        reach = self._waiting[-1].upto if self._waiting else self.after
        if page.after == reach and len(self._waiting) < PAGES_MAX:
            self._waiting.append(page)

    async def next(self, longest_s: float) -> Page | None:
        """Wait for the next page that says something; none when nothing comes for so long."""
        deadline_s = time.monotonic() + longest_s
        while True:
            page = await self._page(deadline_s - time.monotonic())
            if page is None:
                return None
            self.after = page.upto
            if page.notices:
                return page

    async def _page(self, longest_s: float) -> Page | None:
        channel = self._channel
        if not self._waiting and self.after >= channel.position:
            await channel.news.wait(max(longest_s, 0))
        if self._waiting:
            return self._waiting.popleft()
        if self.after < channel.position:
            return await asyncio.to_thread(
                channel.pages.read, channel.organisation, self.after, channel.position
            )
        return None
