"""A feed, a receiver that verifies what it is brought, and senders that bring it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import Engine
from sqlmodel import select
from standardwebhooks import Webhook as Verifier

from gateway.events.page import Pages, feed_name
from gateway.webhooks.attempt import new_secret
from gateway.webhooks.models import Webhook, WebhookDelivery
from gateway.webhooks.schedule import Patience
from gateway.webhooks.sender import Interrupt, Sender, Settings
from ledger.database import reading, writing
from ledger.feed import tell
from ledger.outward import LOOPBACK
from ledger.queries import Queries

OURS, THEIRS = 1, 2
SHORT = Patience(delays_s=(0.05, 0.1, 0.1), knock_s=0.05)

Answer = Callable[[int, dict[str, Any]], web.Response]


@dataclass
class Receiver:
    """Verifies every call with the official library and answers as it is told."""

    secret: bytes = field(default_factory=new_secret)
    answer: Answer = lambda call, body: web.Response(status=204)
    url: str = ""
    delay_s: float = 0.0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    at_once: int = 0
    at_once_max: int = 0

    @property
    def ids(self) -> list[str]:
        return [id_ for id_, _ in self.calls]

    @property
    def numbers(self) -> list[int]:
        return [body["data"]["sequence"] for _, body in self.calls]

    async def receive(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.at_once_max = max(self.at_once, self.at_once_max)
        try:
            content, headers = await request.read(), dict(request.headers)
            body = Verifier(self.secret).verify(content, headers)
            self.headers.append(headers)
            self.calls.append((request.headers["webhook-id"], body))
            number = len(self.calls)
            await asyncio.sleep(self.delay_s)
            return self.answer(number, body)
        finally:
            self.at_once -= 1


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


@dataclass
class Post:
    """The database, and what the tests do with it."""

    engine: Engine
    pages: Pages

    def grow(self, count: int, organisation: int = OURS, **body: Any) -> None:
        with writing(self.engine) as session:
            for _ in range(count):
                tell(session, "intent", organisation=organisation, body={"intent": 1, **body})

    def hook(self, receiver: Receiver, **fields: Any) -> int:
        columns: dict[str, Any] = {
            "organisation": OURS,
            "url": receiver.url,
            "description": "",
            "topics": [],
            "secret": receiver.secret,
            "position": 0,
            "created_at": 0,
        }
        hook = Webhook(**columns | fields)
        with writing(self.engine) as session:
            session.add(hook)
            session.flush()
            assert hook.id is not None
            return hook.id

    def read(self, number: int) -> Webhook:
        with reading(self.engine) as session:
            hook = session.get(Webhook, number)
            session.expunge_all()
            assert hook is not None
            return hook

    def change(self, number: int, **fields: Any) -> None:
        with writing(self.engine) as session:
            hook = session.get(Webhook, number)
            assert hook is not None
            for name, value in fields.items():
                setattr(hook, name, value)
            session.add(hook)

    def deliveries(self) -> list[WebhookDelivery]:
        with reading(self.engine) as session:
            found = list(session.exec(select(WebhookDelivery)).all())
            session.expunge_all()
            return found

    def sender(self, interrupt: Interrupt = lambda boundary: None, **settings: Any) -> Sender:
        chosen: dict[str, Any] = {
            "organisations": frozenset({OURS, THEIRS}),
            "allowed": LOOPBACK,
            "timeout_s": 5.0,
            "patience": SHORT,
        }
        return Sender(self.engine, self.pages, Settings(**chosen | settings), interrupt)

    @asynccontextmanager
    async def sending(self, **settings: Any) -> AsyncIterator[Sender]:
        sender = self.sender(**settings)
        sender.start()
        try:
            yield sender
        finally:
            await sender.stop()


@pytest.fixture
def post(engine: Engine) -> Post:
    return Post(engine, Pages(Queries(engine), feed_name(engine)))


async def until(condition: Callable[[], Any], timeout_s: float = 20) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - other threads bring it about
            await asyncio.sleep(0.02)
