"""Write contracts/spec/vectors/document_rewrap.json anew; run it by hand when a format changes.

A document sealed for one organisation, and rewraps that give it to two keys of another. Sealing is
random, so the vectors change with every run.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ledger.document.block import read_header
from ledger.document.content_key import Recipient, unwrap
from ledger.document.encryption_key import EncryptionKey, HybridKey, bundle_of, public_bytes
from ledger.document.envelope import seal
from ledger.document.header import Binding
from ledger.document.rewrap import read_rewrap, rewrap, signer_of
from ledger.document.schema import parse_document

FILE = Path(__file__).resolve().parents[4] / "contracts/spec/vectors/document_rewrap.json"
BINDING = Binding(sha256(b"network").digest(), (1 << 32) + 7, "order", 34)
SIGNING_KEY = PrivateKey(sha256(b"signing key of the rewrap vectors").digest())
X25519, MLKEM = (sha256(b"%s of the rewrap vectors" % name).digest() for name in (b"x", b"m"))
READER, AUDITOR = 2, 9


def main() -> None:
    """Write the file."""
    own = X25519PrivateKey.from_private_bytes(sha256(X25519).digest())
    content = json.loads(FILE.with_name("document_samples.json").read_text())[0]
    sealed = seal(
        parse_document(content),
        sender=READER,
        sign=_sign,
        recipients=[Recipient(READER, 1, public_bytes(own))],
        binding=BINDING,
    )
    content_key = unwrap(read_header(sealed.block), READER, {1: own})
    keys = {
        sha256(sealed.block).digest(): content_key,
        sha256(b"another block").digest(): sha256(b"another key").digest(),
    }
    plain = X25519PrivateKey.from_private_bytes(X25519)
    hybrid = HybridKey(MLKEM768PrivateKey.from_seed_bytes(2 * MLKEM), plain)
    vectors = {
        "network": BINDING.network.hex(),
        "document": sealed.block.hex(),
        "commitment": sealed.commitment.root.hex(),
        "content_keys": {digest.hex(): keys[digest].hex() for digest in sorted(keys)},
        "rewraps": [
            _rewrapped(keys, plain, 1, X25519.hex()),
            _rewrapped(keys, hybrid, 2, 2 * MLKEM.hex() + X25519.hex()),
        ],
    }
    FILE.write_text(json.dumps(vectors, indent=1) + "\n")


def _rewrapped(
    keys: dict[bytes, bytes], key: EncryptionKey, epoch: int, private: str
) -> dict[str, Any]:
    bundle = bundle_of(key) if isinstance(key, HybridKey) else None
    to = Recipient(AUDITOR, epoch, public_bytes(key), bundle)
    block = rewrap(keys, network=BINDING.network, sender=READER, sign=_sign, to=to)
    return {
        "organisation": AUDITOR,
        "epoch": epoch,
        "private_key": private,
        "sender": READER,
        "signer": signer_of(read_rewrap(block)),
        "block": block.hex(),
    }


def _sign(digest: bytes) -> bytes:
    signature = SIGNING_KEY.sign_recoverable(digest, hasher=None)
    return signature[:64] + bytes([signature[64] + 27])


if __name__ == "__main__":
    main()
