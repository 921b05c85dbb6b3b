"""What holds for every document, every proof and every byte of a sealed block."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
import rfc8785
from coincurve import PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.document.canonical import (
    canonical_bytes,
    canonical_form,
    canonical_json,
    leaves_of,
    read_canonical,
    split_leaf,
)
from ledger.document.content_key import Recipient
from ledger.document.encryption_key import new_encryption_key, public_bytes
from ledger.document.envelope import open_envelope, seal
from ledger.document.errors import EnvelopeError, ProofError
from ledger.document.header import Binding
from ledger.document.merkle import batch_leaf, batch_root, climb, siblings_of, top_of
from ledger.document.part import Document
from ledger.document.proof import FieldProof, ProvenField, commit, prove, verify
from ledger.document.scalar import exact
from ledger.document.schema import parse_document
from ledger.document.signature import checksummed, recover_address

VECTORS = Path(__file__).resolve().parents[3] / "contracts/spec/vectors"
SAMPLES: Final[list[dict[str, Any]]] = json.loads((VECTORS / "document_samples.json").read_text())

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
notes = st.lists(texts.filter(bool), max_size=4)
extras = st.lists(st.fixed_dictionaries({"path": texts.filter(bool), "value": texts}), max_size=4)
seeds = st.binary(min_size=32, max_size=32)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
scalars = st.one_of(texts, st.integers(-(2**53) + 1, 2**53 - 1), st.booleans())
trees = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4), st.dictionaries(names, inner, max_size=4)
    ),
    max_leaves=20,
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    sample = dict(draw(st.sampled_from(SAMPLES)))
    return parse_document(sample | {"note": draw(notes), "extras": draw(extras)})


@given(documents())
def test_every_document_is_read_back_from_its_canonical_form(document: Document) -> None:
    content = canonical_bytes(document)
    again, fields = read_canonical(content)
    assert again == document
    assert parse_document(content) == document
    assert leaves_of(fields) == leaves_of(canonical_form(document))


@given(st.dictionaries(names, trees, max_size=5))
def test_canonical_json_is_that_of_rfc_8785(fields: dict[str, Any]) -> None:
    assert canonical_json(fields) == rfc8785.dumps(fields)


@given(st.dictionaries(names, trees, min_size=1, max_size=5))
def test_leaves_are_distinct_in_order_and_say_everything(fields: dict[str, Any]) -> None:
    pairs = [split_leaf(leaf) for leaf in leaves_of(fields)]
    pointers = [pointer.encode() for pointer, _ in pairs]
    assert pointers == sorted(set(pointers))
    for pointer, value in pairs:
        found: Any = fields
        for step in pointer.split("/")[1:]:
            found = found[int(step)] if isinstance(found, list) else found[step]
        assert json.loads(value) == found
        assert type(json.loads(value)) is type(found)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9)))
def test_exact_spelling_keeps_the_number(value: Any) -> None:
    assert type(value)(exact(value)) == value
    assert exact(exact(value)) == exact(value)


@given(st.integers(1, 200), st.data())
def test_any_leaves_of_any_tree_lead_to_its_top(count: int, data: st.DataObject) -> None:
    digests = [batch_leaf(position, bytes(32)) for position in range(count)]
    chosen = data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=10))
    known = {index: digests[index] for index in chosen}
    assert climb(count, known, siblings_of(digests, chosen)) == top_of(digests)


@given(st.integers(1, 100), st.integers(1, 100))
def test_trees_of_different_size_have_different_roots(one: int, other: int) -> None:
    tops = [top_of([bytes(32)] * count) for count in (one, other)]
    roots = [batch_root(count, top) for count, top in zip((one, other), tops, strict=True)]
    assert (roots[0] == roots[1]) == (one == other)


@given(documents(), seeds, st.data())
def test_chosen_fields_are_proven_exactly(document: Document, seed: bytes, data: Any) -> None:
    fields = dict(map(split_leaf, leaves_of(canonical_form(document))))
    chosen = data.draw(st.sets(st.sampled_from(sorted(fields)), min_size=1, max_size=5))
    content = prove(document, seed, chosen).to_bytes()
    found = verify(FieldProof.from_bytes(content), commit(document, seed).root)
    assert found == {pointer: json.loads(fields[pointer]) for pointer in chosen}


@given(documents(), seeds, seeds, st.data())
def test_proof_never_holds_for_another_field_document_or_salt(
    document: Document, seed: bytes, other_seed: bytes, data: Any
) -> None:
    root = commit(document, seed).root
    leaves = leaves_of(canonical_form(document))
    index = data.draw(st.integers(0, len(leaves) - 1))
    pointer, value = split_leaf(leaves[index])
    proof = prove(document, seed, [pointer])
    salt = proof.fields[0].salt
    moved = data.draw(st.integers(0, len(leaves) - 1).filter(lambda each: each != index))
    wrong = [
        ProvenField(index, split_leaf(leaves[moved])[0], value, salt),
        ProvenField(index, pointer, value[:-1] + "0" + value[-1:], salt),
        ProvenField(moved, pointer, value, salt),
        ProvenField(index, pointer, value, bytes(each ^ 1 for each in salt)),
        # The boundary between pointer and value cannot be moved either.
        ProvenField(index, pointer + value[:1], value[1:], salt),
    ]
    for field in wrong:
        with pytest.raises(ProofError):
            verify(FieldProof(proof.leaf_count, (field,), proof.siblings), root)
    for foreign in (commit(document, other_seed).root, commit_of_changed(document, seed)):
        if foreign != root:
            with pytest.raises(ProofError):
                verify(proof, foreign)


def commit_of_changed(document: Document, seed: bytes) -> bytes:
    return commit(document.model_copy(update={"id": document.id + "!"}), seed).root


@given(documents(), seeds, st.data())
def test_any_byte_changed_in_a_proof_is_detected(
    document: Document, seed: bytes, data: Any
) -> None:
    fields = [split_leaf(leaf)[0] for leaf in leaves_of(canonical_form(document))]
    content = bytearray(prove(document, seed, [data.draw(st.sampled_from(fields))]).to_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ProofError):
        verify(FieldProof.from_bytes(bytes(content)), commit(document, seed).root)


BINDING = Binding(b"\7" * 32, 7, "order", 1)
SIGNER = PrivateKey(b"\1" * 32)
KEY = new_encryption_key()


def sign(digest: bytes) -> bytes:
    signature = SIGNER.sign_recoverable(digest, hasher=None)
    return signature[:64] + bytes([27 + signature[64]])


SENDER = checksummed(recover_address(bytes(32), sign(bytes(32))))
RECIPIENTS = [Recipient(2, 1, public_bytes(KEY))]


def opened(block: bytes, commitment: bytes) -> Document:
    return open_envelope(
        block,
        organisation=2,
        private_keys={1: KEY},
        expected_binding=BINDING,
        expected_commitment=commitment,
        expected_senders=[SENDER],
    ).document


@given(documents())
def test_every_document_is_opened_as_it_was_sealed(document: Document) -> None:
    made = seal(document, sender=1, sign=sign, recipients=RECIPIENTS, binding=BINDING)
    assert opened(made.block, made.commitment.root) == document


def test_every_single_bit_flipped_in_a_sealed_block_is_detected() -> None:
    document = parse_document(SAMPLES[-1])
    made = seal(document, sender=1, sign=sign, recipients=RECIPIENTS, binding=BINDING)
    assert opened(made.block, made.commitment.root) == document
    for at in range(len(made.block)):
        for bit in (1, 128):
            changed = bytearray(made.block)
            changed[at] ^= bit
            with pytest.raises(EnvelopeError):
                opened(bytes(changed), made.commitment.root)


@settings(max_examples=200)
@given(st.data())
def test_any_cut_or_growth_of_a_sealed_block_is_detected(data: Any) -> None:
    document = parse_document(SAMPLES[-1])
    made = seal(document, sender=1, sign=sign, recipients=RECIPIENTS, binding=BINDING)
    start = data.draw(st.integers(0, len(made.block)))
    end = data.draw(st.integers(start, len(made.block)))
    filling = data.draw(st.binary(max_size=4))
    changed = made.block[:start] + filling + made.block[end:]
    if changed != made.block:
        with pytest.raises(EnvelopeError):
            opened(changed, made.commitment.root)


@given(st.binary(max_size=300))
def test_bytes_of_anyone_open_as_nothing(content: bytes) -> None:
    for block in (content, b"CSGN\1" + content, b"CSGN\1\0\0\0\2{}" + content):
        with pytest.raises(EnvelopeError):
            opened(block, bytes(32))
