"""Whoever may read a document proves what it says, and where it was recorded."""

from dataclasses import replace
from pathlib import Path

import pytest

from ledger.acceptance import Accepted
from ledger.desk import Wish
from ledger.document.encryption_key import new_encryption_key
from ledger.document.errors import DocumentUnrecorded, EpochStale, FieldUnknown
from ledger.document.proof import verify
from ledger.embedded import EmbeddedChain
from ledger.errors import Unreachable
from ledger.inclusion import verify_recorded
from ledger.intent import domain_separator
from ledger.proving import Prover
from ledger.query.timeline import DocumentView
from ledger.rewrapping import Rewrapping, own_recipient
from ledger.role import Role
from ledger.runtime import LedgerRuntime
from ledger.vault import BlockMissing
from tests.gateways import PATIENCE_S, Gateway, agreed, founded, opened, purchase

MEMBERS = ([Role.BRAND], [Role.SUPPLIER])
ID, QUANTITY = "/id", "/order_line/0/quantity/value"
ORDERS = 5


async def _ordered(buyer: LedgerRuntime, seller: LedgerRuntime) -> list[DocumentView]:
    """Issue orders in one batch; gives the seller's documents of them, opened."""
    agreement = await agreed(buyer, seller, (1, 2, 0, 0, 0))
    wishes = [
        Wish(agreement=agreement, action="issue", document=purchase(f"PO-{at}"))
        for at in range(ORDERS)
    ]
    for outcome in await buyer.desk.record_all(1, wishes):
        assert isinstance(outcome, Accepted)
        await buyer.wait_for(outcome.intent, PATIENCE_S)
    for number in range(1, ORDERS + 1):
        await opened(seller, 2, kind="order", agreement=agreement, number=number)
    return seller.queries.documents(2, kind="order", agreement=agreement)


async def test_each_document_of_a_batch_is_proven_by_both_parties(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with (
        founded(shared_chain, tmp_path, MEMBERS) as (brand, supplier),
        brand.running() as buyer,
        supplier.running() as seller,
    ):
        received = await _ordered(buyer, seller)
        for at, document in enumerate(received):
            sent = buyer.queries.document(1, document.commitment)
            assert sent is not None
            for runtime, organisation, row in ((buyer, 1, sent), (seller, 2, document)):
                fields = runtime.prover.prove_fields(organisation, row.id, [ID, QUANTITY])
                assert verify(fields, row.commitment) == {ID: f"PO-{at}", QUANTITY: "100"}
                proof = await runtime.prover.prove_recorded(runtime.client, row.id, fields)
                found = verify_recorded(proof, proof.block.hash, [brand.deployment.order_ledger])
                assert (found.positions, found.position) == (ORDERS, at)
                assert (found.organisation, found.number) == (1, document.number)
        with pytest.raises(FieldUnknown):
            seller.prover.prove_fields(2, received[0].id, ["/colour"])
        await _refuses_what_is_gone(supplier, seller, received)


async def _refuses_what_is_gone(
    supplier: Gateway, seller: LedgerRuntime, received: list[DocumentView]
) -> None:
    vault, host = supplier.server.vault, supplier.hosts[2]
    network = domain_separator(supplier.deployment.order_domain)
    keys = {**host.encryption_keys, 2: new_encryption_key()}
    alone = replace(host, encryption_keys={2: keys[2]})
    prover = Prover(seller.engine, vault, network, {2: alone})
    first, second = received[:2]
    with pytest.raises(EpochStale):
        prover.prove_fields(2, first.id, [ID])
    rotated = replace(host, encryption_keys=keys)
    Rewrapping(seller.engine, vault, network).rewrap_all(
        rotated, own_recipient(rotated, 2), [first.cid]
    )
    assert verify(prover.prove_fields(2, first.id, [ID]), first.commitment) == {ID: "PO-0"}
    vault.delete(second.cid)
    with pytest.raises(BlockMissing):
        seller.prover.prove_fields(2, second.id, [ID])


async def test_document_that_the_chain_has_not_recorded_is_not_proven_to_be_there(
    own_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with (
        founded(own_chain, tmp_path, MEMBERS) as (brand, supplier),
        brand.running() as buyer,
        supplier.running() as seller,
    ):
        agreement = await agreed(buyer, seller, (1, 2, 0, 0, 0))
        own_chain.stop()
        wish = Wish(agreement=agreement, action="issue", document=purchase("PO-1"))
        await buyer.desk.record(1, wish)
        (waiting,) = buyer.queries.documents(1, kind="order", agreement=agreement)
        fields = buyer.prover.prove_fields(1, waiting.id, [ID])
        assert verify(fields, waiting.commitment) == {ID: "PO-1"}
        with pytest.raises(DocumentUnrecorded):
            await buyer.prover.prove_recorded(buyer.client, waiting.id)
        (terms,) = buyer.queries.documents(1, kind="agreement", agreement=agreement)
        with pytest.raises(Unreachable):
            await buyer.prover.prove_recorded(buyer.client, terms.id)
