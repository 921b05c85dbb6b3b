"""A document is proven in the batch and at the place where it was, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.document.errors import ManifestInvalid, ProofError
from ledger.document.manifest import (
    NO_DOCUMENT,
    InclusionProof,
    Manifest,
    ManifestEntry,
    documents_root,
    prove_inclusion,
    verify_inclusion,
)
from ledger.vault import cid_of

digests = st.binary(min_size=32, max_size=32)
batches = st.lists(st.just(NO_DOCUMENT) | digests, min_size=1, max_size=80)


@given(batches, st.data())
def test_a_document_is_in_its_batch(commitments: list[bytes], data: Any) -> None:
    position = data.draw(st.integers(0, len(commitments) - 1))
    verify_inclusion(prove_inclusion(commitments, position), documents_root(commitments))


@given(batches, digests, st.data())
def test_no_inclusion_holds_for_another_place_document_or_batch(
    commitments: list[bytes], other: bytes, data: Any
) -> None:
    count = len(commitments)
    proof = prove_inclusion(commitments, data.draw(st.integers(0, count - 1)))
    root = documents_root(commitments)
    wrong = [
        replace(proof, commitment=other),
        replace(proof, position=data.draw(st.integers(0, 2 * count))),
        replace(proof, position=-1),
        replace(proof, count=count + data.draw(st.integers(1, 70_000))),
        replace(proof, siblings=(*proof.siblings, other)),
        replace(proof, siblings=proof.siblings[1:]),
        replace(proof, siblings=tuple(other for _ in proof.siblings)),
    ]
    for changed in wrong:
        if changed != proof:
            with pytest.raises(ProofError):
                verify_inclusion(changed, root)
    for elsewhere in ([*commitments, other], [other, *commitments[1:]]):
        if elsewhere != commitments:
            with pytest.raises(ProofError):
                verify_inclusion(proof, documents_root(elsewhere))


@given(batches, st.data())
def test_any_byte_changed_in_an_inclusion_is_detected(commitments: list[bytes], data: Any) -> None:
    proof = prove_inclusion(commitments, data.draw(st.integers(0, len(commitments) - 1)))
    parts = [proof.commitment, *proof.siblings]
    at = data.draw(st.integers(0, 32 * len(parts) - 1))
    joined = bytearray(b"".join(parts))
    joined[at] ^= data.draw(st.integers(1, 255))
    commitment, *siblings = (
        bytes(joined[start : start + 32]) for start in range(0, len(joined), 32)
    )
    changed = InclusionProof(proof.position, proof.count, commitment, tuple(siblings))
    with pytest.raises(ProofError):
        verify_inclusion(changed, documents_root(commitments))


manifests = st.builds(
    lambda found: Manifest(
        tuple(
            ManifestEntry(position, commitment, cid_of(commitment) if is_ours else None)
            for position, (commitment, is_ours) in sorted(found.items())
        )
    ),
    st.dictionaries(
        st.integers(0, 65_535),
        st.tuples(digests.filter(lambda each: each != NO_DOCUMENT), st.booleans()),
        max_size=6,
    ),
)


@given(manifests, st.data())
def test_a_changed_manifest_is_another_or_none(manifest: Manifest, data: Any) -> None:
    block = bytearray(manifest.to_block())
    assert Manifest.from_block(bytes(block)) == manifest
    block[data.draw(st.integers(0, len(block) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        changed = Manifest.from_block(bytes(block))
    except ManifestInvalid:
        return
    # What still reads as a manifest is named by another digest, which the chain has not.
    assert changed.digest != manifest.digest
    assert changed != manifest
