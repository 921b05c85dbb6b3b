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
from functools import lru_cache
from hashlib import sha256
from secrets import token_bytes
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from ledger.document.encryption_key import EncryptionKey, HybridKey, is_hybrid, read_key_bundle
from ledger.document.errors import (
    EpochStale,
    KeyBundleMissing,
    KeyCommitmentMismatch,
    KeyUnwrapFailed,
    RecipientAbsent,
    RecipientKeyInvalid,
)
from ledger.document.header import HYBRID, X25519, Binding, Header, Wrap, wrap_info

_X25519: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_HYBRID: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who may open a block.

    Parameters
    ----------
    organisation, epoch : int
        The organisation and its current key epoch.
    public_key : bytes
        What the registry publishes for that epoch: an X25519 public key, or what names a bundle.
    bundle : bytes, optional
        The bundle of a hybrid key.
    """

    organisation: int
    epoch: int
    public_key: bytes
    bundle: bytes | None = None

    @property
    def suite(self) -> str:
        """Which suite its registered key calls for."""
        return HYBRID if is_hybrid(self.public_key) else X25519


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
    RecipientKeyInvalid, KeyBundleMissing, KeyBundleInvalid
        As `wrap_key` does.
    """
    info = wrap_info(binding, sender, key_commitment, to)
    return Wrap(to.organisation, to.epoch, wrap_key(content_key, to, info), to.suite)


def wrap_key(secret: bytes, to: Recipient, info: bytes) -> bytes:
    """Encrypt a content key, or a list of them, to the key that a recipient registered.

    Raises
    ------
    RecipientKeyInvalid
        If the public key is not one, or a point of low order.
    KeyBundleMissing
        If it is hybrid and comes without its bundle.
    KeyBundleInvalid
        If the bundle is not the one registered, or not one.
    """
    try:
        if not is_hybrid(to.public_key):
            return _X25519.encrypt(secret, _read_public_key(to.public_key), info)
        if to.bundle is None:
            raise KeyBundleMissing(
                "The bundle of a recipient's hybrid key is not here.",
                organisation=to.organisation,
                epoch=to.epoch,
            )
        return _HYBRID.encrypt(secret, read_key_bundle(to.bundle, to.public_key), info)
    except ValueError:
        raise RecipientKeyInvalid(
            "The public key of a recipient is not one.", organisation=to.organisation
        ) from None


@lru_cache(maxsize=4096)
def _read_public_key(content: bytes) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(content)


def unwrap(header: Header, organisation: int, private_keys: Mapping[int, EncryptionKey]) -> bytes:
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
    content_key = unwrap_key(wrap.wrapped, private_keys[wrap.epoch], info)
    require_committed(content_key, header)
    return content_key


def unwrap_key(wrapped: bytes, private_key: EncryptionKey, info: bytes) -> bytes:
    """Decrypt what `wrap_key` encrypted.

    Raises
    ------
    KeyUnwrapFailed
        If it was encrypted to another key, with another `info`, or changed since.
    """
    try:
        if isinstance(private_key, HybridKey):
            return _HYBRID.decrypt(wrapped, private_key.hpke, info)
        return _X25519.decrypt(wrapped, private_key, info)
    except (InvalidTag, ValueError):
        raise KeyUnwrapFailed("The content key does not unwrap.") from None


def require_committed(content_key: bytes, header: Header) -> None:
    """Refuse a content key that is not the one the header commits to.

    Raises
    ------
    KeyCommitmentMismatch
        If so.
    """
    if len(content_key) != 32 or key_commitment_of(content_key) != header.key_commitment:
        raise KeyCommitmentMismatch("The content key is not the one committed to.")
