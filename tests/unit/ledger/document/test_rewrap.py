"""Rewraps: many content keys in one signed block, for one key of one organisation."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ledger.document.block import read_header
from ledger.document.content_key import Recipient
from ledger.document.encryption_key import (
    EncryptionKey,
    HybridKey,
    bundle_of,
    new_encryption_key,
    new_hybrid_key,
    public_bytes,
)
from ledger.document.envelope import open_with_key
from ledger.document.errors import (
    ContextMismatch,
    DocumentError,
    EnvelopeMalformed,
    EnvelopeTruncated,
    EnvelopeVersionUnknown,
    EpochStale,
    KeyUnwrapFailed,
    RecipientAbsent,
    SenderUnexpected,
)
from ledger.document.rewrap import ENTRIES_MAX, open_rewrap, read_rewrap, require_signer, rewrap
from ledger.key import SigningKey

NETWORK = b"n" * 32
SENDER = SigningKey.create()
OWN = new_encryption_key()
KEYS = {sha256(b"%d" % each).digest(): sha256(b"key %d" % each).digest() for each in range(5)}


def recipient(key: EncryptionKey, epoch: int = 2) -> Recipient:
    bundle = bundle_of(key) if isinstance(key, HybridKey) else None
    return Recipient(3, epoch, public_bytes(key), bundle)


def made(keys: dict[bytes, bytes] = KEYS, key: EncryptionKey = OWN) -> bytes:
    return rewrap(keys, network=NETWORK, sender=2, sign=SENDER.sign, to=recipient(key))


def opened(block: bytes, key: EncryptionKey = OWN, epoch: int = 2) -> dict[bytes, bytes]:
    parts = read_rewrap(block)
    require_signer(parts, [SENDER.address])
    return open_rewrap(parts, organisation=3, private_keys={epoch: key}, network=NETWORK)


def test_a_rewrap_gives_the_content_keys_it_was_made_of() -> None:
    assert opened(made()) == KEYS
    assert read_rewrap(made()).header.documents == len(KEYS)


def test_a_rewrap_for_a_hybrid_key_gives_the_same() -> None:
    hybrid = new_hybrid_key()
    assert opened(made(key=hybrid), hybrid) == KEYS


def test_a_rewrap_opens_for_its_recipient_and_its_epoch_alone() -> None:
    with pytest.raises(RecipientAbsent):
        open_rewrap(read_rewrap(made()), organisation=4, private_keys={2: OWN}, network=NETWORK)
    with pytest.raises(EpochStale):
        opened(made(), epoch=1)
    with pytest.raises(KeyUnwrapFailed):
        opened(made(), new_encryption_key())
    with pytest.raises(KeyUnwrapFailed):
        opened(made(), new_hybrid_key())


def test_a_rewrap_of_another_network_or_sender_is_refused() -> None:
    parts = read_rewrap(made())
    with pytest.raises(ContextMismatch):
        open_rewrap(parts, organisation=3, private_keys={2: OWN}, network=bytes(32))
    with pytest.raises(SenderUnexpected):
        require_signer(parts, [SigningKey.create().address])


def test_no_byte_of_a_rewrap_can_be_changed() -> None:
    block = made()
    for place in range(len(block)):
        changed = bytearray(block)
        changed[place] ^= 1
        with pytest.raises(DocumentError):
            opened(bytes(changed))


def test_a_rewrap_that_is_cut_or_extended_or_later_is_named() -> None:
    block = made()
    with pytest.raises(EnvelopeTruncated):
        read_rewrap(block[:-1])
    with pytest.raises(EnvelopeTruncated):
        read_rewrap(block[:7])
    with pytest.raises(EnvelopeMalformed):
        read_rewrap(block + b"\0")
    with pytest.raises(EnvelopeMalformed):
        read_rewrap(b"CSGN" + block[4:])
    with pytest.raises(EnvelopeVersionUnknown):
        read_rewrap(block[:4] + b"\2" + block[5:])


@pytest.mark.parametrize("count", [0, ENTRIES_MAX + 1])
def test_a_rewrap_of_nothing_or_of_too_much_is_refused(count: int) -> None:
    keys = {each.to_bytes(32, "big"): bytes(32) for each in range(count)}
    with pytest.raises(EnvelopeMalformed):
        made(keys)


@pytest.mark.parametrize(
    "header",
    [
        b"{}",
        b"[]",
        b'{"documents":0,"epoch":2,"network":"' + b"6e" * 32 + b'","organisation":3,"sender":2}',
        b'{"documents":1,"epoch":-1,"network":"' + b"6e" * 32 + b'","organisation":3,"sender":2}',
        b'{"documents":1,"epoch":2,"network":"6e","organisation":3,"sender":2}',
        b'{"documents":1, "epoch":2,"network":"' + b"6e" * 32 + b'","organisation":3,"sender":2}',
    ],
)
def test_a_header_that_is_not_in_its_one_form_is_refused(header: bytes) -> None:
    front = b"CSRW\1" + len(header).to_bytes(4, "big") + header
    with pytest.raises(EnvelopeMalformed):
        read_rewrap(front + bytes(4) + bytes(65))


@pytest.mark.parametrize("at", [0, 1])
def test_rewraps_of_the_vectors_open_and_their_keys_open_the_document(
    vectors: Callable[[str], Any], at: int
) -> None:
    found = vectors("rewrap")
    given = found["rewraps"][at]
    parts = read_rewrap(bytes.fromhex(given["block"]))
    require_signer(parts, [given["signer"]])
    content_keys = open_rewrap(
        parts,
        organisation=given["organisation"],
        private_keys={given["epoch"]: _private_key(bytes.fromhex(given["private_key"]))},
        network=bytes.fromhex(found["network"]),
    )
    spelled = {digest.hex(): key.hex() for digest, key in content_keys.items()}
    assert spelled == found["content_keys"]
    block = bytes.fromhex(found["document"])
    document = open_with_key(
        block,
        content_key=content_keys[sha256(block).digest()],
        expected_binding=read_header(block).binding,
        expected_commitment=bytes.fromhex(found["commitment"]),
        expected_senders=[given["signer"]],
    )
    assert document.commitment.hex() == found["commitment"]


def _private_key(private: bytes) -> EncryptionKey:
    x25519 = X25519PrivateKey.from_private_bytes(private[-32:])
    if len(private) == 32:
        return x25519
    return HybridKey(MLKEM768PrivateKey.from_seed_bytes(private[:64]), x25519)
