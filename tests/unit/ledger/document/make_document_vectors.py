"""Write contracts/spec/vectors/document_*.json anew; run it by hand when a format changes.

The samples are kept by hand and read, all else is computed. Sealing is random, so the envelope
vectors change with every run; the others change only when the format does.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ledger.document import content_key, envelope
from ledger.document.canonical import (
    canonical_bytes,
    canonical_form,
    canonical_json,
    leaves_of,
    read_canonical,
    salts_of,
    spell,
    split_leaf,
)
from ledger.document.content_key import Recipient
from ledger.document.encryption_key import HybridKey, bundle_of, public_bytes
from ledger.document.envelope import SealedDocument, seal
from ledger.document.header import Binding
from ledger.document.manifest import documents_root, prove_inclusion
from ledger.document.merkle import leaf_digest, top_of
from ledger.document.part import Document
from ledger.document.payload import AttachedFile
from ledger.document.proof import commit, prove
from ledger.document.schema import parse_document
from ledger.document.signature import checksummed, recover_address
from ledger.vault.cid import cid_of

VECTORS = Path(__file__).resolve().parents[4] / "contracts/spec/vectors"
SEED = sha256(b"seed of the document vectors").digest()
SIGNING_KEY = sha256(b"signing key of the document vectors").digest()
ENCRYPTION_KEYS = {
    organisation: sha256(b"encryption key %d of the document vectors" % organisation).digest()
    for organisation in (1, 2)
}
FILES = ("A-1", "\uffee", "\U0001f4f7")
"""Numbers of attached files; the last two stand the other way round in UTF-16."""
BINDING = Binding(sha256(b"network").digest(), (1 << 32) + 7, "order", 34)


def main() -> None:
    """Write every file of vectors."""
    samples = json.loads((VECTORS / "document_samples.json").read_text())
    documents = [parse_document(sample) for sample in samples]
    write("document_commitment", commitment_vectors(documents))
    write("document_migration", migration_vectors())
    write("document_proof", proof_vectors(documents[0]))
    write("document_inclusion", inclusion_vectors())
    if "--envelope" in sys.argv:
        write("document_envelope", envelope_vectors(documents[0], documents[1]))
        write("document_hybrid", hybrid_vectors(documents[0]))


def write(name: str, content: Any) -> None:
    """Write one file, in the same order every time."""
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (VECTORS / f"{name}.json").write_text(text + "\n")


def commitment_vectors(documents: list[Document]) -> dict[str, Any]:
    """Canonical form and commitment of every type; leaves, salts and digests of one document."""
    notice = next(each for each in documents if type(each).__name__ == "Notice")
    leaves = leaves_of(canonical_form(notice))
    salts = salts_of(SEED, len(leaves))
    rows = []
    for index, leaf in enumerate(leaves):
        pointer, value = split_leaf(leaf)
        salt = salts[32 * index : 32 * index + 32]
        digest = leaf_digest(salt, leaf)
        rows.append([pointer, value, salt.hex(), digest.hex()])
    digests = [sha256(bytes([number])).digest() for number in range(21)]
    return {
        "seed": SEED.hex(),
        "documents": [
            {
                "canonical": canonical_bytes(document).decode(),
                "leaf_count": commit(document, SEED).leaf_count,
                "commitment": commit(document, SEED).root.hex(),
            }
            for document in documents
        ],
        "leaves_of_notice": rows,
        "trees": [
            {
                "digests": [each.hex() for each in digests[:count]],
                "top": top_of(digests[:count]).hex(),
            }
            for count in (1, 2, 3, 4, 5, 6, 8, 9, 16, 17, 21)
        ],
    }


def migration_vectors() -> dict[str, Any]:
    """Documents as earlier versions committed to them, kept as they are, and what they are now."""
    kept: dict[str, Any] = json.loads((VECTORS / "document_migration.json").read_text())
    for case in kept["documents"]:
        document, _ = read_canonical(case["canonical"].encode())
        case["migrated"] = canonical_bytes(document).decode()
    return kept


def proof_vectors(order: Document) -> dict[str, Any]:
    """Proofs of fields that hold, and such that do not."""
    root = commit(order, SEED).root
    cases = [
        ["/id"],
        ["/order_line/1/quantity/value"],
        ["/order_line/0/item/description/0"],
        ["/order_line/0/quantity/value", "/order_line/0/quantity/unit_code", "/schema_version"],
        ["/order_line/1/item/name", "/allowance_charge/0/charge_indicator"],
    ]
    valid = []
    for pointers in cases:
        field_proof = prove(order, SEED, pointers)
        values = {field.pointer: field.value for field in field_proof.fields}
        valid.append({"proof": field_proof.to_bytes().hex(), "values": values})
    proof = prove(order, SEED, ["/order_line/1/quantity/value"]).to_bytes()
    other = prove(order, sha256(SEED).digest(), ["/order_line/1/quantity/value"]).to_bytes()
    twice = (
        proof[:5]
        + b"\x00\x02"
        + 2 * proof[7 : -32 * siblings(order)]
        + proof[-32 * siblings(order) :]
    )
    invalid = [
        ("another value", proof.replace(b'"15"', b'"16"'), "ProofMismatch"),
        ("another field", proof.replace(b"/1/quantity", b"/0/quantity"), "ProofMismatch"),
        ("another salt", proof[:11] + bytes([proof[11] ^ 1]) + proof[12:], "ProofMismatch"),
        ("another index", proof[:10] + bytes([proof[10] ^ 1]) + proof[11:], "ProofMismatch"),
        ("another sibling", proof[:-1] + bytes([proof[-1] ^ 1]), "ProofMismatch"),
        ("another seed", other, "ProofMismatch"),
        ("line feed in the pointer", proof.replace(b"/1/q", b"/1\nq"), "ProofMalformed"),
        ("another leaf count", proof[:4] + b"\x4d" + proof[5:], "ProofMismatch"),
        ("one sibling short", proof[:-32], "ProofMalformed"),
        ("one sibling more", proof + bytes(32), "ProofMalformed"),
        ("cut inside a sibling", proof[:-1], "ProofMalformed"),
        ("cut inside a salt", proof[:40], "ProofMalformed"),
        ("cut inside a pointer", proof[:60], "ProofMalformed"),
        ("cut inside a value", proof[:78], "ProofMalformed"),
        ("unknown version", b"\x02" + proof[1:], "ProofMalformed"),
        ("index beyond the count", proof[:7] + b"\xff" + proof[8:], "ProofMalformed"),
        ("one field twice", twice, "LeafDuplicate"),
        ("empty", b"", "ProofMalformed"),
    ]
    rows = [{"name": name, "proof": bad.hex(), "error": error} for name, bad, error in invalid]
    return {
        "commitment": root.hex(),
        "valid": valid,
        "invalid": rows,
        "long_order": long_order_proof(order),
    }


def long_order_proof(order: Document) -> dict[str, Any]:
    """One field of an order of 200 lines: how large a proof is, and what it costs a contract."""
    fields = canonical_form(order)
    line = fields["order_line"][0]
    lines = [line | {"id": str(number)} for number in range(1, 201)]
    document = parse_document(canonical_json(fields | {"order_line": lines}))
    proof = prove(document, SEED, ["/order_line/199/quantity/value"])
    return {
        "commitment": commit(document, SEED).root.hex(),
        "leaf_count": proof.leaf_count,
        "proof": proof.to_bytes().hex(),
        "values": {field.pointer: field.value for field in proof.fields},
    }


def siblings(order: Document) -> int:
    """Count the siblings of a proof of one field."""
    return len(prove(order, SEED, ["/order_line/1/quantity/value"]).siblings)


def inclusion_vectors() -> list[dict[str, Any]]:
    """Documents roots of batches of several sizes with one proof each, valid and not."""
    rows = []
    for count in (1, 2, 5, 64, 101):
        commitments = [sha256(b"%d" % n).digest() if n % 3 else bytes(32) for n in range(count)]
        proof = prove_inclusion(commitments, count // 2)
        rows.append(
            {
                "commitments": [each.hex() for each in commitments],
                "documents_root": documents_root(commitments).hex(),
                "position": proof.position,
                "siblings": [each.hex() for each in proof.siblings],
            }
        )
    return rows


def envelope_vectors(order: Document, response: Document) -> dict[str, Any]:
    """One sealed block that opens, and blocks each broken in one way."""
    sealed, foreign = sealed_for(order, (1, 2)), sealed_for(order, (1,))
    block = sealed.block
    commitment = sealed.commitment.root.hex()
    other_document = sealed_for(response, (1, 2)).block
    changed = bytearray(block)
    changed[len(block) // 2] ^= 1
    rows = [
        ("not for this organisation", foreign.block, "RecipientAbsent"),
        ("for an epoch not held", sealed_for(order, (1, 2), epoch=4).block, "EpochStale"),
        ("wrapped for another key", sealed_for(order, (1, 2), swap=True).block, "KeyUnwrapFailed"),
        ("other key than committed to", split_keys(order), "KeyCommitmentMismatch"),
        ("another document", other_document, "CommitmentMismatch"),
        ("ciphertext changed, signed anew", resigned(bytes(changed)), "ContentTampered"),
        ("ciphertext changed", bytes(changed), "SenderUnexpected"),
        ("content with a space", spaced(order), "ContentNotCanonical"),
        ("for another order", sealed_for(order, (1, 2), number=35).block, "ContextMismatch"),
        ("signed by another key", resigned(block, sha256(b"x").digest()), "SenderUnexpected"),
        ("v of 29", block[:-1] + b"\x1d", "SignatureInvalid"),
        ("truncated", block[:-1], "EnvelopeTruncated"),
        ("cut inside the header", block[:100], "EnvelopeTruncated"),
        ("empty", b"", "EnvelopeTruncated"),
        ("one byte more", block + b"\x00", "EnvelopeMalformed"),
        ("another magic", b"X" + block[1:], "EnvelopeMalformed"),
        ("another version", block[:4] + b"\x02" + block[5:], "EnvelopeVersionUnknown"),
    ]
    return {
        "binding": {
            "network": BINDING.network.hex(),
            "agreement": str(BINDING.agreement),
            "subject": BINDING.subject,
            "number": BINDING.number,
        },
        "organisation": 2,
        "epoch": 3,
        "private_key": ENCRYPTION_KEYS[2].hex(),
        "sender": 1,
        "sender_address": checksummed(recover_address(bytes(32), sign(bytes(32)))),
        "commitment": commitment,
        "seed": SEED.hex(),
        "document": canonical_bytes(order).decode(),
        "block": block.hex(),
        "invalid": [{"name": n, "block": bad.hex(), "error": error} for n, bad, error in rows],
    }


def hybrid_vectors(order: Document) -> dict[str, Any]:
    """A sealed block for one hybrid key and one other, with attached files."""
    seed, x25519 = sha256(b"ML-KEM").digest() * 2, ENCRYPTION_KEYS[2]
    key = HybridKey(
        MLKEM768PrivateKey.from_seed_bytes(seed), X25519PrivateKey.from_private_bytes(x25519)
    )
    plain = X25519PrivateKey.from_private_bytes(ENCRYPTION_KEYS[1])
    files = [
        AttachedFile(number, cid_of(number.encode()), sha256(number.encode()).digest())
        for number in FILES
    ]
    sealed = seal(
        order,
        sender=1,
        sign=sign,
        recipients=[
            Recipient(1, 3, public_bytes(plain)),
            Recipient(2, 3, public_bytes(key), bundle_of(key)),
        ],
        binding=BINDING,
        seed=SEED,
        attachments=files,
    )
    return {
        "organisation": 2,
        "epoch": 3,
        "private_key": (seed + x25519).hex(),
        "bundle": bundle_of(key).hex(),
        "commitment": sealed.commitment.root.hex(),
        "document": canonical_bytes(order).decode(),
        "attachments": [{"id": each.id, "cid": each.cid, "key": each.key.hex()} for each in files],
        "block": sealed.block.hex(),
    }


def sealed_for(
    document: Document,
    organisations: tuple[int, ...],
    *,
    epoch: int = 3,
    number: int = BINDING.number,
    swap: bool = False,
) -> SealedDocument:
    """Seal for some organisations, with the keys of the vectors."""
    recipients = []
    for organisation in organisations:
        owner = 3 - organisation if swap else organisation
        key = X25519PrivateKey.from_private_bytes(ENCRYPTION_KEYS[owner])
        recipients.append(Recipient(organisation, epoch, key.public_key().public_bytes_raw()))
    binding = Binding(BINDING.network, BINDING.agreement, BINDING.subject, number)
    return seal(document, sender=1, sign=sign, recipients=recipients, binding=binding, seed=SEED)


def split_keys(document: Document) -> bytes:
    """Seal as a cheat would: wrap a key that is not the one committed to."""

    def cheat(key: bytes, *rest: Any) -> Any:
        return content_key.wrap(sha256(key).digest(), *rest)

    with patch.object(envelope, "wrap", cheat):
        return sealed_for(document, (1, 2)).block


def spaced(document: Document) -> bytes:
    """Seal content that is JSON but not canonical."""

    def cheat(fields: Any) -> tuple[bytes, list[str]]:
        content, leaves = spell(fields)
        return content.replace(b":", b": ", 1), leaves

    with patch.object(envelope, "spell", cheat):
        return sealed_for(document, (1, 2)).block


def resigned(block: bytes, key: bytes = SIGNING_KEY) -> bytes:
    """Replace the signature by a valid one."""
    digest = sha256(b"consign/envelope/1" + block[:-65]).digest()
    return block[:-65] + sign(digest, key)


def sign(digest: bytes, key: bytes = SIGNING_KEY) -> bytes:
    """Sign a digest as r, s and v of 27 or 28."""
    signature = PrivateKey(key).sign_recoverable(digest, hasher=None)
    return signature[:64] + bytes([27 + signature[64]])


if __name__ == "__main__":
    main()
