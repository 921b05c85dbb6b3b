"""A partner who only knows a folder: an order comes by it, and its answers lie there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.connectors.cxml.response import Status, read_status
from gateway.connectors.edi.x12.interchange import read
from gateway.settings import SettingsInvalid
from ledger.embedded import EmbeddedChain
from tests.e2e.gateway.story import agree, opened
from tests.e2e.gateway.test_answers import _message as message_in
from tests.e2e.gateway.world import BRAND, SUPPLIER, Answer, World, found

PATIENCE_S = 20
TOKEN = "a token of more than sixteen letters"


@pytest.fixture(scope="module")
def partner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The partner's folder."""
    folder = tmp_path_factory.mktemp("partner") / "mill"
    (folder / "in").mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def own_world(
    shared_chain: EmbeddedChain, tmp_path_factory: pytest.TempPathFactory, partner: Path
) -> Iterator[World]:
    """A network in which the brand has a channel."""
    world = asyncio.run(found(shared_chain, tmp_path_factory.mktemp("channels")))
    _declare(world, f'path = "{partner}"')
    folder = world.gateway_of(BRAND).home / "channels"
    (folder / "token").write_text(TOKEN)
    (folder / "post.toml").write_text(
        f'organisation = {world.numbers[BRAND]}\npartner = "post"\nkind = "http"\n'
        'accept_file = "token"\n'
    )
    for gateway in world.gateways.values():
        gateway.start()
    yield world
    for gateway in world.gateways.values():
        gateway.stop()


def _declare(world: World, place: str) -> None:
    folder = world.gateway_of(BRAND).home / "channels"
    folder.mkdir(exist_ok=True)
    (folder / "mill.toml").write_text(
        f'organisation = {world.numbers[BRAND]}\npartner = "mill"\nkind = "folder"\n{place}\n'
        "every_s = 0.2\nsettle_s = 0.2\n"
    )


async def _appeared(folder: Path, count: int) -> list[Path]:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            paths = sorted(folder.glob("*.x12"))  # noqa: ASYNC240 - it takes no time
            if len(paths) >= count:
                return paths
            await asyncio.sleep(0.05)


def _names(paths: list[Path]) -> list[str]:
    return [
        message.name
        for path in paths
        for each in read(path.read_bytes())
        for message in each.messages
    ]


def _accepting(answer: bytes) -> bytes:
    """Write the 997 with which the partner takes an answer."""
    [interchange] = read(answer)
    group = interchange.messages[0].envelope.group
    assert group is not None
    isa = "ISA*00*          *00*          *ZZ*BRAND          *ZZ*SUPPLIER       "
    head = f"{isa}*260302*1200*U*00401*000000009*0*P*>~GS*FA*B*S*20260302*1200*9*X*004010~"
    body = f"ST*997*0001~AK1*{group[1]}*{group[6]}~AK9*A*1*1*1~SE*4*0001~"
    return f"{head}{body}GE*1*9~IEA*1*000000009~".encode()


async def test_an_order_comes_by_a_folder_and_its_answers_lie_there(
    own_world: World, partner: Path
) -> None:
    agreement = await agree(own_world)
    _, content = message_in("x12")
    async with own_world.desk(BRAND) as brand, own_world.desk(SUPPLIER) as supplier:
        (partner / "in" / "order.edi").write_bytes(content)
        page = await brand.until("/v1/inbox?state=ready", lambda page: page["items"])
        [message] = page["items"]
        assert _names(await _appeared(partner / "out", 1)) == ["997"]
        assert [each.name for each in (partner / "done").iterdir()] == [
            f"{message['id']}-order.edi"
        ]
        path = f"/v1/inbox/{message['id']}/record"
        recorded = await brand.record(path, {"action": "issue", "agreement": agreement})
        await opened(supplier, recorded["order"])
        await supplier.record(f"/v1/orders/{recorded['order']}/confirm")
        told = await _appeared(partner / "out", 2)
        assert _names(told) == ["997", "855"]
        (partner / "in" / "taken.edi").write_bytes(_accepting(told[1].read_bytes()))
        outbox = await brand.until(
            "/v1/outbox", lambda page: any(each["answer"] for each in page["items"])
        )
        assert {each["type"]: (each["state"], each["answer"]) for each in outbox["items"]} == {
            "997": ("delivered", ""),
            "855": ("delivered", "accepted"),
        }
        channel = (await brand.read("/v1/channels"))["items"][0]
        assert (channel["partner"], channel["kind"], channel["error"]) == ("mill", "folder", None)


