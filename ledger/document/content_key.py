"""Content keys: drawn for one block, committed to in its header, wrapped for each recipient.

From the content key K, 256 random bits, come ::

    encryption key   SHA-256("consign/content-key/1" ‖ K), used once
    key commitment   SHA-256("consign/key-commitment/1" ‖ K), in the header

AES-GCM alone does not commit to its key: one ciphertext can be made that decrypts to different
contents under different keys. The key commitment rules that out: no two recipients can be given
different keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from ledger.document.errors import (
    EpochStale,
    KeyCommitmentMismatch,
    KeyUnwrapFailed,
    RecipientAbsent,
    RecipientKeyInvalid,
)
from ledger.document.header import Binding, Header, Wrap, checked_recipients, wrap_info

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who may open a block: an organisation, its current key epoch and X25519 public key."""

    organisation: int
    epoch: int
    public_key: bytes


def new_content_key() -> bytes:
    """Draw the content key of one block."""
    return token_bytes(32)


def key_commitment_of(content_key: bytes) -> bytes:
    """Commit to a content key without showing it."""
    return sha256(b"consign/key-commitment/1" + content_key).digest()


def encryption_key_of(content_key: bytes) -> bytes:
    """Derive the key that encrypts the content."""
    return sha256(b"consign/content-key/1" + content_key).digest()


def wrap(
    content_key: bytes, to: Recipient, binding: Binding, sender: int, key_commitment: bytes
) -> Wrap:
    """Wrap a content key for one recipient.

    Raises
    ------
    RecipientKeyInvalid
        If the public key is not one, or a point of low order.
    EnvelopeMalformed
        If the organisation or the epoch is out of range.
    """
    blank = Wrap(to.organisation, to.epoch, b"")
    checked_recipients([blank])
    try:
        public_key = X25519PublicKey.from_public_bytes(to.public_key)
        info = wrap_info(binding, sender, key_commitment, blank)
        wrapped = _SUITE.encrypt(content_key, public_key, info)
    except ValueError:
        raise RecipientKeyInvalid(
            "The public key of a recipient is not one.", organisation=to.organisation
        ) from None
    return Wrap(to.organisation, to.epoch, wrapped)


def unwrap(
    header: Header, organisation: int, private_keys: Mapping[int, X25519PrivateKey]
) -> bytes:
    """Unwrap the content key with a private key that is held.

    Raises
    ------
    RecipientAbsent, EpochStale, KeyUnwrapFailed, KeyCommitmentMismatch
        In this order, as each step fails.
    """
    mine = [each for each in header.recipients if each.organisation == organisation]
    if not mine:
        raise RecipientAbsent("The block is not sealed for this organisation.")
    held = [each for each in mine if each.epoch in private_keys]
    if not held:
        raise EpochStale(
            "The block is sealed for a key epoch that is not held.",
            epochs=[each.epoch for each in mine],
        )
    wrap = held[-1]
    info = wrap_info(header.binding, header.sender, header.key_commitment, wrap)
    try:
        content_key = _SUITE.decrypt(wrap.wrapped, private_keys[wrap.epoch], info)
    except (InvalidTag, ValueError):
        raise KeyUnwrapFailed("The content key does not unwrap.", epoch=wrap.epoch) from None
    if len(content_key) != 32 or key_commitment_of(content_key) != header.key_commitment:
        raise KeyCommitmentMismatch("The content key is not the one committed to.")
    return content_key
