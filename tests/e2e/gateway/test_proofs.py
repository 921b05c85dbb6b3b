"""A member proves single fields of its documents, and the block, to somebody without a gateway."""

import asyncio
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from gateway.cli import app
from ledger.archive.export import export
from ledger.archive.network import Network
from ledger.client import Client
from ledger.document.proof import FieldProof, verify
from ledger.inclusion import Inclusion, verify_recorded
from tests.e2e.gateway.story import issue, opened
from tests.e2e.gateway.world import RIVAL, STRANGER, Answer, Desk, World

QUANTITY = "/order_line/0/quantity/value"


async def _recorded(brand: Desk, supplier: Desk, agreement: str) -> str:
    """Issue an order and give the commitment of its document, once both have it."""
    order = await issue(brand, agreement, "10", "4")
    await opened(supplier, order)
    facts = (await brand.read(f"/v1/orders/{order}/timeline"))["items"]
    commitment: str = facts[0]["commitment"]
    return commitment


async def _prove(desk: Desk, commitment: str, body: Any) -> Answer:
    return await desk.post(f"/v1/documents/{commitment}/proofs", body)


async def test_both_parties_prove_fields_of_an_order_and_the_block_it_is_in(
    brand: Desk, supplier: Desk, agreement: str, world: World
) -> None:
    commitment = await _recorded(brand, supplier, agreement)
    for desk in (brand, supplier):
        answer = await _prove(desk, commitment, {"fields": [QUANTITY]})
        assert answer.status == 200, answer.content
        proof = FieldProof.from_bytes(bytes.fromhex(answer.body["proof"][2:]))
        assert verify(proof, bytes.fromhex(commitment[2:])) == {QUANTITY: "10"}
        assert answer.body["fields"] == {QUANTITY: "10"}
        assert answer.body["block_hash"] is None
        answer = await _prove(desk, commitment, {"fields": [QUANTITY], "block": True})
        inclusion = Inclusion.from_bytes(bytes.fromhex(answer.body["proof"][2:]))
        block_hash = bytes.fromhex(answer.body["block_hash"][2:])
        recorded = verify_recorded(inclusion, block_hash, [world.deployment.order_ledger])
        assert recorded.organisation == brand.number
        assert recorded.block_number == answer.body["block_number"]
        assert len(answer.body["proof"]) // 2 < 4_000


async def test_whoever_may_not_read_a_document_cannot_have_it_proven(
    brand: Desk, supplier: Desk, agreement: str, world: World
) -> None:
    commitment = await _recorded(brand, supplier, agreement)
    async with world.desk(STRANGER) as stranger, world.desk(RIVAL) as rival:
        for desk in (stranger, rival):
            (await _prove(desk, commitment, {"fields": [QUANTITY]})).refused(404, "DocumentUnknown")
    (await _prove(brand, "0x12", {"block": True})).refused(404, "DocumentUnknown")


async def test_what_the_document_does_not_have_is_not_proven(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    commitment = await _recorded(brand, supplier, agreement)
    refused = (await _prove(brand, commitment, {"fields": ["/colour"]})).refused(
        409, "FieldUnknown"
    )
    assert refused["context"]["paths"] == ["/colour"]
    (await _prove(brand, commitment, {})).refused(422, "RequestInvalid")


async def test_proof_is_made_shown_and_verified_on_the_command_line(
    brand: Desk, supplier: Desk, agreement: str, world: World, tmp_path: Path
) -> None:
    commitment = await _recorded(brand, supplier, agreement)
    login = ["--url", world.gateway_of("brand").url, "--api-key", world.api_keys["brand"]]
    field, block = tmp_path / "field.proof", tmp_path / "block.proof"
    node = world.chain.url
    said = await _run("proof", *login, "make", commitment, QUANTITY, "--out", field)
    assert f'{QUANTITY}: "10"' in said
    await _run("proof", *login, "make", commitment, "/order_line/1/", "--block", "--out", block)
    said = await _run("proof", "show", block)
    assert f"Document {commitment}" in said
    said = await _run("proof", "verify", field, "--commitment", commitment)
    assert "It holds" in said
    ledger = world.deployment.order_ledger
    said = await _run("proof", "verify", block, "--node", node, "--contract", ledger)
    assert "1 of 1: issue A" in said
    assert "It holds." in said
    told = json.loads(await _run("proof", "verify", block, "--node", node, "--json"))
    assert told["fields"]["/order_line/1/quantity/value"] == "4"
    assert told["contract"] == ledger
    said = await _run("proof", "verify", block, "--node", node)
    assert f"if the network's contract is {ledger}" in said
    archive = tmp_path / "network.archive"
    async with Client(node) as client:
        await export(client, Network.of(world.deployment), archive)
    said = await _run("proof", "verify", block, "--archive", archive, "--contract", ledger)
    assert "It holds." in said
    said = await _run("proof", "verify", field, "--commitment", "11" * 32, code=1)
    assert "ProofMismatch" in said
    said = await _run("proof", "verify", block, "--block-hash", "11" * 32, code=1)
    assert "another block" in said
    for file in (field, block):
        assert "Could not look" in await _run("proof", "verify", file, code=2)


async def _run(*arguments: object, code: int = 0) -> str:
    def run() -> str:
        result = CliRunner().invoke(app, list(map(str, arguments)))
        assert result.exit_code == code, result.output
        return result.output

    return await asyncio.to_thread(run)
