"""What channels are tried with: a porter that is quick, and a database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from gateway.inbox import service as inbox
from gateway.inbox.care import Rules
from gateway.inbox.schemas import InboxView
from gateway.outbox import book as outbox_book
from gateway.outbox import service as outbox
from gateway.outbox.schemas import OutboxView
from gateway.transport import porter as porters
from gateway.transport.assembly import channel_of
from gateway.transport.book import Book
from gateway.transport.channel import Limits
from gateway.transport.declaration import Declaration
from gateway.transport.porter import LEASE, Interrupt, Porter
from ledger.database import writing
from ledger.lease import Lease
from ledger.outward import LOOPBACK

OURS = 1
PARTNER = "mill"
ROOT = Path(__file__).parents[4]
ORDER = (ROOT / "examples" / "order.xml").read_bytes()
LIMITS = Limits(bytes_max=1_000_000, timeout_s=5)
EACH: dict[str, Any] = {"organisation": OURS, "partner": PARTNER, "every_s": 0.02, "settle_s": 0}


@dataclass
class Yard:
    """The database, and porters that work on it."""

    engine: Engine

    @asynccontextmanager
    async def carrying(
        self,
        declared: Declaration,
        limits: Limits = LIMITS,
        interrupt: Interrupt = lambda boundary: None,
        delays_s: tuple[float, ...] = (0.02, 0.02),
    ) -> AsyncIterator[Porter]:
        """Run a porter with one channel."""
        book = Book(self.engine, Lease(LEASE), delays_s)
        routes = {"mill": (declared, channel_of(declared, limits, LOOPBACK))}
        rules = Rules(frozenset({OURS}), keep_ms=10**12)
        porter = Porter(book, self.engine, routes, rules, interrupt)
        porter.start()
        try:
            yield porter
        finally:
            await porter.stop()

    def put(self, content: bytes = ORDER, key: str = "1") -> str:
        """Have something to say to the partner."""
        with writing(self.engine) as session:
            number = outbox_book.put(
                session,
                OURS,
                PARTNER,
                content,
                key=key,
                standard="ubl",
                type="Order",
                media_type="application/xml",
            )
        return str(number)

    def sent(self, id_: str) -> OutboxView:
        """Show a message to the partner."""
        return outbox.message(self.engine, OURS, id_)

    def taken(self) -> list[InboxView]:
        """List what came, the first first."""
        return inbox.messages(self.engine, OURS, None, None, 100).items[::-1]

    def mark(self) -> dict[str, Any]:
        """Show what is remembered between two looks."""
        return dict(Book(self.engine, Lease(LEASE)).mark("mill"))

    def content(self, message: InboxView) -> bytes:
        """Give what a message says."""
        return inbox.content(self.engine, OURS, message.id, None)[0]


@pytest.fixture
def yard(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Yard:
    monkeypatch.setattr(porters, "LOOK_S", 0.02)
    return Yard(engine)


async def until(condition: Callable[[], Any], timeout_s: float = 20) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - other threads bring it about
            await asyncio.sleep(0.02)
