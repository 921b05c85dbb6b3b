"""A sealed block opens for its recipients, where it belongs, and for nobody and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from ledger.document import errors
from ledger.document.block import front_of, read_block, signed_digest
from ledger.document.canonical import canonical_json
from ledger.document.content_key import (
    Recipient,
    encryption_key_of,
    key_commitment_of,
    new_content_key,
    wrap,
)
from ledger.document.encryption_key import (
    EncryptionKey,
    HybridKey,
    bundle_of,
    load_encryption_key,
    new_encryption_key,
    new_hybrid_key,
    public_bytes,
    save_encryption_key,
)
from ledger.document.envelope import SealedDocument, open_envelope, seal
from ledger.document.header import Binding, Header
from ledger.document.part import Document
from ledger.document.proof import commit
from ledger.document.schema import parse_document
from ledger.document.signature import checksummed, recover_address

Samples = dict[str, dict[str, Any]]

BINDING = Binding(b"\7" * 32, 2**64 - 1, "order", 2**32 - 1)
SIGNER = PrivateKey(b"\1" * 32)
KEYS = {1: new_encryption_key(), 2: new_encryption_key()}


def sign(digest: bytes) -> bytes:
    signature = SIGNER.sign_recoverable(digest, hasher=None)
    return signature[:64] + bytes([27 + signature[64]])


SENDER = checksummed(recover_address(bytes(32), sign(bytes(32))))


def recipients(epoch: int = 1) -> list[Recipient]:
    return [Recipient(each, epoch, public_bytes(key)) for each, key in KEYS.items()]


def sealed(document: Document, **changes: Any) -> SealedDocument:
    given: dict[str, Any] = {
        "sender": 1,
        "sign": sign,
        "recipients": recipients(),
        "binding": BINDING,
    }
    return seal(document, **(given | changes))


def opened(block: bytes, commitment: bytes, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "organisation": 2,
        "private_keys": {1: KEYS[2]},
        "expected_binding": BINDING,
        "expected_commitment": commitment,
        "expected_senders": ["0x" + "00" * 20, SENDER],
    }
    return open_envelope(block, **(given | changes))


def test_block_of_the_vectors_opens(vectors: Callable[[str], Any]) -> None:
    found = vectors("envelope")
    document = open_vector(found, found["block"])
    assert document.document == parse_document(found["document"])
    assert document.seed.hex() == found["seed"]
    assert document.sender == found["sender"]


def test_broken_blocks_of_the_vectors_are_refused(vectors: Callable[[str], Any]) -> None:
    found = vectors("envelope")
    for case in found["invalid"]:
        with pytest.raises(errors.EnvelopeError) as caught:
            open_vector(found, case["block"])
        assert caught.value.name == case["error"], case["name"]


def test_hybrid_block_of_the_vectors_opens_with_its_attached_files(
    vectors: Callable[[str], Any],
) -> None:
    found = vectors("envelope") | vectors("hybrid")
    private = bytes.fromhex(found["private_key"])
    key = HybridKey(
        MLKEM768PrivateKey.from_seed_bytes(private[:64]),
        X25519PrivateKey.from_private_bytes(private[64:]),
    )
    opened = open_vector(found, found["block"], key)
    assert opened.document == parse_document(found["document"])
    files = [(each.id, each.cid, each.key.hex()) for each in opened.attachments]
    assert files == [(each["id"], each["cid"], each["key"]) for each in found["attachments"]]
    assert bundle_of(key).hex() == found["bundle"]
    for half in (X25519PrivateKey.from_private_bytes(private[64:]), new_hybrid_key()):
        with pytest.raises(errors.KeyUnwrapFailed):
            open_vector(found, found["block"], half)


def open_vector(found: dict[str, Any], block: str, key: EncryptionKey | None = None) -> Any:
    key = key or X25519PrivateKey.from_private_bytes(bytes.fromhex(found["private_key"]))
    bound = found["binding"]
    return open_envelope(
        bytes.fromhex(block),
        organisation=found["organisation"],
        private_keys={found["epoch"]: key},
        expected_binding=Binding(
            bytes.fromhex(bound["network"]), int(bound["agreement"]), "order", bound["number"]
        ),
        expected_commitment=bytes.fromhex(found["commitment"]),
        expected_senders=[found["sender_address"]],
    )


def test_every_recipient_opens_every_type(samples: Samples) -> None:
    for sample in samples.values():
        document = parse_document(sample)
        made = sealed(document)
        for organisation, key in KEYS.items():
            found = opened(
                made.block,
                made.commitment.root,
                organisation=organisation,
                private_keys={1: key, 2: new_encryption_key()},
            )
            assert found.document == document
            assert found.seed == made.seed
            assert found.sender_address == SENDER
            assert found.recipients == ((1, 1), (2, 1))
            assert found.attachments == ()


def test_sealing_twice_with_one_seed_gives_one_commitment_and_two_blocks(
    samples: Samples,
) -> None:
    document = parse_document(samples["Notice"])
    first, second = (sealed(document, seed=b"\3" * 32) for _ in range(2))
    assert first.commitment == second.commitment == commit(document, b"\3" * 32)
    assert first.block != second.block
    assert sealed(document).commitment != first.commitment


def test_block_shows_no_content(samples: Samples) -> None:
    block = sealed(parse_document(samples["Order"])).block
    assert b"Needle" not in block
    assert b"Helseforetak" not in block


def test_non_recipient_opens_nothing(samples: Samples) -> None:
    made = sealed(parse_document(samples["Notice"]))
    with pytest.raises(errors.RecipientAbsent):
        opened(made.block, made.commitment.root, organisation=3)


def test_key_of_an_earlier_epoch_opens_nothing_later(samples: Samples) -> None:
    made = sealed(parse_document(samples["Notice"]), recipients=recipients(epoch=2))
    with pytest.raises(errors.EpochStale) as caught:
        opened(made.block, made.commitment.root)
    assert caught.value.context == {"epochs": [2]}
    with pytest.raises(errors.KeyUnwrapFailed):
        opened(made.block, made.commitment.root, private_keys={2: new_encryption_key()})


def test_wrap_moved_to_another_organisation_or_epoch_does_not_open(samples: Samples) -> None:
    made = sealed(parse_document(samples["Notice"]))
    for old, new in ((b'"organisation":2', b'"organisation":3'), (b'"epoch":1', b'"epoch":0')):
        moved = re_signed(made.block.replace(old, new))
        with pytest.raises(errors.KeyUnwrapFailed):
            opened(
                moved,
                made.commitment.root,
                organisation=3 if b"3" in new else 1,
                private_keys={0: KEYS[1], 1: KEYS[2]},
            )


def re_signed(block: bytes) -> bytes:
    return block[:-65] + sign(read_block(block).digest)


@pytest.mark.parametrize(
    "other",
    [
        replace(BINDING, network=b"\6" * 32),
        replace(BINDING, agreement=1),
        replace(BINDING, subject="delivery"),
        replace(BINDING, number=1),
    ],
)
def test_block_for_another_place_is_refused(samples: Samples, other: Binding) -> None:
    made = sealed(parse_document(samples["Notice"]), binding=other)
    with pytest.raises(errors.ContextMismatch):
        opened(made.block, made.commitment.root)


def test_block_of_another_sender_is_refused(samples: Samples) -> None:
    made = sealed(parse_document(samples["Notice"]))
    with pytest.raises(errors.SenderUnexpected) as caught:
        opened(made.block, made.commitment.root, expected_senders=["0x" + "11" * 20])
    assert caught.value.context == {"signed_by": SENDER}


def test_other_commitment_is_refused(samples: Samples) -> None:
    made = sealed(parse_document(samples["Notice"]))
    with pytest.raises(errors.CommitmentMismatch):
        opened(made.block, bytes(32))


def test_second_form_of_a_signature_is_refused(samples: Samples) -> None:
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    made = sealed(parse_document(samples["Notice"]))
    r, s, v = made.block[-65:-33], int.from_bytes(made.block[-33:-1], "big"), made.block[-1]
    twin = r + (order - s).to_bytes(32, "big") + bytes([55 - v])
    with pytest.raises(errors.SignatureInvalid, match="high s"):
        opened(made.block[:-65] + twin, made.commitment.root)


@pytest.mark.parametrize("signature", [b"", bytes(64) + b"\x1b", bytes(65), b"\1" * 64 + b"\x1f"])
def test_signer_that_answers_in_another_form_is_noticed_when_sealing(
    samples: Samples, signature: bytes
) -> None:
    with pytest.raises(errors.SignatureInvalid):
        sealed(parse_document(samples["Notice"]), sign=lambda _digest: signature)


@pytest.mark.parametrize("public_key", [b"", b"\1" * 31, bytes(32)])
def test_public_key_that_is_none_is_refused(samples: Samples, public_key: bytes) -> None:
    with pytest.raises(errors.RecipientKeyInvalid):
        sealed(parse_document(samples["Notice"]), recipients=[Recipient(1, 1, public_key)])


def test_recipients_must_be_some_and_distinct_and_few(samples: Samples) -> None:
    key = public_bytes(KEYS[1])
    for wrong in (
        [],
        [Recipient(1, 1, key)] * 2,
        [Recipient(each, 1, key) for each in range(65)],
        [Recipient(2**32, 1, key)],
        [Recipient(1, -1, key)],
    ):
        with pytest.raises(errors.EnvelopeMalformed):
            sealed(parse_document(samples["Notice"]), recipients=wrong)


@pytest.mark.parametrize(
    "wrong", [{"network": b""}, {"agreement": 2**64}, {"subject": "Order"}, {"number": -1}]
)
def test_binding_that_does_not_fit_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(errors.EnvelopeMalformed):
        replace(BINDING, **wrong)


def test_header_in_any_other_spelling_is_refused(samples: Samples) -> None:
    header = read_block(sealed(parse_document(samples["Notice"])).block).header.to_bytes()
    assert Header.from_bytes(header).to_bytes() == header
    for old, new in (
        (b'{"agree', b'{ "agree'),
        (b'"sender":1', b'"sender":1.0'),
        (b'"sender":1', b'"sender":true'),
        (b'"agreement":"', b'"agreement":"0'),
        (b'"epoch":1', b'"epoch":4294967296'),
        (b'"subject":"order"', b'"subject":5'),
        (b'"key_commitment":"', b'"key_commitment":"0'),
        (b'"subject"', b'"subjects"'),
        (b'"sender"', b'"more":1,"sender"'),
    ):
        with pytest.raises(errors.EnvelopeMalformed):
            Header.from_bytes(header.replace(old, new, 1))
    for content in (b"", b"[]", b"\xff", b"[" * 50_000):
        with pytest.raises(errors.EnvelopeMalformed):
            Header.from_bytes(content)


def test_blocks_above_the_limit_are_neither_made_nor_read(
    samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sealed(parse_document(samples["Notice"]))
    monkeypatch.setattr("ledger.document.block.ENVELOPE_BYTES_MAX", 100)
    monkeypatch.setattr("ledger.document.envelope.ENVELOPE_BYTES_MAX", 100)
    with pytest.raises(errors.EnvelopeTooLarge):
        read_block(made.block)
    with pytest.raises(errors.EnvelopeTooLarge):
        sealed(parse_document(samples["Notice"]))


@pytest.mark.parametrize(
    "payload",
    [b"", bytes(35), bytes(36), bytes(32) + b"\0\0\0\2{}[1]", bytes(32) + b"\xff\0\0\0{}[]"],
)
def test_content_of_another_layout_is_refused(payload: bytes) -> None:
    with pytest.raises(errors.ContentNotCanonical):
        opened(crafted(payload), bytes(32))


def test_sealed_content_that_breaks_its_model_is_refused(samples: Samples) -> None:
    content = canonical_json(samples["Notice"] | {"issue_date": "soon"})
    payload = bytes(32) + len(content).to_bytes(4, "big") + content + b"[]"
    with pytest.raises(errors.DocumentInvalid) as caught:
        opened(crafted(payload), bytes(32))
    assert [problem.path for problem in caught.value.problems] == ["/issue_date"]


def crafted(payload: bytes) -> bytes:
    """Seal any payload, as no honest sender would."""
    key = new_content_key()
    wraps = tuple(wrap(key, each, BINDING, 1, key_commitment_of(key)) for each in recipients())
    front = front_of(Header(BINDING, 1, key_commitment_of(key), wraps).to_bytes())
    ciphertext = AESGCM(encryption_key_of(key)).encrypt(bytes(12), payload, front)
    unsigned = front + len(ciphertext).to_bytes(4, "big") + ciphertext
    return unsigned + sign(signed_digest(unsigned))


def test_encryption_key_is_read_back_with_its_password_only() -> None:
    pem = save_encryption_key(KEYS[1], b"correct horse")
    assert public_bytes(load_encryption_key(pem, b"correct horse")) == public_bytes(KEYS[1])
    assert KEYS[1].private_bytes_raw() not in pem
    for wrong, password in ((pem, b"battery"), (pem, b""), (pem[:-40], b"correct horse")):
        with pytest.raises(errors.EncryptionKeyUnreadable):
            load_encryption_key(wrong, password)


def test_key_in_clear_or_of_another_kind_is_refused() -> None:
    clear = KEYS[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    other = Ed25519PrivateKey.generate()
    kind = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"p"))
    for pem in (clear, kind):
        with pytest.raises(errors.EncryptionKeyUnreadable):
            load_encryption_key(pem, b"p")
