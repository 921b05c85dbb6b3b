"""A document is proven to be in its batch and block, and no other document, batch or block is."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.archive import rlp
from ledger.archive.trie import path_to, root_of, value_at
from ledger.client import Client
from ledger.document.errors import ProofError, ProofMalformed, ProofMismatch
from ledger.document.manifest import prove_inclusion
from ledger.document.proof import prove_fields
from ledger.embedded import EmbeddedChain
from ledger.errors import Corrupt, Unreachable
from ledger.inclusion import Inclusion, verify_recorded
from ledger.intent import ZERO
from ledger.proving import Place, prove_place
from tests.recordings import COMMITMENTS, FIELDS, ISSUE, ORDERS, POSITION, SEED, Story, recorded

PATH = Path(__file__).resolve().parents[3] / "contracts/spec/vectors/document_block.json"
VECTORS = json.loads(PATH.read_text())


@pytest.fixture(scope="module")
def story(shared_chain: EmbeddedChain) -> Story:
    """Two batches, of which one is refused in part, and an intent."""
    return asyncio.run(recorded(shared_chain.url))


def test_document_is_proven_to_be_in_its_batch_and_block(story: Story) -> None:
    content = story.batch.to_bytes()
    proof = Inclusion.from_bytes(content)
    assert proof == story.batch
    recorded = verify_recorded(proof, story.block_hash, [story.ledger])
    assert (recorded.position, recorded.positions) == (POSITION, ORDERS)
    assert (recorded.organisation, recorded.agreement) == (story.brand, story.agreement)
    assert (recorded.machine, recorded.number, recorded.action) == ("order", POSITION, ISSUE)
    assert recorded.block_hash == story.block_hash == proof.block.hash
    assert not recorded.is_refused
    assert len(content) < 3_000


def test_document_of_an_event_that_the_ledger_refused_is_told_apart(story: Story) -> None:
    recorded = verify_recorded(story.refused, story.blocks["refused"], [story.ledger])
    assert recorded.is_refused
    assert (recorded.machine, recorded.action) == ("", None)
    other = replace(
        story.refused,
        position=15,
        commitment=COMMITMENTS[15],
        siblings=prove_inclusion(COMMITMENTS, 15).siblings,
    )
    assert not verify_recorded(other, story.blocks["refused"]).is_refused


def test_document_that_was_signed_by_itself_is_proven_as_well(story: Story) -> None:
    recorded = verify_recorded(story.intent, story.blocks["intent"])
    assert (recorded.position, recorded.positions, recorded.number) == (0, 1, 0)
    assert recorded.contract == story.ledger


def test_fields_come_along_and_are_checked(story: Story) -> None:
    proven = replace(story.batch, fields=prove_fields(FIELDS, SEED, ["/reason"]))
    proof = Inclusion.from_bytes(proven.to_bytes())
    verify_recorded(proof, story.block_hash)
    assert proof.fields is not None
    assert proof.fields.fields[0].value == "frost"
    other = prove_fields(FIELDS, b"\6" * 32, ["/reason"])
    with pytest.raises(ProofMismatch):
        verify_recorded(replace(proof, fields=other), story.block_hash)


def test_another_block_or_contract_is_refused(story: Story) -> None:
    with pytest.raises(ProofMismatch, match="another block"):
        verify_recorded(story.batch, story.blocks["intent"])
    with pytest.raises(ProofMismatch, match="contract"):
        verify_recorded(story.batch, story.block_hash, ["0x" + "00" * 20])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda proof: replace(proof, commitment=COMMITMENTS[3]), ProofMismatch),
        (lambda proof: replace(proof, commitment=ZERO), ProofMismatch),
        (lambda proof: replace(proof, commitment=b"short"), ProofMalformed),
        (lambda proof: replace(proof, position=POSITION + 1), ProofMismatch),
        (lambda proof: replace(proof, position=ORDERS), ProofMalformed),
        (lambda proof: replace(proof, siblings=proof.siblings[1:]), ProofMalformed),
        (lambda proof: replace(proof, siblings=proof.siblings[::-1]), ProofMismatch),
        (lambda proof: replace(proof, transaction=proof.transaction + 1), ProofMalformed),
        (lambda proof: replace(proof, log=proof.log + 1), ProofMalformed),
        (lambda proof: replace(proof, nodes=()), ProofMalformed),
        (lambda proof: replace(proof, nodes=(*proof.nodes, b"")), ProofMalformed),
        (lambda proof: replace(proof, nodes=(b"\xc2\x80\x80",)), ProofMalformed),
        (lambda proof: replace(proof, header=proof.header[:-1]), ProofMalformed),
        (lambda proof: replace(proof, header=b""), ProofMalformed),
    ],
)
def test_changed_inclusion_is_refused(
    story: Story, change: Callable[[Inclusion], Inclusion], error: type[ProofError]
) -> None:
    with pytest.raises(error):
        verify_recorded(change(story.batch), story.block_hash)


def test_what_was_signed_by_itself_has_no_other_positions(story: Story) -> None:
    for changed, error in (
        (replace(story.intent, position=1), ProofMalformed),
        (replace(story.intent, siblings=(ZERO,)), ProofMalformed),
        (replace(story.intent, commitment=COMMITMENTS[3]), ProofMismatch),
    ):
        with pytest.raises(error):
            verify_recorded(changed, story.blocks["intent"])


def test_any_changed_byte_is_refused(story: Story) -> None:
    content = story.batch.to_bytes()
    for place in range(len(content)):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        with pytest.raises(ProofError):
            verify_recorded(Inclusion.from_bytes(changed), story.block_hash)


@pytest.mark.parametrize(
    "content",
    [b"", b"\2", b"\1\xc0", b"\2\xc0", b"\2" + rlp.encode([b""] * 8), b"\2" + bytes(17 << 20)],
)
def test_bytes_that_are_no_inclusion_are_refused(content: bytes) -> None:
    with pytest.raises(ProofMalformed):
        Inclusion.from_bytes(content)


def test_fields_of_an_inclusion_that_are_none_are_refused(story: Story) -> None:
    content = rlp.decode_list(story.batch.to_bytes()[1:])
    content[0] = b"\1nothing"
    with pytest.raises(ProofMalformed):
        Inclusion.from_bytes(b"\2" + rlp.encode(content))


def test_node_without_the_block_is_said_to_lack_it(shared_chain: EmbeddedChain) -> None:
    async def run() -> None:
        async with Client(shared_chain.url) as client:
            with pytest.raises(Unreachable, match="no block"):
                await prove_place(client, Place(ZERO, 0, ZERO, 0, ()))
            (head,) = await client.batch([("eth_getBlockByNumber", ("latest", False))])
            place = Place(bytes.fromhex(head["hash"][2:]), 99, ZERO, 0, ())
            with pytest.raises(Corrupt, match="end before number 99"):
                await prove_place(client, place)

    asyncio.run(run())


def test_inclusions_equal_the_vectors() -> None:
    for case in VECTORS["valid"]:
        proof = Inclusion.from_bytes(bytes.fromhex(case["proof"]))
        found = verify_recorded(proof, bytes.fromhex(case["block_hash"]), [VECTORS["ledger"]])
        assert proof.to_bytes().hex() == case["proof"]
        assert {key: getattr(found, key) for key in case["recorded"]} == case["recorded"]
    block_hash = bytes.fromhex(VECTORS["valid"][0]["block_hash"])
    for case in VECTORS["invalid"]:
        content = bytes.fromhex(case["proof"])
        with pytest.raises(ProofError) as caught:
            verify_recorded(Inclusion.from_bytes(content), block_hash)
        assert caught.value.name == case["error"], case["name"]


@pytest.mark.parametrize("count", [1, 2, 17, 128, 129, 300])
def test_each_value_of_a_list_is_reached_from_its_root(count: int) -> None:
    values = [sha256(b"%d" % n).digest() + bytes(n % 70) for n in range(count)]
    root = root_of(values)
    for place in {0, 1, count // 2, count - 1} & set(range(count)):
        nodes = path_to(values, place)
        assert value_at(root, place, nodes) == values[place]
        for other in (place + 1, count, 1 << 20):
            with pytest.raises(Corrupt):
                value_at(root, other, nodes)
        with pytest.raises(Corrupt):
            value_at(root, place, nodes[:-1])
        with pytest.raises(Corrupt):
            value_at(root, place, [*nodes, nodes[-1]])
