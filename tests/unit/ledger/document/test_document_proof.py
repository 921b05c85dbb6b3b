"""A field can be proven alone; nothing else follows from the proof, and no other field fits it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ledger.document import errors
from ledger.document.canonical import canonical_form, leaves_of, split_leaf
from ledger.document.errors import FieldUnknown, ProofMalformed, ProofMismatch
from ledger.document.manifest import (
    InclusionProof,
    Manifest,
    ManifestEntry,
    documents_root,
    prove_inclusion,
    verify_inclusion,
)
from ledger.document.merkle import document_root, leaf_digest
from ledger.document.part import Document
from ledger.document.proof import (
    FieldProof,
    ProvenField,
    commit,
    commit_fields,
    prove,
    prove_fields,
    verify,
)
from ledger.document.schema import parse_document
from ledger.vault.cid import Cid, cid_of, digest_of

Samples = dict[str, dict[str, Any]]
SEED = b"\5" * 32


@pytest.fixture
def long_order(samples: Samples) -> Document:
    """An order of 200 lines with some ten fields each."""
    line = samples["Order"]["order_line"][0]
    lines = [line | {"id": str(number)} for number in range(1, 201)]
    return parse_document(json.dumps(samples["Order"] | {"order_line": lines}))


def test_proofs_equal_the_vectors(vectors: Callable[[str], Any]) -> None:
    found = vectors("proof")
    for case in found["valid"]:
        proof = FieldProof.from_bytes(bytes.fromhex(case["proof"]))
        assert verify(proof, bytes.fromhex(found["commitment"])) == case["values"]
        assert proof.to_bytes().hex() == case["proof"]


def test_broken_proofs_of_the_vectors_are_refused(vectors: Callable[[str], Any]) -> None:
    found = vectors("proof")
    for case in found["invalid"]:
        with pytest.raises(getattr(errors, case["error"])) as caught:
            verify(
                FieldProof.from_bytes(bytes.fromhex(case["proof"])),
                bytes.fromhex(found["commitment"]),
            )
        assert caught.value.name == case["error"], case["name"]


def test_one_field_of_a_long_order_is_proven_within_a_kilobyte(long_order: Document) -> None:
    root = commit(long_order, SEED).root
    pointer = "/order_line/199/item/sellers_item_identification/id"
    content = prove(long_order, SEED, [pointer]).to_bytes()
    started_s = time.perf_counter()
    assert verify(FieldProof.from_bytes(content), root) == {pointer: "121212"}
    assert time.perf_counter() - started_s < 0.005
    assert commit(long_order, SEED).leaf_count > 2_000
    assert len(content) <= 1024


def test_proof_shows_nothing_but_the_fields_asked_for(samples: Samples) -> None:
    order = parse_document(samples["Order"])
    content = prove(order, SEED, ["/order_line/0/quantity/value"]).to_bytes()
    assert b"120" in content
    assert all(word not in content for word in (b"Needle", b"Helseforetak", b"52.5", SEED))


def test_unknown_fields_cannot_be_proven(samples: Samples) -> None:
    order = parse_document(samples["Order"])
    for pointers in (["/colour"], ["/order_line/0"], [""], []):
        with pytest.raises(FieldUnknown):
            prove(order, SEED, pointers)


def test_proof_that_is_not_well_formed_is_refused(samples: Samples) -> None:
    order = parse_document(samples["Notice"])
    root = commit(order, SEED).root
    proof = prove(order, SEED, ["/reason"])
    field = proof.fields[0]
    broken = [
        replace(proof, siblings=(*proof.siblings[:-1], b"short")),
        replace(proof, fields=()),
        replace(proof, fields=(replace(field, salt=b""),)),
        replace(proof, fields=(replace(field, pointer="/rea\nson"),)),
        replace(proof, fields=(replace(field, index=-1),)),
        replace(proof, leaf_count=2**32),
    ]
    for each in broken:
        with pytest.raises(ProofMalformed):
            verify(each, root)


def test_fields_out_of_order_and_texts_that_are_not_utf8_are_refused(samples: Samples) -> None:
    order = parse_document(samples["Notice"])
    proof = prove(order, SEED, ["/reason", "/id"])
    swapped = replace(proof, fields=proof.fields[::-1])
    with pytest.raises(ProofMalformed, match="not in order"):
        FieldProof.from_bytes(swapped.to_bytes())
    content = prove(order, SEED, ["/reason"]).to_bytes().replace(b"/reason", b"/reaso\xff")
    with pytest.raises(ProofMalformed, match="not UTF-8"):
        FieldProof.from_bytes(content)


@pytest.mark.parametrize(
    "value",
    ["{", "1.5", "null", "[]", "9007199254740992", " 1", "01", r'"\u0041"', '{"a":1}', r'"\ud800"'],
)
def test_committed_value_that_no_document_has_is_refused(value: str) -> None:
    # Only a sender that commits to a leaf no document has can make such a proof.
    field = ProvenField(0, "/a", value, bytes(32))
    root = document_root(1, leaf_digest(bytes(32), f"/a\n{value}"))
    with pytest.raises(ProofMalformed, match="not the canonical JSON"):
        verify(FieldProof(1, (field,), ()), root)


def test_pointer_with_a_slash_at_its_end_proves_all_below_it(samples: Samples) -> None:
    order = parse_document(samples["Order"])
    proof = prove(order, SEED, ["/order_line/1/", "/id"])
    values = verify(proof, commit(order, SEED).root)
    leaves = (split_leaf(leaf) for leaf in leaves_of(canonical_form(order)))
    below = {pointer for pointer, _ in leaves if pointer.startswith("/order_line/1/")}
    assert values.keys() == below | {"/id"}
    assert len(below) > 3
    with pytest.raises(FieldUnknown):
        prove(order, SEED, ["/id", "/order_line/7/"])


def test_fields_of_a_document_in_an_older_version_are_proven_as_committed(
    samples: Samples,
) -> None:
    fields = canonical_form(parse_document(samples["Notice"])) | {"schema_version": 1}
    root = commit_fields(fields, SEED).root
    proof = prove_fields(fields, SEED, ["/schema_version"])
    assert verify(proof, root) == {"/schema_version": 1}


def test_inclusion_proofs_equal_the_vectors(vectors: Callable[[str], Any]) -> None:
    for case in vectors("inclusion"):
        commitments = [bytes.fromhex(each) for each in case["commitments"]]
        proof = prove_inclusion(commitments, case["position"])
        assert documents_root(commitments).hex() == case["documents_root"]
        assert [each.hex() for each in proof.siblings] == case["siblings"]
        verify_inclusion(proof, bytes.fromhex(case["documents_root"]))


@pytest.mark.parametrize("count", [1, 2, 4, 5, 6, 17, 101])
def test_every_position_of_a_batch_is_proven_and_no_other_fits(count: int) -> None:
    commitments = [bytes([number]) * 32 for number in range(count)]
    root = documents_root(commitments)
    for position in range(count):
        proof = prove_inclusion(commitments, position)
        verify_inclusion(proof, root)
        for wrong in (
            replace(proof, commitment=b"\xff" * 32),
            replace(proof, position=(position + 1) % (count + 1)),
            replace(proof, count=count + 1),
        ):
            with pytest.raises((ProofMismatch, ProofMalformed)):
                verify_inclusion(wrong, root)


def test_inclusion_proof_that_is_not_well_formed_is_refused() -> None:
    with pytest.raises(ProofMalformed):
        verify_inclusion(InclusionProof(1, 1, bytes(32), ()), bytes(32))
    with pytest.raises(ProofMalformed):
        verify_inclusion(InclusionProof(0, 1, bytes(31), ()), bytes(32))


def manifest() -> Manifest:
    first = ManifestEntry(0, b"\1" * 32, cid_of(b"first"))
    return Manifest((first, ManifestEntry(2, b"\2" * 32, cid_of(b"third"))))


def test_manifest_is_read_back_from_its_block() -> None:
    block = manifest().to_block()
    assert Manifest.from_block(block) == manifest()
    assert manifest().cid == cid_of(block)
    assert manifest().digest == digest_of(manifest().cid)
    assert Manifest.from_block(Manifest(()).to_block()) == Manifest(())


def test_manifest_names_no_block_of_a_document_that_travels_elsewhere() -> None:
    elsewhere = Manifest((*manifest().entries, ManifestEntry(3, b"\3" * 32)))
    block = elsewhere.to_block()
    assert Manifest.from_block(block) == elsewhere
    assert block.count(b'"cid"') == 2
    assert elsewhere.commitments(4)[3] == b"\3" * 32
    with pytest.raises(errors.ManifestInvalid):
        Manifest.from_block(
            block.replace(b'{"commitment":"0x03', b'{"cid":null,"commitment":"0x03')
        )


def test_manifest_gives_zero_where_an_event_has_no_document() -> None:
    assert manifest().commitments(4) == [b"\1" * 32, bytes(32), b"\2" * 32, bytes(32)]
    with pytest.raises(errors.ManifestInvalid, match="beyond the batch"):
        manifest().commitments(2)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"[]",
        b"{}",
        b'{"entries":[],"manifest_version":2}',
        b'{"entries":[], "manifest_version":1}',
        b'{"entries":[1],"manifest_version":1}',
        b'{"entries":[{"cid":"x","commitment":"0x00","position":0}],"manifest_version":1}',
        b"\xff",
        b"[" * 50_000,
    ],
)
def test_block_that_is_no_manifest_is_refused(block: bytes) -> None:
    with pytest.raises(errors.ManifestInvalid):
        Manifest.from_block(block)


@pytest.mark.parametrize("find", [b"0101", b"bafkrei", b'"position":2'])
def test_manifest_with_an_odd_entry_is_refused(find: bytes) -> None:
    odd = {b"0101": b"01XX", b"bafkrei": b"Bafkrei", b'"position":2': b'"position":0'}[find]
    with pytest.raises(errors.ManifestInvalid):
        Manifest.from_block(manifest().to_block().replace(find, odd, 1))


def test_manifest_cannot_hold_an_empty_or_short_commitment() -> None:
    for commitment in (bytes(32), b"\1" * 31):
        with pytest.raises(errors.ManifestInvalid, match="is none"):
            Manifest((ManifestEntry(0, commitment, Cid("b")),))