async def test_channels_and_messages_of_others_are_not_there(own_world: World) -> None:
    async with own_world.desk(BRAND) as brand, own_world.desk(SUPPLIER) as supplier:
        await brand.until("/v1/channels", lambda page: page["items"])
        assert (await supplier.read("/v1/channels"))["items"] == []
        assert (await supplier.read("/v1/outbox"))["items"] == []
        (await supplier.get("/v1/outbox/1")).refused(404, "OutboxMessageUnknown")


async def test_a_gateway_with_a_channel_that_cannot_work_does_not_start(
    own_world: World, partner: Path
) -> None:
    gateway = own_world.gateway_of(BRAND)
    await asyncio.to_thread(gateway.stop)
    _declare(own_world, "")
    with pytest.raises(SettingsInvalid, match="path: Field required"):
        await asyncio.to_thread(gateway.start)
    _declare(own_world, f'path = "{partner}"')
    await asyncio.to_thread(gateway.start)


async def test_what_came_while_the_gateway_was_away_is_taken(
    own_world: World, partner: Path
) -> None:
    gateway = own_world.gateway_of(BRAND)
    await asyncio.to_thread(gateway.stop)
    contents: list[Any] = [message_in("x12") for _ in range(3)]
    for number, content in contents:
        (partner / "in" / f"{number}.edi").write_bytes(content)
    await asyncio.to_thread(gateway.start)
    numbers = {number for number, _ in contents}
    async with own_world.desk(BRAND) as brand:

        def are_taken(page: Any) -> bool:
            return numbers <= {each["id"] for item in page["items"] for each in item["documents"]}

        await brand.until("/v1/inbox?state=ready", are_taken)


async def _post(world: World, content: bytes, token: str, channel: str = "post") -> Answer:
    url = world.gateway_of(BRAND).url
    async with aiohttp.ClientSession(url) as session:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        path = f"/v1/channels/{channel}/inbox"
        async with session.post(path, data=content, headers=headers) as answer:
            return Answer(answer.status, answer.headers, await answer.read())


async def test_a_partner_posts_messages_with_a_token_of_its_own(own_world: World) -> None:
    number, content = message_in("x12")
    first = await _post(own_world, content, TOKEN)
    assert (first.status, first.body["state"], first.body["findings"]) == (201, "ready", [])
    again = await _post(own_world, content, TOKEN)
    assert (again.status, again.body["id"]) == (200, first.body["id"])
    refused = await _post(own_world, content[:-20], TOKEN)
    assert (refused.status, refused.body["state"]) == (422, "refused")
    assert refused.body["findings"][0]["what_to_do"]
    async with own_world.desk(BRAND) as brand:
        kept = await brand.read(f"/v1/inbox/{first.body['id']}")
    assert (kept["sender"], kept["documents"][0]["id"]) == ("post", number)


async def test_cxml_is_answered_by_a_response_of_its_own(own_world: World) -> None:
    _, content = message_in("cxml")
    taken = await _post(own_world, content, TOKEN)
    assert (taken.status, taken.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert read_status(taken.content) == Status(200, "OK")
    refused = await _post(own_world, content.replace(b"orderDate=", b"orderDay="), TOKEN)
    status = read_status(refused.content)
    assert status is not None
    assert (status.code, "orderDate" in status.text) == (406, True)


@pytest.mark.parametrize("channel", ["post", "mill", "none"])
async def test_a_token_opens_no_other_channel_and_nothing_else(
    own_world: World, channel: str
) -> None:
    _, content = message_in("x12")
    tokens = ["", "another token of some letters"] + ([TOKEN] if channel != "post" else [])
    for token in tokens:
        (await _post(own_world, content, token, channel)).refused(401, "PartnerTokenInvalid")
    async with aiohttp.ClientSession(own_world.gateway_of(BRAND).url) as session:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with session.get("/v1/inbox", headers=headers) as answer:
            assert answer.status == 401
