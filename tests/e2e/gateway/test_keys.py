"""Keys that are rotated, lost, lent and destroyed beside gateways that run, by the command line."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.settings import Settings
from ledger.client import Client
from ledger.contracts import encode_set_suspended
from ledger.direct import send
from ledger.document.block import read_header
from ledger.embedded import EmbeddedChain
from ledger.vault import FileVault
from tests.e2e.gateway.story import agree, issue, opened, reach
from tests.e2e.gateway.world import BRAND, SUPPLIER, Desk, World, found
from tests.unit.gateway import papers


@pytest.fixture
async def own_world(own_chain: EmbeddedChain, tmp_path: Path) -> AsyncIterator[World]:
    """A network whose members' keys a test may change."""
    world = await found(own_chain, tmp_path)
    for gateway in world.gateways.values():
        await asyncio.to_thread(gateway.start)
    yield world
    for gateway in world.gateways.values():
        await asyncio.to_thread(gateway.stop)


@pytest.fixture
async def brand(own_world: World) -> AsyncIterator[Desk]:
    async with own_world.desk(BRAND) as desk:
        yield desk


@pytest.fixture
async def supplier(own_world: World) -> AsyncIterator[Desk]:
    async with own_world.desk(SUPPLIER) as desk:
        yield desk


async def keys(world: World, alias: str, *words: object, code: int = 0) -> str:
    """Run `consign keys` for a member in its gateway's folder; gives what was said."""
    home, number = world.gateway_of(alias).home, world.numbers[alias]
    asked = ["keys", *map(str, words), "--home", str(home)]
    asked += [] if words[0] == "shred" else ["--organisation", str(number)]
    result = await asyncio.to_thread(CliRunner().invoke, app, asked)
    assert result.exit_code == code, result.output
    return result.output


async def sealed_to(world: World, desk: Desk, order: str) -> set[tuple[int, int]]:
    """Give the organisations and key epochs that an order was sealed to."""
    fact = (await desk.read(f"/v1/orders/{order}/timeline"))["items"][0]
    document = await desk.read(f"/v1/documents/{fact['commitment']}")
    block = FileVault(world.gateways["brand"].home / "vault").get(document["cid"])
    return {(each.organisation, each.epoch) for each in read_header(block).recipients}


async def knows_epoch(desk: Desk, organisation: int, epoch: int) -> None:
    """Wait until a member's gateway knows the key of another."""
    path = f"/v1/organisations/{organisation}"
    await desk.until(path, lambda member: member["encryption_epoch"] == epoch)


async def proven(desk: Desk, order: str) -> None:
    """Have a member prove a field of an order, for which it opens the sealed block again."""
    fact = (await desk.read(f"/v1/orders/{order}/timeline"))["items"][0]
    path = f"/v1/documents/{fact['commitment']}/proofs"
    answer = await desk.post(path, {"fields": ["/order_line/0/quantity/value"]})
    assert answer.status == 200, answer.content
    assert answer.body["fields"] == {"/order_line/0/quantity/value": "10"}


async def test_a_rotated_key_opens_what_comes_and_what_was(
    own_world: World, brand: Desk, supplier: Desk
) -> None:
    agreement = await agree(own_world)
    before = await issue(brand, agreement)
    await opened(supplier, before)
    assert "epoch 2" in await keys(own_world, SUPPLIER, "rotate", "--hybrid")
    await knows_epoch(brand, supplier.number, 2)

    # The bundle of the new key may still be on its way to whoever seals.
    for _ in range(200):
        body = {"agreement": agreement, "document": papers.order()}
        answer = await brand.post("/v1/orders", body, Prefer="wait=20")
        if answer.status != 503:
            break
        answer.refused(503, "KeyBundleMissing")
        await asyncio.sleep(0.1)
    assert answer.body["status"] == "recorded", answer.content
    after = answer.body["order"]
    # The supplier's gateway was not started anew.
    await opened(supplier, after)
    assert await sealed_to(own_world, brand, before) == {(brand.number, 1), (supplier.number, 1)}
    assert await sealed_to(own_world, brand, after) == {(brand.number, 1), (supplier.number, 2)}

    assert "destroyed" in await keys(own_world, SUPPLIER, "retire")
    home = own_world.gateway_of(SUPPLIER).home
    assert not (home / "keys" / "supplier.pem").exists()
    mine = next(o for o in Settings.load(home).organisation if o.number == supplier.number)
    assert list(mine.encryption_by_epoch) == [2]
    await proven(supplier, before)
    await proven(supplier, after)
    await keys(own_world, SUPPLIER, "retire", code=1)


