"""A proof shows what it shows of one document, and holds for nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.document.canonical import canonical_form, leaves_of, salts_of, split_leaf
from ledger.document.errors import ProofError
from ledger.document.part import Document
from ledger.document.proof import FieldProof, ProvenField, commit, prove, verify
from tests.property.document.document_strategies import documents, seeds


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


@given(documents(), seeds, st.data())
def test_a_proof_shows_no_other_field_and_no_other_salt(
    document: Document, seed: bytes, data: Any
) -> None:
    leaves = leaves_of(canonical_form(document))
    salts = salts_of(seed, len(leaves))
    index = data.draw(st.integers(0, len(leaves) - 1))
    content = prove(document, seed, [split_leaf(leaves[index])[0]]).to_bytes()
    shown = leaves[index]
    hidden = [leaf for leaf in leaves if leaf != shown]
    # Shorter ones stand in digests by chance, and a field may say what this one says.
    texts = {text for leaf in hidden for text in split_leaf(leaf) if len(text) > 5}
    assert [text for text in texts if text.encode() in content and text not in shown] == []
    others = [salts[at : at + 32] for at in range(0, len(salts), 32) if at != 32 * index]
    assert not any(salt in content for salt in [seed, *others])
