"""Pages of the feed as one organisation may see it, from any place on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sqlalchemy import Engine
from sqlmodel import select

from gateway.events.errors import EventPositionAhead, EventPositionPruned
from gateway.events.notice import Notice, shown_notice
from gateway.models import Feed
from ledger.database import reading
from ledger.queries import Queries

LIMIT: Final = 1000


@dataclass(frozen=True)
class Page:
    """What comes after a place, and how far that reaches.

    Parameters
    ----------
    after, upto : int
        Between these two, nothing but `notices` is for the organisation.
    """

    after: int
    upto: int
    notices: Sequence[Notice]

    @cached_property
    def stream(self) -> bytes:
        """The notices as events of a stream, written once for all who follow it."""
        return "".join([notice.as_event() for notice in self.notices]).encode()


class Pages:
    """Reads pages; every call is one read of the database.

    Parameters
    ----------
    feed : str
        Name of the feed, which no other feed has.
    """

    def __init__(self, queries: Queries, feed: str) -> None:
        self._queries = queries
        self._feed = feed

    def read(
        self, organisation: int, after: int, until: int | None = None, limit: int | None = None
    ) -> Page:
        """Read what an organisation may know after a place.

        Parameters
        ----------
        until : int, optional
            The last place to be read; the newest by default.
        limit : int, optional
            Most notices of the page.
        """
        most = LIMIT if limit is None else limit
        # Read first: what is added meanwhile is not skipped.
        head = self._queries.last_sequence() if until is None else until
        found = self._queries.notices(organisation, after, most)
        is_full = len(found) == most
        within = [each for each in found if each.sequence <= head]
        shown = [shown_notice(each, self._feed) for each in within]
        is_cut = is_full and len(within) == len(found)
        return Page(after, shown[-1].sequence if is_cut else max(after, head), shown)

    def newest(self) -> int:
        """Give the place of the newest notice of anybody."""
        return self._queries.last_sequence()

    def start(self, after: int | None) -> tuple[int, int]:
        """Tell after which notice a stream begins, and which is the newest.

        Parameters
        ----------
        after : int, optional
            Where the subscriber wants to resume; now by default.

        Raises
        ------
        EventPositionAhead, EventPositionPruned
            If the feed does not go on from there. The beginning, 0, is always a place.
        """
        first, last = self._queries.first_sequence(), self._queries.last_sequence()
        if after is None:
            return last, last
        if after > last:
            raise EventPositionAhead(after, last)
        if 0 < after < first - 1:
            raise EventPositionPruned(after, first)
        return after, last


def feed_name(engine: Engine) -> str:
    """Give the name of this database's feed, made with its tables."""
    with reading(engine) as session:
        return session.exec(select(Feed.name)).one()
