"""A feed that grows, and its hub."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from gateway.events.hub import Hub
from gateway.events.page import Pages, feed_name
from ledger.database import writing
from ledger.feed import Bell, tell
from ledger.queries import Queries

OURS, THEIRS = 1, 2


@dataclass
class Growing:
    """A feed of refused intents."""

    engine: Engine
    bell: Bell
    hub: Hub
    last: int = 0

    @property
    def pages(self) -> Pages:
        return self.hub.pages

    def grow(self, count: int, organisation: int = OURS) -> None:
        with writing(self.engine) as session:
            for _ in range(count):
                self.last += 1
                tell(session, "intent", organisation=organisation, body={"intent": self.last})

    def ring(self) -> None:
        self.bell.ring()


@pytest.fixture
def feed(engine: Engine) -> Growing:
    """An empty feed."""
    bell = Bell()
    return Growing(engine, bell, Hub(Pages(Queries(engine), feed_name(engine)), bell))
