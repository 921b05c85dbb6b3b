"""Who sent an order is told what becomes of it, in the standard and the release of the order."""

from __future__ import annotations

import asyncio
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.connectors.edi.message import Address
from gateway.connectors.profile.partner import Partner
from gateway.conversion.conversion import write
from gateway.conversion.form import Manner
from gateway.inbox.reading import read
from ledger.document import parse_document
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.order_response import OrderResponse
from ledger.document.receipt_advice import ReceiptAdvice
from ledger.embedded import EmbeddedChain
from tests.e2e.gateway.story import agree, confirm, opened, reach
from tests.e2e.gateway.world import BRAND, SUPPLIER, Desk, World, found
from tests.unit.gateway import papers

AT = datetime(2026, 3, 2, 9, 14)  # noqa: DTZ001
BINARY = {"Content-Type": "application/octet-stream"}
RELEASES = {"x12": "005010", "edifact": "D:01B:UN"}


def _message(standard: str) -> tuple[str, bytes]:
    """Give the number of an order and a message that says it."""
    number = f"PO-{uuid.uuid4()}"[:20]
    content = {
        **papers.order(),
        "id": number,
        "buyer_customer_party": _party("Brand"),
        "seller_supplier_party": _party("Supplier"),
    }
    manner = Manner(
        AT,
        Partner(release=RELEASES.get(standard, "")),
        Address("BRAND", "ZZ"),
        Address("SUPPLIER", "ZZ"),
        int(uuid.uuid4().int % 10**8) + 1,
    )
    return number, write(parse_document(content), standard, manner).content


def _party(name: str) -> dict[str, Any]:
    return {"name": name, "identifications": [{"id": name.upper(), "scheme_id": "DUNS"}]}


async def _issue(desk: Desk, agreement: str, content: bytes) -> tuple[str, str]:
    """Send a message and issue its order; gives the ids of both."""
    answer = await desk.post("/v1/inbox?sender=brand-erp", content, **BINARY)
    assert answer.body["state"] == "ready", answer.content
    message = answer.body["id"]
    body = {"action": "issue", "agreement": agreement}
    recorded = await desk.record(f"/v1/inbox/{message}/record", body)
    return message, recorded["order"]


async def _answers(desk: Desk, message: str, count: int) -> list[Any]:
    """Wait until a message has so many answers that are written."""

    def is_told(page: Any) -> bool:
        return len([each for each in page["items"] if each["outbox"]]) >= count

    return list((await desk.until(f"/v1/inbox/{message}/answers", is_told))["items"])


async def _told(desk: Desk, answer: Any) -> tuple[Any, bytes]:
    shown = await desk.read(f"/v1/outbox/{answer['outbox']}")
    content = await desk.get(f"/v1/outbox/{answer['outbox']}/content")
    return shown, content.content


@pytest.mark.parametrize("standard", ["x12", "edifact", "ubl", "cxml", "json"])
async def test_a_confirmed_order_is_answered_in_its_own_standard(
    brand: Desk, supplier: Desk, agreement: str, standard: str
) -> None:
    number, content = _message(standard)
    message, order = await _issue(brand, agreement, content)
    await opened(supplier, order)
    await supplier.record(f"/v1/orders/{order}/confirm")
    [answer] = await _answers(brand, message, 1)
    assert (answer["action"], answer["order"]) == ("confirm", order)
    shown, written = await _told(brand, answer)
    assert (shown["partner"], shown["standard"]) == ("brand-erp", standard)
    [document] = read(written, "").documents
    assert isinstance(document, OrderResponse)
    assert (document.order_response_code, document.order_reference.id) == ("AP", number)


