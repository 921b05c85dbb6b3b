"""Keys that are rotated, lost, lent and destroyed beside gateways that run, by the command line."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.settings import Settings
from gateway.settings_file import name_encryption_keys
from ledger.client import Client
from ledger.contracts import encode_set_suspended
from ledger.direct import send
from ledger.document.block import read_header
from ledger.embedded import EmbeddedChain
from ledger.vault import FileVault
from tests.e2e.gateway.story import agree, issue, opened, reach
from tests.e2e.gateway.world import BRAND, RIVAL, SUPPLIER, Desk, World, found
from tests.unit.gateway import papers


@pytest.fixture(scope="module")
def own_world(
    shared_chain: EmbeddedChain, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A network whose members' keys tests may change."""
    world = asyncio.run(found(shared_chain, tmp_path_factory.mktemp("keys")))
    for gateway in world.gateways.values():
        gateway.start()
    yield world
    for gateway in world.gateways.values():
        gateway.stop()


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


async def epoch_of(desk: Desk, organisation: int) -> int:
    """Give the key epoch of a member as a gateway knows it."""
    epoch: int = (await desk.read(f"/v1/organisations/{organisation}"))["encryption_epoch"]
    return epoch


async def knows_epoch(desk: Desk, organisation: int, epoch: int) -> None:
    """Wait until a gateway knows the key of a member."""
    path = f"/v1/organisations/{organisation}"
    await desk.until(path, lambda member: member["encryption_epoch"] == epoch)


def key_files(world: World) -> dict[int, Path]:
    """Give the supplier's key files by epoch."""
    home = world.gateway_of(SUPPLIER).home
    hosted = Settings.load(home).organisation
    mine = next(each for each in hosted if each.number == world.numbers[SUPPLIER])
    return {epoch: home / file for epoch, file in mine.encryption_by_epoch.items()}


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
    old, files = await epoch_of(brand, supplier.number), key_files(own_world)
    new = old + 1
    assert f"epoch {new}" in await keys(own_world, SUPPLIER, "rotate", "--hybrid")
    await knows_epoch(brand, supplier.number, new)
    await knows_epoch(supplier, supplier.number, new)

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
    assert await sealed_to(own_world, brand, before) == {(brand.number, 1), (supplier.number, old)}
    assert await sealed_to(own_world, brand, after) == {(brand.number, 1), (supplier.number, new)}

    assert "destroyed" in await keys(own_world, SUPPLIER, "retire")
    assert not any(path.exists() for path in files.values())
    assert list(key_files(own_world)) == [new]
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
    new = await epoch_of(brand, supplier.number) + 1
    await keys(own_world, SUPPLIER, "rotate")
    await knows_epoch(brand, supplier.number, new)
    # Its own gateway has not heard of the new key yet.
    unheard = await keys(own_world, SUPPLIER, "retire", "--lose", code=1)
    assert "KeyEpochUnexpected" in unheard
    # Its disk is lost, and all that comes back from a copy is the new key.
    home, kept = suppliers.home, key_files(own_world)[new].relative_to(suppliers.home)
    name_encryption_keys(home, supplier.number, [str(kept)], new)
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


async def test_an_auditor_verifies_with_what_it_was_given(own_world: World, brand: Desk) -> None:
    order = await issue(brand, await agree(own_world))
    assert "2 documents opened" in await verified(own_world, BRAND, order)
    assert "0 documents opened, 2 sealed for others" in await verified(own_world, RIVAL, order)
    rival = own_world.numbers[RIVAL]
    words = ("rewrap", "--to", rival, "--order", order)
    nothing_chosen = await keys(own_world, BRAND, *words[:3], code=1)
    assert "--everything" in nothing_chosen
    cid = (await keys(own_world, BRAND, *words)).strip()
    (own_world.gateway_of(RIVAL).home / "given").write_bytes(
        FileVault(own_world.gateways["brand"].home / "vault").get(cid)
    )
    await keys(own_world, RIVAL, "accept", own_world.gateway_of(RIVAL).home / "given")
    assert "1 documents opened, 1 sealed for others" in await verified(own_world, RIVAL, order)
    await keys(own_world, BRAND, *words, code=1)


async def verified(world: World, alias: str, order: str) -> str:
    """Have a member verify an order; gives what was said."""
    home, number = str(world.gateway_of(alias).home), str(world.numbers[alias])
    words = ["verify", order, "--home", home, "--organisation", number]
    result = await asyncio.to_thread(
        CliRunner().invoke, app, words, env={"COLUMNS": "200", "NO_COLOR": "1"}
    )
    assert result.exit_code == 0, result.output
    return result.output


async def test_nothing_is_sealed_to_a_member_while_it_is_suspended(
    own_world: World, brand: Desk, supplier: Desk
) -> None:
    agreement = await agree(own_world)
    epoch = await epoch_of(brand, supplier.number)
    await suspend(own_world, brand, is_suspended=True)
    order = await issue(brand, agreement)
    assert await sealed_to(own_world, brand, order) == {(brand.number, 1)}
    words = ("rewrap", "--to", supplier.number, "--order", order)
    assert "RecipientRevoked" in await keys(own_world, BRAND, *words, code=1)
    await suspend(own_world, brand, is_suspended=False)
    await keys(own_world, BRAND, *words)
    after = await issue(brand, agreement)
    assert (supplier.number, epoch) in await sealed_to(own_world, brand, after)


async def suspend(world: World, desk: Desk, *, is_suspended: bool) -> None:
    """Have the council suspend or reinstate the supplier, and a gateway know of it."""
    number = world.numbers[SUPPLIER]
    data = encode_set_suspended(number, is_suspended)
    async with Client(world.chain.url) as client:
        await send(client, world.council, world.deployment.registry, data)
    path = f"/v1/organisations/{number}"
    await desk.until(path, lambda member: member["is_suspended"] == is_suspended)


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
