"""Pages of the feed, and the places at which a stream may begin."""

import json
import re

import pytest
from sqlalchemy import text

from gateway.events import page as paging
from gateway.events.errors import EventPositionAhead, EventPositionPruned
from ledger.database import writing
from tests.unit.gateway.events.conftest import OURS, THEIRS, Growing


def numbers(page: paging.Page) -> list[int]:
    return [notice.sequence for notice in page.notices]


def test_page_holds_what_the_organisation_may_know_and_reaches_over_the_rest(feed: Growing) -> None:
    feed.grow(2)
    feed.grow(3, THEIRS)
    page = feed.pages.read(OURS, 0)
    assert (numbers(page), page.after, page.upto) == ([1, 2], 0, 5)
    page = feed.pages.read(OURS, 2)
    assert (numbers(page), page.upto) == ([], 5)


def test_page_ends_where_it_is_told_to(feed: Growing) -> None:
    feed.grow(5)
    page = feed.pages.read(OURS, 1, until=3)
    assert (numbers(page), page.upto) == ([2, 3], 3)


def test_long_feed_is_read_page_by_page(feed: Growing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "LIMIT", 4)
    feed.grow(10)
    after, seen = 0, []
    while after < 10:
        page = feed.pages.read(OURS, after)
        seen += numbers(page)
        after = page.upto
    assert seen == list(range(1, 11))


def test_stream_of_a_page_is_written_once_for_all(feed: Growing) -> None:
    feed.grow(1)
    page = feed.pages.read(OURS, 0)
    assert page.stream is page.stream
    found = re.fullmatch(r"id: 1\nevent: intent\ndata: (.*)\n\n", page.stream.decode())
    assert found is not None
    assert json.loads(found[1])["intent"] == 1


def test_stream_begins_now_or_where_the_subscriber_resumes(feed: Growing) -> None:
    assert feed.pages.start(None) == (0, 0)
    assert feed.pages.start(0) == (0, 0)
    feed.grow(3)
    assert feed.pages.start(None) == (3, 3)
    assert feed.pages.start(2) == (2, 3)
    assert feed.pages.start(3) == (3, 3)


def test_place_that_was_never_reached_is_refused(feed: Growing) -> None:
    feed.grow(3)
    with pytest.raises(EventPositionAhead) as caught:
        feed.pages.start(4)
    assert caught.value.context == {"after": 4, "last": 3}


def test_place_whose_following_is_gone_is_refused_and_the_beginning_is_not(feed: Growing) -> None:
    feed.grow(5)
    with writing(feed.engine) as session:
        session.connection().execute(text("DELETE FROM feed WHERE sequence <= 3"))
    with pytest.raises(EventPositionPruned) as caught:
        feed.pages.start(2)
    assert caught.value.context == {"after": 2, "first": 4}
    assert feed.pages.start(3) == (3, 5)
    assert feed.pages.start(0) == (0, 5)