async def test_an_x12_order_is_answered_by_855_and_856_of_its_release(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    number, content = _message("x12")
    message, order = await _issue(brand, agreement, content)
    await opened(supplier, order)
    lines = [papers.answer("1", "5", "10"), papers.answer("2", "5", "4")]
    response = papers.response("AP", *lines, id="SO-77", order=number)
    await supplier.record(f"/v1/orders/{order}/confirm", {"document": response})
    await reach(brand, f"/v1/orders/{order}", "Confirmed")
    advice = {**papers.despatch(l1="10"), "order_reference": {"id": number}}
    path = f"/v1/orders/{order}/deliveries/despatch"
    await supplier.record(path, {"document": advice})
    first, second = await _answers(brand, message, 2)
    for answer, name in ((first, b"*855*"), (second, b"*856*")):
        _, written = await _told(brand, answer)
        assert b"*ZZ*SUPPLIER       *ZZ*BRAND          *" in written
        assert b"*X*005010~" in written
        assert b"ST" + name in written
    [confirmed] = read((await _told(brand, first))[1], "").documents
    assert confirmed.id == "SO-77"
    [shipped] = read((await _told(brand, second))[1], "").documents
    assert isinstance(shipped, DespatchAdvice)


async def test_the_despatch_advice_of_a_supplier_is_answered_by_the_receipt(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await confirm(brand, supplier, agreement)
    advice = {
        **papers.despatch(l1="6", id=f"DA-{uuid.uuid4()}"[:20]),
        "despatch_supplier_party": _party("Supplier"),
        "delivery_customer_party": _party("Brand"),
    }
    manner = Manner(AT, sender=Address("SUPPLIER", "ZZ"), receiver=Address("BRAND", "ZZ"))
    content = write(parse_document(advice), "edifact", manner).content
    answer = await supplier.post("/v1/inbox?sender=warehouse", content, **BINARY)
    message = answer.body["id"]
    body = {"action": "despatch", "order": order}
    recorded = await supplier.record(f"/v1/inbox/{message}/record", body)
    delivery = f"/v1/deliveries/{recorded['delivery']}"
    await brand.until(delivery, lambda found: found["ledger_state"] == "Despatched")
    receipt = papers.receipt(("d1", "5", "1"))
    await brand.until(f"/v1/orders/{order}", lambda found: not found["unopened"])
    await brand.record(f"{delivery}/receive-partially", {"document": receipt})
    [told] = await _answers(supplier, message, 1)
    shown, written = await _told(supplier, told)
    assert (shown["partner"], shown["type"]) == ("warehouse", "RECADV")
    [document] = read(written, "").documents
    assert isinstance(document, ReceiptAdvice)
    assert document.receipt_line[0].received_quantity.value == "5"


async def test_a_rejection_with_its_reason_is_told(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    _, content = _message("edifact")
    message, order = await _issue(brand, agreement, content)
    await opened(supplier, order)
    notice = {**papers.HEAD, "document_type": "Notice", "id": "N-1", "reason": "No more wool."}
    await supplier.record(f"/v1/orders/{order}/reject", {"document": notice})
    [answer] = await _answers(brand, message, 1)
    [document] = read((await _told(brand, answer))[1], "").documents
    assert isinstance(document, OrderResponse)
    assert (document.order_response_code, document.note) == ("RE", ("No more wool.",))


async def test_what_the_standard_has_no_message_for_lies_in_the_outbox_with_the_reason(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    _, content = _message("x12")
    message, order = await _issue(brand, agreement, content)
    await opened(supplier, order)
    await supplier.record(f"/v1/orders/{order}/confirm")
    notice = {**papers.HEAD, "document_type": "DisputeNotice", "id": "D-1", "reason": "Unpaid."}
    await supplier.record(f"/v1/orders/{order}/dispute", {"document": notice})
    _, answer = await _answers(brand, message, 2)
    shown = await brand.read(f"/v1/outbox/{answer['outbox']}")
    assert shown["state"] == "unwritable"
    assert shown["findings"][0]["found"] == "DisputeNotice"


async def test_answers_of_others_are_not_there(brand: Desk, supplier: Desk) -> None:
    answer = await brand.post("/v1/inbox?sender=brand-erp", _message("json")[1], **BINARY)
    path = f"/v1/inbox/{answer.body['id']}/answers"
    assert (await brand.read(path))["items"] == []
    (await supplier.get(path)).refused(404, "InboxMessageUnknown")


def test_what_happens_while_a_gateway_is_down_is_answered_once(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    world = asyncio.run(found(shared_chain, tmp_path))
    brand_gateway = world.gateway_of(BRAND)
    for gateway in world.gateways.values():
        gateway.start()
    try:
        message, order = asyncio.run(_sent(world))
        brand_gateway.stop()
        asyncio.run(_confirmed(world, order))
        for _ in range(2):
            brand_gateway.start()
            [answer] = asyncio.run(_answered(world, message))
            assert answer["action"] == "confirm"
            brand_gateway.stop()
    finally:
        for gateway in world.gateways.values():
            gateway.stop()


async def _sent(world: World) -> tuple[str, str]:
    agreement = await agree(world)
    async with world.desk(BRAND) as brand, world.desk(SUPPLIER) as supplier:
        message, order = await _issue(brand, agreement, _message("json")[1])
        await opened(supplier, order)
        return message, order


async def _confirmed(world: World, order: str) -> None:
    async with world.desk(SUPPLIER) as supplier:
        await supplier.record(f"/v1/orders/{order}/confirm")


async def _answered(world: World, message: str) -> list[Any]:
    async with world.desk(BRAND) as brand:
        return await _answers(brand, message, 1)
