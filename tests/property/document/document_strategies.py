"""Documents of every type, and a sender and recipients to seal them for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from coincurve import PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import strategies as st

from ledger.document.block import front_of, signed_digest
from ledger.document.content_key import (
    Recipient,
    encryption_key_of,
    key_commitment_of,
    new_content_key,
    wrap,
)
from ledger.document.encryption_key import EncryptionKey, new_encryption_key, public_bytes
from ledger.document.envelope import OpenedDocument, SealedDocument, open_envelope, seal
from ledger.document.header import Binding, Header
from ledger.document.part import Document
from ledger.document.payload import write_payload
from ledger.document.schema import parse_document
from ledger.document.signature import checksummed, recover_address

VECTORS = Path(__file__).resolve().parents[3] / "contracts/spec/vectors"
SAMPLES: Final[list[dict[str, Any]]] = json.loads((VECTORS / "document_samples.json").read_text())
SMALLEST: Final = parse_document(min(SAMPLES, key=lambda sample: len(json.dumps(sample))))

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
notes = st.lists(texts.filter(bool), max_size=4)
extras = st.lists(st.fixed_dictionaries({"path": texts.filter(bool), "value": texts}), max_size=4)
seeds = st.binary(min_size=32, max_size=32)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A sample of any type, with any notes and extras."""
    sample = dict(draw(st.sampled_from(SAMPLES)))
    return parse_document(sample | {"note": draw(notes), "extras": draw(extras)})


BINDING: Final = Binding(b"\7" * 32, 7, "order", 1)
READER: Final = 2
KEY: Final = new_encryption_key()
RECIPIENTS: Final = [
    Recipient(1, 1, public_bytes(new_encryption_key())),
    Recipient(READER, 1, public_bytes(KEY)),
]
_SIGNER: Final = PrivateKey(b"\1" * 32)


def sign(digest: bytes) -> bytes:
    """Sign as the sender does."""
    signature = _SIGNER.sign_recoverable(digest, hasher=None)
    return signature[:64] + bytes([27 + signature[64]])


SENDER: Final = checksummed(recover_address(bytes(32), sign(bytes(32))))


def sealed(document: Document, **changes: Any) -> SealedDocument:
    """Seal as organisation 1, for itself and the reader."""
    given: dict[str, Any] = {"recipients": RECIPIENTS, "binding": BINDING}
    return seal(document, sender=1, sign=sign, **(given | changes))


def crafted(content: bytes, seed: bytes = bytes(32)) -> bytes:
    """Seal any bytes as a document, as no honest sender would; all but the content is in order."""
    key = new_content_key()
    wraps = [wrap(key, each, BINDING, 1, key_commitment_of(key)) for each in RECIPIENTS]
    front = front_of(Header(BINDING, 1, key_commitment_of(key), tuple(wraps)).to_bytes())
    payload = write_payload(seed, content, ())
    ciphertext = AESGCM(encryption_key_of(key)).encrypt(bytes(12), payload, front)
    unsigned = front + len(ciphertext).to_bytes(4, "big") + ciphertext
    return unsigned + sign(signed_digest(unsigned))


def opened(
    block: bytes,
    commitment: bytes,
    *,
    organisation: int = READER,
    private_keys: Mapping[int, EncryptionKey] | None = None,
    binding: Binding = BINDING,
) -> OpenedDocument:
    """Open as the reader, or as somebody else."""
    return open_envelope(
        block,
        organisation=organisation,
        private_keys={1: KEY} if private_keys is None else private_keys,
        expected_binding=binding,
        expected_commitment=commitment,
        expected_senders=[SENDER],
    )
