"""A partner's addresses are asked for what is new, and given what is for the partner."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from gateway.connectors.cxml.response import render
from gateway.transport.assembly import channel_of
from gateway.transport.channel import ChannelFault, Limits
from gateway.transport.declaration import HttpDeclaration
from ledger.outward import LOOPBACK
from tests.unit.gateway.transport.conftest import EACH, LIMITS, ORDER, Yard, until

AT = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class Partner:
    """A partner's web server."""

    url: str = ""
    content: bytes = ORDER
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    answer: bytes = b""
    asked: list[dict[str, str]] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def give(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.headers))
        etag = self.headers.get("ETag")
        if etag is not None and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.Response(body=self.content, status=self.status, headers=self.headers)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        return web.Response(body=self.answer, status=self.status, headers=self.headers)

    def declared(self, **fields: Any) -> HttpDeclaration:
        return HttpDeclaration.model_validate({**EACH, "kind": "http", **fields})


@pytest.fixture
async def partner() -> AsyncIterator[Partner]:
    partner = Partner()
    app = web.Application()
    app.router.add_get("/", partner.give)
    app.router.add_post("/", partner.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    partner.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield partner
    await runner.cleanup()


@pytest.mark.parametrize("headers", [{}, {"ETag": '"1"'}, {"Last-Modified": "Mon, 02 Mar 2026"}])
async def test_what_is_given_again_and_again_is_taken_once(
    yard: Yard, partner: Partner, headers: dict[str, str]
) -> None:
    partner.headers = headers
    for _ in range(2):
        seen = len(partner.asked)
        async with yard.carrying(partner.declared(collect=partner.url)):
            await until(lambda: len(partner.asked) > seen + 2)  # noqa: B023 - used at once
    (message,) = yard.taken()
    assert (message.state, message.arrivals) == ("ready", 1)
    async with yard.carrying(partner.declared(collect=partner.url)):
        partner.content = ORDER + b"\n"
        partner.headers = {name: f"{value}2" for name, value in headers.items()}
        await until(lambda: len(yard.taken()) == 2)


async def test_who_says_of_which_version_it_is_is_asked_for_a_newer_one(
    yard: Yard, partner: Partner
) -> None:
    partner.headers = {"ETag": '"7"', "Last-Modified": "Mon, 02 Mar 2026 10:00:00 GMT"}
    async with yard.carrying(partner.declared(collect=partner.url)):
        await until(lambda: len(partner.asked) > 1)
    assert partner.asked[-1]["If-None-Match"] == '"7"'
    assert partner.asked[-1]["If-Modified-Since"] == "Mon, 02 Mar 2026 10:00:00 GMT"


async def test_what_is_for_the_partner_is_posted_with_its_name_and_the_token(
    yard: Yard, partner: Partner, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("sesame\n")
    id_ = yard.put()
    declared = partner.declared(bring=partner.url, token_file=tmp_path / "token")
    async with yard.carrying(declared):
        await until(lambda: yard.sent(id_).state == "delivered")
    ((headers, content),) = partner.got
    assert content == ORDER
    assert headers["Content-Type"] == "application/xml"
    assert headers["Authorization"] == "Bearer sesame"
    assert headers["Idempotency-Key"].endswith(f"-{id_}-Order.xml")


@pytest.mark.parametrize("status", [302, 400, 401, 503])
async def test_who_does_not_take_a_message_is_asked_again_and_then_no_more(
    yard: Yard, partner: Partner, status: int
) -> None:
    partner.status, partner.headers = status, {"Location": "http://169.254.169.254/"}
    id_ = yard.put()
    async with yard.carrying(partner.declared(bring=partner.url)):
        await until(lambda: yard.sent(id_).state == "failed")
    assert (yard.sent(id_).attempts, len(partner.got)) == (3, 3)
    assert (yard.sent(id_).error or "").startswith(f"Status{status}")


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_an_address_that_gives_no_message_is_a_fault(partner: Partner, status: int) -> None:
    partner.status, partner.headers = status, {"Location": "http://169.254.169.254/"}
    channel = channel_of(partner.declared(collect=partner.url), LIMITS, LOOPBACK)
    with pytest.raises(ChannelFault, match=f"Status{status}"):
        async with channel.visit({}) as visit:
            _ = [each async for each in visit.collect()]


async def test_what_is_too_large_is_not_read_to_its_end(partner: Partner) -> None:
    partner.content = b"x" * 2_001
    channel = channel_of(partner.declared(collect=partner.url), Limits(2_000), LOOPBACK)
    with pytest.raises(ChannelFault, match="MessageTooLarge"):
        async with channel.visit({}) as visit:
            _ = [each async for each in visit.collect()]


async def test_what_is_packed_small_is_not_unpacked(yard: Yard, partner: Partner) -> None:
    partner.headers = {"Content-Encoding": "gzip"}
    async with yard.carrying(partner.declared(collect=partner.url)):
        await until(yard.taken)
    assert yard.content(yard.taken()[0]) == ORDER


async def test_an_address_inside_is_not_connected_to(partner: Partner) -> None:
    channel = channel_of(partner.declared(collect=partner.url), LIMITS, ())
    with pytest.raises(ChannelFault, match="OutwardAddressRefused"):
        async with channel.visit({}) as visit:
            _ = [each async for each in visit.collect()]


async def test_an_address_that_does_not_answer_keeps_messages_waiting(
    yard: Yard, partner: Partner
) -> None:
    id_ = yard.put()
    declared = partner.declared(bring="http://127.0.0.1:1/")
    async with yard.carrying(declared, delays_s=(0, 60)):
        await until(lambda: yard.sent(id_).attempts == 2)
    shown = yard.sent(id_)
    assert (shown.state, shown.error is not None) == ("waiting", True)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (render("1", AT, []), "delivered"),
        (render("1", AT, ["line 3: The price is a number. Correct it."]), "failed"),
        (b"<thanks/>", "delivered"),
        (b"<cXML", "delivered"),
    ],
)
async def test_a_refusal_that_cxml_sends_with_200_is_one(
    yard: Yard, partner: Partner, answer: bytes, state: str
) -> None:
    partner.answer, partner.headers = answer, {"Content-Type": "text/xml"}
    id_ = yard.put()
    async with yard.carrying(partner.declared(bring=partner.url)):
        await until(lambda: yard.sent(id_).state == state)
    expected = "Status406: line 3: The price is a number. Correct it."
    assert yard.sent(id_).error == (expected if state == "failed" else None)
