"""Trouble: a dead chain, a missing block, a sender that lies, a restart. Nothing is lost."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.database import open_database
from gateway.pulse import STALE_S
from ledger.client import Client
from ledger.contracts import encode_submit_intents
from ledger.direct import send
from ledger.document.header import Binding
from ledger.document.manifest import Manifest, ManifestEntry
from ledger.embedded import EmbeddedChain
from ledger.host import Host
from ledger.identifier import OrderId, parse_agreement
from ledger.intent import Intent, digest, domain_separator
from ledger.lifecycle import row_named
from ledger.outbox import DocumentReference
from ledger.sealing import recipients_of, seal_into
from ledger.vault import FileVault, parse_cid
from tests.e2e.gateway.story import agree, issue, opened, reach
from tests.e2e.gateway.world import BRAND, Desk, Running, World, found
from tests.unit.gateway import papers


@pytest.fixture
async def own_world(own_chain: EmbeddedChain, tmp_path: Path) -> AsyncIterator[World]:
    """A network that a test may break."""
    world = await found(own_chain, tmp_path)
    for gateway in world.gateways.values():
        await asyncio.to_thread(gateway.start)
    yield world
    for gateway in world.gateways.values():
        await asyncio.to_thread(gateway.stop)


@pytest.fixture
async def own_agreement(own_world: World) -> str:
    return await agree(own_world)


@pytest.fixture
async def own_brand(own_world: World) -> AsyncIterator[Desk]:
    async with own_world.desk(BRAND) as desk:
        yield desk


@pytest.fixture
async def own_supplier(own_world: World) -> AsyncIterator[Desk]:
    async with own_world.desk("supplier") as desk:
        yield desk


async def restart(gateway: Running) -> None:
    await asyncio.to_thread(gateway.stop)
    await asyncio.to_thread(gateway.start)


async def test_dead_chain_refuses_with_a_name_and_loses_nothing_that_was_accepted(
    own_world: World, own_agreement: str, own_brand: Desk, own_chain: EmbeddedChain
) -> None:
    order = await issue(own_brand, own_agreement)
    path = f"/v1/orders/{order}"
    accepted = await own_brand.post(f"{path}/withdraw")
    assert accepted.body["status"] == "accepted"
    await asyncio.to_thread(own_chain.stop)
    body = {"agreement": own_agreement, "document": papers.order("3")}
    # The chain was heard from a moment ago; after that it is asked again.
    await asyncio.sleep(STALE_S)
    key = {"Idempotency-Key": "during-the-outage"}
    answer = await own_brand.post("/v1/orders", body, **key)
    problem = answer.refused(503, "Unreachable")
    assert "Retry-After" in answer.headers
    assert ":" not in problem["context"]["url"].removeprefix("http://")
    assert (await own_brand.get("/healthz")).status == 200
    ready = await own_brand.get("/readyz")
    assert ready.status == 503
    assert "chain" in ready.body["missing"]
    assert (await own_brand.read(path))["id"] == order

    await restart(own_world.gateways["brand"])
    await asyncio.to_thread(own_chain.start)
    await reach(own_brand, path, "Cancelled")
    timeline = await own_brand.read(f"{path}/timeline")
    assert [fact["action"] for fact in timeline["items"]] == ["issue", "withdraw"]
    recorded = await own_brand.record("/v1/orders", body, **key)
    assert (await own_brand.read(f"/v1/orders/{recorded['order']}"))["state"] == "Issued"


async def test_missing_block_blocks_its_order_alone_until_it_comes(
    own_world: World, own_agreement: str, own_brand: Desk, own_supplier: Desk
) -> None:
    suppliers, brands = own_world.gateways["suppliers"], own_world.gateways["brand"]
    await asyncio.to_thread(suppliers.stop)
    order = await issue(own_brand, own_agreement)
    fact = (await own_brand.read(f"/v1/orders/{order}/timeline"))["items"][0]
    document = await own_brand.read(f"/v1/documents/{fact['commitment']}")
    vault = FileVault(brands.home / "vault")
    block = vault.get(document["cid"])
    vault.delete(document["cid"])
    (await own_brand.get(f"/v1/blocks/{document['cid']}")).refused(404, "BlockMissing")
    await asyncio.to_thread(suppliers.start)

    path = f"/v1/orders/{order}"
    view = await own_supplier.until(
        path, lambda found: found["unopened"] and found["unopened"][0]["status"] == "missing"
    )
    assert view["document"] is None
    answer = await own_supplier.post(f"{path}/confirm")
    answer.refused(503, "DocumentUnread")
    assert "Retry-After" in answer.headers
    other = await issue(own_brand, own_agreement)
    await opened(own_supplier, other)
    await own_supplier.record(f"/v1/orders/{other}/confirm")

    vault.put(block)
    await opened(own_supplier, order)
    await own_supplier.record(f"{path}/confirm")


async def test_document_whose_commitment_differs_is_broken_and_cannot_be_acted_on(
    own_world: World, own_agreement: str, own_supplier: Desk
) -> None:
    commitment, order = await _lie(own_world, own_agreement)
    path = f"/v1/orders/{order}"
    view = await own_supplier.until(
        path, lambda found: found["unopened"] and found["unopened"][0]["status"] == "broken"
    )
    assert view["document"] is None
    assert "CommitmentMismatch" in view["unopened"][0]["reason"]
    problem = (await own_supplier.post(f"{path}/confirm")).refused(409, "DocumentBroken")
    assert "CommitmentMismatch" in problem["detail"]
    document = await own_supplier.read(f"/v1/documents/0x{commitment.hex()}")
    assert (document["status"], document["body"]) == ("broken", None)
    assert len((await own_supplier.read(f"{path}/timeline"))["items"]) == 1
    await own_supplier.record(f"{path}/reject")


async def test_answers_and_state_survive_a_restart(
    own_world: World, own_agreement: str, own_brand: Desk
) -> None:
    body = {"agreement": own_agreement, "document": papers.order()}
    key = {"Idempotency-Key": "before-the-restart", "Prefer": "wait=20"}
    first = await own_brand.post("/v1/orders", body, **key)
    await restart(own_world.gateways["brand"])
    again = await own_brand.post("/v1/orders", body, **key)
    assert (again.status, again.content) == (first.status, first.content)
    page = await own_brand.read("/v1/orders")
    assert [item["id"] for item in page["items"]] == [first.body["order"]]


async def _lie(world: World, agreement: str) -> tuple[bytes, str]:
    """Record, past the gateway, a commitment that the block does not hold."""
    number, order = parse_agreement(agreement), 77
    home = world.gateways["brand"].home
    vault = FileVault(home / "vault")
    sender = world.numbers[BRAND]
    host = Host(sender, world.signing[BRAND], {})
    with open_database(home) as session:
        recipients = recipients_of(session, {sender, world.numbers["supplier"]})
    network = domain_separator(world.deployment.order_domain)

    def sealed(quantity: str) -> DocumentReference:
        return seal_into(
            vault,
            papers.order(quantity),
            sender=host,
            recipients=recipients,
            binding=Binding(network, number, "order", order),
            readers=(),
        )

    promised, served = sealed("10"), sealed("1")
    entry = ManifestEntry(0, promised.commitment, parse_cid(served.cid))
    manifest = Manifest((entry,))
    vault.put(manifest.to_block())
    intent = Intent(
        sender,
        number,
        row_named("order", "issue").id,
        order,
        0,
        2**40,
        secrets.randbits(200),
        promised.commitment,
        manifest.digest,
    )
    key = world.signing[BRAND]
    signature = key.sign(digest(world.deployment.order_domain, intent))
    data = encode_submit_intents([intent], [signature])
    async with Client(world.chain.url) as client:
        await send(client, key, world.deployment.order_ledger, data)
    return promised.commitment, str(OrderId(number, order))
