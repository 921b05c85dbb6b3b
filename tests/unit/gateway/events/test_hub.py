"""One reader of the feed for all who follow it."""

from __future__ import annotations

import asyncio

import pytest

from gateway.events import hub as hubs
from gateway.events import page as paging
from gateway.events.hub import Hub, Subscription
from gateway.events.page import Page, Pages
from tests.unit.gateway.events.conftest import OURS, THEIRS, Growing


class Counted(Pages):
    """Pages that count how often they are read."""

    def __init__(self, pages: Pages) -> None:
        self._queries, self._feed = pages._queries, pages._feed
        self.reads = 0

    def read(
        self, organisation: int, after: int, until: int | None = None, limit: int | None = None
    ) -> Page:
        self.reads += 1
        return super().read(organisation, after, until, limit)


@pytest.fixture
async def counted(feed: Growing) -> Counted:
    counted = Counted(feed.pages)
    feed.hub = Hub(counted, feed.bell)
    return counted


async def take(subscription: Subscription, count: int) -> list[int]:
    seen: list[int] = []
    async with asyncio.timeout(20):
        while len(seen) < count:
            page = await subscription.next(5)
            if page is not None:
                seen += [notice.sequence for notice in page.notices]
    return seen


async def test_subscribers_of_an_organisation_share_one_page(
    feed: Growing, counted: Counted
) -> None:
    feed.grow(1)
    with feed.hub.following(OURS, 1, 1) as one, feed.hub.following(OURS, 1, 1) as two:
        await asyncio.sleep(0.05)
        counted.reads = 0
        feed.grow(3)
        feed.ring()
        pages = await asyncio.gather(one.next(5), two.next(5))
        assert pages[0] is not None
        assert pages[0] is pages[1]
        assert [notice.sequence for notice in pages[0].notices] == [2, 3, 4]
        assert counted.reads == 1


async def test_feed_that_grows_in_another_process_is_seen_without_a_ring(feed: Growing) -> None:
    with feed.hub.following(OURS, 0, 0) as subscription:
        await asyncio.sleep(0.05)
        feed.grow(2)
        async with asyncio.timeout(1):
            assert await take(subscription, 2) == [1, 2]


async def test_who_begins_in_the_past_catches_up_and_then_hears_what_comes(
    feed: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "LIMIT", 7)
    feed.grow(50)
    with feed.hub.following(OURS, 50, 50) as present, feed.hub.following(OURS, 10, 50) as past:
        growing = asyncio.create_task(grow_slowly(feed, 40))
        assert await take(past, 80) == list(range(11, 91))
        assert await take(present, 40) == list(range(51, 91))
        await growing


async def test_who_takes_nothing_misses_nothing_and_holds_nobody_up(
    feed: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "LIMIT", 3)
    monkeypatch.setattr(hubs, "PAGES_MAX", 2)
    with feed.hub.following(OURS, 0, 0) as quick, feed.hub.following(OURS, 0, 0) as slow:
        growing = asyncio.create_task(grow_slowly(feed, 60))
        assert await take(quick, 60) == list(range(1, 61))
        assert len(slow._waiting) <= 2
        assert await take(slow, 60) == list(range(1, 61))
        await growing


async def test_place_moves_over_what_is_for_others(feed: Growing) -> None:
    with feed.hub.following(OURS, 0, 0) as subscription:
        feed.grow(4, THEIRS)
        feed.ring()
        assert await subscription.next(0.6) is None
        assert subscription.after == 4


async def test_subscriber_of_a_new_organisation_is_served_beside_the_others(feed: Growing) -> None:
    with feed.hub.following(OURS, 0, 0) as ours:
        await asyncio.sleep(0.05)
        feed.grow(1, THEIRS)
        feed.grow(1)
        with feed.hub.following(THEIRS, 0, 2) as theirs:
            feed.ring()
            assert await take(theirs, 1) == [1]
            assert await take(ours, 1) == [2]


async def test_nothing_runs_when_nobody_follows(feed: Growing) -> None:
    with feed.hub.following(OURS, 0, 0):
        assert feed.hub._task is not None
        running = feed.hub._task
    await asyncio.sleep(0.05)
    assert running.cancelled()
    assert feed.hub._task is None


async def grow_slowly(feed: Growing, count: int) -> None:
    for _ in range(count):
        await asyncio.to_thread(feed.grow, 1)
        feed.ring()
