"""Hybrid keys: known by their registered 32 bytes, published as bundles, and sealed to by suite."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from ledger.document import errors
from ledger.document.block import read_block, read_header
from ledger.document.content_key import Recipient, unwrap
from ledger.document.encryption_key import (
    BUNDLE_BYTES,
    EncryptionKey,
    bundle_of,
    is_hybrid,
    load_encryption_key,
    new_encryption_key,
    new_hybrid_key,
    public_bytes,
    read_key_bundle,
    save_encryption_key,
)
from ledger.document.envelope import (
    OpenedDocument,
    SealedDocument,
    open_envelope,
    open_with_key,
    seal,
)
from ledger.document.header import Binding, Header
from ledger.document.schema import parse_document
from ledger.document.signature import checksummed, recover_address
from ledger.vault import cid_from_digest, cid_of

Samples = dict[str, dict[str, Any]]

BINDING = Binding(b"\7" * 32, 1 << 32, "order", 5)
SIGNER = PrivateKey(b"\1" * 32)
PLAIN, HYBRID = new_encryption_key(), new_hybrid_key()
PLAIN_READER = Recipient(1, 1, public_bytes(PLAIN))
HYBRID_READER = Recipient(2, 4, public_bytes(HYBRID), bundle_of(HYBRID))


def sign(digest: bytes) -> bytes:
    signature = SIGNER.sign_recoverable(digest, hasher=None)
    return signature[:64] + bytes([27 + signature[64]])


SENDER = checksummed(recover_address(bytes(32), sign(bytes(32))))


def sealed(samples: Samples, *recipients: Recipient) -> SealedDocument:
    document = parse_document(samples["Notice"])
    return seal(document, sender=1, sign=sign, recipients=recipients, binding=BINDING)


def opened(
    made: SealedDocument, organisation: int, epoch: int, key: EncryptionKey, block: bytes = b""
) -> OpenedDocument:
    return open_envelope(
        block or made.block,
        organisation=organisation,
        private_keys={epoch: key},
        expected_binding=BINDING,
        expected_commitment=made.commitment.root,
        expected_senders=[SENDER],
    )


def test_each_recipient_opens_with_the_suite_of_its_own_key(samples: Samples) -> None:
    made = sealed(samples, HYBRID_READER, PLAIN_READER)
    assert opened(made, 1, 1, PLAIN).document == opened(made, 2, 4, HYBRID).document
    plain, hybrid = read_block(made.block).header.recipients
    assert (plain.suite, len(plain.wrapped)) == ("x25519", 80)
    assert (hybrid.suite, len(hybrid.wrapped)) == ("mlkem768-x25519", 1168)


def test_both_halves_of_a_hybrid_key_are_needed(samples: Samples) -> None:
    made, other = sealed(samples, HYBRID_READER), new_hybrid_key()
    for wrong in (
        HYBRID.x25519,
        other,
        replace(HYBRID, mlkem=other.mlkem),
        replace(HYBRID, x25519=other.x25519),
    ):
        with pytest.raises(errors.KeyUnwrapFailed):
            opened(made, 2, 4, wrong)


def test_wrap_of_another_suite_does_not_open(samples: Samples) -> None:
    with pytest.raises(errors.KeyUnwrapFailed):
        opened(sealed(samples, PLAIN_READER), 1, 1, HYBRID)


def test_suite_cannot_be_taken_away_from_or_given_to_a_wrap(samples: Samples) -> None:
    header = read_header(sealed(samples, PLAIN_READER, HYBRID_READER).block).to_bytes()
    assert Header.from_bytes(header).to_bytes() == header
    for old, new in (
        (b',"suite":"mlkem768-x25519"', b""),
        (b"mlkem768-x25519", b"x25519"),
        (b"mlkem768-x25519", b"mlkem1024-p384"),
        (b'"suite":"mlkem768-x25519"', b'"suite":["mlkem768-x25519"]'),
        (b'"organisation":1', b'"organisation":1,"suite":"x25519"'),
        (b'"organisation":1', b'"organisation":1,"suite":"mlkem768-x25519"'),
    ):
        with pytest.raises(errors.EnvelopeMalformed):
            Header.from_bytes(header.replace(old, new, 1))


def test_hybrid_key_without_its_bundle_is_a_named_error(samples: Samples) -> None:
    with pytest.raises(errors.KeyBundleMissing) as caught:
        sealed(samples, PLAIN_READER, replace(HYBRID_READER, bundle=None))
    assert caught.value.context == {"organisation": 2, "epoch": 4}


def test_registered_bytes_tell_the_kind_of_a_key_and_the_cid_of_its_bundle() -> None:
    for _ in range(8):
        key = new_hybrid_key()
        assert is_hybrid(public_bytes(key))
        assert cid_from_digest(public_bytes(key)) == cid_of(bundle_of(key))
        assert len(bundle_of(key)) == BUNDLE_BYTES
        assert not is_hybrid(public_bytes(new_encryption_key()))
    assert not is_hybrid(b"\xff" * 31)


def test_bundle_that_is_not_the_one_registered_is_refused(samples: Samples) -> None:
    for other in (bundle_of(new_hybrid_key()), bundle_of(HYBRID)[:-1], b""):
        with pytest.raises(errors.KeyBundleInvalid):
            sealed(samples, replace(HYBRID_READER, bundle=other))


GOOD = bundle_of(HYBRID)[:-1]


@pytest.mark.parametrize(
    "start",
    [
        b"CSGL" + GOOD[4:],
        GOOD + b"\0",
        # Coefficients of an ML-KEM key are below 3329: all bits set is none.
        GOOD[:6] + b"\xff" * 1184 + GOOD[1190:],
    ],
)
def test_bundle_that_holds_no_keys_is_refused(start: bytes) -> None:
    ends = (start + bytes([last]) for last in range(256))
    bad = next(each for each in ends if is_hybrid(sha256(each).digest()))
    with pytest.raises(errors.KeyBundleInvalid):
        read_key_bundle(bad, sha256(bad).digest())


def test_x25519_key_is_never_taken_for_a_bundle() -> None:
    plain = next(
        each
        for each in (bytes([nonce]) + bytes(31) for nonce in range(256))
        if not is_hybrid(sha256(each).digest())
    )
    with pytest.raises(errors.KeyBundleInvalid):
        read_key_bundle(plain, sha256(plain).digest())


def test_hybrid_key_is_read_back_with_its_password_only() -> None:
    pem = save_encryption_key(HYBRID, b"correct horse")
    again = load_encryption_key(pem, b"correct horse")
    assert public_bytes(again) == public_bytes(HYBRID)
    assert HYBRID.x25519.private_bytes_raw() not in pem
    with pytest.raises(errors.EncryptionKeyUnreadable):
        load_encryption_key(pem, b"battery")


def test_half_of_a_hybrid_key_or_halves_in_another_order_are_refused() -> None:
    mlkem, x25519 = (_pem(each) for each in (HYBRID.mlkem, HYBRID.x25519))
    for pem in (
        mlkem,
        x25519 + mlkem,
        x25519 + x25519,
        mlkem + x25519 + x25519,
        mlkem + x25519[:-9],
    ):
        with pytest.raises(errors.EncryptionKeyUnreadable):
            load_encryption_key(pem, b"p")


def _pem(key: MLKEM768PrivateKey | X25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"p"))


def test_content_key_that_came_another_way_opens_its_own_block_only(samples: Samples) -> None:
    made, other = sealed(samples, HYBRID_READER), sealed(samples, HYBRID_READER)

    def opened_with(block: bytes, content_key: bytes) -> OpenedDocument:
        return open_with_key(
            block,
            content_key=content_key,
            expected_binding=BINDING,
            expected_commitment=made.commitment.root,
            expected_senders=[SENDER],
        )

    content_key = unwrap(read_header(made.block), 2, {4: HYBRID})
    assert opened_with(made.block, content_key) == opened(made, 2, 4, HYBRID)
    for wrong in (unwrap(read_header(other.block), 2, {4: HYBRID}), content_key[:31], b""):
        with pytest.raises(errors.KeyCommitmentMismatch):
            opened_with(made.block, wrong)
    with pytest.raises(errors.SenderUnexpected):
        opened_with(made.block[:-66] + b"\0" + made.block[-65:], content_key)