async def test_a_member_that_lost_its_key_is_given_what_it_could_read(
    own_world: World, brand: Desk, supplier: Desk, tmp_path: Path
) -> None:
    agreement = await agree(own_world)
    suppliers = own_world.gateways["suppliers"]
    await asyncio.to_thread(suppliers.stop)
    order = await issue(brand, agreement)
    await keys(own_world, SUPPLIER, "rotate")
    await knows_epoch(brand, supplier.number, 2)
    await keys(own_world, SUPPLIER, "retire", "--lose", code=1)  # Its gateway knows nothing of it.
    _lose_first_key(own_world)
    await asyncio.to_thread(suppliers.start)
    path = f"/v1/orders/{order}"
    broken = await supplier.until(
        path, lambda view: view["unopened"] and view["unopened"][0]["status"] == "broken"
    )
    assert "EpochStale" in broken["unopened"][0]["reason"]

    words = ("rewrap", "--to", supplier.number, "--order", order, "--out", tmp_path / "given")
    await keys(own_world, BRAND, *words)
    (given,) = (tmp_path / "given").iterdir()
    assert "1 documents" in await keys(own_world, SUPPLIER, "accept", given)
    await opened(supplier, order)
    await proven(supplier, order)
    other = tmp_path / "other"
    other.write_bytes(given.read_bytes()[:-1] + b"\0")
    assert "SignatureInvalid" in await keys(own_world, SUPPLIER, "accept", other, code=1)


def _lose_first_key(world: World) -> None:
    """Take the supplier's first key out of its settings, as if the disk had been lost."""
    path = world.gateway_of(SUPPLIER).home / "consign.toml"
    text = path.read_text().replace('"keys/supplier.pem", ', "")
    number = f"number = {world.numbers[SUPPLIER]}\n"
    path.write_text(text.replace(number, f"{number}first_epoch = 2\n"))


async def test_nothing_is_sealed_to_a_member_that_is_suspended(
    own_world: World, brand: Desk, supplier: Desk
) -> None:
    agreement = await agree(own_world)
    before = await issue(brand, agreement)
    data = encode_set_suspended(supplier.number, True)
    async with Client(own_world.chain.url) as client:
        await send(client, own_world.council, own_world.deployment.registry, data)
    path = f"/v1/organisations/{supplier.number}"
    await brand.until(path, lambda member: member["is_suspended"])
    order = await issue(brand, agreement)
    assert (supplier.number, 1) in await sealed_to(own_world, brand, before)
    assert await sealed_to(own_world, brand, order) == {(brand.number, 1)}
    refused = await keys(
        own_world, BRAND, "rewrap", "--to", supplier.number, "--order", order, code=1
    )
    assert "RecipientRevoked" in refused


async def test_a_shredded_document_is_gone_and_its_proof_stands(
    own_world: World, brand: Desk, supplier: Desk
) -> None:
    agreement = await agree(own_world)
    order = await issue(brand, agreement)
    fact = (await brand.read(f"/v1/orders/{order}/timeline"))["items"][0]
    refused = await keys(own_world, BRAND, "shred", fact["commitment"], code=1)
    assert "DocumentLive" in refused
    await brand.record(f"/v1/orders/{order}/withdraw")
    await reach(brand, f"/v1/orders/{order}", "Cancelled")
    document = await brand.read(f"/v1/documents/{fact['commitment']}")
    await keys(own_world, BRAND, "shred", fact["commitment"])
    gone = await brand.read(f"/v1/documents/{fact['commitment']}")
    assert (gone["status"], gone["body"]) == ("shredded", None)
    (await brand.get(f"/v1/blocks/{document['cid']}")).refused(404, "BlockMissing")
    items = (await brand.read(f"/v1/orders/{order}/timeline"))["items"]
    assert items[0]["commitment"] == fact["commitment"]
    assert (await opened(supplier, order))["document"]["id"] == "PO-1"
