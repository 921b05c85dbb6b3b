"""Messages in any standard reach the ledger through the inbox, once."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path
from typing import Any

import aiohttp

from gateway.connectors.json.document import render
from gateway.connectors.shop.signature import SHOPIFY_HEADER, sign
from gateway.connectors.ubl import order as ubl
from ledger.document import parse_document
from ledger.document.order import Order
from tests.e2e.gateway.world import BRAND, Desk, World
from tests.unit.gateway import papers

HERE = Path(__file__).parent
SHOPIFY = (HERE.parents[1] / "edi" / "shop" / "shopify.json").read_bytes()
SECRET = "the secret of a shop"
BINARY = {"Content-Type": "application/octet-stream"}


def _order() -> Order:
    document = parse_document({**papers.order(), "id": f"PO-{uuid.uuid4()}"})
    assert isinstance(document, Order)
    return document


async def _send(desk: Desk, content: bytes) -> Any:
    answer = await desk.post("/v1/inbox?sender=brand", content, **BINARY)
    assert answer.status == 201, answer.content
    return answer.body


async def test_a_ubl_order_is_recorded_once(brand: Desk, agreement: str) -> None:
    document = _order()
    message = await _send(brand, ubl.render(document))
    assert message["state"] == "ready"
    body = {"action": "issue", "agreement": agreement}
    path = f"/v1/inbox/{message['id']}/record"
    recorded = await brand.record(path, body)
    after = await brand.read(f"/v1/inbox/{message['id']}")
    assert (after["state"], after["documents"][0]["intent"]) == ("recorded", recorded["intent"])
    shown = await brand.read(f"/v1/orders/{recorded['order']}")
    assert shown["ledger_state"] == "Issued"
    problem = (await brand.post(path, body)).refused(409, "InboxDocumentRecorded")
    assert problem["context"]["intent"] == recorded["intent"]


async def test_of_two_that_record_at_once_one_does(brand: Desk, agreement: str) -> None:
    message = await _send(brand, render(_order()))
    body = {"action": "issue", "agreement": agreement}
    path = f"/v1/inbox/{message['id']}/record"
    answers = await asyncio.gather(*(brand.post(path, body) for _ in range(4)))
    assert sorted(each.status for each in answers) == [202, 409, 409, 409]


async def test_what_the_ledger_refuses_stays_ready(brand: Desk) -> None:
    message = await _send(brand, render(_order()))
    body = {"action": "issue", "agreement": f"A{brand.number}-999"}
    path = f"/v1/inbox/{message['id']}/record"
    (await brand.post(path, body)).refused(404, "AgreementUnknown")
    assert (await brand.read(f"/v1/inbox/{message['id']}"))["state"] == "ready"


async def test_a_broken_message_is_mended_and_recorded(brand: Desk, agreement: str) -> None:
    content = ubl.render(_order())
    message = await _send(brand, content.replace(b"<cbc:IssueDate>", b"<cbc:IssueDate>x"))
    assert message["state"] == "refused"
    assert message["findings"][0]["path"].endswith("IssueDate")
    (
        await brand.post(
            f"/v1/inbox/{message['id']}/record", {"action": "issue", "agreement": agreement}
        )
    ).refused(404, "InboxDocumentUnknown")
    async with brand.session.put(f"/v1/inbox/{message['id']}/content", data=content) as answer:
        assert answer.status == 200
        assert (await answer.json())["state"] == "ready"
    await brand.record(
        f"/v1/inbox/{message['id']}/record", {"action": "issue", "agreement": agreement}
    )
    first = await brand.get(f"/v1/inbox/{message['id']}/content?version=1")
    assert b"<cbc:IssueDate>x" in first.content
    assert first.headers["Content-Disposition"].startswith("attachment")


async def test_the_same_message_again_is_the_first(brand: Desk) -> None:
    content = render(_order())
    message = await _send(brand, content)
    again = await brand.post("/v1/inbox?sender=brand", content, **BINARY)
    assert (again.status, again.body["id"]) == (200, message["id"])
    assert again.body["is_duplicate"]


async def test_messages_of_others_are_not_there(brand: Desk, supplier: Desk) -> None:
    message = await _send(brand, render(_order()))
    (await supplier.get(f"/v1/inbox/{message['id']}")).refused(404, "InboxMessageUnknown")
    for name in ("replay", "set-aside"):
        answer = await supplier.post(f"/v1/inbox/{message['id']}/{name}")
        answer.refused(404, "InboxMessageUnknown")


async def test_a_target_that_is_not_one_is_refused(brand: Desk) -> None:
    message = await _send(brand, render(_order()))
    for body in (
        {"action": "issue"},
        {"action": "issue", "order": "A1-7-O1"},
        {"action": "confirm", "agreement": "A1-7"},
        {"action": "issue", "agreement": "A1-7", "position": -1},
    ):
        answer = await brand.post(f"/v1/inbox/{message['id']}/record", body)
        answer.refused(422, "RequestInvalid")


async def test_a_sender_that_no_database_takes_is_refused(brand: Desk) -> None:
    answer = await brand.post("/v1/inbox?sender=a%00b", b"{}", **BINARY)
    answer.refused(422, "RequestInvalid")
    body = {"kind": "shopify", "domain": "a\x00b", "secret": SECRET}
    (await brand.post("/v1/shops", body)).refused(422, "RequestInvalid")


async def test_a_shop_sends_orders_with_its_signature_alone(world: World, brand: Desk) -> None:
    domain = f"{uuid.uuid4()}.example"
    body = {"kind": "shopify", "domain": domain, "secret": SECRET}
    made = await brand.post("/v1/shops", body)
    assert made.status == 201
    path = made.body["path"]
    (await brand.post("/v1/shops", body)).refused(409, "ShopKept")
    async with aiohttp.ClientSession(world.gateway_of(BRAND).url) as session:
        signed = {SHOPIFY_HEADER: sign(SHOPIFY, SECRET.encode())}
        async with session.post(path, data=SHOPIFY, headers=signed) as answer:
            assert answer.status == 204
        async with session.post(path, data=SHOPIFY + b" ", headers=signed) as answer:
            assert answer.status == 401
            assert json.loads(await answer.read())["error"] == "ShopSignatureInvalid"
    page = await brand.read("/v1/inbox?state=ready&limit=500")
    (taken,) = [each for each in page["items"] if each["sender"] == domain]
    document = await brand.read(f"/v1/inbox/{taken['id']}/documents/0")
    assert (document["document_type"], document["id"]) == ("Order", "#1042")


async def test_without_a_key_nothing_is_taken(world: World) -> None:
    async with (
        aiohttp.ClientSession(world.gateway_of(BRAND).url) as session,
        session.post("/v1/inbox", data=b"{}") as answer,
    ):
        assert answer.status == 401
