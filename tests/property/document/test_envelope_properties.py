"""Any change to a sealed block is noticed, and nobody opens it but those it was sealed for."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.document.block import read_block, signed_digest
from ledger.document.canonical import (
    canonical_bytes,
    canonical_form,
    canonical_json,
    leaves_of,
    split_leaf,
)
from ledger.document.content_key import Recipient
from ledger.document.encryption_key import (
    bundle_of,
    new_encryption_key,
    new_hybrid_key,
    public_bytes,
    read_key_bundle,
)
from ledger.document.errors import (
    ContentTampered,
    ContextMismatch,
    EnvelopeError,
    EpochStale,
    KeyBundleInvalid,
    KeyUnwrapFailed,
    RecipientAbsent,
    SenderUnexpected,
)
from ledger.document.part import Document
from ledger.document.payload import AttachedFile
from ledger.document.signature import SIGNATURE_BYTES
from ledger.vault import cid_of
from tests.property.document.document_strategies import (
    BINDING,
    KEY,
    READER,
    RECIPIENTS,
    SMALLEST,
    documents,
    opened,
    sealed,
    sign,
)

MADE = sealed(SMALLEST)
ROOT = MADE.commitment.root
HYBRID = new_hybrid_key()


@given(documents())
def test_every_document_is_opened_as_it_was_sealed(document: Document) -> None:
    made = sealed(document)
    found = opened(made.block, made.commitment.root)
    assert found.document == document
    assert canonical_json(found.fields) == canonical_bytes(document)
    assert found.seed == made.seed


def test_every_single_bit_flipped_in_a_sealed_block_is_detected() -> None:
    for at in range(len(MADE.block)):
        for bit in (1, 128):
            changed = bytearray(MADE.block)
            changed[at] ^= bit
            with pytest.raises(EnvelopeError):
                opened(bytes(changed), ROOT)


@given(documents(), st.data())
def test_any_byte_changed_in_a_block_of_any_type_is_detected(document: Document, data: Any) -> None:
    made = sealed(document)
    changed = bytearray(made.block)
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(EnvelopeError):
        opened(bytes(changed), made.commitment.root)


def test_any_byte_that_its_own_sender_changes_afterwards_is_detected() -> None:
    # With a signature that holds it is for the encryption to notice: it covers the header, and with
    # it the keys of all other recipients, who could else be told something different.
    unsigned = MADE.block[:-SIGNATURE_BYTES]
    for at in range(len(unsigned)):
        changed = bytearray(unsigned)
        changed[at] ^= 1
        with pytest.raises(EnvelopeError) as caught:
            opened(bytes(changed) + sign(signed_digest(bytes(changed))), ROOT)
        assert not isinstance(caught.value, SenderUnexpected)


def test_any_byte_changed_in_the_ciphertext_fails_its_authentication() -> None:
    ciphertext = read_block(MADE.block).ciphertext
    start = MADE.block.index(ciphertext)
    for at in range(start, start + len(ciphertext)):
        changed = bytearray(MADE.block[:-SIGNATURE_BYTES])
        changed[at] ^= 1
        with pytest.raises(ContentTampered):
            opened(bytes(changed) + sign(signed_digest(bytes(changed))), ROOT)


@settings(max_examples=200)
@given(st.data())
def test_any_cut_or_growth_of_a_sealed_block_is_detected(data: Any) -> None:
    start = data.draw(st.integers(0, len(MADE.block)))
    end = data.draw(st.integers(start, len(MADE.block)))
    filling = data.draw(st.binary(max_size=4))
    changed = MADE.block[:start] + filling + MADE.block[end:]
    if changed != MADE.block:
        with pytest.raises(EnvelopeError):
            opened(changed, ROOT)


@given(st.binary(max_size=300))
def test_bytes_of_anyone_open_as_nothing(content: bytes) -> None:
    for block in (content, b"CSGN\1" + content, b"CSGN\1\0\0\0\2{}" + content):
        with pytest.raises(EnvelopeError):
            opened(block, bytes(32))


@given(st.integers(0, 2**32 - 1), st.integers(0, 5))
def test_who_is_no_recipient_opens_nothing(organisation: int, epoch: int) -> None:
    with pytest.raises((RecipientAbsent, EpochStale, KeyUnwrapFailed)):
        opened(
            MADE.block, ROOT, organisation=organisation, private_keys={epoch: new_encryption_key()}
        )


def test_a_recipient_opens_in_nobody_elses_name_or_epoch() -> None:
    with pytest.raises(KeyUnwrapFailed):
        opened(MADE.block, ROOT, organisation=1)
    with pytest.raises(RecipientAbsent):
        opened(MADE.block, ROOT, organisation=3)
    with pytest.raises(EpochStale):
        opened(MADE.block, ROOT, private_keys={2: KEY})


bindings = st.builds(
    replace,
    st.just(BINDING),
    network=st.sampled_from([BINDING.network, b"\x08" * 32]),
    agreement=st.sampled_from([BINDING.agreement, 0, 2**64 - 1]),
    subject=st.sampled_from([BINDING.subject, "delivery", "orders"]),
    number=st.sampled_from([BINDING.number, 0, 2**32 - 1]),
)


@given(bindings.filter(lambda each: each != BINDING))
def test_a_block_opens_nowhere_but_where_it_belongs(elsewhere: Any) -> None:
    with pytest.raises(ContextMismatch):
        opened(MADE.block, ROOT, binding=elsewhere)
    # A sender who says so of another place cannot use the wraps of this one.
    moved = moved_to(elsewhere)
    with pytest.raises(KeyUnwrapFailed):
        opened(moved, ROOT, binding=elsewhere)


def moved_to(binding: Any) -> bytes:
    """Give a block another header, with all lengths and the signature in order."""
    parts = read_block(MADE.block)
    header = replace(parts.header, binding=binding).to_bytes()
    rest = MADE.block[len(parts.front) : -SIGNATURE_BYTES]
    unsigned = parts.front[:5] + len(header).to_bytes(4, "big") + header + rest
    return unsigned + sign(signed_digest(unsigned))


def test_sealing_anew_shows_nothing_of_what_was_sealed_before() -> None:
    again = sealed(SMALLEST)
    assert again.commitment != MADE.commitment
    one, other = (read_block(each.block) for each in (MADE, again))
    assert one.header.key_commitment != other.header.key_commitment
    assert one.ciphertext != other.ciphertext
    assert len(one.ciphertext) == len(other.ciphertext)


@given(documents())
def test_a_sealed_block_holds_no_text_of_its_document(document: Document) -> None:
    block = sealed(document).block
    texts = {text for leaf in leaves_of(canonical_form(document)) for text in split_leaf(leaf)}
    # Shorter ones stand in it by chance.
    assert [text for text in texts if len(text) > 5 and text.encode() in block] == []


FILES = tuple(
    AttachedFile(str(number), cid_of(bytes([number])), bytes([number]) * 32) for number in range(3)
)


@given(st.permutations(FILES), st.data())
def test_any_byte_changed_in_a_block_with_hybrid_key_and_files_is_detected(
    files: list[AttachedFile], data: Any
) -> None:
    recipients = [*RECIPIENTS, Recipient(3, 1, public_bytes(HYBRID), bundle_of(HYBRID))]
    made = sealed(SMALLEST, recipients=recipients, attachments=files)
    found = opened(made.block, made.commitment.root, organisation=3, private_keys={1: HYBRID})
    assert found.attachments == FILES
    changed = bytearray(made.block)
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    for organisation, key in ((3, HYBRID), (READER, KEY)):
        with pytest.raises(EnvelopeError):
            opened(
                bytes(changed),
                made.commitment.root,
                organisation=organisation,
                private_keys={1: key},
            )


def test_no_bit_of_a_key_bundle_can_be_changed() -> None:
    bundle, registered = bundle_of(HYBRID), public_bytes(HYBRID)
    read_key_bundle(bundle, registered)
    for at in range(len(bundle)):
        changed = bytearray(bundle)
        changed[at] ^= 1
        with pytest.raises(KeyBundleInvalid):
            read_key_bundle(bytes(changed), registered)


def test_blocks_of_many_recipients_are_the_same_for_all_of_them() -> None:
    rng = random.Random(1)
    keys = {organisation: new_encryption_key() for organisation in range(1, 65)}
    chosen = rng.sample(sorted(keys), 64)
    recipients = [
        replace(
            RECIPIENTS[0],
            organisation=each,
            public_key=keys[each].public_key().public_bytes_raw(),
        )
        for each in chosen
    ]
    made = sealed(SMALLEST, recipients=recipients)
    seen = {
        str(
            opened(
                made.block,
                made.commitment.root,
                organisation=each,
                private_keys={1: keys[each]},
            ).fields
        )
        for each in chosen
    }
    assert len(seen) == 1
    assert READER in chosen
